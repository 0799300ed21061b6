package probe

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// maxLogTail is how much of the end of a log is read: some 2,000 lines, the last
	// start of a server among them unless it has run for long, and then its start
	// does not matter.
	maxLogTail = 256 << 10
	// maxLogText is the most that is kept of a line.
	maxLogText = 240
)

// LogTail is the end of a server's log, as far as it has lines that mean something
// to zkdoctor. Other lines are not kept: they may hold what is not to be passed on.
type LogTail struct {
	Path string `json:"path"`
	// Size is that of the whole file in bytes, and Read what was read of its end.
	Size int64 `json:"size"`
	Read int64 `json:"read"`
	// Modified is when it was last written to, in UTC; zero where that is not known.
	Modified time.Time `json:"modified,omitzero"`
	// Begins is set where the last start of the server is in what was read. Without
	// it the server has run for long, or does not log its start: a line may then be of
	// a start before.
	Begins bool `json:"begins,omitempty"`
	// Starts are the times of the last starts, the oldest first, as the log writes
	// them: ten at the most.
	Starts []string `json:"starts,omitempty"`
	// Last is the time of the newest line of all that has one, as the log writes it.
	Last string `json:"last,omitempty"`
	// Lines are those since the last start of the server, each kind once, the newest
	// first.
	Lines []LogLine `json:"lines,omitempty"`
}

// LogLine is the newest line of a kind.
type LogLine struct {
	Sign LogSign `json:"sign"`
	// At is the time as the log writes it, in the server's own time zone: that of the
	// line, or of the one above that an exception belongs to; empty where none has any.
	At string `json:"at,omitempty"`
	// Text is the message, printable, at most 240 bytes.
	Text string `json:"text"`
	// Count is how many lines of the kind there are in what was read.
	Count int `json:"count"`
}

// LogSign names what a line says.
type LogSign string

// The signs. Each comes with the text that ZooKeeper writes, checked in its source;
// where versions differ there are several.
const (
	LogConfigInvalid    LogSign = "config-invalid"
	LogMyIDMissing      LogSign = "myid-missing"
	LogMyIDMalformed    LogSign = "myid-malformed"
	LogMyIDNotListed    LogSign = "myid-not-listed"
	LogAddressInUse     LogSign = "address-in-use"
	LogAddressForeign   LogSign = "address-foreign"
	LogListenerGone     LogSign = "listener-gone"
	LogDatabaseUnloaded LogSign = "database-unloaded"
	LogEpochOld         LogSign = "epoch-old"
	LogNoSnapshot       LogSign = "no-snapshot"
	LogDataDamaged      LogSign = "data-damaged"
	LogDataDenied       LogSign = "data-denied"
	LogRecordTooLong    LogSign = "record-too-long"
	LogNoSpace          LogSign = "no-space"
	LogOutOfMemory      LogSign = "out-of-memory"
	LogUnrecoverable    LogSign = "unrecoverable"
	// LogAdminPort: the AdminServer did not start; LogAdminEnd: so the server ended.
	LogAdminPort        LogSign = "admin-port"
	LogAdminEnd         LogSign = "admin-end"
	LogMetricsPort      LogSign = "metrics-port"
	LogOwnIDElsewhere   LogSign = "own-id-elsewhere"
	LogUnknownPeer      LogSign = "unknown-peer"
	LogPeerUnreached    LogSign = "peer-unreached"
	LogChallengeTimeout LogSign = "challenge-timeout"
	LogLeaderUnreached  LogSign = "leader-unreached"
	LogEpochAhead       LogSign = "epoch-ahead"
	// LogSyncGaveUp: a leader waited for its followers to have its data, and gave up.
	// LogSnapshotFetched: a follower begins to fetch all data anew.
	LogSyncGaveUp      LogSign = "sync-gave-up"
	LogSnapshotFetched LogSign = "snapshot-fetched"
	// LogPeerTLS is a failed handshake with a peer; LogPeerTLSCut a connection of a
	// peer that was closed in one; LogPeerTLSHello the greeting of a peer with TLS,
	// taken for a server's id by one without.
	LogPeerTLS      LogSign = "peer-tls"
	LogPeerTLSCut   LogSign = "peer-tls-cut"
	LogPeerTLSHello LogSign = "peer-tls-hello"
	// LogPeerPlain is a connection without TLS to a port that wants it. A connect and
	// close is enough for the line.
	LogPeerPlain LogSign = "peer-plain"
	LogPeerSASL  LogSign = "peer-sasl"
	// LogPeerFIPS: DIGEST-MD5 between servers is off, for FIPS mode is on (3.9+).
	LogPeerFIPS LogSign = "peer-fips"

	// LogStrangerBytes is something other than ZooKeeper's protocol at the client port:
	// its first four bytes were taken for a length. LogPacketTooLong is any other
	// length above jute.maxbuffer.
	LogStrangerBytes LogSign = "stranger-bytes"
	LogPacketTooLong LogSign = "packet-too-long"
	LogJavaClass     LogSign = "java-class"
	LogJavaVersion   LogSign = "java-version"
	LogJavaMissing   LogSign = "java-missing"
	LogJavaOptions   LogSign = "java-options"
	LogExit          LogSign = "exit"
)

