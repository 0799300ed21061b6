package exporter

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestReloadIsGuarded: a reload by HTTP is the operator's to allow, and never the wish of
// another site's page.
func TestReloadIsGuarded(t *testing.T) {
	const own = "http://exporter:12189"
	for _, c := range []struct {
		name    string
		on      bool
		method  string
		headers map[string]string
		status  int
		words   string
	}{
		{"off", false, http.MethodPost, nil, http.StatusForbidden, "--web.enable-lifecycle"},
		{"off, by GET", false, http.MethodGet, nil, http.StatusForbidden, "SIGHUP"},
		{"curl -X POST", true, http.MethodPost, nil, http.StatusOK, "reloaded"},
		{"curl -X PUT", true, http.MethodPut, nil, http.StatusOK, "reloaded"},
		{"GET", true, http.MethodGet, nil, http.StatusMethodNotAllowed, "POST or PUT"},
		{"DELETE", true, http.MethodDelete, nil, http.StatusMethodNotAllowed, ""},
		{"its own origin", true, http.MethodPost, map[string]string{"Origin": own}, http.StatusOK, ""},
		{"another origin", true, http.MethodPost, map[string]string{"Origin": "http://evil.example.org"}, http.StatusForbidden, "another site"},
		{"another port", true, http.MethodPost, map[string]string{"Origin": "http://exporter:80"}, http.StatusForbidden, "another site"},
		{"origin null", true, http.MethodPost, map[string]string{"Origin": "null"}, http.StatusForbidden, "another site"},
		{"PUT from another site", true, http.MethodPut, map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden, "another site"},
		{"same site, another host", true, http.MethodPost, map[string]string{"Sec-Fetch-Site": "same-site"}, http.StatusForbidden, "another site"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, Options{Lifecycle: c.on}, "127.0.0.1:1")
			before := s.state.Load()
			r := httptest.NewRequestWithContext(t.Context(), c.method, own+"/-/reload", http.NoBody)
			for name, value := range c.headers {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.words) {
				t.Errorf("%d %q, want %d and %q", w.Code, w.Body, c.status, c.words)
			}
			if reloaded := s.state.Load() != before; reloaded != (c.status == http.StatusOK) {
				t.Errorf("reloaded: %v", reloaded)
			}
		})
	}
}

// TestNotFoundSaysWhatToDo: a wrong path is told the right ones.
func TestNotFoundSaysWhatToDo(t *testing.T) {
	s := serve(t, Options{Prefix: "/zk"}, "127.0.0.1:1")
	s.ask(t, http.MethodGet, "/metric%1b", http.StatusNotFound, `nothing is at "/metric\x1b": there are /zk/metrics, /zk/probe?target=HOST:PORT`)
	s.ask(t, http.MethodPost, "/metrics", http.StatusMethodNotAllowed, "")
}

// TestLabelsAreText: whatever a server, a request or a configuration says, labels are short
// and printable, and series stay apart.
func TestLabelsAreText(t *testing.T) {
	long := strings.Repeat("\x1b[2J\a\xff", 16<<10) // 112 KiB
	lines := []string{
		"zk_cnt_\x1b]0;owned\a_read_per_namespace 1", "zk_sum_\x1b]0;owned\a_read_per_namespace 1",
		"zk_cnt_\xff\xfe_read_per_namespace 1", "zk_sum_\xff\xfe_read_per_namespace 1",
		"zk_cnt_" + long + "_read_per_namespace 1", "zk_sum_" + long + "_read_per_namespace 1",
		"zk_cnt_" + long + "2_read_per_namespace 1", "zk_sum_" + long + "2_read_per_namespace 1",
		"zk_peer_state \x1b[31m" + long, "zk_odd{a=\"\x1b\u202e\"} 1", "zk_odd{a=\"" + long + "\"} 1",
	}
	text := exposition(t, registryOf(newTable(nil, nil), mntr(lines...), false))
	for _, want := range []string{`namespace="\\x1b]0;owned\\a"`, `namespace="\\xff\\xfe"`, `zookeeper_odd{a="\\x1b\\u202e"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, samples(text))
		}
	}
	const tooLong = 2*maxServerText + 200
	for line := range strings.Lines(samples(text)) {
		if strings.ContainsFunc(strings.TrimSuffix(line, "\n"), snapshot.Unprintable) || len(line) > tooLong {
			t.Errorf("%d bytes: %.300q", len(line), line)
		}
	}

	f := startFake(t, replays("standalone"))
	s := serve(t, Options{Load: func(context.Context) (*Config, error) {
		return &Config{
			Ensembles: []Ensemble{{Name: "a\x1b[1mb", Servers: []string{f.target}}},
			Probe:     Probe{Allow: []string{"127.0.0.0/8:*"}},
		}, nil
	}})
	s.ask(t, http.MethodGet, "/metrics", http.StatusOK, `zookeeper_up{ensemble="a\\x1b[1mb",server="`+f.target+`"} 1`)
	other := startFake(t, replays("standalone")).target
	s.ask(t, http.MethodGet, fmt.Sprintf("/probe?target=%s&ensemble=%%1b%%07%%ff", other), http.StatusOK, `zookeeper_up{ensemble="\\x1b\\a\\xff",server="`+other+`"} 1`)
	s.ask(t, http.MethodGet, fmt.Sprintf("/probe?target=%s/%%1b%%00", other), http.StatusOK, `zookeeper_up{ensemble="`+other+`/\\x1b\\x00",server="`+other+`"} 1`)
	s.ask(t, http.MethodGet, "/probe?target=zk1%0a", http.StatusForbidden, "zk1:2181 is in no configured ensemble")
	s.ask(t, http.MethodGet, "/probe?target=zk%001", http.StatusBadRequest, "is not a host name")
}
