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
	case len(free) == 0:
		return notOK(connected+", and no other server was seen to take clients",
			do("", "check from where clients are; a client needs another server in its connect string"))
	}
	return ok("%s, which can go to %s where they have it in their connect string", connected, enumerate(free))
}

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

// learners are the servers that follow it and have to find another leader.
func learners(s *subject) []Check {
	n, known := s.s.Mntr.Value.Learners()
	if !known || !s.s.Mntr.Seen() || n == 0 {
		return nil
	}
	return ok("%d servers follow it, and have to find a new leader", n)
}