// logSign is a sign and the fragments of its lines. The first sign in the table that
// a line has is the line's.
type logSign struct {
	sign      LogSign
	fragments []string
}

// noSign is for lines that look like one of a kind and mean something else.
const noSign LogSign = ""

// logSigns is in the order from the special to the general.
var logSigns = []logSign{
	{LogMyIDMissing, []string{"myid file is missing"}},                                          // QuorumPeerConfig
	{LogMyIDMalformed, []string{"is not a number"}},                                             // QuorumPeerConfig: serverid x
	{LogMyIDNotListed, []string{"not in the peer list"}},                                        // QuorumPeer.start
	{LogNoSpace, []string{"No space left on device"}},                                           // the operating system
	{LogOutOfMemory, []string{"java.lang.OutOfMemoryError"}},                                    // Java
	{LogRecordTooLong, []string{"Unreasonable length"}},                                         // BinaryInputArchive
	{LogEpochOld, []string{"is older than the last zxid", "is less than the current epoch"}},    // QuorumPeer.loadDataBase
	{LogEpochAhead, []string{"is less than accepted epoch", "is less than our accepted epoch"}}, // Learner
	{LogNoSnapshot, []string{"No snapshot found, but there are log entries"}},                   // FileTxnSnapLog, 3.5.3+
	{LogDataDamaged, []string{"CRC check failed", "CRC corruption", "has invalid magic number", "Not able to find valid snapshots", "problem reading snap file"}},
	{LogDataDenied, []string{"Unable to access datadir", "Permission denied", "Read-only file system"}},
	{LogAddressForeign, []string{"Cannot assign requested address"}},
	{LogAddressInUse, []string{"Address already in use"}},
	{LogListenerGone, []string{"I won't be able to participate in leader election any longer"}}, // QuorumCnxManager.Listener
	{LogOwnIDElsewhere, []string{"We got a connection request from a server with our own ID"}},  // QuorumCnxManager, 3.5+
	// A client's handshake, on the secure client port, fails within Netty.
	{noSign, []string{"DecoderException: javax.net.ssl", "Caused by: javax.net.ssl"}},
	{LogPeerTLS, []string{"javax.net.ssl.SSLHandshakeException"}},                        // QuorumCnxManager, Learner; the line below theirs
	{LogPeerTLSCut, []string{"java.net.SocketException: Socket is closed"}},              // UnifiedServerSocket, 3.5.5+
	{LogPeerTLSHello, []string{"Connection broken for id 158611"}},                       // the bytes 16 03 01 or 16 03 03 as a number
	{LogPeerPlain, []string{"Blocked insecure connection attempt"}},                      // UnifiedServerSocket
	{LogPeerSASL, []string{"SaslException: Authentication failed against server"}},       // SaslQuorumAuthLearner
	{LogPeerSASL, []string{"not trying to authenticate and authentication is required"}}, // SaslQuorumAuthServer
	{LogPeerFIPS, []string{"QuorumLearner will not use DIGEST-MD5"}},                     // SecurityUtils
	{LogUnknownPeer, []string{"Invalid server id: ", "non-cluster member"}},
	{LogDatabaseUnloaded, []string{"Unable to load database on disk", "Unable to run quorum server"}},
	{LogAdminEnd, []string{"AdminServer, exiting abnormally"}}, // ZooKeeperServerMain
	{LogAdminPort, []string{"Problem starting AdminServer"}},   // QuorumPeer, JettyAdminServer
	// NIOServerCnxn, NettyServerCnxn: "GET ", "HEAD", "POST", "PUT ", "SSH-", and TLS.
	{LogStrangerBytes, []string{" 1195725856", " 1212498244", " 1347375956", " 1347769376", " 1397966893", "Len error 36929", "length of 36929"}},
	{LogPacketTooLong, []string{"Len error"}},
	{LogMetricsPort, []string{"Cannot boot MetricsProvider"}},
	{LogConfigInvalid, []string{"Invalid config, exiting abnormally", "Error processing "}},
	{LogJavaVersion, []string{"UnsupportedClassVersionError"}},    // Java
	{LogJavaClass, []string{"Could not find or load main class"}}, // Java
	{LogJavaOptions, []string{"Unrecognized VM option", "Unrecognized option: ", "Could not reserve enough space", "Invalid maximum heap size", "Multiple garbage collectors selected", "Conflicting collector combinations"}},
	{LogJavaMissing, []string{"nohup: failed to run command", "nohup: can't execute", "java: command not found", "java: not found", "java could not be found in PATH"}}, // coreutils, busybox, shells, zkEnv.sh
	{LogUnrecoverable, []string{"Severe unrecoverable error"}},
	{LogChallengeTimeout, []string{challenge + ": java.net.SocketTimeoutException"}}, // QuorumCnxManager, 3.4
	{LogPeerUnreached, []string{"Cannot open channel to "}},
	{LogLeaderUnreached, []string{"Unexpected exception, tries=", "Couldn't find the leader with id"}},
	{LogExit, []string{"Unexpected exception, exiting abnormally", "Exiting JVM with code"}},
}

