package exporter

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
)

// serveProbe looks at what the request names, for Prometheus's multi-target
// pattern: /probe?target=zk1:2181, or a connect string; &module= and &ensemble=
// as wanted.
func (e *Exporter) serveProbe(w http.ResponseWriter, r *http.Request) {
	state := e.state.Load()
	target := r.URL.Query().Get("target")
	module, known := state.config.Modules[r.URL.Query().Get("module")]
	if name := r.URL.Query().Get("module"); name != "" && !known {
		e.refuse(w, http.StatusBadRequest, "bad", fmt.Sprintf("there is no module %q in the configuration", name))
		return
	}
	targets, err := probeTargets(target)
	if err != nil {
		e.refuse(w, http.StatusBadRequest, "bad", err.Error())
		return
	}
	for _, t := range targets {
		if !state.mayProbe(t) {
			e.refuse(w, http.StatusForbidden, "forbidden", fmt.Sprintf("%s:%d is on no allow-list: add it to probe.allow", t.Host, t.Port))
			return
		}
	}
	name := state.ensembleOf(r.URL.Query().Get("ensemble"), target, targets)
	one := state.watcherFor(name+"\x00"+r.URL.Query().Get("module")+"\x00"+target, func() *watcher {
		return &watcher{
			name: name, version: e.options.Version, peers: e.options.PeerPorts && len(targets) > 1,
			question: probe.Question{Targets: targets}, single: len(targets) == 1,
		}
	})
	timeout := e.options.Timeout
	if module.Timeout > 0 {
		timeout = time.Duration(module.Timeout)
	}
	e.serve(w, r, []*watcher{one}, timeout, false)
}

func probeTargets(target string) ([]probe.Target, error) {
	const longest = 4096 // a connect string of 100 long names
	switch {
	case target == "":
		return nil, errNoTarget
	case len(target) > longest:
		return nil, errors.New("the target is too long")
	}
	return probe.ParseTargets([]string{target})
}

// mayProbe reports whether a target is a member of a configured ensemble, or on
// the allow-list.
func (s *state) mayProbe(t probe.Target) bool {
	return s.memberOf(t) != "" || s.allow.allows(t)
}

// memberOf is the name of the configured ensemble that lists the target.
func (s *state) memberOf(t probe.Target) string {
	for _, w := range s.watchers {
		members := w.question.Targets
		if l := w.newest(); l != nil {
			members = l.snap.Plan.Targets
		}
		if slices.ContainsFunc(members, func(m probe.Target) bool { return m.Host == t.Host && m.Port == t.Port }) {
			return w.name
		}
	}
	return ""
}

// ensembleOf is the label of a probe: the configured ensemble of the target, or
// what the request says, or the target as written.
func (s *state) ensembleOf(asked, target string, targets []probe.Target) string {
	const longest = 200
	if name := s.memberOf(targets[0]); name != "" {
		return name
	}
	if asked != "" && len(asked) <= longest {
		return asked
	}
	return target
}
