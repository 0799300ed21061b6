package change

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Look is what is compared of one check.
type Look struct {
	// began and ended are when the check did.
	began, ended time.Time
	moment       report.Moment
	leaders      []string
	// epoch is that of the one leader's zxid; nil where that is not known.
	epoch   *uint32
	servers []server
	// files are the properties of zoo.cfg files, by host and path.
	files    map[place]settings
	findings map[spot]report.Finding
	skips    []report.Skip
	// crashed are rules that came to no end.
	crashed []report.Code
}

// settings are the values of a configuration by key.
type settings map[string]string

// server is what is compared of a server. What is not known is nil, or empty.
type server struct {
	name    string
	role    report.Role
	serving *bool
	version string
	conf    settings
	// members are the lines of the list of members that it runs with; nil where it reported
	// none. Each is compared with its own: servers may spell addresses in their own way.
	members    settings
	votersOnly bool
	// received counts packets, since the server took its role.
	received *int64
	zxid     *snapshot.Zxid
	// since is when it took its role (3.6+).
	since *time.Time
	// electing counts the elections of the process and the milliseconds that they took (3.6+).
	elections *elections
	process   *process
	counters  map[string]float64
}

type elections struct{ count, ms float64 }

// process is the server's process, on the host that looked.
type process struct {
	pid     int
	started time.Time
}

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
	if told := seen.Stats(); told.Seen() {
		s.received, s.zxid = &told.Value.Received, &told.Value.Zxid
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

func (l *Look) find(name string) *server {
	for i := range l.servers {
		if l.servers[i].name == name {
			return &l.servers[i]
		}
	}
	return nil
}

// remember fills in what this check did not show and an earlier one did, so that a server that
// was out is compared with what it was before.
func (l *Look) remember(before *Look) {
	if l.epoch == nil {
		l.epoch = before.epoch
	}
	for at, f := range before.findings {
		if _, has := l.findings[at]; !has && l.notJudged(at) != "" {
			l.findings[at] = f // until a check can say again whether it is there
		}
	}
	for path, file := range before.files {
		if _, read := l.files[path]; !read {
			l.files[path] = maps.Clone(file)
		}
	}
	for i := range l.servers {
		s := &l.servers[i]
		b := before.find(s.name)
		if b == nil {
			continue
		}
		if s.version == "" {
			s.version = b.version
		}
		if s.conf == nil {
			s.conf = b.conf
		}
		if s.members == nil {
			s.members, s.votersOnly = b.members, b.votersOnly
		}
		if s.since == nil {
			s.since = b.since
		}
		if s.elections == nil {
			s.elections = b.elections
		}
		if s.process == nil {
			s.process = b.process
		}
		if s.counters == nil {
			s.counters = b.counters
		}
	}
}
