package restart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// subject is one server to restart, and all that is known.
type subject struct {
	e *model.Ensemble
	r *report.Report
	s *model.Server
	q Question
}

// check is a row of a table of checks: what it says of one server.
type check struct {
	name  string
	judge func(*subject) []Check
}

// chosen are the servers that were asked about, and a check for each that is none.
func chosen(e *model.Ensemble, q Question) (servers []*model.Server, missing []Check) {
	if len(q.Servers) == 0 {
		return ofThisHost(e)
	}
	for _, target := range q.Servers {
		s := find(e, target)
		switch {
		case s == nil:
			missing = append(missing, Check{
				Name: "server-known", Topic: Stop, Server: target.Host, Result: NotKnown,
				Text: target.Host + " is not among the servers that were checked",
				Do:   []report.Fix{{Note: "name it as the members are named: --in and -c have them"}},
			})
		case !slices.Contains(servers, s):
			servers = append(servers, s)
		}
	}
	return servers, missing
}

// find is the server that a target names: by its name, or by its host where that is one server's.
func find(e *model.Ensemble, target snapshot.Target) *model.Server {
	var found *model.Server
	for _, s := range e.Servers {
		switch {
		case !strings.EqualFold(s.Host, target.Host):
		case s.Port == target.Port:
			return canonical(s)
		case target.Assumed && found != nil:
			return nil
		case target.Assumed:
			found = s
		}
	}
	return canonical(found)
}

// canonical is the server that a row is another name of.
func canonical(s *model.Server) *model.Server {
	if s != nil && s.DuplicateOf != nil {
		return s.DuplicateOf
	}
	return s
}

// ofThisHost is the one server that runs on this host.
func ofThisHost(e *model.Ensemble) ([]*model.Server, []Check) {
	var own []*model.Server
	for _, h := range e.Hosts {
		if h.Server != nil && !slices.Contains(own, h.Server) {
			own = append(own, h.Server)
		}
	}
	if len(own) == 1 {
		return own, nil
	}
	text := "no server of this host was found"
	if len(own) > 1 {
		text = fmt.Sprintf("%d servers are on this host: %s", len(own), enumerate(model.Names(own)))
	}
	return nil, []Check{{
		Name: "server-known", Topic: Stop, Result: NotKnown, Text: text,
		Do: []report.Fix{{Note: "name the server: zkdoctor ok-to-restart SERVER"}},
	}}
}

// leads reports whether the server leads.
func (s *subject) leads() bool { return s.s.Role == report.Leader }

// votes reports whether the server is a voter of the list.
func (s *subject) votes() bool { return s.s.Voter() && !s.e.LoneStandalone() }

// host is the server's own side where its process was seen; nil otherwise.
func (s *subject) host() *model.Host { return s.s.Local }

// otherVoters are the voters besides the server; nil stands for one that was not looked at.
func (s *subject) otherVoters() []*model.Server {
	var out []*model.Server
	for _, id := range s.e.List.Quorums.Voters() {
		if other := s.e.ByLine(id); other != s.s {
			out = append(out, other)
		}
	}
	return out
}

func ok(format string, args ...any) []Check {
	return []Check{{Result: OK, Text: fmt.Sprintf(format, args...)}}
}

func notOK(text string, do ...report.Fix) []Check {
	return []Check{{Result: NotOK, Text: text, Do: do}}
}

// because is a no with the finding that explains it and the one thing that shows it.
func because(finding report.Code, text string, shown report.Evidence, do ...report.Fix) []Check {
	return []Check{{Result: NotOK, Finding: finding, Text: text, Evidence: []report.Evidence{shown}, Do: do}}
}

func notKnown(text string, do ...report.Fix) []Check {
	return []Check{{Result: NotKnown, Text: text, Do: do}}
}

func do(host, note string) report.Fix { return report.Fix{Host: host, Note: note} }

func inspect(host, command, note string) report.Fix {
	return report.Fix{Host: host, Command: command, Note: note, Risk: "none"}
}

// enumerate joins names for a sentence; more than six are counted.
func enumerate(items []string) string {
	if len(items) > 6 {
		return strings.Join(items[:6], ", ") + fmt.Sprintf(" and %d more", len(items)-6)
	}
	return strings.Join(items, ", ")
}

// size is a number of bytes for people.
func size(n uint64) string {
	switch {
	case n < 1<<20:
		return "less than 1 MiB"
	case n < 1<<30:
		return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}
