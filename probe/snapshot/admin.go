package snapshot

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// AdminLook is what the AdminServer (3.5+) of a server tells over HTTP. It is asked
// only where the client port does not tell the same: a word that is not allowed, a
// port that speaks TLS, a leader that serves no clients.
type AdminLook struct {
	// Port is that of the AdminServer; 0 when it was not asked. Assumed is set when it
	// is the documented one because nothing better was known.
	Port    int  `json:"port,omitempty"`
	Assumed bool `json:"assumed,omitempty"`
	// Secure is set when it was asked by HTTPS, for it does not speak HTTP
	// (admin.forceHttps, 3.6.3+).
	Secure bool `json:"tls,omitempty"`
	// Stats is what srvr says.
	Stats Obs[Srvr] `json:"stats"`
	// Settings is what conf says of the server itself; without limits and members.
	Settings Obs[Conf] `json:"settings"`
	// Voters are the members that vote (3.6+), without observers, groups and weights.
	Voters Obs[*zoocfg.Membership] `json:"voters"`
	// Leader is whom the server takes for the leader (3.6+).
	Leader Obs[AdminLeader] `json:"leader"`
	// Monitor is what mntr says.
	Monitor Obs[Mntr] `json:"monitor"`
	// Clients are the addresses that most connections come from. They are asked for only
	// where the client port closes before it has answered.
	Clients Obs[AdminClients] `json:"clients"`
	// Clock is how far the server's clock is ahead of this host's, to the second: the
	// HTTP date has no parts of it. It is not tried where no date came.
	Clock Obs[time.Duration] `json:"clock"`
}

// The commands that zkdoctor asks. Others change something (stat_reset), or tell
// secrets (initial_configuration, system_properties).
const (
	AdminConf        = "configuration"
	AdminStats       = "server_stats"
	AdminVoterView   = "voting_view"
	AdminWho         = "leader"
	AdminMetrics     = "monitor"
	AdminConnections = "connections"
)

// AdminLeader is the answer to leader (Commands.LeaderCommand, 3.6+): whom the server
// takes for the leader.
type AdminLeader struct {
	// ID is the leader's, and IP its address, as the server knows it.
	ID int64  `json:"leader_id"`
	IP string `json:"leader_ip"`
}

// AdminClients is the answer to connections (Commands.ConsCommand): where those to the
// client port and to the one for TLS come from, the busiest address first. A unified
// port's are all plain.
type AdminClients struct {
	Plain  []ClientCount `json:"plain,omitempty"`
	Secure []ClientCount `json:"secure,omitempty"`
}

// ClientCount is how many connections come from one address, as the server sees it.
type ClientCount struct {
	Address     string `json:"address"`
	Connections int    `json:"connections"`
}
