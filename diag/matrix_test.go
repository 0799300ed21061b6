package diag

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// from names the host on which a scene was looked at.
func (s scene) from(host string) scene {
	return s.edit(func(snap *snapshot.Snapshot) { snap.Vantage.Host = host })
}

func merged(t *testing.T, scenes ...scene) *report.Report {
	t.Helper()
	var snaps []*snapshot.Snapshot
	for _, s := range scenes {
		snaps = append(snaps, s.snap())
	}
	m, err := snapshot.Merge(snaps)
	if err != nil {
		t.Fatal(err)
	}
	return Diagnose(m, Options{})
}

// TestClocksOfVantages: whoever had the snapshots taken knows how far the clocks of their
// hosts are apart.
func TestClocksOfVantages(t *testing.T) {
	late := func(by time.Duration) func(*snapshot.Snapshot) {
		return func(s *snapshot.Snapshot) { s.Vantage.Clock = snapshot.Saw(by, 0) }
	}
	of := func(id int, by time.Duration) scene {
		return healthy().on(id).from(name(id)).edit(late(by))
	}
	for want, scenes := range map[string][]scene{
		"warning proven zk3":     {of(1, 0), of(2, time.Second), of(3, -2*time.Minute)},
		"info proven zk1":        {of(1, 20*time.Second), of(2, 0), of(3, 0)},
		"":                       {of(1, time.Hour), of(2, time.Hour), of(3, time.Hour)},
		"warning proven zk1 zk2": {of(1, 0), of(2, time.Hour)},
	} {
		if got := strings.Join(concluded(merged(t, scenes...), ClockSkew), "; "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestMatrix: what members saw of each other counts, and what a bastion could not
// reach does not.
func TestMatrix(t *testing.T) {
	blocked := but(follower, peers(snapshot.Refused, snapshot.Filtered))
	one := look(leader, follower, follower).on(1).from("zk1")
	three := look(leader, follower, follower).on(3).from("zk3")
	queue := linked("192.0.2.2:3888 192.0.2.50:50001", "192.0.2.2:3888 192.0.2.50:50002 waiting")
	for _, c := range []struct {
		name   string
		scenes []scene
		// want is latent-port-block, and out quorum-port-filtered.
		want, out []string
		ways      int
	}{
		{"all open", []scene{one, three}, nil, nil, 4},
		{"one way blocked", []scene{look(leader, blocked, follower).on(1).from("zk1"), three}, []string{"warning likely zk2"}, nil, 4},
		{"from two members", []scene{look(leader, blocked, follower).on(1).from("zk1"), look(leader, blocked, follower).on(3).from("zk3")}, []string{"warning likely zk2"}, nil, 4},
		{
			"from two members, and no connection waits on its host",
			[]scene{
				look(leader, blocked, follower).on(1).from("zk1"), look(leader, follower, follower).on(2).from("zk2"),
				look(leader, blocked, follower).on(3).from("zk3"),
			},
			[]string{"warning proven zk2"},
			nil,
			6,
		},
		{
			"both ways blocked",
			[]scene{look(leader, blocked, follower).on(1).from("zk1"), look(but(leader, peers(snapshot.Filtered, "")), follower, follower).on(2).from("zk2")},
			[]string{"warning proven zk1 zk2"},
			nil,
			4,
		},
		{
			"one way prohibited",
			[]scene{look(leader, but(follower, prohibited), follower).on(1).from("zk1"), three},
			[]string{"warning proven zk2"},
			nil,
			4,
		},
		{
			"a full queue of connections",
			[]scene{
				look(leader, blocked, follower).on(1).from("zk1").twice(),
				look(leader, follower, follower).on(2, queue).from("zk2").twice(),
				look(leader, blocked, follower).on(3).from("zk3").twice(),
			},
			[]string{"warning likely zk2"},
			nil,
			6,
		},
		{
			"one way blocked, and who is called is out",
			[]scene{look(leader, but(looking, peers(snapshot.Refused, snapshot.Filtered)), follower).on(1).from("zk1").twice(), look(leader, looking, follower).on(3).from("zk3").twice()},
			nil,
			[]string{"warning likely zk2"},
			4,
		},
		{
			"one way blocked, and who calls is out",
			[]scene{look(looking, blocked, leader).on(1).from("zk1").twice(), look(looking, follower, leader).on(3).from("zk3").twice()},
			nil,
			[]string{"warning likely zk2"},
			4,
		},
		{
			"nothing goes out of one that is out",
			[]scene{look(looking, blocked, but(leader, peers("", snapshot.Filtered))).on(1).from("zk1").twice(), look(looking, follower, leader).on(3).from("zk3").twice()},
			nil,
			[]string{"warning likely zk1"},
			4,
		},
		{"a bastion is kept out", []scene{look(leader, blocked, blocked).from("bastion"), one}, nil, nil, 5},
		{"one member cannot reach a host that another reaches", []scene{look(leader, gone, follower).on(1).from("zk1"), three}, []string{"warning likely zk2"}, nil, 4},
		{"nobody reaches it", []scene{look(leader, gone, follower).on(1).from("zk1"), look(leader, gone, follower).on(3).from("zk3")}, nil, nil, 4},
		{"it is down", []scene{look(leader, down, follower).on(1).from("zk1"), look(leader, down, follower).on(3).from("zk3")}, nil, nil, 4},
	} {
		r := merged(t, c.scenes...)
		if got, out := concluded(r, LatentPortBlock), concluded(r, QuorumPortFiltered); !slices.Equal(got, c.want) || !slices.Equal(out, c.out) {
			t.Errorf("%s: %q and %q, want %q and %q", c.name, got, out, c.want, c.out)
		}
		for _, f := range r.Findings {
			if f.Code == LatentPortBlock && f.Root && concluded(r, ElectionPortHeld) != nil {
				t.Errorf("%s: a port whose queue is full is called blocked", c.name)
			}
		}
		if len(r.Reach) != c.ways {
			t.Errorf("%s: %d ways, want %d: %v", c.name, len(r.Reach), c.ways, r.Reach)
		}
		if r.Checks.Crashed > 0 {
			t.Errorf("%s: %d rules crashed", c.name, r.Checks.Crashed)
		}
	}
	if r := merged(t, look(leader, follower).from("a"), look(leader, follower).from("b")); len(r.Checks.Skips) == 0 || concluded(r, QuorumPortFiltered) != nil {
		t.Errorf("no member looked: %+v", r.Checks)
	}
}
