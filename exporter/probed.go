package exporter

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// What bounds what /probe remembers: some 20 KiB an ensemble, next to nothing a single server,
// and beside that the lists of members that servers report. The one that was not asked for the
// longest goes first; what is forgotten is an earlier look, no more.
const (
	maxProbed = 2048
	// maxProbedLists is for the lists in the last look at each: one of 1,000 long names has 0.5 MB.
	maxProbedLists = 16 << 20
)

// probed are the watchers of /probe, by servers and module.
type probed struct {
	mu    sync.Mutex
	known *simplelru.LRU[string, *remembered]
	lists int // of all
}

// remembered is a watcher, and what the lists of its last look take up.
type remembered struct {
	*watcher
	lists int
}

func newProbed() *probed {
	p := new(probed)
	known, err := simplelru.NewLRU(maxProbed, func(_ string, r *remembered) { p.lists -= r.lists })
	if err != nil {
		panic(err) // the size is a constant, and positive
	}
	p.known = known
	return p
}

// find is the watcher of the key, made by create where there is none.
func (p *probed) find(key string, create func() *watcher) *watcher {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, known := p.known.Get(key); known {
		return r.watcher
	}
	w := create()
	p.known.Add(key, &remembered{watcher: w})
	return w
}

// weigh writes down what the lists of the newest look take up, and forgets others where that is
// too much.
func (p *probed) weigh(key string, lists int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, known := p.known.Peek(key)
	if !known {
		return // forgotten meanwhile
	}
	p.lists += lists - r.lists
	r.lists = lists
	for p.lists > maxProbedLists {
		p.known.RemoveOldest()
	}
}

// all are the watchers.
func (p *probed) all() []*watcher {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*watcher
	for _, r := range p.known.Values() {
		all = append(all, r.watcher)
	}
	return all
}
