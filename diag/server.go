package diag

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// prohibitedWithin is the time within which "no route to host" can only be an answer from a
// firewall: a host that is gone takes ARP three seconds.
const prohibitedWithin = 900 * time.Millisecond

// truth is a thing that is known to hold, known not to, or not known.
type truth int

const (
	unknown truth = iota
	yes
	no
)

func (t truth) pointer() *bool {
	if t == unknown {
		return nil
	}
	b := t == yes
	return &b
}

func isTrue(b bool) truth {
	if b {
		return yes
	}
	return no
}

// server is one server with what its looks mean.
type server struct {
	*snapshot.Server
	// Conf and Mntr are what the words told or, where they are not allowed, what the
	// AdminServer did; confFrom and mntrFrom say which. They hide the words themselves.
	Conf               snapshot.Obs[snapshot.Conf]
	Mntr               snapshot.Obs[snapshot.Mntr]
	confFrom, mntrFrom string
	// member is its line in the list of members; nil when it is not in it, or
	// when which one it is cannot be told.
	member *zoocfg.Server
	// runsWith are the members that it says it runs with; nil where it told none.
	runsWith *snapshot.Members
	// outsider is set when the list in force has no line for the id that it says it has.
	outsider bool
	// host is its own host's side; nil when that was not looked at.
	host *host
	// twin is an earlier target that is the same server; nil for the first.
	twin *server
	// portHost is the host's side as it was when the peer ports were looked at:
	// in a second look, that of the first. nil when that was not looked at.
	portHost *host
	standing
	// inferred is set when the role is not the server's own statement.
	inferred bool
	// secure is set when its client port was spoken to by TLS.
	secure bool
	// queued is set when its client port swallows connections, and the leader has lost it.
	queued bool

	// lost is set when two looks say that the leader has lost it.
	lost bool
	// counted is whether the leader counts it among its followers in sync, where it tells
	// nothing itself.
	counted truth

	// elsewhere is a server of this host that was not found under any target, and
	// may well be the one that this target means; nil when there is none.
	elsewhere *host

	client, quorumPort, election PortState
}

func newServer(s *snapshot.Server, secure bool) *server {
	v := &server{Server: s, standing: standing{role: RoleUnknown}, secure: secure, Conf: s.Conf, confFrom: "conf", Mntr: s.Mntr, mntrFrom: "mntr"}
	v.runsWith = s.Members()
	v.hearAdmin()
	v.client = v.portState(s.Client)
	if v.client == PortOpen && s.Srvr.FailedAs(snapshot.Silent) {
		v.client = PortSilent
	}
	v.quorumPort = v.portState(s.Quorum.Look)
	v.election = v.portState(s.Election.Look)
	return v
}

// portState is what one connect means. "No route to host" that comes within
// milliseconds while another port of the host answers is a firewall's: Linux
// gives the same error for a dead host, but only after ARP has given up.
func (s *server) portState(look snapshot.Obs[snapshot.Dial]) PortState {
	switch {
	case !look.Tried:
		return PortNotProbed
	case look.Seen():
		return PortOpen
	}
	switch look.Failure.Kind {
	case snapshot.Refused, snapshot.Reset:
		return PortRefused
	case snapshot.Filtered:
		return PortFiltered
	case snapshot.Unreachable:
		if s.prohibited(look) {
			return PortFiltered
		}
		return PortUnreachable
	default: // nothing that tells about the port
		return PortNotProbed
	}
}

// prohibited reports whether a look failed in the way that only a firewall
// which says so makes it fail.
func (s *server) prohibited(look snapshot.Obs[snapshot.Dial]) bool {
	return look.FailedAs(snapshot.Unreachable) && look.Took < prohibitedWithin && s.hostAnswers()
}

// hostAnswers reports whether any port of the host answered, if only with an
// RST: then the host and the way to it are fine.
func (s *server) hostAnswers() bool {
	for _, look := range []snapshot.Obs[snapshot.Dial]{s.Client, s.Quorum.Look, s.Election.Look} {
		if look.Seen() || look.FailedAs(snapshot.Refused) || look.FailedAs(snapshot.Reset) {
			return true
		}
	}
	return false
}

// swallows reports whether the client port drops connections while the election
// port takes them: a firewall, or a process that hangs with a full queue.
func (s *server) swallows() bool {
	return s.Client.FailedAs(snapshot.Filtered) && s.election == PortOpen
}

