package exporter

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// golden compares got with testdata/exposition/name.prom, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "exposition", name+".prom")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, d)
	}
}

// TestExposition: one golden a recording. Comments stand in one of them alone,
// they are the same in all.
func TestExposition(t *testing.T) {
	for _, r := range recordedServers(t) {
		t.Run(r.name, func(t *testing.T) {
			registry := registryOf(newTable(nil, nil), &r.server, true)
			text := exposition(t, registry)
			if r.name != "3.9.5_leader-loaded" {
				text = samples(text)
			}
			golden(t, r.name, text)
			problems, err := testutil.GatherAndLint(registry)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range problems {
				t.Errorf("promlint: %s: %s", p.Metric, p.Text)
			}
		})
	}
}

// TestNoKeyIsUnknown: every key of every recorded mntr is in the table, or left
// out on purpose.
func TestNoKeyIsUnknown(t *testing.T) {
	tab := newTable(nil, nil)
	text := map[string]bool{"zk_version": true, "zk_server_state": true, "zk_peer_state": true}
	for _, r := range recordedServers(t) {
		for _, p := range r.server.Mntr.Value.Keys {
			if text[p.Key] {
				continue
			}
			key := strings.TrimPrefix(p.Key, "zk_")
			_, known := tab.keys[key]
			if !known {
				_, _, known = tab.findKeyed(newScratch(len(tab.rows)), key)
			}
			if !known {
				t.Errorf("%s: unknown key %s", r.name, p.Key)
			}
		}
	}
}

// TestProvidersAgree: what the Prometheus provider reports has the names that
// the default one leads to, and the other way round but for the longest times.
func TestProvidersAgree(t *testing.T) {
	names := func(recording string) map[string]bool {
		found := map[string]bool{}
		families, err := registryOf(newTable(nil, nil), recordedNamed(t, recording), true).Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			found[f.GetName()] = true
		}
		return found
	}
	for _, version := range []string{"3.6.4", "3.7.2", "3.8.6", "3.9.5"} {
		plain, provider := names(version+"_leader-loaded"), names(version+"_leader-prometheus")
		for name := range provider {
			if !plain[name] && !strings.HasPrefix(name, "zookeeper_jvm_") && !strings.HasPrefix(name, "zookeeper_process_") {
				t.Errorf("%s: %s with the Prometheus provider alone", version, name)
			}
		}
		// The recorded provider has had no client and no proposal yet.
		late := regexp.MustCompile(`_max_seconds$|_size_bytes$|namespace_read_bytes`)
		for name := range plain {
			if !provider[name] && !late.MatchString(name) {
				t.Errorf("%s: %s with the default provider alone", version, name)
			}
		}
	}
}

func TestUnreachableServer(t *testing.T) {
	refused := &snapshot.Failure{Kind: snapshot.Refused}
	s := &snapshot.Server{
		Target: snapshot.Target{Host: "zk1", Port: 2181}, Client: snapshot.Failed[snapshot.Dial](refused, 0), Srvr: snapshot.Failed[snapshot.Srvr](refused, 0),
		Mntr: snapshot.Failed[snapshot.Mntr](refused, 0), Conf: snapshot.Failed[snapshot.Conf](refused, 0),
		Quorum: snapshot.PortLook{Number: 2888, Look: snapshot.Failed[snapshot.Dial](refused, 0)}, Election: snapshot.PortLook{Number: 3888, Look: snapshot.Failed[snapshot.Dial](refused, 0)},
	}
	golden(t, "refused", exposition(t, registryOf(newTable(nil, nil), s, true)))
	golden(t, "not-looked-at", exposition(t, registryOf(newTable(nil, nil), &snapshot.Server{Target: s.Target}, true)))
}

func TestIncludeExclude(t *testing.T) {
	include := []*regexp.Regexp{regexp.MustCompile(`^zookeeper_(up$|fsync|unknown|znodes|namespace)`), regexp.MustCompile(`^zkdoctor_server_role$`)}
	exclude := []*regexp.Regexp{regexp.MustCompile(`_max_`), regexp.MustCompile(`unknown_b`)}
	s := recordedNamed(t, "3.9.5_leader")
	s.Mntr.Value.Keys = append(s.Mntr.Value.Keys, snapshot.Pair{Key: "zk_unknown_a", Value: "1"}, snapshot.Pair{Key: "zk_unknown_b", Value: "2"})
	families, err := registryOf(newTable(include, exclude), s, false).Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range families {
		got = append(got, f.GetName())
	}
	want := []string{"zkdoctor_server_role", "zookeeper_fsync_seconds", "zookeeper_namespace_write_bytes", "zookeeper_unknown_a", "zookeeper_up", "zookeeper_znodes"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
