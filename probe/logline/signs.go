package logline

// Sign names what a line of a log says. It is written into snapshots.
type Sign string

// The signs.
const (
	MyIDMissing      Sign = "myid-missing"
	MyIDMalformed    Sign = "myid-malformed"
	MyIDNotListed    Sign = "myid-not-listed"
	NoSpace          Sign = "no-space"
	OutOfMemory      Sign = "out-of-memory"
	RecordTooLong    Sign = "record-too-long"
	EpochOld         Sign = "epoch-old"
	EpochAhead       Sign = "epoch-ahead"
	NoSnapshot       Sign = "no-snapshot"
	DataDamaged      Sign = "data-damaged"
	LogGap           Sign = "log-gap"
	DataDenied       Sign = "data-denied"
	DatabaseUnloaded Sign = "database-unloaded"
	AddressForeign   Sign = "address-foreign"
	AddressInUse     Sign = "address-in-use"
	ListenerGone     Sign = "listener-gone"
	OwnIDElsewhere   Sign = "own-id-elsewhere"
	UnknownPeer      Sign = "unknown-peer"
	PeerUnreached    Sign = "peer-unreached"
	LeaderUnreached  Sign = "leader-unreached"
	ChallengeTimeout Sign = "challenge-timeout"

	// PeerTLS is a failed handshake with a peer; PeerTLSCut a connection of a peer that
	// was closed in one; PeerTLSHello the TLS client hello of a peer, taken for a
	// server's id by one without TLS.
	PeerTLS      Sign = "peer-tls"
	PeerTLSCut   Sign = "peer-tls-cut"
	PeerTLSHello Sign = "peer-tls-hello"
	// PeerTLSName: the certificate of a peer, or of a client, is for other names than it had to be.
	PeerTLSName Sign = "peer-tls-name"
	PeerSASL    Sign = "peer-sasl"
	// PeerFIPS: DIGEST-MD5 between servers is off, because FIPS mode is on (3.9+).
	PeerFIPS Sign = "peer-fips"

	// AdminPort: the AdminServer did not start; AdminEnd: so the server ended.
	AdminPort   Sign = "admin-port"
	AdminEnd    Sign = "admin-end"
	MetricsPort Sign = "metrics-port"
	// ForeignBytes is something other than ZooKeeper's protocol at the client port:
	// its first four bytes were taken for a length. PacketTooLong is any other length
	// above jute.maxbuffer.
	ForeignBytes  Sign = "stranger-bytes"
	PacketTooLong Sign = "packet-too-long"

	ConfigInvalid Sign = "config-invalid"
	JavaVersion   Sign = "java-version"
	JavaClass     Sign = "java-class"
	JavaOptions   Sign = "java-options"
	JavaMissing   Sign = "java-missing"
	Unrecoverable Sign = "unrecoverable"
	Exit          Sign = "exit"

	// Asking: a server in an election has asked its peers, and waits for their answer.
	Asking Sign = "asking"
	// SyncGaveUp: a leader waited for its followers to have its data, and gave up.
	// SnapshotFetched: a follower begins to fetch all data anew.
	SyncGaveUp      Sign = "sync-gave-up"
	SnapshotFetched Sign = "snapshot-fetched"

	// clientTLS is a client's failed handshake: it looks like PeerTLS, and means
	// nothing in a log tail.
	clientTLS Sign = "client-tls"
)

// precedence is the order in which a line's sign is looked for, the special before the
// general: the first that a line has is the line's. It is not the order of the table,
// which is that of explain's answers.
func precedence() []Sign {
	return []Sign{
		MyIDMissing, MyIDMalformed, MyIDNotListed, NoSpace, OutOfMemory, RecordTooLong,
		EpochOld, EpochAhead, NoSnapshot, DataDamaged, LogGap, DataDenied, AddressForeign, AddressInUse,
		ListenerGone, OwnIDElsewhere, clientTLS, PeerTLSName, PeerTLS, PeerTLSCut, PeerTLSHello, PeerSASL,
		PeerFIPS, UnknownPeer, DatabaseUnloaded, AdminEnd, AdminPort, ForeignBytes,
		PacketTooLong, MetricsPort, ConfigInvalid, JavaVersion, JavaClass, JavaOptions,
		JavaMissing, Unrecoverable, ChallengeTimeout, PeerUnreached, LeaderUnreached, Exit,
		SyncGaveUp, SnapshotFetched, Asking,
	}
}
