package change

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// well is a look at three servers of which zk3 leads, so long after noon.
func well(after time.Duration) *Look {
	l := &Look{
		began: noon.Add(after), ended: noon.Add(after + 10*time.Millisecond),
		moment: report.Moment{At: noon.Add(after), Host: "here", State: report.Serving}, leaders: []string{"zk3"},
		epoch: new(uint32(1)), files: map[place]settings{}, findings: map[spot]report.Finding{},
	}
	for _, name := range []string{"zk1", "zk2", "zk3"} {
		s := server{
			name: name, role: report.Follower, serving: new(true), version: "3.9.5",
			conf: settings{"tickTime": "2000"}, members: settings{"server.1": "zk1:2888:3888:participant"},
			received: new(int64(100) + int64(after/time.Second)), zxid: new(snapshot.Zxid(1<<32 + 5)),
			since: new(noon.Add(-time.Hour)), elections: &elections{1, 300},
			counters: map[string]float64{connections: 10, "connection_rejected": 0, "looking_count": 3},
		}
		if name == "zk3" {
			s.role = report.Leader
		}
		l.servers = append(l.servers, s)
	}
	return l
}

// stops takes a server out.
func (l *Look) stops(name string, role report.Role) {
	s := l.find(name)
	s.role, s.serving, s.version, s.conf, s.members = role, new(false), "", nil, nil
	s.received, s.zxid, s.since, s.elections, s.counters = nil, nil, nil, nil, nil
	if slices.Contains(l.leaders, name) {
		l.leaders, l.epoch = nil, nil
	}
}

// leads makes a server the leader of an epoch, since so long after noon.
func (l *Look) leads(name string, epoch uint32, since time.Duration) {
	l.leaders, l.epoch = []string{name}, new(epoch)
	s := l.find(name)
	s.role, s.since, s.elections = report.Leader, new(noon.Add(since)), &elections{2, 545}
}

