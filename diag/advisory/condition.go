package advisory

import "slices"

// Condition is what a fault takes beside the release, as far as zkdoctor can see it.
type Condition string

const (
	// Always: whatever the configuration is.
	Always Condition = "always"
	// SeveralServers: a member of an ensemble.
	SeveralServers Condition = "several-servers"
	// ReachabilityCheck: a member, and multiAddress.reachabilityCheckEnabled is not false.
	ReachabilityCheck Condition = "reachability-check"
	// UncommittedLeader: a leader that has committed nothing since its election.
	UncommittedLeader Condition = "uncommitted-leader"

	// The others hold where the server's own configuration says so.

	// TrustEmpty: standalone, with snapshot.trust.empty=true.
	TrustEmpty Condition = "trust-empty"
	// WildcardAddress: a server.N line with a wildcard.
	WildcardAddress Condition = "wildcard-address"
	// QuorumSASL: quorum.auth.enableSasl=true.
	QuorumSASL Condition = "quorum-sasl"
	// QuorumSASLObserver: that, and an observer with a lower id than a voter.
	QuorumSASLObserver Condition = "quorum-sasl-observer"
	// ConnectionThrottle: connection_throttle_tokens above 0.
	ConnectionThrottle Condition = "connection-throttle"
	// ClientAuth: clients authenticate by a provider that is configured.
	ClientAuth Condition = "client-auth"
	// AdminServer: the AdminServer is on, and snapshot or restore too.
	AdminServer Condition = "admin-server"
	// TLSHostNames: TLS with host name verification, and no FIPS mode.
	TLSHostNames Condition = "tls-host-names"

	// JavaClients: a fault of the client library. Of servers it is never said.
	JavaClients Condition = "java-clients"
	// Unseen: what zkdoctor does not see of a server that runs. It is listed, and never said of one.
	Unseen Condition = "unseen"
)

// Conditions are all of them.
func Conditions() []Condition {
	return []Condition{
		Always, SeveralServers, ReachabilityCheck, UncommittedLeader, TrustEmpty, WildcardAddress,
		QuorumSASL, QuorumSASLObserver, ConnectionThrottle, ClientAuth, AdminServer, TLSHostNames,
		JavaClients, Unseen,
	}
}

// Configured reports whether a line of the configuration is what it takes.
func (c Condition) Configured() bool {
	return slices.Contains([]Condition{
		TrustEmpty, WildcardAddress, QuorumSASL, QuorumSASLObserver,
		ConnectionThrottle, ClientAuth, AdminServer, TLSHostNames,
	}, c)
}
