package logline

// packetRows are what comes to the client port and is too long, or no packet at all: its
// first four bytes are read as a length (NIOServerCnxn, NettyServerCnxn). The length
// stands right behind lenError up to 3.6, and behind a sentence from 3.7 on.
func packetRows() []Row {
	slugs := []string{"oversize-znode-or-packet"}
	known := func(length, what string) Row {
		return Row{
			Sign: ForeignBytes, Texts: []string{lenError + " " + length, lenError + Gap + advertised + length},
			Family: "length", Slugs: slugs, capture: packetLength,
			Why: what + " came to the client port: a health check or a scanner, and no large packet.",
		}
	}
	return []Row{
		known("1195725856", "HTTP (GET)"),
		known("1212498244", "HTTP (HEAD)"),
		known("1347375956", "HTTP (POST)"),
		known("1347769376", "HTTP (PUT)"),
		known("36929", "TLS"),
		known("1397966893", "SSH"),
		{Sign: PacketTooLong, Texts: []string{lenError}, Family: "length", Slugs: slugs, Why: "A client sent more than jute.maxbuffer allows, and its connection was closed.", capture: packetLength},
	}
}

// clientRows are clients that are turned away (NIOServerCnxnFactory,
// NettyServerCnxnFactory, ZooKeeperServer), and JvmPauseMonitor.
func clientRows() []Row {
	full := []string{"conn-limit-reached"}
	return []Row{
		{Texts: []string{"Too many connections from {} - max is "}, Slugs: full, Why: "One client address holds as many connections as maxClientCnxns allows."},
		{Texts: []string{"Too many connections max allowed is", "Too many connections {} - max is "}, Slugs: full, Why: "All clients together hold as many connections as maxCnxns allows."},
		{Texts: []string{"Refusing session request for not-read-only client"}, Slugs: []string{"read-only-mode", "quorum-lost"}, Why: "The server is in read-only mode because it sees no quorum."},
		{Texts: []string{"Refusing session{}seen zxid 0x"}, Slugs: []string{"split-brain", "standalone-in-ensemble"}, Why: "A client has seen newer data than this server has: it fell behind, lost data, or there are two ensembles."},
		{
			Texts: []string{"ZooKeeperServer not running", "because the server is not ready"},
			Slugs: []string{"server-not-serving"}, Why: "A client connected while this server had no role.",
		},
		{Texts: []string{"Detected pause in JVM or host machine"}, Slugs: []string{"heap-pressure", "server-hung"}, Why: "The JVM, or its whole machine, stood still for a while and answered nothing."},
	}
}
