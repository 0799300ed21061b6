package exporter

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// serveProbe looks at what the request names, for Prometheus's multi-target
// pattern: /probe?target=zk1:2181, or a connect string; &module= and &ensemble=
// as wanted.
func (e *Exporter) serveProbe(w http.ResponseWriter, r *http.Request) {
	state := e.state.Load()
	query := r.URL.Query()
	target, moduleName := query.Get("target"), query.Get("module")
	module, known := state.config.Modules[moduleName]
	if moduleName != "" && !known {
		e.refuse(w, http.StatusBadRequest, "bad", fmt.Sprintf("there is no module %q in the configuration", moduleName))
		return
	}
	targets, err := probeTargets(target)
	if err != nil {
		e.refuse(w, http.StatusBadRequest, "bad", err.Error())
		return
	}
	for _, t := range targets {
		if state.memberOf(t) == nil && !state.allow.allows(t) {
			e.refuse(w, http.StatusForbidden, "forbidden",
				fmt.Sprintf("%s:%d is on no allow-list: add it to probe.allow", t.Host, t.Port))
			return
		}
	}
	configured := state.memberOf(targets[0])
	one := configured
	if configured == nil || moduleName != "" || !sameTargets(configured.members(), targets) {
		name := ensembleLabel(configured, query.Get("ensemble"), target)
		one = state.watcherFor(name+"\x00"+moduleName+"\x00"+target, func() *watcher {
			secure := module.TLS.client()
			if secure == nil && configured != nil {
				secure = configured.question.TLS
			}
			return &watcher{
				name: name, diagnose: e.diagnose, single: len(targets) == 1, memory: newMemory(),
				question: e.question(probe.Question{
					Targets: targets, TLS: secure, PeerPorts: e.options.PeerPorts && len(targets) > 1,
				}),
			}
		})
	}
	timeout := e.options.Timeout
	if module.Timeout > 0 {
		timeout = time.Duration(module.Timeout)
	}
	e.serve(w, r, []*watcher{one}, timeout, false)
}

// watcherFor is the watcher of /probe for a target string. It is remembered, so
// that rules which compare two looks can.
func (s *state) watcherFor(key string, create func() *watcher) *watcher {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.probed[key]; w != nil {
		return w
	}
	if len(s.probed) >= maxProbed {
		clear(s.probed) // what is forgotten is an earlier look, no more
	}
	w := create()
	s.probed[key] = w
	return w
}

// maxProbed bounds what /probe remembers: some 20 KiB an ensemble.
const maxProbed = 4096

func probeTargets(target string) ([]snapshot.Target, error) {
	const longest = 4096 // a connect string of 100 long names
	switch {
	case target == "":
		return nil, errors.New("the parameter target is missing: /probe?target=zk1:2181")
	case len(target) > longest:
		return nil, errors.New("the target is too long")
	}
	return probe.ParseTargets([]string{target})
}

// memberOf is the configured ensemble that lists the target; nil for none.
func (s *state) memberOf(t snapshot.Target) *watcher {
	for _, w := range s.watchers {
		if slices.ContainsFunc(w.members(), func(m snapshot.Target) bool { return same(m, t) }) {
			return w
		}
	}
	return nil
}

// takes tells what serveProbe takes: the members of configured ensembles, and what is on the
// allow-list.
func (s *state) takes() func(snapshot.Target) bool {
	configured := map[string]bool{}
	for _, w := range s.watchers {
		for _, m := range w.members() {
			configured[hostPort(m)] = true
		}
	}
	return func(t snapshot.Target) bool { return configured[hostPort(t)] || s.allow.allows(t) }
}

// ensembleLabel is the label of a probe: the configured ensemble of the target,
// or what the request says, or the target as written.
func ensembleLabel(configured *watcher, asked, target string) string {
	const longest = 200
	if configured != nil {
		return configured.name
	}
	if asked != "" && len(asked) <= longest {
		return asked
	}
	return target
}
