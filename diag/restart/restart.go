// Package restart judges whether servers may be restarted: may each stop, would it come back,
// would it be missed. It fails closed: what matters and was not seen is not known. It does no I/O.
package restart

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// questions are the checks of each question.
func questions() []struct {
	topic  Topic
	checks []check
} {
	return []struct {
		topic  Topic
		checks []check
	}{{Stop, stopChecks()}, {ComeBack, comeBackChecks()}, {Missed, missedChecks()}}
}

// Names are the names of all checks.
func Names() []string {
	var names []string
	for _, q := range questions() {
		for _, c := range q.checks {
			names = append(names, c.name)
		}
	}
	return names
}

// Judge answers a question from a snapshot, which should have two looks.
func Judge(snap *snapshot.Snapshot, o diag.Options, q Question) *Answer {
	e, r := model.New(snap), diag.Diagnose(snap, o)
	a := &Answer{
		SchemaVersion: SchemaVersion, Tool: r.Tool, GeneratedAt: r.GeneratedAt, TookMs: r.TookMs,
		Incomplete: r.Incomplete, ZooKeeper: q.ZooKeeper, Order: []Server{}, Checks: []Check{},
	}
	servers, missing := chosen(e, q)
	for _, s := range inOrder(servers) {
		a.judge(&subject{e: e, r: r, s: s, q: q})
	}
	a.Checks = append(a.Checks, missing...)
	a.conclude(len(servers) > 1, q)
	return a
}

// judge asks the questions about one server.
func (a *Answer) judge(s *subject) {
	server := Server{Name: s.s.Name, Role: s.s.Role, Answer: OK}
	if v, ok := s.s.Version(); ok {
		server.Version = v.String()
	}
	for _, question := range questions() {
		if question.topic != Stop && s.q.OnlyStop {
			break
		}
		answered := Answered{question.topic, OK}
		var said []Check
		for _, row := range question.checks {
			for _, c := range row.judge(s) {
				c.Name, c.Topic, c.Server = row.name, question.topic, s.s.Name
				c.Ignored = slices.Contains(s.q.Ignore, row.name)
				if !c.Ignored {
					answered.Answer = worse(answered.Answer, c.Result)
				}
				said = append(said, c)
			}
		}
		slices.SortStableFunc(said, func(a, b Check) int { return rank(b) - rank(a) })
		a.Checks = append(a.Checks, said...)
		server.Questions = append(server.Questions, answered)
		server.Answer = worse(server.Answer, answered.Answer)
	}
	a.Order = append(a.Order, server)
}