// said is a change in a form that is easy to compare.
func said(list []report.Change) []string {
	out := []string{}
	for _, c := range list {
		words := append([]string{string(c.Kind)}, c.Servers...)
		for _, w := range []string{c.Key, c.From, c.To} {
			if w != "" {
				words = append(words, w)
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

var cases = map[string]struct {
	change func(before, after *Look)
	want   []string
}{
	"nothing": {func(*Look, *Look) {}, nil},
	"a follower out": {
		func(_, a *Look) { a.stops("zk1", report.RoleDown); a.moment.State = report.Degraded },
		[]string{"server-out zk1 follower down", "verdict serving degraded"},
	},
	"two out in one way": {
		func(_, a *Look) { a.stops("zk1", report.RoleDown); a.stops("zk2", report.RoleDown) },
		[]string{"server-out zk1 zk2 follower down"},
	},
	"back, in its old process": {
		func(b, a *Look) { b.stops("zk1", report.NotServing); a.find("zk1").received = new(int64(1)) },
		[]string{"server-back zk1 not-serving follower"},
	},
	"not to be judged": {
		func(_, a *Look) { a.find("zk2").serving, a.find("zk2").role = nil, report.RoleUnknown },
		[]string{"server-not-judged zk2 follower unknown"},
	},
	"judged in neither": {
		func(b, a *Look) { b.find("zk2").serving, a.find("zk2").serving = nil, nil },
		nil,
	},
	"another leader, the old one follows": {
		func(_, a *Look) { a.leads("zk2", 2, time.Minute); a.find("zk3").role = report.Follower },
		[]string{"leader zk3 zk2", "epoch 1 2"},
	},
	"another leader, the old one is out": {
		func(_, a *Look) { a.stops("zk3", report.RoleDown); a.leads("zk2", 2, time.Minute) },
		[]string{"server-out zk3 leader down", "leader zk3 zk2", "epoch 1 2"},
	},
	"the same leader, elected again": {
		func(_, a *Look) {
			a.leads("zk3", 2, time.Minute)
			for i := range a.servers {
				a.servers[i].since, a.servers[i].received = new(noon.Add(time.Minute)), new(int64(3))
			}
		},
		[]string{"epoch 1 2"},
	},
	"two leaders": {
		func(_, a *Look) {
			a.leaders, a.epoch, a.moment.State = []string{"zk2", "zk3"}, nil, report.Split
			a.find("zk2").role = report.Leader
		},
		[]string{"leader zk3 zk2 zk3", "verdict serving split"},
	},
	"it rejoined": {
		func(_, a *Look) { a.find("zk1").since = new(noon.Add(5 * time.Second)) },
		[]string{"rejoined zk1 follower follower"},
	},
	"an age that stands still": {
		func(b, a *Look) {
			b.find("zk1").since, a.find("zk1").since = new(b.began.Add(-time.Second)), new(a.began.Add(-time.Second))
		},
		nil,
	},
	"the same start, read some milliseconds later": {
		func(_, a *Look) { a.find("zk1").since = new(a.find("zk1").since.Add(9 * time.Millisecond)) },
		nil,
	},
	"its counters began again, of 3.4": {
		func(b, a *Look) {
			b.find("zk1").since, a.find("zk1").since, a.find("zk1").received = nil, nil, new(int64(2))
		},
		[]string{"counters-restarted zk1"},
	},
	"another process, by its counters": {
		func(_, a *Look) {
			a.find("zk1").counters["looking_count"] = 1
			a.find("zk1").since = new(noon.Add(5 * time.Second))
		},
		[]string{"restarted zk1"},
	},
	"srst: all counters begin again, in the same role": {
		func(_, a *Look) {
			a.find("zk1").counters["looking_count"], a.find("zk1").received = 0, new(int64(1))
		},
		[]string{"counters-restarted zk1"},
	},
	"another process, by its host": {
		func(b, a *Look) {
			b.find("zk1").process, a.find("zk1").process = &process{pid: 7}, &process{pid: 9}
		},
		[]string{"restarted zk1 pid 7 pid 9"},
	},
	"the role of one that serves": {
		func(_, a *Look) { a.find("zk1").role = report.Observer },
		[]string{"role zk1 follower observer"},
	},
	"an upgrade": {
		func(_, a *Look) { a.find("zk1").version, a.find("zk2").version = "3.9.6", "3.9.6" },
		[]string{"version zk1 zk2 3.9.5 3.9.6"},
	},
	"one asked more, one less": {
		func(_, a *Look) { a.servers[0].name = "zk4" },
		[]string{"server-added zk4 follower", "server-removed zk1 follower"},
	},
	"a member more, as all say": {
		func(_, a *Look) {
			for i := range a.servers {
				a.servers[i].members = settings{"server.1": "zk1:2888:3888:participant", "server.4": "zk4:2888:3888:observer"}
			}
		},
		[]string{"member-added server.4 zk4:2888:3888:observer"},
	},
	"a member changed, as one says": {
		func(_, a *Look) { a.find("zk2").members = settings{"server.1": "zk9:2888:3888:participant"} },
		[]string{"member-changed zk2 server.1 zk1:2888:3888:participant zk9:2888:3888:participant"},
	},
	"members of which one list has voters only": {
		func(_, a *Look) { a.find("zk2").members, a.find("zk2").votersOnly = settings{}, true },
		nil,
	},
	"a key in force": {
		func(_, a *Look) { a.find("zk1").conf = settings{"tickTime": "3000", "listenBacklog": "5"} },
		[]string{"config zk1 tickTime 2000 3000"},
	},
	"a file: no value that may be a secret": {
		func(b, a *Look) {
			at := place{"here", "/etc/zoo.cfg"}
			b.files[at] = settings{"a": "yes", "b": "x", "d": withheld, "e": "1"}
			a.files[at] = settings{"a": "no", "b": "y", "c": "z", "d": "w", "e": "1"}
		},
		[]string{"config a yes no", "config b (not shown) (not shown)", "config c (not set) (not shown)"},
	},
	"a file that was not read": {
		func(_, a *Look) { a.files[place{"here", "/etc/zoo.cfg"}] = settings{"a": "yes"} },
		nil,
	},
	"counters": {
		func(_, a *Look) {
			a.find("zk1").counters["connection_rejected"], a.find("zk2").counters[connections] = 4, 61
			a.find("zk3").counters[connections] = 25
		},
		[]string{"counter zk1 connection_rejected 0 4", "counter zk2 num_alive_connections 10 61"},
	},
	"findings": {
		func(b, a *Look) {
			b.findings[spot{"b", "zk1"}] = report.Finding{Severity: report.Warning}
			b.findings[spot{"c", ""}] = report.Finding{Severity: report.Warning}
			b.findings[spot{"d", "zk2"}] = report.Finding{Severity: report.Info}
			b.findings[spot{"e", "zk7"}] = report.Finding{Severity: report.Info}
			b.findings[spot{"f", "zk1"}] = report.Finding{Severity: report.Info}
			a.findings[spot{"a", "zk2"}] = report.Finding{Severity: report.Critical}
			a.findings[spot{"a", "zk1"}] = report.Finding{Severity: report.Critical}
			a.findings[spot{"c", ""}] = report.Finding{Severity: report.Critical}
			a.skips = []report.Skip{{Check: "d", Server: "zk2", Reason: "not reached"}, {Check: "f", Server: "zk3", Reason: "x"}}
		},
		[]string{
			"finding-came zk1 zk2 a", "finding-severity c warning critical",
			"finding-went zk1 b", "finding-went zk1 f", "finding-not-judged zk2 d", "finding-not-judged zk7 e",
		},
	},
}

func TestBetween(t *testing.T) {
	t.Parallel()
	reported := map[report.ChangeKind]bool{}
	for name, c := range cases {
		before, after := well(0), well(time.Minute)
		c.change(before, after)
		got, err := Diff(before, after, report.Tool{})
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range got.Changes {
			reported[one.Kind] = true
		}
		if d := cmp.Diff(append([]string{}, c.want...), said(got.Changes)); d != "" || got.Changed != (len(c.want) > 0) {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	for _, k := range report.ChangeKinds() {
		if !reported[k] && k != report.MemberRemoved {
			t.Errorf("no case has a change of the kind %s", k)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	before, after := well(0), well(time.Minute)
	after.leads("zk2", 2, 30*time.Second)
	leader := between(before, after)[0]
	if leader.When == nil || !leader.When.Equal(noon.Add(30*time.Second)) || leader.TookMs == nil || *leader.TookMs != 245 {
		t.Errorf("the change of the leader is %+v", leader)
	}
	after.find("zk2").elections.count = 5 // more than one in between
	if leader := between(before, after)[0]; leader.TookMs != nil {
		t.Errorf("an election took %d ms", *leader.TookMs)
	}
}

func TestDiffRefuses(t *testing.T) {
	t.Parallel()
	other := well(0)
	for i := range other.servers {
		other.servers[i].name += ".elsewhere"
	}
	if _, err := Diff(well(0), other, report.Tool{}); err != ErrOtherEnsemble { //nolint:errorlint // not wrapped
		t.Errorf("another ensemble: %v", err)
	}
	if _, err := Diff(well(time.Hour), well(0), report.Tool{}); err != ErrSwapped { //nolint:errorlint // not wrapped
		t.Errorf("the later one first: %v", err)
	}
}

// TestTrack: each change once, in order, and a server that was out is compared with what it was.
func TestTrack(t *testing.T) {
	t.Parallel()
	var looks []*Look
	add := func(change func(*Look)) {
		l := well(time.Duration(len(looks)) * 2 * time.Second)
		change(l)
		looks = append(looks, l)
	}
	anew := func(l *Look) {
		l.leads("zk2", 2, 5*time.Second)
		l.find("zk3").role = report.Follower
	}
	noted := func(l *Look) { l.findings[spot{"note", "zk3"}] = report.Finding{Severity: report.Info} }
	add(noted)
	add(noted)
	blind := func(l *Look) { l.skips = []report.Skip{{Check: "note", Server: "zk3", Reason: "it is out"}} }
	add(func(l *Look) { l.stops("zk3", report.RoleDown); blind(l) })
	add(func(l *Look) { anew(l); l.stops("zk3", report.RoleDown); blind(l) })
	rejected := func(n float64) func(l *Look) {
		return func(l *Look) {
			anew(l)
			noted(l)
			l.find("zk3").version, l.find("zk3").counters["looking_count"] = "3.9.6", 1
			l.find("zk3").since = new(noon.Add(7 * time.Second))
			l.find("zk1").counters["connection_rejected"] = n
		}
	}
	for _, n := range []float64{0, 1, 2, 3, 3, 4} {
		add(rejected(n))
	}
	var track Track
	if got := track.Rates(looks[0]); got != nil {
		t.Error("rates of one look")
	}
	var got []string
	for i, l := range looks {
		for _, e := range track.Next(l) {
			got = append(got, string(rune('0'+i))+" "+said([]report.Change{e.Change})[0])
			if i == 0 {
				continue
			}
			if !e.At.Equal(l.ended) || !e.After.Equal(looks[i-1].began) {
				t.Errorf("%s is told as between %s and %s", e.Kind, e.After, e.At)
			}
		}
	}
	want := []string{
		"0 verdict serving", "2 server-out zk3 leader down", "2 leader zk3", "3 leader zk2", "3 epoch 1 2",
		"4 server-back zk3 down follower", "4 restarted zk3", "4 version zk3 3.9.5 3.9.6",
		"5 counter zk1 connection_rejected 0 1", "9 counter zk1 connection_rejected 3 4",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	before, after := well(0), well(10*time.Second)
	after.find("zk3").zxid = new(*after.find("zk3").zxid + 50)
	after.find("zk2").received = new(int64(1))
	after.servers = append(after.servers, server{name: "zk4"})
	got := rates(before, after)
	if r := got[2]; r.Received == nil || *r.Received != 1 || r.Transactions == nil || *r.Transactions != 5 {
		t.Errorf("zk3: %+v", r)
	}
	if r := got[0]; r.Transactions != nil {
		t.Error("a follower has transactions of its own")
	}
	if got[1].Received != nil || got[3].Received != nil || rates(after, after)[0].Received != nil {
		t.Error("a rate where none is known")
	}
}
