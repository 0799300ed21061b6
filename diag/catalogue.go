package diag

import "slices"

// Code is the slug of a finding: its only name, in text, JSON, metrics, alerts
// and pages. Slugs are never reused.
type Code string

const (
	QuorumLost             Code = "quorum-lost"
	DegradedNoSpare        Code = "degraded-no-spare"
	ElectionInProgress     Code = "election-in-progress"
	ProcessDown            Code = "process-down"
	ServerNotServing       Code = "server-not-serving"
	ServerStarting         Code = "server-starting"
	ServerHung             Code = "server-hung"
	HostUnreachable        Code = "host-unreachable"
	LeaderServesNo         Code = "leader-serves-no"
	CmdNotWhitelisted      Code = "cmd-not-whitelisted"
	ConnLimitReached       Code = "conn-limit-reached"
	NotZooKeeper           Code = "not-zookeeper"
	ClientTLSFailed        Code = "client-tls-failed"
	CertificateExpiring    Code = "certificate-expiring"
	ClientPortMismatch     Code = "client-port-mismatch"
	StandaloneInEnsemble   Code = "standalone-in-ensemble"
	SplitBrain             Code = "split-brain"
	MembershipDivergent    Code = "membership-divergent"
	MyidMissing            Code = "myid-missing"
	MyidMalformed          Code = "myid-malformed"
	MyidNotInServers       Code = "myid-not-in-servers"
	MyidWrongServer        Code = "myid-wrong-server"
	MyidDuplicate          Code = "myid-duplicate"
	SelfAddrNotLocal       Code = "self-addr-not-local"
	SelfAddrLoopback       Code = "self-addr-loopback"
	ProcessWithoutListener Code = "process-without-listener"
	QuorumPortFiltered     Code = "quorum-port-filtered"
	LatentPortBlock        Code = "latent-port-block"
	HeapPressure           Code = "heap-pressure"
	SwapInUse              Code = "swap-in-use"
	RestartLoop            Code = "restart-loop"
	ConfigNotLoaded        Code = "config-not-loaded"
	StartFailedClassPath   Code = "start-failed-classpath"
	JavaMissingOrWrong     Code = "java-missing-or-wrong"
	ClientPortConflict     Code = "client-port-conflict"
	ElectionPortConflict   Code = "election-port-conflict"
	QuorumPortConflict     Code = "quorum-port-conflict"
	AdminPortConflict      Code = "admin-port-conflict"
	PeerNameUnresolvable   Code = "peer-name-unresolvable"
	QuorumTLSHandshake     Code = "quorum-tls-handshake"
	QuorumSASLFailed       Code = "quorum-sasl-failed"
	PeerAddrStale          Code = "peer-addr-stale"
	ElectionPortHeld       Code = "election-port-held"
	DiskFull               Code = "disk-full"
	TxnlogCorrupt          Code = "txnlog-corrupt"
	NoSnapshot             Code = "no-snapshot"
	EpochMismatch          Code = "epoch-mismatch"
	ForeignData            Code = "foreign-data"
	DataUnreasonableLength Code = "data-unreasonable-length"
	SyncTooSlow            Code = "sync-too-slow"
	DataDirNotWritable     Code = "datadir-not-writable"
	AutopurgeOff           Code = "autopurge-off"
	DataDirInTmp           Code = "datadir-in-tmp"
	TargetUnresolvable     Code = "target-unresolvable"
	TargetsIncomplete      Code = "targets-incomplete"
	TargetDuplicate        Code = "target-duplicate"
	TargetsMixed           Code = "targets-mixed-ensembles"
	StatusScriptMisleading Code = "status-script-misleading"
	DynamicConfigOverrides Code = "dynamic-config-overrides"
	PeerTypeMismatch       Code = "peertype-mismatch"
	ForceSyncOff           Code = "forcesync-off"
	ReadOnlyMode           Code = "read-only-mode"
	DataDigestMismatch     Code = "data-digest-mismatch"
	WildcardSelfAddr       Code = "wildcard-self-addr"
	KnownBadVersion        Code = "known-bad-version"
	VersionMixed           Code = "version-mixed"
	ConfigDrift            Code = "config-drift"
	EvenOrTinyEnsemble     Code = "even-or-tiny-ensemble"
	ZxidRolloverNear       Code = "zxid-rollover-near"
	FDLimitNear            Code = "fd-limit-near"
	OversizePacket         Code = "oversize-znode-or-packet"
	ClockSkew              Code = "clock-skew"
	FsyncSlow              Code = "fsync-slow"
	LeaderFlapping         Code = "leader-flapping"
	FollowerLagging        Code = "follower-lagging"
	LatencyHigh            Code = "latency-high"
	WideOpen               Code = "jmx-or-4lw-wide-open"
	DataSetLarge           Code = "dataset-large"
	ObserverCounted        Code = "observer-counted"
	LeaderNotCommitting    Code = "leader-not-committing"
	NonVotingFollower      Code = "non-voting-follower"
)

