package diag

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestRandom diagnoses snapshots in which anything may have happened to any look,
// also what never happens together.
func TestRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		if !checkRandom(t, seed) {
			return
		}
	}
}

func FuzzDiagnose(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkRandom(t, seed) })
}

func checkRandom(t *testing.T, seed uint64) bool {
	t.Helper()
	snap := newDice(seed).snapshot()
	r := Diagnose(snap, Options{})
	checkReport(t, r)
	checkVerdict(t, snap, r)
	if seed%8 == 0 {
		var replayed snapshot.Snapshot
		if err := json.Unmarshal([]byte(asJSON(t, snap)), &replayed); err != nil {
			t.Error(err)
		} else if asJSON(t, Diagnose(&replayed, Options{})) != asJSON(t, r) {
			t.Error("replayed from JSON, the report is another")
		}
	}
	if t.Failed() {
		t.Logf("seed %d: %v", seed, digest(r))
	}
	return !t.Failed()
}

// checkVerdict holds the verdict against what was seen.
func checkVerdict(t *testing.T, snap *snapshot.Snapshot, r *report.Report) {
	t.Helper()
	v := r.Verdict
	reported := false
	for i, s := range snap.Servers {
		view := r.Servers[i]
		inQuorum := s.Srvr.Seen() && s.Srvr.Value.Mode.InQuorum()
		if inQuorum && v.State == report.Down {
			t.Errorf("down, and %s is %s", s.Name, s.Srvr.Value.Mode)
		}
		reported = reported || s.Srvr.Seen() || s.Srvr.FailedAs(snapshot.NotServing) || s.Srvr.FailedAs(snapshot.Silent) ||
			s.Session.Seen() || s.Client.FailedAs(snapshot.Refused) || s.Election.Look.FailedAs(snapshot.Refused)
		if !s.Client.Tried && !s.Srvr.Tried && !s.Session.Tried && !s.Election.Look.Tried && view.Role != report.RoleUnknown {
			t.Errorf("%s was not looked at and is %s", s.Name, view.Role)
		}
		if view.Role == report.RoleDown && (s.Client.Seen() || s.Election.Look.Seen()) {
			t.Errorf("%s is down with an open port", s.Name)
		}
	}
	if !reported && v.State != report.Unknown {
		t.Errorf("%s, and nobody told anything", v.State)
	}
	if v.ServingVoters > v.Voters && v.State != report.Split {
		t.Errorf("%d of %d voters serve", v.ServingVoters, v.Voters)
	}
	if s := v.Spare; s != nil && (*s < 0) != (v.State == report.Down) {
		t.Errorf("%s with spare %d", v.State, *s)
	}
	if v.State == report.Split && (snap.Before == nil || len(v.Leaders) < 2) {
		t.Errorf("split with %v in %d looks", v.Leaders, v.Looks)
	}
	if snap.Before != nil && r.LookAgain {
		t.Error("a third look is asked for")
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

// dice makes snapshots.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 1))} }

var anyFailure = []snapshot.FailureKind{
	snapshot.Refused, snapshot.Filtered, snapshot.Unreachable, snapshot.Reset, snapshot.Silent, snapshot.Empty, snapshot.Resolve, snapshot.TLS,
	snapshot.NotAllowed, snapshot.NotServing, snapshot.Protocol, snapshot.Denied, snapshot.Absent, snapshot.TooLarge, snapshot.Cancelled,
}

func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

// obs is one look with any outcome; in 1 of n it is seen.
func obs[T any](d dice, value T, n int) snapshot.Obs[T] {
	switch took := pick(d, quick, timeout); {
	case d.IntN(n) == 0:
		return snapshot.Saw(value, took)
	case d.IntN(4) == 0:
		return snapshot.Obs[T]{}
	default:
		return snapshot.Failed[T](&snapshot.Failure{Kind: pick(d, anyFailure...), Text: "192.0.2.1:1: failed"}, took)
	}
}

func (d dice) snapshot() *snapshot.Snapshot {
	n := d.IntN(6)
	snap := d.scene(n).snap()
	for i := range snap.Servers {
		d.server(n, &snap.Servers[i])
	}
	for range d.IntN(3) {
		snap.Local = append(snap.Local, d.host(snap, n))
	}
	if d.IntN(2) == 0 {
		before := d.scene(n).snap()
		for i := range before.Servers {
			d.server(n, &before.Servers[i])
			before.Servers[i].Target, before.Servers[i].Name = snap.Servers[i].Target, snap.Servers[i].Name
		}
		before.Started = before.Started.Add(-3 * time.Second)
		snap.Before = before
	}
	return snap
}

// scene is the frame: a list or none.
func (d dice) scene(n int) scene {
	s := look(slices.Repeat([]state{unlooked}, n)...)
	if d.IntN(2) == 0 {
		s = s.file(zoo(d.IntN(6), pick(d, "", "group.1=1:2:3", "leaderServes=no", "weight.1=0", "server.4=zk4:2888:3888:observer")))
	}
	return s
}

func (d dice) list(n int) string {
	lines := slices.Clone(three)
	if d.IntN(3) == 0 {
		lines = lines[:d.IntN(3)]
	}
	for id := 4; id <= n; id++ {
		lines = append(lines, fmt.Sprintf("server.%d=%s:2888:3888:%s%s", id, pick(d, name(id), "0.0.0.0", "192.0.2.1"),
			pick(d, "participant", "observer"), pick(d, "", ";2181", ";0.0.0.0:2181")))
	}
	return strings.Join(append(lines, "version=0"), "\n")
}

func (d dice) server(n int, s *snapshot.Server) {
	s.Resolve = obs(d, []netip.Addr{addrOf(1 + d.IntN(n))}, 1+d.IntN(2))
	if d.IntN(3) == 0 { // a state that exists, with some of it changed
		w := where{pick(d, newest, oldest), d.list(n), 1 + d.IntN(n)}
		pick(d, leader, follower, observer, standalone, readOnly, looking, down, gone, hung, starting, closing, but(follower, noWords))(w, s)
	} else {
		mode := pick(d, snapshot.ModeLeader, snapshot.ModeFollower, snapshot.ModeObserver, snapshot.ModeStandalone, snapshot.ModeReadOnly)
		s.Client = obs(d, snapshot.Dial{Remote: netip.AddrPortFrom(addrOf(1+d.IntN(n)), 2181)}, 2)
		s.Srvr = obs(d, snapshot.Srvr{Mode: mode, Zxid: snapshot.Zxid(d.Uint64())}, 3)
		s.Conf = obs(d, conf(where{newest, d.list(n), 1}, "follower", d.IntN(n+1)).Value, 3)
	}
	if d.IntN(2) == 0 {
		s.Quorum.Look, s.Election.Look = obs(d, snapshot.Dial{}, 2), obs(d, snapshot.Dial{}, 2)
	}
	if d.IntN(4) == 0 {
		s.Session, s.Held = obs(d, snapshot.Serving{ReadOnly: d.IntN(2) == 0}, 2), obs(d, d.IntN(100), 2)
		s.Mntr, s.Envi = obs(d, snapshot.Mntr{}, 2), obs(d, snapshot.Envi{}, 2)
		s.Ruok, s.Isro = obs(d, snapshot.RuokImok, 2), obs(d, snapshot.IsroNull, 2)
	}
	s.Port = pick(d, 2181, 2181, 2181, 2182, 0)
}

func (d dice) host(snap *snapshot.Snapshot, n int) snapshot.Local {
	text := zoo(d.IntN(6), pick(d, "", "quorumListenOnAllIPs=true", "clientPortAddress=192.0.2.9", "leaderServes=no", "maxClientCnxns=1"))
	l := localHost{id: 1 + d.IntN(5), config: text}.local(snap, n)
	for _, change := range []func(*snapshot.Local){
		stopped, unreadable, unreadMyid, unresolved, noMyid(pick(d, anyFailure...)), myid(pick(d, "", "x", "2", "9", "1 \n", "3\r\n")),
		has("10.0.0.1"), withListeners(), resolves(int64(d.IntN(4)), pick(d, "127.0.0.1", "10.0.0.1", "::")), young(time.Duration(d.IntN(100)) * time.Second),
	} {
		if d.IntN(5) == 0 && l.Process != nil {
			change(&l)
		}
	}
	if d.IntN(2) == 0 {
		l.Script = obs(d, snapshot.Srvr{Mode: snapshot.ModeLeader}, 2)
	}
	if l.Process != nil {
		l.Process.State = pick(d, "S", "T", "R")
	}
	return l
}