// challenge is what a server writes about who connects to its election port and does
// not say who it is (QuorumCnxManager, all versions). From 3.5 on the next line says how.
const challenge = "Exception reading or writing challenge"

// courseSigns are of lines that count whatever their level is, INFO mostly: the course of
// things, which means something only when it repeats.
var courseSigns = []logSign{
	{LogSyncGaveUp, []string{"Waiting for a quorum of followers, only synced with sids", "Timeout while waiting for NEWLEADER to be acked", "Perhaps the initTicks need to be increased"}}, // Leader
	{LogSnapshotFetched, []string{"Getting a snapshot from leader"}}, // Learner
}

// logBegins is what every start of a server writes (QuorumPeerConfig.parse, all
// versions): what stands before it is of an earlier run.
const logBegins = "Reading configuration from: "

// ScanLog finds the lines that mean something, since the last start, and fills in
// what else the text alone tells. cut says that the first line may lack its beginning.
func ScanLog(text []byte, cut bool) LogTail {
	var tail LogTail
	if cut {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	tail.Starts = startsIn(text)
	if i := bytes.LastIndex(text, []byte(logBegins)); i >= 0 {
		tail.Begins, text = true, text[i:]
	}
	var challenged bool
	for line := range bytes.Lines(text) {
		at, message := takeApart(line)
		if at != "" {
			tail.Last = at
		}
		sign, ok := signOf(line)
		if challenged && at == "" && bytes.Contains(line, []byte("SocketTimeoutException")) {
			sign, ok, message = LogChallengeTimeout, true, append([]byte(challenge+": "), message...)
		}
		challenged = bytes.HasSuffix(message, []byte(challenge))
		if !ok {
			continue
		}
		one := LogLine{Sign: sign, At: tail.Last, Text: printableText(message), Count: 1}
		if i := slices.IndexFunc(tail.Lines, func(l LogLine) bool { return l.Sign == sign }); i >= 0 {
			one.Count += tail.Lines[i].Count
			tail.Lines = slices.Delete(tail.Lines, i, i+1)
		}
		tail.Lines = append(tail.Lines, one)
	}
	slices.Reverse(tail.Lines)
	return tail
}

// maxStarts is how many starts are kept of a log.
const maxStarts = 10

func startsIn(text []byte) []string {
	var starts []string
	for line := range bytes.Lines(text) {
		if !bytes.Contains(line, []byte(logBegins)) {
			continue
		}
		if at, _ := takeApart(line); at != "" {
			starts = append(starts, at)
		}
	}
	return starts[max(len(starts)-maxStarts, 0):]
}

func signOf(line []byte) (LogSign, bool) {
	tables := [][]logSign{logSigns, courseSigns}
	if bytes.Contains(line, []byte(" INFO ")) || bytes.Contains(line, []byte(" DEBUG ")) {
		tables = tables[1:]
	}
	for _, table := range tables {
		for i := range table {
			for _, fragment := range table[i].fragments {
				if bytes.Contains(line, []byte(fragment)) {
					return table[i].sign, table[i].sign != noSign
				}
			}
		}
	}
	return "", false
}

// logStamp is how ZooKeeper's own log configurations write a time, in all versions;
// the fraction of a second follows.
const logStamp = "2006-01-02 15:04:05"

// takeApart takes a line apart: "2026-11-25 12:35:43,025 [myid:] - WARN [thread] -
// message", with the journal's own head ("Nov 25 12:35:43 zk1 java[812]: ") before it
// or without. at is empty where a line has no time, and message is then all of it.
func takeApart(line []byte) (at string, message []byte) {
	message = bytes.TrimSpace(line)
	rest := message
	if !stamped(rest) {
		_, rest, _ = bytes.Cut(message, []byte("]: "))
	}
	if !stamped(rest) {
		return "", message
	}
	at, message = string(rest[:len(logStamp)]), rest
	if _, behind, found := bytes.Cut(message, []byte(" - ")); found {
		message = behind
	}
	if _, behind, found := bytes.Cut(message, []byte("] - ")); found {
		message = behind
	}
	return at, message
}

// stamped reports whether a line begins with a time.
func stamped(line []byte) bool {
	if len(line) <= len(logStamp) || line[4] != '-' {
		return false
	}
	_, err := time.Parse(logStamp, string(line[:len(logStamp)]))
	return err == nil
}

// printableText makes a stranger's line fit for a screen and a file.
func printableText(message []byte) string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, string(message))
	return s[:min(len(s), maxLogText)]
}

