package exporter

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/peerports"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

const (
	// slowEvery is how often this host's own evidence is looked at, as peer ports are.
	slowEvery = peerports.Every
	// confEvery is how old what servers report to conf may be, where none has been restarted or
	// elected a leader since: once a minute, at the intervals that scrapes usually have.
	confEvery = 50 * time.Second
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
	// members are the servers that were looked at.
	members members
	// slowAt is when peer ports were last looked at; zero for never.
	slowAt time.Time
	// answers is what was read for it, until it is slim.
	answers *wire.Allowance
}

// watcher looks at one ensemble, again and again.
type watcher struct {
	name     string
	question probe.Question
	// listed are the servers as configured, in the file of the question too.
	listed  members
	timeout time.Duration
	// single is set for a single server of /probe: nothing is concluded of its
	// ensemble then.
	single bool
	// asked is set for what a request named and nobody configured.
	asked bool
	// way is how client ports are asked, as far as watchers differ in that: see peerports.Table.
	way      string
	ports    *peerports.Table
	troubles *troubles
	answers  *wire.Pool
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
	slowAt time.Time
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
	question.Timeout, question.KeepLocal, question.Answers = timeout, !slow, w.answers.NewAllowance()
	if !slow || !question.Local { // what files say is compared with what conf says at that time
		question.KeepConf = confEvery
	}
	question.Begin = func([]snapshot.Target) {
		if slow && question.Local {
			w.slowAt = time.Now()
		}
	}
	var before *snapshot.Snapshot
	if last := w.newest(); last != nil {
		before = last.snap
	}
	var due []bool
	question.PortsDue = func(snap *snapshot.Snapshot) []bool {
		due = w.portsDue(snap)
		return due
	}
	snap, err := probe.Look(ctx, question, before)
	if err != nil {
		question.Answers.GiveBack()
		return nil, err
	}
	w.troubles.note(w.name, snap)
	for i, probed := range due {
		if probed {
			w.ports.Keep(&snap.Servers[i], w.way)
		}
	}
	return w.remember(snap, question.Answers), nil
}

// remember diagnoses the snapshot beside an earlier one, and keeps both, by whose turn it is.
// The lock is not held meanwhile: scrapes of other ensembles ask who the members are here.
// Anybody may see the status page.
func (w *watcher) remember(snap *snapshot.Snapshot, answers *wire.Allowance) *look {
	for i := range snap.Local {
		snap.Local[i].HideContents()
	}
	if last := w.newest(); !w.single && last != nil && snap.Started.Sub(last.snap.Started) >= beforeYoungest {
		w.before = last.slim().snap
	}
	if w.before != nil && snap.Started.Sub(w.before.Started) <= beforeOldest &&
		slices.EqualFunc(w.before.Servers, snap.Servers, func(a, b snapshot.Server) bool { return a.Name == b.Name }) {
		snap.Before, snap.EarlierRun = w.before, true
	}
	whole := &look{
		snap: snap, report: w.diagnose(snap), at: time.Now(),
		members: newMembers(snap.Plan.Targets), slowAt: w.slowAt, answers: answers,
	}
	w.mu.Lock()
	w.last = whole
	w.mu.Unlock()
	time.AfterFunc(minAge, func() { w.slimDown(whole) })
	return whole
}

// slimDown lets go of what no scrape will be served with any more: of 3,000
// servers that is 100 MiB. Nothing is ever compared with a look at a single server.
func (w *watcher) slimDown(whole *look) {
	var slim *look
	if !w.single {
		slim = whole.slim()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	defer whole.answers.GiveBack()
	if w.last != nil && w.last.snap == whole.snap {
		w.last = slim
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
				if value, reported := mntr.Keys.Get(key); reported {
					kept = append(kept, snapshot.Pair{Key: key, Value: strings.Clone(value)})
				}
			}
			*mntr = snapshot.Mntr{Keys: kept}
		}
	}
	out.snap = &snap
	return &out
}

// confAge is how old by now is what servers reported to conf; not told where none did.
func (l *look) confAge() (age time.Duration, reported bool) {
	reported = slices.ContainsFunc(l.snap.Servers, func(s snapshot.Server) bool { return s.Conf.Seen() })
	return l.snap.ConfAge + time.Since(l.snap.Started), reported
}

// lists is what the lists of members in it take up, about, in bytes.
func (l *look) lists() int {
	const each = 200 // beside the text, of which it holds parts
	bytes := 0
	for i := range l.snap.Servers {
		s := &l.snap.Servers[i]
		for _, conf := range []*snapshot.Conf{&s.Conf.Value, &s.Admin.Settings.Value} {
			bytes += len(conf.MembershipText)
			if conf.Membership != nil {
				bytes += each * len(conf.Membership.Servers)
			}
		}
		if voters := s.Admin.Voters.Value; voters != nil {
			bytes += 2 * each * len(voters.Servers)
		}
	}
	return bytes
}

// members are the servers of the ensemble: as they were looked at, for a zoo.cfg
// is read anew each time, or else as configured.
func (w *watcher) members() members {
	if l := w.newest(); l != nil {
		return l.members
	}
	return w.listed
}

// portsDue decides about the servers that were looked at just now.
func (w *watcher) portsDue(snap *snapshot.Snapshot) []bool {
	now := time.Now()
	due := make([]bool, len(snap.Servers))
	for i := range due {
		var at time.Time
		due[i], at = w.ports.Due(&snap.Servers[i], w.way, w.asked, now)
		// What others have probed is no news of this host.
		if due[i] || !w.question.Local && at.After(w.slowAt) {
			w.slowAt = at
		}
	}
	return due
}