// Catalogue is every rule, in the order in which ties are shown.
func Catalogue() []Check { return slices.Concat(servingChecks(), hostChecks(), otherChecks()) }

// servingChecks ask who serves.
func servingChecks() []Check {
	return []Check{
		{QuorumLost, "no quorum: nobody can be elected leader", "the role of every voter", checkQuorumLost},
		{DegradedNoSpare, "serving, and no more voters may be lost", "the role of every voter", checkDegradedNoSpare},
		{ElectionInProgress, "an election is passing", "two looks", checkElection},
		{ProcessDown, "ZooKeeper is not running", "the client and the election port", checkProcessDown},
		{ServerNotServing, "runs, and serves nobody", "srvr, twice", checkServerNotServing},
		{ServerStarting, "is still loading its data", "srvr and the election port", checkServerStarting},
		{ServerHung, "accepts connections, and does not answer", "srvr, twice, and the election port", checkServerHung},
		{HostUnreachable, "cannot be reached from here", "any port", checkHostUnreachable},
		{LeaderServesNo, "leads, and serves no clients by choice", "srvr of all voters and the quorum port", checkLeaderServesNo},
		{CmdNotWhitelisted, "four-letter words are not allowed", "the words", checkCmdNotWhitelisted},
		{ConnLimitReached, "takes no more connections from here", "srvr, the serving probe, this host's sockets", checkConnLimit},
		{NotZooKeeper, "what answers is not ZooKeeper", "srvr", checkNotZooKeeper},
		{ClientTLSFailed, "TLS to its client port fails", "a handshake", checkClientTLS},
		{CertificateExpiring, "its certificate ends soon", "a handshake", checkCertificate},
		{ClientPortMismatch, "serves clients on another port", "the client and the election port", checkClientPortMismatch},
		{StandaloneInEnsemble, "a server runs alone beside the ensemble", "srvr", checkStandaloneInEnsemble},
		{SplitBrain, "two leaders, each accepts writes", "srvr, twice", checkSplitBrain},
		{LeaderNotCommitting, "it leads, and no write gets through", "srvr and mntr of the leader, twice", checkLeaderNotCommitting},
		{MembershipDivergent, "servers have different lists of members", "what two servers say, or their files", checkMembershipDivergent},
	}
}

// hostChecks ask what a server is on its own host: its id, its addresses and ports, and
// what it would start with.
func hostChecks() []Check {
	return []Check{
		{MyidMissing, "the myid file is missing", "a server's own files", checkMyidMissing},
		{MyidMalformed, "the myid file holds no number", "a server's own files", checkMyidMalformed},
		{MyidNotInServers, "myid is in no server.N line", "a server's own files", checkMyidNotInServers},
		{MyidWrongServer, "myid is another server's", "a server's own files, or conf", checkMyidWrongServer},
		{MyidDuplicate, "two servers have one id", "conf or the files of two servers", checkMyidDuplicate},
		{SelfAddrNotLocal, "its own address is not on its host", "a server's own files and addresses", checkSelfAddrNotLocal},
		{SelfAddrLoopback, "its own name means loopback", "a server's own files and names", checkSelfAddrLoopback},
		{ProcessWithoutListener, "runs without an election listener", "a server's own process and sockets", checkProcessWithoutListener},
		{QuorumPortFiltered, "a port between servers is blocked", "the quorum and election ports", checkQuorumPortFiltered},
		{LatentPortBlock, "a blocked port: after a restart it may stay out", "the quorum and election ports, from a member", checkLatentPortBlock},
		{HeapPressure, "its memory does not suffice", "a server's own process and log, or mntr twice", checkHeapPressure},
		{SwapInUse, "a part of it is in swap", "a server's own process", checkSwap},
		{RestartLoop, "is started again and again", "a server's own process, log and unit", checkRestarts},
		{ConfigNotLoaded, "its configuration cannot be read", "a server's own files", checkConfigLoaded},
		{StartFailedClassPath, "Java finds no ZooKeeper to start", "a server's own files and log", checkStartClassPath},
		{JavaMissingOrWrong, "there is no Java to start it with", "a server's own files and log", checkJava},
		{ClientPortConflict, "another program has its client port", "a server's own process and sockets", checkClientPortConflict},
		{ElectionPortConflict, "another program has its election port", "a server's own process and sockets", checkElectionPortConflict},
		{QuorumPortConflict, "another program has its quorum port", "srvr, twice, and the quorum port", checkQuorumPortConflict},
		{AdminPortConflict, "another program has its AdminServer's port", "a server's own log and sockets", checkAdminPortConflict},
		{PeerNameUnresolvable, "a member's name has no address there", "a server's own names", checkPeerName},
		{QuorumTLSHandshake, "TLS between servers fails", "a server's own files and log, twice", checkQuorumTLS},
		{QuorumSASLFailed, "servers do not accept each other's password", "a server's own files and log, twice", checkQuorumSASL},
		{PeerAddrStale, "a member is called where it is no more", "a server's own connections, twice, and its log", checkPeerAddrStale},
		{ElectionPortHeld, "a stranger holds its election port", "a server's own connections, twice", checkElectionPortHeld},
		{DiskFull, "the disk of its data is full", "a server's own files", checkDiskFull},
		{TxnlogCorrupt, "its newest transaction log is broken", "a server's own files", checkTxnlogCorrupt},
		{NoSnapshot, "it has transaction logs and no snapshot", "a server's own files", checkNoSnapshot},
		{EpochMismatch, "its epoch files contradict its data", "a server's own files", checkEpochMismatch},
		{ForeignData, "its data is of another ensemble", "a server's own files, and the leader, twice", checkForeignData},
		{DataUnreasonableLength, "a record is longer than it may read", "a server's own log", checkUnreasonableLength},
		{SyncTooSlow, "its data arrives too late", "a server's own log, twice", checkSyncTooSlow},
		{DataDirNotWritable, "its data directory cannot be written", "a server's own files and process", checkDataDirNotWritable},
		{AutopurgeOff, "old snapshots are never removed", "a server's own files", checkAutopurgeOff},
		{DataDirInTmp, "its data is where files are cleared away", "a server's own files", checkDataDirInTmp},
	}
}

