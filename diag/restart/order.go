package restart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// inOrder are servers in the order of a rolling restart: what is out already, observers,
// followers, and the leader last, so that there is one election.
func inOrder(servers []*model.Server) []*model.Server {
	place := func(s *model.Server) int {
		switch {
		case s.Role == report.Leader:
			return 3
		case s.Serving == model.No:
			return 0
		case !s.Voter():
			return 1
		}
		return 2
	}
	servers = slices.Clone(servers)
	slices.SortStableFunc(servers, func(a, b *model.Server) int { return cmp.Compare(place(a), place(b)) })
	return servers
}

// conclude fills in what follows from the checks.
func (a *Answer) conclude(several bool, q Question) {
	a.Answer = OK
	for _, c := range a.Checks {
		if !c.Ignored {
			a.Answer = worse(a.Answer, c.Result)
		}
	}
	var left []string
	for _, s := range a.Order {
		if q.ZooKeeper == "" || s.Version == "" || !zoocfg.Concerns(q.ZooKeeper, s.Version) {
			left = append(left, s.Name)
		}
	}
	if len(left) > 0 {
		a.Next = left[0]
	}
	a.ExitCode = exitCode(a.Answer)
	a.Summary = a.summary(several, left, q)
}

// summary is the answer in one sentence.
func (a *Answer) summary(several bool, left []string, q Question) string {
	verb := "restarted"
	switch {
	case q.OnlyStop:
		verb = "stopped"
	case q.ZooKeeper != "":
		verb = "restarted with " + q.ZooKeeper
	}
	i := slices.IndexFunc(a.Checks, func(c Check) bool { return !c.Ignored && c.Result == a.Answer })
	switch {
	case a.Answer == OK && several && len(left) == 0:
		return fmt.Sprintf("all %d run %s already.", len(a.Order), q.ZooKeeper)
	case a.Answer == OK && several:
		return fmt.Sprintf("%d servers may be %s, one after the other. Next: %s.", len(left), verb, a.Next)
	case a.Answer == OK && a.Order[0].Role == report.Leader && a.alone():
		return fmt.Sprintf("%s may be %s now.", a.Order[0].Name, verb)
	case a.Answer == OK && a.Order[0].Role == report.Leader:
		return fmt.Sprintf("%s may be %s now. It leads: restart it last.", a.Order[0].Name, verb)
	case a.Answer == OK:
		return fmt.Sprintf("%s may be %s now.", a.Order[0].Name, verb)
	case i < 0:
		return "no server was asked about."
	}
	c := a.Checks[i]
	switch {
	case a.Answer == NotKnown && c.Server == "":
		return sentence(c.Text)
	case a.Answer == NotKnown && c.Topic == ComeBack:
		return fmt.Sprintf("whether %s would come back: %s", c.Server, sentence(c.Text))
	case a.Answer == NotKnown:
		return fmt.Sprintf("whether %s may stop: %s", c.Server, sentence(c.Text))
	case c.Topic == ComeBack:
		return fmt.Sprintf("do not restart %s, it would not come back as it is: %s", c.Server, sentence(c.Text))
	}
	return fmt.Sprintf("do not stop %s: %s", c.Server, sentence(c.Text))
}

// alone reports whether the one server is all there is.
func (a *Answer) alone() bool {
	return slices.ContainsFunc(a.Checks, func(c Check) bool { return c.Name == "quorum-left" && c.Ignored })
}

func sentence(text string) string { return strings.TrimSuffix(text, ".") + "." }
