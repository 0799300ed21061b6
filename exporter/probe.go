package exporter

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxLooks is how often one server is looked at within a second for requests that name
// it, in however many connect strings and by whatever name. Of what Prometheus asks for,
// each module is one look, and so is each ensemble that the server is named with.
const maxLooks = 10

// tooOftenError says which server was looked at too often for one look more.
type tooOftenError struct{ at netip.AddrPort }

// Error is a sentence for the caller.
func (t tooOftenError) Error() string {
	return fmt.Sprintf("%v was checked %d times within a second: give a server by one name, and in one connect string", t.at, maxLooks)
}

// refusal is what a request that is turned away is answered with.
type refusal struct {
	status           int
	reason, sentence string
}

func bad(sentence string) *refusal { return &refusal{http.StatusBadRequest, "bad", sentence} }

// serveProbe looks at what the request names, for Prometheus's multi-target
// pattern: /probe?target=zk1:2181, or a connect string; &module= and &ensemble=
// as wanted.
func (e *Exporter) serveProbe(w http.ResponseWriter, r *http.Request) *rendered {
	one, key, timeout, no := e.probeOf(r.URL.Query())
	if no != nil {
		e.refuse(w, no.status, no.reason, no.sentence)
		return nil
	}
	ctx, cancel, timeout := deadline(r, timeout)
	defer cancel()
	l, err := e.look(ctx, one, timeout)
	if often, ok := errors.AsType[tooOftenError](err); ok {
		w.Header().Set("Retry-After", "1")
		e.refuse(w, http.StatusTooManyRequests, "repeated", often.Error())
		return nil
	}
	if l != nil && !one.single { // of that nothing is kept
		e.state.Load().probed.weigh(key, l.lists())
	}
	return e.answer(r, []*watcher{one}, []*look{l}, false)
}

// probeOf is the watcher of what a request to /probe names, what it is remembered by, and the
// time for a look. A watcher of the configuration has no key.
func (e *Exporter) probeOf(query url.Values) (one *watcher, key string, timeout time.Duration, no *refusal) {
	state := e.state.Load()
	target, moduleName := query.Get("target"), query.Get("module")
	module, known := state.config.Modules[moduleName]
	if moduleName != "" && !known {
		return nil, "", 0, bad(fmt.Sprintf("there is no module %q in the configuration", moduleName))
	}
	targets, err := probeTargets(target)
	if err != nil {
		return nil, "", 0, bad(err.Error())
	}
	spelled, configured := make([]snapshot.Target, len(targets)), (*watcher)(nil)
	for i, t := range targets {
		var of *watcher
		if spelled[i], of = state.memberOf(t); i == 0 {
			configured = of
		}
		if of == nil && !state.allow.allows(t) {
			return nil, "", 0, &refusal{
				http.StatusForbidden, "forbidden",
				t.Address() + " is in no configured ensemble, and on no allow-list: add it to probe.allow in the file of --ensembles, and reload",
			}
		}
	}
	timeout = e.options.Timeout
	if module.Timeout > 0 {
		timeout = time.Duration(module.Timeout)
	}
	if configured != nil && moduleName == "" && configured.members().are(targets) {
		return configured, "", timeout, nil
	}
	secure, way := module.TLS.client(), "module "+moduleName
	if configured != nil && moduleName == "" {
		way = configured.way
	}
	if configured != nil && secure == nil {
		secure = configured.question.TLS
	}
	key = probeKey(targets, moduleName)
	shared := *state.probed.find(key, func() *watcher { return e.probeWatcher(spelled, way, secure) })
	shared.name = labelText(ensembleLabel(configured, query.Get("ensemble"), target)) // this request's own
	return &shared, key, timeout, nil
}

// probeWatcher is a watcher without a name.
func (e *Exporter) probeWatcher(targets []snapshot.Target, way string, secure *tls.Config) *watcher {
	return &watcher{
		listed: newMembers(targets), single: len(targets) == 1, asked: true, way: way,
		diagnose: e.diagnose, ports: e.ports, troubles: e.troubles, answers: e.answers, memory: newMemory(),
		question: e.question(probe.Question{
			Targets: targets, TLS: secure, PeerPorts: e.options.PeerPorts && len(targets) > 1, Admit: e.admit,
		}),
	}
}

// admit decides whether the servers of a request may be looked at now.
func (e *Exporter) admit(servers []netip.AddrPort) error {
	if at, ok := e.looks.Take(time.Now(), servers); !ok {
		return tooOftenError{at}
	}
	return nil
}

// probeKey is what two requests that share a look have in common.
func probeKey(targets []snapshot.Target, module string) string {
	var b strings.Builder
	b.WriteString(module)
	for _, t := range targets {
		b.WriteByte(0)
		b.WriteString(t.Address())
	}
	return b.String()
}

// probeTargets are the servers of a connect string, in their canonical spelling.
func probeTargets(target string) ([]snapshot.Target, error) {
	const longest = 4096 // a connect string of 100 long names
	switch {
	case target == "":
		return nil, errors.New("the parameter target is missing: /probe?target=zk1:2181")
	case len(target) > longest:
		return nil, errors.New("the target is too long")
	}
	targets, err := probe.ParseTargets([]string{target})
	return canonicalSet(targets), err
}

// memberOf is the configured ensemble that lists a target, in its canonical spelling, and
// the target as it is spelled there; nil and as it is for none.
func (s *state) memberOf(t snapshot.Target) (spelled snapshot.Target, of *watcher) {
	for _, w := range s.watchers {
		if m, ok := w.members().find(t); ok {
			return snapshot.Target{Host: m.Host, Port: m.Port}, w
		}
	}
	return t, nil
}

// takes tells what serveProbe takes: the members of configured ensembles, and what is on the
// allow-list.
func (s *state) takes() func(snapshot.Target) bool {
	configured := map[string]bool{}
	for _, w := range s.watchers {
		for _, m := range w.members().canonical {
			configured[m.Address()] = true
		}
	}
	return func(t snapshot.Target) bool {
		t = canonical(t)
		return configured[t.Address()] || s.allow.allows(t)
	}
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