// takenPort is the port of a server that does not run which another program has, as
// the sockets of its own host show; 0 for none. What answers as ZooKeeper is no other
// program: then its process was not seen.
func (s *server) takenPort() int {
	if s.host == nil || s.host.Process != nil || s.host.config == nil || s.Srvr.Seen() || s.notServing() || s.Session.Seen() {
		return 0
	}
	// What is silent may be a hung ZooKeeper whose process we may not see.
	client := s.client == PortOpen || silent(s) && s.host.wrote(logline.AddressInUse)
	switch {
	case client && s.host.listensAt(s.Resolve.Value, s.Port):
		return s.Port
	case s.client == PortRefused && s.election == PortOpen && s.host.listensAt(s.PeerAddrs().Value, s.Election.Number):
		return s.Election.Number
	}
	return 0
}

// stoppedHere reports whether its process was seen on this host, stopped by a signal.
func (s *server) stoppedHere() bool { return s.runsHere() && s.host.Process.State == "T" }

// answered tells why the server's client port told nothing; nil when it did,
// be it by refusing.
func (s *server) answered() *Skip {
	switch {
	case s.Srvr.Seen(), s.hostRefuses(), s.client == PortOpen && s.Srvr.Tried && !s.Srvr.FailedAs(snapshot.Cancelled), s.client == PortSilent:
		return nil
	case s.Resolve.FailedAs(snapshot.Resolve):
		return &Skip{Kind: SkipUnreachable, Reason: "its name has no address here"}
	case blocked(s.client):
		return &Skip{Kind: SkipUnreachable, Reason: "it could not be reached from here"}
	case s.Port == 0:
		return &Skip{Kind: SkipNotTold, Reason: "its client port is not known"}
	}
	return &Skip{Kind: SkipNotLooked, Reason: "it was not looked at"}
}

// starting reports whether the server is on its way up: it has no election port
// yet, and either its client port accepts without an answer (NIO binds before
// the data is loaded), or its process is known to run.
func (s *server) starting() bool {
	if s.election != PortRefused {
		return false
	}
	return silent(s) || s.client == PortRefused && s.runsHere() && !s.host.listensAt(s.Resolve.Value, s.Port)
}

// runsHere reports whether the server's process was seen on this host.
func (s *server) runsHere() bool { return s.host != nil && s.host.Process != nil }

// rejected reports whether the election port was refused here although the
// server's own host has a listener on it: a firewall answers in its name. The
// quorum port is no such proof, for it closes the moment a leader steps down; and
// the server must answer on its client port, or it may have ended meanwhile.
func (s *server) rejected(port int, look snapshot.Obs[snapshot.Dial]) bool {
	addrs := s.PeerAddrs().Value
	return look.FailedAs(snapshot.Refused) && s.client == PortOpen && s.runsHere() && s.host.listensAt(addrs, port) &&
		s.portHost != nil && s.portHost.listensAt(addrs, port)
}

// hostRefuses reports whether the host itself refused the client port.
func (s *server) hostRefuses() bool { return s.client == PortRefused }

// bothPorts tells why the client and the election port cannot both be judged;
// nil when they can.
func (s *server) bothPorts() *Skip {
	if s.role == RoleDown {
		return nil
	}
	if why := s.answered(); why != nil {
		return why
	}
	switch {
	case s.election == PortNotProbed:
		return &Skip{Kind: SkipNotLooked, Reason: "its election port was not probed"}
	case blocked(s.election):
		return &Skip{Kind: SkipUndecided, Reason: "its election port gave no answer"}
	}
	return nil
}

// nameless reports whether the server's name means nothing: a typo, most likely.
func (s *server) nameless() bool { return s.Resolve.FailedAs(snapshot.Resolve) }

// notServing reports whether the server itself says that it serves nobody.
func (s *server) notServing() bool { return s.Srvr.FailedAs(snapshot.NotServing) }

// voter reports whether the server votes, as far as is known: one that was not found in
// the list, or that nobody calls an observer, is taken for a voter.
func (s *server) voter() bool {
	if s.outsider {
		return false
	}
	if s.member != nil {
		return s.member.Role != zoocfg.Observer
	}
	return s.role != Observer && !(s.Conf.Seen() && s.Conf.Value.PeerType != nil && *s.Conf.Value.PeerType == snapshot.PeerObserver)
}

// claimed is the id that the server says it has: by conf, or by the myid file
// of its own process. ok is false when neither was seen.
func (s *server) claimed() (id int64, source string, ok bool) {
	if c := s.Conf; c.Seen() && c.Value.ServerID != nil && (c.Value.Quorum() || s.confFrom == sourceAdmin && s.mode() != snapshot.ModeStandalone) {
		return *c.Value.ServerID, s.confFrom, true
	}
	if s.host != nil && s.host.Process != nil && s.host.hasID {
		return s.host.id, "myid", true
	}
	if o := s.Opened; o.Seen() && o.Value.MyID > 0 && !o.Value.ReadOnly && s.mode() != snapshot.ModeStandalone {
		return int64(o.Value.MyID), sourceSession, true // of an id above 255 it is a part only
	}
	return 0, "", false
}

