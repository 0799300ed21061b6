package exporter

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// maxProbed bounds what /probe remembers: some 20 KiB an ensemble, next to nothing a
// single server. The one that was not asked for the longest goes first; what is forgotten
// is an earlier look, no more.
const maxProbed = 2048

// probed are the watchers of /probe, by servers and module.
type probed struct {
	mu    sync.Mutex
	known *simplelru.LRU[string, *watcher]
}

func newProbed() *probed {
	known, err := simplelru.NewLRU[string, *watcher](maxProbed, nil)
	if err != nil {
		panic(err) // the size is a constant, and positive
	}
	return &probed{known: known}
}

// find is the watcher of the key, made by create where there is none.
func (p *probed) find(key string, create func() *watcher) *watcher {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w, known := p.known.Get(key); known {
		return w
	}
	w := create()
	p.known.Add(key, w)
	return w
}

// all are the watchers.
func (p *probed) all() []*watcher {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known.Values()
}
