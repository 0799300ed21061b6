package diag

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
func Catalogue() []Rule {
	return []Rule{
		// Who serves.
		quorumLostRule,
		degradedNoSpareRule,
		electionInProgressRule,
		processDownRule,
		serverNotServingRule,
		serverStartingRule,
		serverHungRule,
		hostUnreachableRule,
		leaderServesNoRule,
		cmdNotWhitelistedRule,
		connLimitReachedRule,
		notZooKeeperRule,
		clientTLSFailedRule,
		certificateExpiringRule,
		clientPortMismatchRule,
		standaloneInEnsembleRule,
		splitBrainRule,
		leaderNotCommittingRule,
		membershipDivergentRule,
		// What a server is on its own host: its id, its addresses and ports, and what it would
		// start with.
		myidMissingRule,
		myidMalformedRule,
		myidNotInServersRule,
		myidWrongServerRule,
		myidDuplicateRule,
		selfAddrNotLocalRule,
		selfAddrLoopbackRule,
		processWithoutListenerRule,
		quorumPortFilteredRule,
		latentPortBlockRule,
		heapPressureRule,
		swapInUseRule,
		restartLoopRule,
		configNotLoadedRule,
		startFailedClassPathRule,
		javaMissingOrWrongRule,
		clientPortConflictRule,
		electionPortConflictRule,
		quorumPortConflictRule,
		adminPortConflictRule,
		peerNameUnresolvableRule,
		quorumTLSHandshakeRule,
		quorumSASLFailedRule,
		peerAddrStaleRule,
		electionPortHeldRule,
		diskFullRule,
		txnlogCorruptRule,
		noSnapshotRule,
		epochMismatchRule,
		foreignDataRule,
		dataUnreasonableLengthRule,
		syncTooSlowRule,
		dataDirNotWritableRule,
		autopurgeOffRule,
		dataDirInTmpRule,
		// The question, settings, and how well it is served.
		targetUnresolvableRule,
		targetsIncompleteRule,
		targetDuplicateRule,
		targetsMixedRule,
		dynamicConfigOverridesRule,
		forceSyncOffRule,
		wideOpenRule,
		peerTypeMismatchRule,
		readOnlyModeRule,
		dataDigestMismatchRule,
		wildcardSelfAddrRule,
		knownBadVersionRule,
		versionMixedRule,
		configDriftRule,
		evenOrTinyEnsembleRule,
		observerCountedRule,
		nonVotingFollowerRule,
		zxidRolloverNearRule,
		fdLimitNearRule,
		oversizePacketRule,
		clockSkewRule,
		dataSetLargeRule,
		fsyncSlowRule,
		leaderFlappingRule,
		followerLaggingRule,
		latencyHighRule,
		statusScriptMisleadingRule,
	}
}

// kinds are the traits of all findings, and what they explain.
func kinds() map[Code]Kind {
	out := map[Code]Kind{}
	for _, r := range Catalogue() {
		out[r.Code] = Kind{Traits: r.Traits, Explains: r.Explains}
	}
	return out
}