// nameLog gives the one server among local the log at path, which the user named, in
// the place of what was found. The error is a *SetupError.
func nameLog(path string, local []Local) error {
	switch {
	case len(local) == 0:
		return setupErrorf("--log %s: this host has no server of the ensemble asked about whose log that could be", path)
	case len(local) > 1:
		var servers []string
		for _, l := range local {
			servers = append(servers, l.ConfigPath)
		}
		return setupErrorf("--log %s: this host has %d servers of the ensemble (%s), and whose log that is cannot be told", path, len(local), strings.Join(servers, ", "))
	}
	local[0].logPath = path
	local[0].lookAtNamedLog()
	if failure := local[0].Log.Failure; failure != nil {
		return setupErrorf("--log %s", failure.Text)
	}
	return nil
}

// lookAtNamedLog reads the log that the user named, if any.
func (l *Local) lookAtNamedLog() {
	if l.logPath == "" {
		return
	}
	started := time.Now()
	if tail, failure := (hostFiles{}).tail(l.logPath); failure != nil {
		l.Log = Failed[LogTail](failure, time.Since(started))
	} else {
		l.Log = Saw(*tail, time.Since(started))
	}
}

// readLog reads the end of the first log that is there.
func (f hostFiles) readLog(paths []string) Obs[LogTail] {
	started := time.Now()
	failure := &Failure{Absent, "no log was found: its output goes to a journal or a pipe"}
	for _, path := range paths {
		tail, failed := f.tail(path)
		if failed == nil {
			return Saw(*tail, time.Since(started))
		}
		if failed.Kind != Absent {
			failure = failed
		}
	}
	return Failed[LogTail](failure, time.Since(started))
}

