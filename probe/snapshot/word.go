package snapshot

// Word is a four-letter word that zkdoctor is willing to send. The list is
// closed: any other value has no bytes, so srst, crst and stmk (which change
// the server), wchp, wchc and dump (which hold its locks) cannot reach a wire.
type Word uint8

// The words, all answered by ZooKeeper 3.4 and later
// (org.apache.zookeeper.server.command.FourLetterCommands).
const (
	// WordSrvr asks for version, role and counters; the one word that is in
	// every whitelist (3.5.3+ allows nothing else by default).
	WordSrvr Word = iota + 1
	// WordMntr asks for the server's metrics, one a line.
	WordMntr
	// WordConf asks for the configuration in force.
	WordConf
	// WordEnvi asks for the environment; answered without a quorum too.
	WordEnvi
	// WordIsro asks whether the server is read-only.
	WordIsro
	// WordRuok asks whether the server's accept thread lives, and no more.
	WordRuok
)

var wordText = [...]string{
	WordSrvr: "srvr",
	WordMntr: "mntr",
	WordConf: "conf",
	WordEnvi: "envi",
	WordIsro: "isro",
	WordRuok: "ruok",
}

// String is the word as it goes over the wire, "" for a value outside the list.
func (w Word) String() string {
	if int(w) >= len(wordText) {
		return ""
	}
	return wordText[w]
}
