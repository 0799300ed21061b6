package dashboards

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestParseOptions(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"by: [cluster]\nrunbook_url: http://a/b\nlabels: {team: x}\nseverities: {critical: P1}\nalerts: {ZooKeeperWritesSlow: {above: 0.2, for: 90s, severity: P2}}": "",
		"by: [ensemble]":                             "ensemble is a label of zkdoctor's own",
		"by: [instance]":                             "instance is a label",
		"by: ['a b']":                                `"a b" is no name of a label`,
		"by: [__x]":                                  `"__x" is no name`,
		"by: [a, a]":                                 "a is there twice",
		"labels: {code: x}":                          "alerts have the label code already",
		"by: [a]\nlabels: {a: x}":                    "alerts have the label a already",
		"labels: {a-b: x}":                           `"a-b" is no name`,
		"severities: {info: x}":                      `there is no "info"`,
		"severities: {critical: ''}":                 "critical has no word",
		"alerts: {Nothing: {}}":                      "there is no Nothing",
		"alerts: {ZooKeeperSplitBrain: {above: 3}}":  "ZooKeeperSplitBrain compares with no number",
		"alerts: {ZooKeeperSplitBrain: {for: soon}}": `"soon" is no time to wait`,
		"alerts: {ZooKeeperSplitBrain: {above_: 3}}": "field above_ not found",
		"thresholds: {}":                             "field thresholds not found",
		"runbook_url: ftp://a":                       "must begin with http",
		"runbook_url: http:///x":                     "have a host",
		"runbook_url: http://a/?b=c":                 "a query",
		"runbook_url: http://a/{{x}}":                "braces",
	} {
		_, err := ParseOptions([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestOptionsChangeRules: each option does what it says, and nothing else.
func TestOptionsChangeRules(t *testing.T) {
	rules := func(o Options) map[string]map[string]any {
		files, err := RuleFiles(o)
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			Groups []struct{ Rules []map[string]any }
		}
		if err := yaml.Unmarshal(files["alerts.yml"], &read); err != nil {
			t.Fatal(err)
		}
		out := map[string]map[string]any{}
		for _, g := range read.Groups {
			for _, r := range g.Rules {
				if name, ok := r["alert"].(string); ok {
					out[name] = r
				}
			}
		}
		return out
	}
	many := manyOptions()
	usual, labels, alerts := rules(Options{}), rules(many["labels"]), rules(many["alerts"])
	for name, r := range labels {
		got, was := r["labels"].(map[string]any), usual[name]["labels"].(map[string]any)
		if got["severity"] != map[any]string{"critical": "P1", "warning": "no: yes"}[was["severity"]] || got["team"] != "storage" || got["where"] != `a "b" \c` {
			t.Errorf("%s: %v", name, got)
		}
	}
	if _, there := alerts["ZooKeeperTwoVoters"]; there || len(alerts) != len(usual)-1 || len(labels) != len(usual) {
		t.Errorf("of %d alerts there are %d and %d", len(usual), len(alerts), len(labels))
	}
	slow := alerts["ZooKeeperWritesSlow"]
	if slow["for"] != "30s" || !strings.HasSuffix(slow["expr"].(string), " > 0.25") || usual["ZooKeeperWritesSlow"]["for"] != "10m" {
		t.Errorf("%v", slow)
	}
	if lost := alerts["ZooKeeperQuorumLost"]["labels"].(map[string]any); lost["severity"] != "sev1" {
		t.Errorf("%v", lost)
	}
	if url := rules(many["runbook"])["ZooKeeperLeaderLost"]["annotations"].(map[string]any)["runbook_url"]; url != "https://runbooks.example.org/zookeeper/alerts#zookeeperleaderlost" {
		t.Error(url)
	}
	if plain, _ := RuleFiles(Options{}); !bytes.Equal(plain["alerts.yml"], rulesFile(new(Options))) {
		t.Error("without options the rules are not the usual ones")
	}
}

// TestScopedBoards: with labels that tell ensembles apart, every expression asks for the chosen
// ensemble and keeps all labels of it, and every variable offers what there is.
func TestScopedBoards(t *testing.T) {
	o := Options{By: []string{"cluster", "namespace"}, RunbookURL: "http://zkdoctor:12189/findings"}
	k := knownMetrics(t)
	for name := range k {
		k[name] = append(k[name], o.By...)
	}
	kept := regexp.MustCompile(`\b(?:by|on) \(([^()]*\bensemble\b[^()]*)\)`)
	chosen := regexp.MustCompile(`\{[^{}]*ensemble=~?"\$ensemble"`)
	for _, b := range boards() {
		b.scope(&o)
		var exprs []string
		for _, m := range b.marks {
			exprs = append(exprs, m.expr)
		}
		for _, v := range b.vars {
			m := regexp.MustCompile(`^label_values\((.+), ([a-z]+)\)$`).FindStringSubmatch(v.values)
			exprs = append(exprs, m[1])
		}
		for _, r := range b.rows {
			for i := range r.panels {
				p := &r.panels[i]
				for _, q := range p.queries {
					exprs = append(exprs, q.expr)
					checkLegend(t, b.title+", "+p.title, p, q)
				}
				checkColumns(t, b.title+", "+p.title, p)
			}
		}
		for _, expr := range exprs {
			k.check(t, b.title, strings.NewReplacer("$cluster", "c", "$namespace", "n").Replace(expr))
			for _, m := range kept.FindAllStringSubmatch(expr, -1) {
				if !strings.HasPrefix(m[1], "cluster, namespace, ensemble") {
					t.Errorf("%s: %s in %s", b.title, m[0], expr)
				}
			}
			for _, selector := range chosen.FindAllString(expr, -1) {
				if !strings.Contains(selector, "cluster=") || !strings.Contains(selector, "namespace=") {
					t.Errorf("%s: %s in %s", b.title, selector, expr)
				}
			}
		}
		text, err := b.json()
		if err != nil || bytes.Contains(text, []byte(pages)) {
			t.Errorf("%s: %v, or a link to %s", b.title, err, pages)
		}
	}
}

// TestExampleOptions: the example is taken as it is.
func TestExampleOptions(t *testing.T) {
	text, err := os.ReadFile("../docs/examples/rules-settings.yml")
	if err != nil {
		t.Fatal(err)
	}
	o, err := ParseOptions(text)
	if err != nil || len(o.Alerts) != 6 {
		t.Fatalf("%v, %v", o, err)
	}
	if _, err := RuleFiles(o); err != nil {
		t.Error(err)
	}
}

// TestSchema: a board has the schema of the oldest Grafana that it is for, in every variant.
func TestSchema(t *testing.T) {
	for name, o := range manyOptions() {
		files, err := DashboardFiles(o)
		if err != nil {
			t.Fatal(name, err)
		}
		for file, text := range files {
			var board struct {
				SchemaVersion int
				Panels        []struct{ Type string }
			}
			if err := json.Unmarshal(text, &board); err != nil || board.SchemaVersion != 39 || len(board.Panels) < 10 {
				t.Errorf("%s, %s: %v, schema %d, %d panels", name, file, err, board.SchemaVersion, len(board.Panels))
			}
			for _, p := range board.Panels {
				if !slices.Contains([]string{"row", "stat", "table", "timeseries", "state-timeline"}, p.Type) {
					t.Errorf("%s, %s: a panel of type %q", name, file, p.Type)
				}
			}
		}
	}
}
