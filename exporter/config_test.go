package exporter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestParseConfig(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "zoo.cfg"), []byte("clientPort=2181\n"), 0o600))
	got, err := parseConfig(t.Context(), new(hostfile.Door), []byte(`
ensembles:
  - name: prod
    servers: [zk1, "zk2:2182", "[2001:db8::1]:2181"]
    limits: {timeout: 500ms}
  - name: lab
    zoo_cfg: zoo.cfg
modules:
  slow: {timeout: 5s}
probe:
  allow: ["zk-*.example.org:2181", "192.0.2.0/24:*"]
`), dir)
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Ensembles: []Ensemble{
			{Name: "prod", Servers: []string{"zk1", "zk2:2182", "[2001:db8::1]:2181"}, Limits: Limits{Timeout: Duration(500 * time.Millisecond)}},
			{Name: "lab", ZooCfg: filepath.Join(dir, "zoo.cfg")},
		},
		Modules: map[string]Module{"slow": {Timeout: Duration(5 * time.Second)}},
		Probe:   Probe{Allow: []string{"zk-*.example.org:2181", "192.0.2.0/24:*"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Ensemble{})); diff != "" {
		t.Error(diff)
	}
}

func TestParseConfigRefuses(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":               {"", "no ensembles"},
		"unknown key":           {"ensembels: []", "ensembels"},
		"unknown ensemble key":  {"ensembles:\n  - name: a\n    server: [zk1]", `line 3: unknown key "server"`},
		"no name":               {"ensembles:\n  - servers: [zk1]", "line 2: an ensemble without a name"},
		"twice":                 {"ensembles:\n  - {name: a, servers: [zk1]}\n  - {name: a, servers: [zk2]}", `line 3: the ensemble "a" is already on line 2`},
		"both":                  {"ensembles:\n  - {name: a, servers: [zk1], zoo_cfg: x}", "has both servers and zoo_cfg"},
		"neither":               {"ensembles:\n  - {name: a}", "has neither servers nor zoo_cfg"},
		"bad server":            {"ensembles:\n  - {name: a, servers: [\"zk1:x\"]}", `port "x" is not a number`},
		"bad duration":          {"ensembles:\n  - {name: a, servers: [zk1], limits: {timeout: 5}}", `line 2: "5" is no time span`},
		"negative duration":     {"modules: {m: {timeout: -1s}}\nprobe: {allow: [a]}", `"-1s" is no time span`},
		"bad allow port":        {"probe: {allow: [\"zk1:x\"]}", `port "x" is neither a number`},
		"bad glob":              {"probe: {allow: [\"zk[\"]}", "not a host name, glob or network"},
		"unknown limit":         {"ensembles:\n  - {name: a, servers: [zk1], limits: {timout: 5s}}", `line 2: unknown key "timout" in limits: there are timeout`},
		"unknown TLS key":       {"ensembles:\n  - name: a\n    servers: [zk1]\n    tls:\n      ca: x", `line 5: unknown key "ca" in tls: there are ca_file`},
		"no such authority":     {"ensembles:\n  - name: a\n    servers: [zk1]\n    tls: {ca_file: no-such.pem}", `line 4: tls: unable to read CA cert`},
		"no such certificate":   {"modules:\n  m:\n    tls: {cert_file: no-such.pem, key_file: no-such.key}\nprobe: {allow: [a]}", `line 3: tls: unable to read`},
		"half a certificate":    {"ensembles:\n  - name: a\n    servers: [zk1]\n    tls: {cert_file: no-such.pem}", `line 4: tls: exactly one of key or key_file must be configured`},
		"limits are a list":     {"ensembles:\n  - {name: a, servers: [zk1], limits: [5s]}", "cannot unmarshal"},
		"no such zoo.cfg":       {"ensembles:\n  - {name: a, zoo_cfg: /no/such/zoo.cfg}", `line 2: the ensemble "a": /no/such/zoo.cfg: no such file`},
		"not YAML":              {"ensembles: [", "line 1"},
		"a list where a map is": {"- a", "cannot unmarshal"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseConfig(t.Context(), new(hostfile.Door), []byte(c.text), "")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestLoadConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ensembles.yml")
	if _, err := LoadConfig(t.Context(), new(hostfile.Door), path); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("missing: %v", err)
	}
	if err := os.WriteFile(path, []byte("ensembles:\n  - {name: a}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadConfig(t.Context(), new(hostfile.Door), path); err == nil || !strings.HasPrefix(err.Error(), path+": line 2: ") {
		t.Errorf("the error does not name file and line: %v", err)
	}
	if _, err := LoadConfig(t.Context(), new(hostfile.Door), filepath.Dir(path)); err == nil {
		t.Error("a directory was read")
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("ensembles:\n  - {name: a, servers: [zk1]}\n"))
	f.Add([]byte("probe: {allow: [a]}\nmodules: {m: {timeout: 1s}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := parseConfig(t.Context(), new(hostfile.Door), data, "")
		if (config == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", config, err)
		}
	})
}

func TestAllowList(t *testing.T) {
	list, err := newAllowList([]string{
		"zk1", "zk2:2182", "zk-*.example.org", "any.example.org:*", "192.0.2.0/24", "198.51.100.7:2182", "2001:db8::/32", "[2001:db9::/32]:*", "2001:dba::1",
		"::ffff:203.0.113.1", "[::ffff:203.0.113.128/121]:*", "Abs.example.org.",
	})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"zk1": true, "ZK1": true, "zk1:2182": false, "zk2": false, "zk2:2182": true, "zk3": false,
		"zk-7.example.org": true, "zk-7.example.com": false, "zk-7.evil.example.org": true, "any.example.org:1": true,
		"192.0.2.9": true, "192.0.3.9": false, "192.0.2.9:22": false, "198.51.100.7:2182": true, "198.51.100.7": false,
		"[2001:db8::1]:2181": true, "[2001:db8::1]:22": false, "[2001:db9::1]:22": true, "2001:dba::1": true, "2001:dbb::1": false,
		"localhost": false, "127.0.0.1": false, "203.0.113.1": true, "[::ffff:203.0.113.1]:2181": true,
		"203.0.113.200:1": true, "203.0.113.100:1": false, "zk1.": true, "abs.example.org": true,
	} {
		targets, err := probe.ParseTargets([]string{text})
		if err != nil {
			t.Fatal(err)
		}
		if got := list.allows(canonical(targets[0])); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
	if (allowList{}).allows(snapshot.Target{Host: "zk1", Port: 2181}) {
		t.Error("an empty list allows")
	}
}
