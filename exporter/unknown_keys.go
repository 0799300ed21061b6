package exporter

import (
	"slices"
	"strings"
	"sync"
)

// What an unknown key may cost. Honest servers have less by far.
const (
	maxKeyBytes   = 512
	maxKeyLabels  = 8
	maxPassed     = 1000 // keys a server
	maxRemembered = 4096 // keys of all servers
)

// unknownKeys makes metrics of keys as they come: unknown ones, and with compat all.
type unknownKeys struct {
	prefix string
	help   string
	labels []string // that every metric of the passage has
	taken  func(name string) bool
	wanted func(name string) bool

	mu    sync.Mutex
	known map[string]*passed
}

// passed is what a key is called in the end.
type passed struct {
	// identity is the name and the labels in one.
	identity string
	family   *family
	labels   []label
}

// find is what a key (without zk_) is called; nil when it cannot be served.
func (p *unknownKeys) find(key string) *passed {
	if len(key) > maxKeyBytes {
		return nil
	}
	p.mu.Lock()
	made, known := p.known[key]
	p.mu.Unlock()
	if known {
		return made
	}
	made = p.make(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) < maxRemembered {
		p.known[strings.Clone(key)] = made // not the whole reply
	}
	return made
}

func (p *unknownKeys) make(key string) *passed {
	key = strings.Clone(key)
	name, rest, labelled := strings.Cut(key, "{")
	var labels []label
	if labelled {
		var ok bool
		if labels, ok = parseLabels(nil, rest); !ok || len(labels) > maxKeyLabels {
			return nil
		}
	}
	name = sanitised(name)
	if p.taken(p.prefix + name) {
		name = "mntr_" + name
	}
	name = p.prefix + name
	if p.taken(name) || !p.wanted(name) {
		return nil
	}
	made := &passed{identity: name}
	names := slices.Clone(p.labels)
	for i := range labels {
		l := &labels[i]
		if slices.Contains(p.labels, l.name) {
			l.name = "exported_" + l.name
		}
		if slices.Contains(names, l.name) || !validLabel(l.name) {
			return nil // twice, or no name of a label
		}
		names = append(names, l.name)
		made.labels = append(made.labels, pair(l.name, serverText(l.value)))
	}
	slices.SortFunc(made.labels, byName)
	for _, l := range made.labels {
		made.identity += labelSeparator + l.name + labelSeparator + l.value
	}
	made.family = newFamily(name, p.help, kindUntyped, names...)
	return made
}

// sanitised makes a key the rest of a metric's name: [a-zA-Z0-9_].
func sanitised(key string) string {
	return strings.Map(func(r rune) rune {
		if isWordRune(r) {
			return r
		}
		return '_'
	}, key)
}
