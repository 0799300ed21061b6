// Package model is the ensemble as the rules see it: built once from a snapshot, and then only
// read. It knows no rule.
package model

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Ensemble is the snapshot as the rules see it: every server with its role and
// its place in the list of members, every local process with the server it is,
// and the verdict. It is built once and then only read.
type Ensemble struct {
	Snap    *snapshot.Snapshot
	Servers []*Server
	// distinct is the number of servers: those named twice count once, and names
	// that nobody has do not count.
	distinct int
	Hosts    []*Host
	// Doubted are the processes of this host that are no evidence; no rule looks at them.
	Doubted []*Host
	List    List
	// Product is the other program that all servers are that showed what they are, as
	// snapshot.Keeper has it; empty for ZooKeeper, and for a mixture.
	Product string
	// Mixed is set when the user named servers of different ensembles: their lists
	// have no address in common.
	Mixed   bool
	Verdict report.Verdict
	// Votes is the count behind the verdict, and Stall what keeps the leader from
	// confirming writes; nil for nothing.
	Votes Tally
	Stall *Stall
	// Settled is set when two looks were made, so that no election that passes
	// can be mistaken for an outage.
	Settled bool
	// Before is the ensemble of the earlier look; nil when there was one look.
	Before *Ensemble
	// SilentInSync is whether the voters that reported nothing themselves are in sync with the
	// leader, as that says; one answer for all of them.
	SilentInSync Truth
	// SilentLost is set when two looks say that they are not.
	SilentLost bool
	// LookAgain is set when the verdict wants a second look.
	LookAgain bool
	// Vantages are the ensemble as each of several hosts saw it; nil when one looked.
	Vantages []*Ensemble

	index
}

// index finds servers without a walk through all of them: a list may have a thousand.
type index struct {
	// byName and byLine have the first of each name and line, and byClaim the first with a
	// line that says itself to have that id.
	byName          map[string]*Server
	byLine, byClaim map[int64]*Server
	// leaders are those that Leaders returns, and follows is set when a server follows.
	leaders []*Server
	follows bool
}

// LocalServer is the one row that is on this host; nil for none or several.
func (e *Ensemble) LocalServer() *string {
	var name *string
	for _, h := range e.Hosts {
		if h.Server == nil {
			continue
		}
		if name != nil {
			return nil
		}
		name = &h.Server.Name
	}
	return name
}

// Tally is the state of the voters, by id.
type Tally struct {
	Serving  map[int64]bool // known to serve
	Possible map[int64]bool // not known not to serve
	Alive    map[int64]bool // not known to be down
	// Out and Unseen are the names of the voters known not to serve, and of those
	// that reported nothing themselves.
	Out, Unseen []string
	// Open is how many voters are neither: those, and the ones that were not looked at.
	Open int
	// Able are the voters that may confirm a write: neither do they report that they do
	// not serve, nor are they known to hang or to be down.
	Able map[int64]bool
}

// Host is one server's own side: its process, files, sockets and addresses.
type Host struct {
	*snapshot.Local
	// Settings is nil when it could not be read.
	Settings *zoocfg.Config
	// ID is the content of myid, valid when HasID is set.
	ID    int64
	HasID bool
	// Server is the row of the table it is; nil when that is not known.
	Server *Server
	// Doubt is why its process is not taken at its word; empty where it is.
	Doubt Doubt
	// OwnLines are the ids whose server.N address is an address of this host.
	OwnLines []int64
	// AddressesDecide is set when exactly one server.N line is this host's, or
	// none is. With several local ones (a laboratory on loopback) addresses say
	// nothing about which of them this is.
	AddressesDecide bool
	// resolvedAt is where in Resolved a line's id is first.
	resolvedAt map[int64]int
}

// Where the list of voters can come from, the better one first.
const (
	SourceConf    = string(snapshot.ByConf)
	sourceSession = string(snapshot.BySession)
	SourceAdmin   = string(snapshot.ByAdmin)
	sourceFile    = "file"
	SourceTargets = "targets"
)

// List is the best list of members that was seen, and its rule of quorum.
type List struct {
	zoocfg.Membership
	Source  string
	Quorums zoocfg.Quorum
	// Edited is set when it is that of a file which was changed after its server had started,
	// and no other file has it: what that server runs with is not known.
	Edited bool
	// at is where in Servers an id is.
	at map[int64]int
}

