package restart

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Would it be missed? Who is connected to it, and where they can go.

func missedChecks() []check {
	return []check{
		{"clients", clients},
		{"ephemerals", ephemerals},
		{"learners", learners},
	}
}

// clients are the connections that a stop ends, and the servers that take clients.
func clients(s *subject) []Check {
	connected := "how many clients it has was not reported"
	if stats := s.s.Stats(); stats.Seen() {
		n := stats.Value.Connections
		if s.s.Srvr.Seen() {
			n-- // the one that asked
		}
		connected = fmt.Sprintf("it has %d client connections", max(n, 0))
		if n == 1 {
			connected = "it has 1 client connection"
		}
	}
	var free, full []string
	for _, other := range s.e.Servers {
		takes := other.Serving == model.Yes && other.ClientPort == report.PortOpen && !other.Inferred
		if other == s.s || other.DuplicateOf != nil || !takes {
			continue
		}
		if s.limited(other) {
			full = append(full, other.Name)
		} else {
			free = append(free, other.Name)
		}
	}
	switch {
	case s.e.LoneStandalone():
		return ok("%s, which have no other server", connected)
	case len(free) == 0 && len(full) > 0:
		return []Check{{
			Result: NotOK, Finding: diag.ConnLimitReached,
			Text: connected + ", and they can go nowhere: the other servers are at their connection limit",
			Do:   []report.Fix{do(enumerate(full), "raise maxClientCnxns or maxCnxns, or close connections first")},
		}}
	case len(s.otherVoters()) == 0:
		return notKnown(connected+", and which other servers there are is not known",
			do("", "name all members: --in zk1,zk2,zk3"))
	case len(free) == 0 && slices.ContainsFunc(s.otherVoters(), notSeen):
		return notKnown(connected+", and whether another server takes clients was not seen",
			do("", "check from where clients are; a client needs another server in its connect string"))
	case len(free) == 0:
		return notOK(connected+", and no other server was seen to take clients",
			do("", "check from where clients are; a client needs another server in its connect string"))
	}
	return ok("%s, which can go to %s where they have it in their connect string", connected, enumerate(free))
}

// notSeen: whether it serves is not known.
func notSeen(s *model.Server) bool { return s == nil || s.Serving == model.Unknown }

// limited reports whether a server takes no more connections.
func (s *subject) limited(other *model.Server) bool {
	for _, f := range s.findings() {
		sure := f.Code == diag.ConnLimitReached && f.Certainty != report.Possible
		if sure && slices.Contains(f.Servers, other.Name) {
			return true
		}
	}
	return false
}

// ephemerals are the znodes that go with a session that ends. mntr counts those of the whole
// ensemble, and no word that costs little says which are of clients of one server.
func ephemerals(s *subject) []Check {
	n, known := s.s.Mntr.Value.Count("zk_ephemerals_count")
	switch {
	case !known:
		return ok("how many ephemeral znodes there are was not reported")
	case n == 0:
		return ok("there is no ephemeral znode")
	case s.e.LoneStandalone():
		return ok("ephemeral znodes: %d; each stays where its client is back within its session timeout%s",
			n, s.sessionTimeouts())
	}
	return ok("ephemeral znodes of the whole ensemble: %d (which are of its own clients is not reported); "+
		"each stays where its client reaches another server within its session timeout%s", n, s.sessionTimeouts())
}

// sessionTimeouts are those that the server grants; empty where it does not report them.
func (s *subject) sessionTimeouts() string {
	c := s.s.Conf.Value
	if c.MinSessionTimeout == nil || c.MaxSessionTimeout == nil || *c.MinSessionTimeout <= 0 {
		return ""
	}
	return fmt.Sprintf(", %.0f to %.0f s", float64(*c.MinSessionTimeout)/1000, float64(*c.MaxSessionTimeout)/1000)
}

// learners are the servers that get their data from it: of a leader all that follow, of a follower
// the observers that are connected to its observerMasterPort (3.6 and later).
func learners(s *subject) []Check {
	if !s.s.Mntr.Seen() {
		return nil
	}
	observers, _ := s.s.Mntr.Value.Count("zk_synced_observers")
	n, known := s.s.Mntr.Value.Learners()
	switch {
	case known && n > 0 && observers > 0:
		return ok("%d servers follow it, %d of them observers, and have to find a new leader", n, observers)
	case known && n > 0:
		return ok("%d servers follow it, and have to find a new leader", n)
	case !known && observers > 0:
		return ok("observers that get their data from it (observerMasterPort): %d; they have to find another server",
			observers)
	}
	return nil
}
