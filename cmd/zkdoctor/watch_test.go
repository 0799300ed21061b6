package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/peerports"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestRecorder: it writes what changed with what was before it, now and then another check, and
// never more than can be read.
func TestRecorder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.jsonl")
	r, err := newRecorder(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	began := time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	keep := func(after time.Duration, events ...report.Event) string {
		return r.keep(&watched{snap: &snapshot.Snapshot{Started: began.Add(after)}, events: events})
	}
	change := report.Event{}
	for _, one := range []struct {
		after time.Duration
		lines int
		event []report.Event
	}{
		{0, 1, []report.Event{change}},
		{2 * time.Second, 1, nil},
		{4 * time.Second, 1, nil},
		{6 * time.Second, 3, []report.Event{change}}, // with that of the fourth second
		{8 * time.Second, 4, []report.Event{change}},
		{time.Minute, 4, nil},
		{6 * time.Minute, 6, nil},
	} {
		if trouble := keep(one.after, one.event...); trouble != "" {
			t.Fatal(trouble)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(text), "\n"); got != one.lines {
			t.Errorf("%d lines after %s, want %d", got, one.after, one.lines)
		}
	}
	r.size = snapshot.MaxSnapshotFile
	for range 2 {
		if trouble := keep(7*time.Minute, change); !strings.Contains(trouble, "the file is full (32 MiB)") {
			t.Errorf("of a full file it says %q", trouble)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}

// TestPortMemory: peer ports are probed at first, when a server changes its state, and when what
// they showed is old, and those of one server that changes all the time are left alone in the end.
func TestPortMemory(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	m := peerports.NewTable()
	look := func(after time.Duration, mode snapshot.Mode) (probed bool, quorum int) {
		s := &snapshot.Snapshot{Servers: []snapshot.Server{{
			Name: "zk1", Srvr: snapshot.Saw(snapshot.Srvr{Mode: mode}, 0), Quorum: snapshot.PortLook{Number: 2888},
			Resolve: snapshot.Saw([]netip.Addr{netip.MustParseAddr("192.0.2.1")}, 0),
		}}}
		due := portsDue(m, s, now.Add(after))
		if due[0] {
			s.Servers[0].Quorum.Look = snapshot.Saw(snapshot.Dial{}, 0)
		}
		keepPorts(m, s, due)
		if !s.Servers[0].Quorum.Look.Seen() {
			return due[0], 0
		}
		return due[0], s.Servers[0].Quorum.Number
	}
	for i, one := range []struct {
		after  time.Duration
		mode   snapshot.Mode
		probed bool
	}{
		{0, snapshot.ModeFollower, true},
		{time.Second, snapshot.ModeFollower, false},
		{2 * time.Second, snapshot.ModeLeader, true},
		{peerports.Every, snapshot.ModeLeader, false},
		{peerports.Every + 2*time.Second, snapshot.ModeLeader, true},
	} {
		if probed, quorum := look(one.after, one.mode); probed != one.probed || quorum != 2888 {
			t.Errorf("%d: probed %v, and the port is %d", i, probed, quorum)
		}
	}
	count := 0
	for i := range 40 {
		mode := []snapshot.Mode{snapshot.ModeLeader, snapshot.ModeFollower}[i%2]
		if probed, _ := look(time.Hour+time.Duration(i)*time.Second, mode); probed {
			count++
		}
	}
	if count != peerports.MaxProbes {
		t.Errorf("probed %d times in 40 s, want %d", count, peerports.MaxProbes)
	}
}