// OwnList is the list that a server runs with, and what reported it.
type OwnList struct {
	zoocfg.Membership
	Source     string
	votersOnly bool
	// arithmetic is empty for a list of voters only, which are all that lists can then
	// be compared by.
	arithmetic, voters string
}

// Server is one server with what its looks mean.
type Server struct {
	*snapshot.Server
	// Conf and Mntr are what the words reported or, where they are not allowed, what the
	// AdminServer did; ConfFrom and MntrFrom say which. They hide the words themselves.
	Conf               snapshot.Obs[snapshot.Conf]
	Mntr               snapshot.Obs[snapshot.Mntr]
	ConfFrom, MntrFrom string
	// Line is its line in the list of members; nil when it is not in it, or
	// when which one it is is not known.
	Line *zoocfg.Server
	// AtLineHost is set when it is at the host of that line: by name, by address, or by what
	// this host makes of the name.
	AtLineHost bool
	// RunsWith are the members that it says it runs with; nil where it reported none.
	RunsWith *snapshot.Members
	// reported is that list, one for all servers that report the same; nil with it.
	reported *OwnList
	// NonMember is set when the list in force has no line for the id that it says it has.
	NonMember bool
	// Local is its own host's side; nil when that was not checked.
	Local *Host
	// DuplicateOf is an earlier target that is the same server; nil for the first.
	DuplicateOf *Server
	// Several is set where it is more than one server: none of the answers is the row's then.
	Several *Several
	// PortLocal is the host's side as it was when the peer ports were looked at:
	// in a second look, that of the first. nil when that was not checked.
	PortLocal *Host
	standing
	// Inferred is set when the role is not the server's own statement.
	Inferred bool
	// OverTLS is set when its client port was spoken to by TLS.
	OverTLS bool
	// QueueFull is set when its client port swallows connections, and the leader has lost it.
	QueueFull bool

	// LostByLeader is set when two looks say that the leader has lost it.
	LostByLeader bool
	// Counted is whether the leader counts it among its followers in sync, where it tells
	// nothing itself.
	Counted Truth

	// Elsewhere is a server of this host that was not found under any target, and
	// may well be the one that this target means; nil when there is none.
	Elsewhere *Host

	ClientPort, QuorumPort, ElectionPort report.PortState
}

// Stall is a leader that confirmed nothing between two looks, although it had to, or
// cannot.
type Stall struct {
	Now, Then *Server
	// At is where requests wait: the leader, or the server that the clients are connected to.
	At    *Server
	Cause StallCause
	// NoSession is set when a session that was asked for did not open, twice.
	NoSession bool
}

const (
	// TooFewInSync: fewer followers are in sync than a majority takes.
	TooFewInSync StallCause = iota
	// TooFewLeft: requests wait, and the voters left are no quorum.
	TooFewLeft
	// NoneCommitted: it has proposed writes, and committed none.
	NoneCommitted
	// SessionsHang: NoSession alone.
	SessionsHang
)

// standing is what a server is now.
type standing struct {
	Role    report.Role
	Serving Truth
	// Condition is what the role does not say.
	Condition Condition
}

// Condition is what was found of a server beside its role.
type Condition int

// The conditions.
const (
	// NoCondition: the role says it all.
	NoCondition Condition = iota
	ServesReadsOnly
	ServesByAdmin
	ServesNoWords
	RefusesAsLeader
	RunsIdle
	ElectionPortClosed
	Loading
	AcceptsOnly
	HungAndLost
	ProcessStopped
	PortTaken
	AtAnotherAddress
	AtAnotherPort
	NoSuchName
	RefusedFromHere
	ClosesEarly
	TLSFails
	SpeaksTLS
	AnswersWithoutEnd
	IsKeeper
	NotZooKeeperHere
	OutOfReach
	// SeveralAnswer: more than one server answers for this target.
	SeveralAnswer
	// NotChecked: zkdoctor had trouble of its own. It says nothing of the server.
	NotChecked
)

// StallCause is what shows that the leader confirms nothing.
type StallCause int
