package change

import (
	"slices"
	"strconv"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// New takes from a snapshot, and from what was concluded of it, what is compared.
func New(snap *snapshot.Snapshot, r *report.Report) *Look {
	l := &Look{
		began: snap.Started, ended: snap.Started.Add(snap.Took),
		moment: report.Moment{
			At: r.GeneratedAt, Host: r.Vantage.Host, State: r.Verdict.State, Summary: r.Verdict.Summary,
			ExitCode: r.Verdict.ExitCode, Incomplete: r.Incomplete,
		},
		leaders: slices.Sorted(slices.Values(r.Verdict.Leaders)),
		files:   filesOf(snap), findings: findingsOf(r), skips: r.Checks.Skips,
	}
	for _, c := range r.Checks.Crashes {
		l.crashed = append(l.crashed, c.Code)
	}
	seen := map[string]*snapshot.Server{}
	for i := range snap.Servers {
		seen[snap.Servers[i].Name] = &snap.Servers[i]
	}
	for i := range r.Servers {
		l.servers = append(l.servers, newServer(&r.Servers[i], seen[r.Servers[i].Name], l.began))
	}
	for _, p := range r.Processes {
		if s := l.find(p.Server); s != nil {
			s.process = &process{p.PID, l.began.Add(-time.Duration(p.UptimeSeconds) * time.Second)}
		}
	}
	if len(l.leaders) == 1 {
		if s := l.find(l.leaders[0]); s != nil && s.zxid != nil {
			l.epoch = new(s.zxid.Epoch())
		}
	}
	return l
}

func newServer(v *report.ServerView, seen *snapshot.Server, began time.Time) server {
	s := server{name: v.Name, role: v.Role, serving: v.Serving}
	if v.Version != nil {
		s.version = *v.Version
	}
	if seen == nil {
		return s
	}
	s.conf = confOf(seen)
	if m := seen.Members(); m != nil {
		s.members, s.votersOnly = settings{}, m.VotersOnly()
		for i := range m.Servers {
			s.members["server."+strconv.FormatInt(m.Servers[i].ID, 10)] = m.Servers[i].String()
		}
	}
	if reported := seen.Stats(); reported.Seen() {
		s.received, s.zxid = &reported.Value.Received, &reported.Value.Zxid
	}
	if mntr := seen.Monitored(); mntr.Seen() {
		if up, ok := mntr.Value.Uptime(); ok {
			s.since = new(began.Add(-up))
		}
		s.elections = electionsOf(&mntr.Value)
	}
	s.counters = countersOf(seen)
	return s
}

func electionsOf(m *snapshot.Mntr) *elections {
	count, counted := m.Float("zk_cnt_election_time")
	ms, summed := m.Float("zk_sum_election_time")
	if !counted || !summed {
		return nil
	}
	return &elections{count, ms}
}
