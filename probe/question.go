package probe

import (
	"crypto/tls"
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// Question says what Look is to look at, and how.
type Question struct {
	// Targets are servers named by hand; empty to take them from elsewhere.
	Targets []snapshot.Target
	// ConfigFile is a zoo.cfg that the user named; empty for none.
	ConfigFile string
	// Adopt asks a target without a port at the client port that the configuration of a server of
	// this host gives the member of that name.
	Adopt bool
	// Discover adds the members that the servers list and the question does not name.
	Discover bool
	// Local is false when this host's files and processes are to be left alone. KeepLocal
	// takes what the earlier look found there, unless peer ports are due.
	Local     bool
	KeepLocal bool
	// KeepConf is how old a reply to conf may be that is taken from the earlier look, of servers
	// of which srvr shows that they have not been restarted, nor elected a leader; 0 asks always.
	KeepConf time.Duration
	// LogFile is the log of this host's server, where that cannot be found by itself;
	// empty to look for it.
	LogFile string
	// TLS is how to speak it to the client ports; nil for plain text.
	TLS *tls.Config
	// Brief asks srvr alone of servers that answer it, and no AdminServer of those: for who waits
	// for a state that is not near.
	Brief bool
	// Namespaces is how many bytes are kept of what mntr says of single top-level znodes (3.6+), for who shows
	// it; less than 16 KiB means as much as that.
	Namespaces int
	// PeerPorts is false when the quorum and election ports are to be left alone.
	PeerPorts bool
	// PortsDue reports, server by server, whether its peer ports are to be probed now, once
	// the client ports have been asked: for those who look often, and at these rarely. Of
	// the others it may fill in what is known already. nil: all are due, and are probed
	// while the client ports are asked.
	PortsDue func(*snapshot.Snapshot) []bool
	// Admit is asked once the names are looked up and before anything is sent: with all
	// addresses of all client ports. Its error ends the look. nil admits all.
	Admit func([]netip.AddrPort) error
	// QuorumHello, Session, Admin and AdminPort are those of snapshot.Plan.
	QuorumHello bool
	Session     bool
	Admin       bool
	AdminPort   int
	// Timeout bounds one look; 0 means snapshot.DefaultTimeout.
	Timeout time.Duration
	// Door is what files of this host are read through, and bounds those reads that hang for all
	// who look through it; nil for one of its own.
	Door *hostfile.Door
	// Answers bounds what the answers of all servers may have together, for those who look at
	// several ensembles at a time; nil for as much as one look may have.
	Answers *wire.Allowance
	// Tool names the program and its version in the snapshot.
	Tool string
	// Again says how long to wait before everything but the peer ports is looked at again;
	// 0 for not at all. It is not asked after a look that was cut short. nil: one look.
	Again func(*snapshot.Snapshot) time.Duration

	Progress
}

// Progress is what Look calls as it goes on. Each may be nil.
type Progress struct {
	// Begin is called when the servers to look at are known, before any is looked at.
	Begin func(targets []snapshot.Target)
	// Looked is called after each look.
	Looked func(*snapshot.Snapshot)
	// Undiscovered is called when Discover was asked for and no server listed its members.
	Undiscovered func()
}

// plan is what the snapshot keeps of the question, before the servers are known.
func (q *Question) plan() snapshot.Plan {
	return snapshot.Plan{
		Source: snapshot.FromTargets, Targets: q.Targets, Timeout: q.Timeout,
		Secure: q.TLS != nil, Unverified: q.TLS != nil && q.TLS.InsecureSkipVerify,
		PeerPorts: q.PeerPorts, QuorumHello: q.QuorumHello, Session: q.Session,
		Admin: q.Admin, AdminPort: q.AdminPort, Local: q.Local,
	}
}

// allowance is what the answers of one look may have together.
func (q *Question) allowance() *wire.Allowance {
	if q.Answers != nil {
		return q.Answers
	}
	return wire.NewAllowance()
}