// otherChecks ask about the question, about settings, and how well it is served.
func otherChecks() []Check {
	return []Check{
		{TargetUnresolvable, "a name has no address", "name resolution", checkTargetUnresolvable},
		{TargetsIncomplete, "not all servers were named", "conf or a configuration", checkTargetsIncomplete},
		{TargetDuplicate, "one server was named twice", "addresses", checkTargetDuplicate},
		{TargetsMixed, "servers of different ensembles were named", "conf of two servers", checkTargetsMixed},
		{DynamicConfigOverrides, "zoo.cfg and the dynamic file contradict each other", "a server's own files", checkDynamicConfig},
		{ForceSyncOff, "confirms writes before they are on the disk", "a server's own files", checkForceSync},
		{WideOpen, "JMX or all four-letter words are open to strangers", "a server's own process, sockets and files", checkWideOpen},
		{PeerTypeMismatch, "peerType is not the role in the list", "a server's own files", checkPeerType},
		{ReadOnlyMode, "serves reads only, for want of a quorum", "srvr", checkReadOnlyMode},
		{DataDigestMismatch, "its data differs from the leader's", "mntr of 3.6 and later", checkDataDigest},
		{WildcardSelfAddr, "its own address is 0.0.0.0", "conf, or a server's own files", checkWildcardSelfAddr},
		{KnownBadVersion, "runs a release that may lose data", "a server's version", checkKnownBadVersion},
		{VersionMixed, "servers run different releases", "the version of two servers", checkVersionMixed},
		{ConfigDrift, "voters have different settings", "conf of two voters", checkConfigDrift},
		{EvenOrTinyEnsemble, "an even number of voters", "conf or a configuration", checkEvenOrTiny},
		{ObserverCounted, "observers are up, and have no vote", "a list of members, and their roles", checkObserverCounted},
		{NonVotingFollower, "follows, and is no member", "conf, or the files of its host; or mntr of the leader", checkNonVotingFollower},
		{ZxidRolloverNear, "the epoch runs out of transactions", "srvr of the leader", checkZxidRollover},
		{FDLimitNear, "few file descriptors are left", "mntr", checkFDLimit},
		{OversizePacket, "answers or requests are at the limit of length", "mntr of 3.6 and later", checkOversize},
		{ClockSkew, "the clocks of servers differ", "the AdminServers of two servers", checkClockSkew},
		{DataSetLarge, "holds much in memory", "mntr", checkDataSetLarge},
		{FsyncSlow, "its disk is slow to sync the log", "mntr of 3.6 and later, twice", checkFsyncSlow},
		{LeaderFlapping, "one leader after the other", "srvr of the leader, twice", checkLeaderFlapping},
		{FollowerLagging, "is far behind the leader", "srvr, twice", checkFollowerLagging},
		{LatencyHigh, "clients wait long for answers", "srvr and mntr, twice", checkLatencyHigh},
		{StatusScriptMisleading, "zkServer.sh status is wrong about it", "a server's own process and files", checkStatusScript},
	}
}