// ownStanding reads the decision table: what the sockets and srvr of one server mean.
func (s *server) ownStanding() standing {
	switch {
	case s.Srvr.Seen():
		return s.serves("")
	case s.toldByAdmin() && s.mode() == snapshot.ModeLeader && s.notServing():
		return s.serves(RefusesAsLeader)
	case s.toldByAdmin():
		return s.serves(ServesByAdmin)
	case s.notServing() && s.election == PortRefused:
		return standing{NotServing, no, ElectionPortClosed}
	case s.notServing():
		return standing{NotServing, no, RunsIdle}
	case s.Session.Seen():
		return standing{RoleUnknown, isTrue(!s.Session.Value.ReadOnly), ServesWordless}
	case s.starting():
		return standing{NotServing, no, Loading}
	case silent(s) && s.takenPort() == 0:
		return standing{NotServing, no, AcceptsOnly}
	case s.swallows() && s.stoppedHere():
		return standing{NotServing, no, ProcessStopped}
	case s.takenPort() != 0:
		return standing{RoleDown, no, PortTaken}
	case s.isDown():
		return standing{RoleDown, no, ""}
	}
	return standing{RoleUnknown, unknown, s.silence()}
}

// serves is the standing of a server that told its mode itself.
func (s *server) serves(c Condition) standing {
	role := Role(s.mode())
	if role == ReadOnly && s.Srvr.Seen() {
		c = ServesReadsOnly
	}
	return standing{role, isTrue(role != ReadOnly), c}
}

// silence is the condition of a server that told nothing of itself.
func (s *server) silence() Condition {
	switch {
	case s.elsewhere != nil:
		return AtAnotherAddress
	case s.client == PortRefused && s.election == PortOpen:
		return AtAnotherPort
	case s.Resolve.FailedAs(snapshot.Resolve):
		return NoSuchName
	case s.runsHere() && s.client == PortRefused:
		return RefusedFromHere
	case s.client == PortOpen && s.Cut():
		return ClosesEarly
	case s.client == PortOpen && s.Srvr.FailedAs(snapshot.TLS) && s.secure:
		return TLSFails
	case s.client == PortOpen && s.Srvr.FailedAs(snapshot.TLS):
		return SpeaksTLS
	case s.client == PortOpen && s.Srvr.FailedAs(snapshot.TooLarge):
		return AnswersWithoutEnd
	case s.Keeper != nil:
		return IsKeeper
	case s.client == PortOpen && s.Srvr.FailedAs(snapshot.Protocol):
		return NotZooKeeperHere
	case s.client == PortFiltered, s.client == PortUnreachable:
		return OutOfReach
	}
	return ""
}

// isDown reports whether the host itself says that no ZooKeeper runs there: it
// refuses the client port and the election port. A member always has the
// election port open once it has loaded its data.
func (s *server) isDown() bool {
	if s.runsHere() || s.elsewhere != nil {
		return false
	}
	clientGone := s.client == PortRefused || s.client == PortNotProbed && s.Port == 0
	return clientGone && s.election == PortRefused && !s.Election.Assumed ||
		s.client == PortRefused && s.election == PortRefused
}

// expectPorts turns "refused" into "not expected" where a closed port is right:
// the quorum port belongs to the leader alone, and a standalone server has no
// peer ports.
func (s *server) expectPorts() {
	if s.quorumPort == PortRefused && s.role != Leader {
		s.quorumPort = PortNotExpected
	}
	if s.role == Standalone && s.election == PortRefused {
		s.election = PortNotExpected
	}
}

// uptime is how long the server object has existed, from mntr (3.6+), or else
// the age of the local process.
func (s *server) uptime(now time.Time) (time.Duration, bool) {
	if s.Mntr.Seen() {
		if up, ok := s.Mntr.Value.Uptime(); ok {
			return up, true
		}
	}
	if s.host != nil {
		return s.host.age(now)
	}
	return 0, false
}

// version is the version that any answer told; the zero Version otherwise.
func (s *server) version() (snapshot.Version, bool) {
	switch {
	case s.Srvr.Seen():
		return s.Srvr.Value.Version, true
	case s.Envi.Seen():
		return s.Envi.Value.Version, true
	case s.toldByAdmin():
		return s.Admin.Stats.Value.Version, true
	}
	return snapshot.Version{}, false
}
