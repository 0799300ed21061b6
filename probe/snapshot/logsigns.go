package snapshot

import (
	"bytes"
	"slices"
)

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
	LogPeerSASL     LogSign = "peer-sasl"
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
var LogSigns = []logSign{
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
	{LogChallengeTimeout, []string{Challenge + ": java.net.SocketTimeoutException"}}, // QuorumCnxManager, 3.4
	{LogPeerUnreached, []string{"Cannot open channel to "}},
	{LogLeaderUnreached, []string{"Unexpected exception, tries=", "Couldn't find the leader with id"}},
	{LogExit, []string{"Unexpected exception, exiting abnormally", "Exiting JVM with code"}},
}

// challenge is what a server writes about who connects to its election port and does
// not say who it is (QuorumCnxManager, all versions). From 3.5 on the next line says how.
const Challenge = "Exception reading or writing challenge"

// courseSigns are of lines that count whatever their level is, INFO mostly: the course of
// things, which means something only when it repeats.
var CourseSigns = []logSign{
	{LogSyncGaveUp, []string{"Waiting for a quorum of followers, only synced with sids", "Timeout while waiting for NEWLEADER to be acked", "Perhaps the initTicks need to be increased"}}, // Leader
	{LogSnapshotFetched, []string{"Getting a snapshot from leader"}}, // Learner
}

// signTables are the signs for lines above the level INFO, and those for lines of any.
type signTables struct{ above, all []logSign }

// signsIn are the signs that a text has at all. A log of 2,000 lines has a few of them,
// and only for those is each line looked at.
func signsIn(text []byte) signTables {
	there := func(table []logSign) []logSign {
		return slices.DeleteFunc(slices.Clone(table), func(s logSign) bool { return !s.in(text) })
	}
	all := there(CourseSigns)
	return signTables{above: append(there(LogSigns), all...), all: all}
}

// in reports whether a text has one of the fragments.
func (s logSign) in(text []byte) bool {
	return slices.ContainsFunc(s.fragments, func(f string) bool { return bytes.Contains(text, []byte(f)) })
}

// of is the sign of a line; ok is false for one that means nothing here.
func (t signTables) of(line []byte) (sign LogSign, ok bool) {
	table := t.above
	if len(table) == 0 {
		return "", false
	}
	if bytes.Contains(line, []byte(" INFO ")) || bytes.Contains(line, []byte(" DEBUG ")) {
		table = t.all
	}
	for i := range table {
		if table[i].in(line) {
			return table[i].sign, table[i].sign != noSign
		}
	}
	return "", false
}
