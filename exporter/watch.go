package exporter

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// minAge is how old a look may be and still serve another scrape: two
	// Prometheus servers in a pair scrape at about the same time.
	minAge = time.Second
	// beforeYoungest and beforeOldest bound the age of the earlier look that the rules
	// compare with.
	beforeYoungest = 2 * time.Second
	beforeOldest   = 5 * time.Minute
)

// look is one look at one ensemble and what it means.
type look struct {
	snap   *snapshot.Snapshot
	report *report.Report
	at     time.Time
	// slowAt is when peer ports were last looked at; zero for never.
	slowAt time.Time
}

// watcher looks at one ensemble, again and again.
type watcher struct {
	name     string
	question probe.Question
	// listed are the servers as configured, in the file of the question too.
	listed  []snapshot.Target
	timeout time.Duration
	// single is set for a single server of /probe: nothing is concluded of its
	// ensemble then.
	single bool
	// diagnose is diag.Diagnose.
	diagnose func(*snapshot.Snapshot) *report.Report
	*memory
}

// memory is what the next look needs of the earlier ones. It outlives the watcher
// at a reload, and lets one look at a time be made.
type memory struct {
	// turn holds a token while a look is being made.
	turn   chan struct{}
	mu     sync.Mutex // guards last; the rest is whose turn it is
	last   *look
	before *snapshot.Snapshot
	// ports are those of the servers in portsOf.
	ports   []portMemory
	portsOf []snapshot.Target
	slowAt  time.Time
}

func newMemory() *memory { return &memory{turn: make(chan struct{}, 1)} }

// look is the newest look, made now unless there is one of this second. Scrapes
// that arrive together share it: one makes it, the others wait. timeout bounds a
// single look at a server; ctx only the waiting: a scraper that gives up does not
// spoil the look for the others.
func (w *watcher) look(ctx context.Context, timeout time.Duration) (*look, error) {
	if l := w.recent(); l != nil {
		return l, nil
	}
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-w.turn }()
	if l := w.recent(); l != nil {
		return l, nil
	}
	return w.lookNow(context.WithoutCancel(ctx), timeout)
}

func (m *memory) recent() *look {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last != nil && time.Since(m.last.at) < minAge {
		return m.last
	}
	return nil
}

// newest is the last look, however old; nil before the first.
func (m *memory) newest() *look {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// lookNow makes a look, by whose turn it is.
func (w *watcher) lookNow(ctx context.Context, timeout time.Duration) (*look, error) {
	if w.timeout > 0 {
		timeout = min(timeout, w.timeout)
	}
	// Words and peer ports are one after the other here, and names come first.
	ctx, cancel := context.WithTimeout(ctx, 3*timeout)
	defer cancel()
	question, slow := w.question, time.Since(w.slowAt) >= slowEvery
	question.Timeout, question.KeepLocal, question.PortsDue = timeout, !slow, w.portsDue
	question.Begin = func([]snapshot.Target) {
		if slow && question.Local {
			w.slowAt = time.Now()
		}
	}
	var before *snapshot.Snapshot
	if last := w.newest(); last != nil {
		before = last.snap
	}
	snap, err := probe.Look(ctx, question, before)
	if err != nil {
		return nil, err
	}
	return w.remember(snap), nil
}

// remember diagnoses the snapshot beside an earlier one, and keeps both, by whose turn it is.
// The lock is not held meanwhile: scrapes of other ensembles ask who the members are here.
// Anybody may see the status page.
func (w *watcher) remember(snap *snapshot.Snapshot) *look {
	for i := range snap.Local {
		snap.Local[i].HideContents()
	}
	if last := w.newest(); last != nil && snap.Started.Sub(last.snap.Started) >= beforeYoungest {
		w.before = last.slim().snap
	}
	if w.before != nil && snap.Started.Sub(w.before.Started) <= beforeOldest &&
		len(w.before.Servers) == len(snap.Servers) {
		snap.Before, snap.EarlierRun = w.before, true
	}
	whole := &look{snap: snap, report: w.diagnose(snap), at: time.Now(), slowAt: w.slowAt}
	w.mu.Lock()
	w.last = whole
	w.mu.Unlock()
	time.AfterFunc(minAge, func() { w.slimDown(whole) })
	return whole
}

// slimDown lets go of what no scrape will be served with any more: of 3,000
// servers that is 100 MiB.
func (m *memory) slimDown(whole *look) {
	slim := whole.slim()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.last.snap == whole.snap {
		m.last = slim
	}
}

// slim is the look without the bulk of what it saw, which is mntr.
func (l *look) slim() *look {
	compared := diag.ComparedKeys()
	out, snap := *l, *l.snap
	snap.Before, snap.EarlierRun = nil, false
	snap.Servers = slices.Clone(snap.Servers)
	for i := range snap.Servers {
		server := &snap.Servers[i]
		for _, mntr := range []*snapshot.Mntr{&server.Mntr.Value, &server.Admin.Monitor.Value} {
			var kept snapshot.Pairs
			for _, key := range compared {
				if value, told := mntr.Keys.Get(key); told {
					kept = append(kept, snapshot.Pair{Key: key, Value: strings.Clone(value)})
				}
			}
			*mntr = snapshot.Mntr{Keys: kept}
		}
	}
	out.snap = &snap
	return &out
}

// hostPort is the label of a server: as configured, never a resolved address.
func hostPort(t snapshot.Target) string { return net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) }

// members are the servers of the ensemble: as they were looked at, for a zoo.cfg
// is read anew each time, or else as configured.
func (w *watcher) members() []snapshot.Target {
	if l := w.newest(); l != nil {
		return l.snap.Plan.Targets
	}
	return w.listed
}

// portsDue decides about the servers that were looked at just now.
func (w *watcher) portsDue(snap *snapshot.Snapshot) []probe.Due {
	if !sameTargets(w.portsOf, snap.Plan.Targets) {
		w.portsOf, w.ports = snap.Plan.Targets, make([]portMemory, len(snap.Servers))
	}
	now := time.Now()
	due := make([]probe.Due, len(snap.Servers))
	for i := range due {
		due[i] = w.ports[i].due(clientState(&snap.Servers[i]), now)
	}
	if slices.Contains(due, probe.DueNow) {
		w.slowAt = now
	}
	return due
}

func same(a, b snapshot.Target) bool { return a.Host == b.Host && a.Port == b.Port }

func sameTargets(a, b []snapshot.Target) bool { return slices.EqualFunc(a, b, same) }