// tail reads the end of one log. It asks for nothing that could block: the file is
// a regular one.
func (f hostFiles) tail(path string) (*LogTail, *Failure) {
	file, info, failure := f.open(path)
	if failure != nil {
		return nil, failure
	}
	defer file.Close() //nolint:errcheck // only read from
	shown := f.absolute(path)
	from := max(info.Size()-maxLogTail, 0)
	text, err := io.ReadAll(io.NewSectionReader(file, from, maxLogTail))
	if err != nil {
		return nil, fileFailure(shown, err)
	}
	if info.Size() == 0 {
		return nil, &Failure{Empty, shown + ": is empty"}
	}
	if !isText(text) {
		return nil, &Failure{Protocol, shown + ": is no text: a log that is packed or binary has to be unpacked first"}
	}
	tail := ScanLog(text, from > 0)
	tail.Path, tail.Size, tail.Read, tail.Modified = shown, info.Size(), int64(len(text)), info.ModTime().UTC()
	return &tail, nil
}

// isText reports whether bytes are a log's. Of packed or binary files every tenth byte
// is a control character. NUL is none here: a log that another program cuts while its
// server writes begins with any number of them.
func isText(text []byte) bool {
	control := 0
	for _, b := range text {
		if b < ' ' && b != 0 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != '\x1b' {
			control++
		}
	}
	return control <= len(text)/100
}

// logsBeside are where the scripts of ZooKeeper and its packages write the log of a
// server that does not run: logs beside conf (zkEnv.sh, 3.5+), or /var/log for a
// configuration in /etc. The newest comes first.
func (f hostFiles) logsBeside(config string) []string {
	config = f.absolute(config)
	dirs := []string{filepath.Join(filepath.Dir(filepath.Dir(config)), "logs")}
	if strings.HasPrefix(config, "/etc/") {
		dirs = []string{"/var/log/zookeeper"}
	}
	var found []string
	ages := map[string]time.Time{}
	for _, dir := range dirs {
		located, err := f.locate(dir)
		if err != nil || f.denied != nil {
			continue
		}
		entries, err := os.ReadDir(located)
		if err != nil {
			continue
		}
		for _, e := range entries[:min(len(entries), maxLogs)] {
			info, err := e.Info()
			if name := e.Name(); err == nil && info.Mode().IsRegular() && isLogName(name) {
				path := filepath.Join(dir, name)
				found, ages[path] = append(found, path), info.ModTime()
			}
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return ages[b].Compare(ages[a]) })
	return found
}

// maxLogs bounds how many files of a directory are looked at.
const maxLogs = 1000

// isLogName reports whether a file is called as ZooKeeper's logs are:
// zookeeper.out, zookeeper-zk-server-host.log, zookeeper.log.
func isLogName(name string) bool {
	return strings.HasPrefix(name, "zookeeper") && (strings.HasSuffix(name, ".out") || strings.HasSuffix(name, ".log"))
}
