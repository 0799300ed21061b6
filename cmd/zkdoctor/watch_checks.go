package main

import (
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/change"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/peerports"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// comparedAfter and comparedWithin bound the age of the check that the rules compare with: a
	// shorter time shows no counter that stands still.
	comparedAfter  = 2 * time.Second
	comparedWithin = time.Minute
	// hereEvery is how often the files and processes of this host are looked at, beside when a
	// server changes its state.
	hereEvery = time.Minute
)

// watched is one check of a watch.
type watched struct {
	snap   *snapshot.Snapshot
	report *report.Report
	events []report.Event
	rates  []report.Rate
	// trouble is what kept zkdoctor from checking or recording; empty for none.
	trouble string
}

// judge is what is concluded of snapshots, one after the other.
type judge struct {
	track change.Track
	// recent are the snapshots that the next one may be compared with, the oldest first.
	recent []*snapshot.Snapshot
}

// next judges a snapshot beside an earlier one.
func (j *judge) next(snap *snapshot.Snapshot) *watched {
	if snap.Before == nil {
		snap.Before = j.earlier(snap)
		snap.EarlierRun = snap.Before != nil
	}
	r := diag.Diagnose(snap, diag.Options{Version: versionNumber()})
	look := change.New(snap, r)
	now := &watched{snap: snap, report: r, rates: j.track.Rates(look)}
	now.events = j.track.Next(look)
	kept := *snap
	kept.Before = nil
	j.recent = append(j.recent, &kept)
	return now
}

// earlier is the youngest snapshot that is old enough; those before it are let go.
func (j *judge) earlier(snap *snapshot.Snapshot) *snapshot.Snapshot {
	old := 0
	for old < len(j.recent) && snap.Started.Sub(j.recent[old].Started) >= comparedAfter {
		old++
	}
	if old == 0 {
		return nil
	}
	j.recent = slices.Delete(j.recent, 0, old-1)
	before := j.recent[0]
	same := slices.EqualFunc(before.Servers, snap.Servers, func(a, b snapshot.Server) bool { return a.Name == b.Name })
	if !same || snap.Started.Sub(before.Started) > comparedWithin {
		return nil
	}
	return before
}

// watcher looks at one ensemble, again and again.
type watcher struct {
	judge

	question probe.Question
	deadline time.Duration
	ports    *peerports.Table
	last     *snapshot.Snapshot
	checks   int
	// hereAt is when this host was last looked at.
	hereAt time.Time
}

func newWatcher(question probe.Question, deadline time.Duration, log zerolog.Logger) *watcher {
	undiscovered := question.Undiscovered
	question.Again = nil
	question.Progress = probe.Progress{
		Looked: func(s *snapshot.Snapshot) { logSnapshot(log, s) }, Undiscovered: undiscovered,
	}
	return &watcher{question: question, deadline: deadline, ports: peerports.NewTable()}
}

// next makes a check.
func (w *watcher) next(ctx context.Context) (*watched, error) {
	ctx, cancel := context.WithTimeout(ctx, w.deadline)
	defer cancel()
	question := w.question
	question.KeepLocal = w.last != nil && time.Since(w.hereAt) < hereEvery
	if !question.KeepLocal {
		w.hereAt = time.Now()
	}
	var due []bool
	if question.PeerPorts {
		question.PortsDue = func(s *snapshot.Snapshot) []bool {
			due = portsDue(w.ports, s, time.Now())
			return due
		}
	}
	snap, err := probe.Look(ctx, question, w.last)
	if err != nil {
		return nil, err
	}
	keepPorts(w.ports, snap, due)
	w.question.Undiscovered = nil // listed once
	w.last = snap
	w.checks++
	return w.judge.next(snap), nil
}

// portsDue decides about the servers that were looked at just now, and fills in what is known of
// the peer ports of those that are left alone.
func portsDue(ports *peerports.Table, s *snapshot.Snapshot, now time.Time) []bool {
	due := make([]bool, len(s.Servers))
	for i := range due {
		due[i], _ = ports.Due(&s.Servers[i], "", false, now)
	}
	return due
}

// keepPorts remembers what was probed.
func keepPorts(ports *peerports.Table, s *snapshot.Snapshot, due []bool) {
	for i, probed := range due {
		if probed {
			ports.Keep(&s.Servers[i], "")
		}
	}
}
