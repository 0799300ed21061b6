package dashboards

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"
)

// manyOptions are options of every kind, and what is usual.
func manyOptions() map[string]Options {
	return map[string]Options{
		"usual":   {},
		"by":      {By: []string{"cluster", "namespace"}},
		"runbook": {RunbookURL: "https://runbooks.example.org/zookeeper/"},
		"labels":  {Labels: map[string]string{"team": "storage", "where": `a "b" \c`}, Severities: map[string]string{"critical": "P1", "warning": "no: yes"}},
		"alerts": {By: []string{"cluster"}, Alerts: map[string]AlertOptions{
			"ZooKeeperWritesSlow": {Above: new(0.25), For: new(Wait(2 * quarter))}, "ZooKeeperQuorumLost": {Severity: "sev1"},
			"ZooKeeperTwoVoters": {Off: true}, "ZooKeeperZxidRollover": {Above: new(2147483648.0)},
		}},
	}
}

// sampled is a sample as Prometheus gives it to a template.
type sampled struct {
	Labels map[string]string
	Value  float64
}

// expanded is what a template of an alert becomes. ask answers its queries.
func expanded(t *testing.T, text string, labels map[string]string, value float64, ask func(expr string) []sampled) string {
	t.Helper()
	funcs := template.FuncMap{
		"query": ask,
		"first": func(s []sampled) sampled { return s[0] },
		"value": func(s sampled) float64 { return s.Value },
		"label": func(name string, s sampled) string { return s.Labels[name] },
		"sortByLabel": func(name string, s []sampled) []sampled {
			slices.SortFunc(s, func(a, b sampled) int { return strings.Compare(a.Labels[name], b.Labels[name]) })
			return s
		},
		"humanize":           func(v float64) string { return fmt.Sprintf("%.4g", v) },
		"humanizeDuration":   func(v float64) string { return fmt.Sprintf("%gs", v) },
		"humanizePercentage": func(v float64) string { return fmt.Sprintf("%.4g%%", v*100) },
	}
	head := "{{ $labels := .Labels }}{{ $value := .Value }}{{ $externalLabels := .ExternalLabels }}"
	parsed, err := template.New("").Funcs(funcs).Option("missingkey=zero").Parse(head + text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var out bytes.Buffer
	data := map[string]any{"Labels": labels, "Value": value, "ExternalLabels": map[string]string{}}
	if err := parsed.Execute(&out, data); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out.String()
}

// TestQueriesInTexts: they are sound in every variant, and ask about the alert's ensemble only.
func TestQueriesInTexts(t *testing.T) {
	k := knownMetrics(t)
	for name, o := range manyOptions() {
		for _, a := range all() {
			asked := 0
			text := expanded(t, a.descriptionText(&o), map[string]string{"ensemble": "a", "cluster": "eu", "namespace": "n"}, 1, func(expr string) []sampled {
				asked++
				for _, label := range o.By {
					expr = strings.ReplaceAll(expr, label+`="`+map[string]string{"cluster": "eu", "namespace": "n"}[label]+`",`, "")
				}
				k.check(t, name+", "+a.name, expr)
				if strings.Count(expr, `{ensemble="a"`) == 0 || strings.Count(expr, "{") != strings.Count(expr, `{ensemble="a"`) {
					t.Errorf("%s, %s: it asks about other ensembles: %s", name, a.name, expr)
				}
				return []sampled{{map[string]string{"code": "c", "title": "t", "server": "s", "target": "s", "summary": "v"}, 1}}
			})
			if a.ofEnsemble() != (asked > 0) || a.ofEnsemble() && !strings.Contains(text, "\nVerdict: v\nRoot cause: t (c), s\nCheck: zkdoctor check s") {
				t.Errorf("%s, %s: %d queries, %q", name, a.name, asked, text)
			}
		}
	}
}

// TestSummaries: one line that fits a pager and names the program, the ensemble, its place
// and the server.
func TestSummaries(t *testing.T) {
	labels := map[string]string{
		"ensemble": "orders", "cluster": "eu-1", "namespace": "shop", "server": "zk1.example.org:2181", "instance": "zkdoctor.example.org:12189",
		"symptom": "server-not-serving", "reason": "no-local-ports",
	}
	for name, o := range manyOptions() {
		place := " in eu-1"
		if len(o.By) > 1 {
			place += ", shop"
		}
		for _, a := range all() {
			text := expanded(t, a.summaryText(&o), labels, 0.123, nil)
			const pager = 160 // a text message
			if len(text) > pager || strings.Contains(text, "\n") {
				t.Errorf("%s, %s: %d characters: %s", name, a.name, len(text), text)
			}
			if want := "ZooKeeper orders" + place + ", zk1.example.org:2181: "; a.ofEnsemble() && !strings.HasPrefix(text, want) {
				t.Errorf("%s, %s: %q does not begin with %q", name, a.name, text, want)
			} else if !a.ofEnsemble() && !strings.HasPrefix(text, "zkdoctor zkdoctor.example.org:12189"+place+": ") {
				t.Errorf("%s, %s: %q", name, a.name, text)
			}
		}
	}
}

// TestVariants: Prometheus's own tool takes the rules of every variant.
func TestVariants(t *testing.T) {
	promtool := findPromtool(t)
	for name, o := range manyOptions() {
		files, err := RuleFiles(o)
		if err != nil {
			t.Fatal(name, err)
		}
		dir := t.TempDir()
		for file, text := range files {
			var read any
			if err := yaml.Unmarshal(text, &read); err != nil {
				t.Errorf("%s, %s: %v", name, file, err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.Command(promtool, "check", "rules", "--lint=all", "--lint-fatal", filepath.Join(dir, "alerts.yml")).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestPage: promtool fills in what a person reads, and asks for it as Prometheus does.
func TestPage(t *testing.T) {
	promtool := findPromtool(t)
	files, err := RuleFiles(Options{By: []string{"cluster"}, RunbookURL: "http://zkdoctor:12189/findings"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "alerts.yml"), files["alerts.yml"], 0o600); err != nil {
		t.Fatal(err)
	}
	var series strings.Builder
	add := func(name, labels string) {
		fmt.Fprintf(&series, "      - {series: %q, values: %q}\n", name+"{"+labels+"}", map[bool]string{true: "0x20", false: "1x20"}[name == "zkdoctor_quorum"])
	}
	for _, cluster := range []string{"eu", "us"} {
		add(`zookeeper_up`, `ensemble="zookeeper",server="zk-`+cluster+`:2181",cluster="`+cluster+`"`)
	}
	const eu = `ensemble="zookeeper",cluster="eu"`
	add("zkdoctor_quorum", eu+`,instance="a"`)
	add("zkdoctor_quorum", eu+`,instance="b"`)
	add("zookeeper_up", eu+`,server="zk2:2181#2"`)
	add("zookeeper_up", eu+`,server="zk2:2181#1"`)
	add("zookeeper_up", eu+`,server="[2001:db8::1]:2181"`)
	add("zookeeper_up", eu+`,server="$(reboot):2181"`)
	add("zkdoctor_verdict_info", eu+`,summary="no quorum: 1 of 3 voters up, 2 needed."`)
	for _, finding := range []string{`code="process-down",title="ZooKeeper is not running",server="zk2:2181"`, `code="process-down",title="ZooKeeper is not running",server="zk3:2181"`, `code="disk-full",title="a disk is full",server=""`} {
		add("zkdoctor_finding", eu+`,root="true",severity="critical",`+finding)
	}
	add("zkdoctor_finding", eu+`,root="false",severity="critical",code="quorum-lost",title="no quorum",server=""`)
	add("zkdoctor_finding", `ensemble="zookeeper",cluster="us",root="true",severity="critical",code="other",title="another cluster",server=""`)
	const text = "Too few voters are alive, or none serves." +
		"\nVerdict: no quorum: 1 of 3 voters up, 2 needed." +
		"\nRoot cause: a disk is full (disk-full)" +
		"\nRoot cause: ZooKeeper is not running (process-down), zk2:2181, zk3:2181" +
		"\nCheck: zkdoctor check [2001:db8::1]:2181 zk-eu:2181 zk2:2181" +
		"\nExplain: zkdoctor explain quorum-lost"
	tests := fmt.Sprintf("rule_files: [alerts.yml]\nevaluation_interval: 15s\ntests:\n  - interval: 15s\n    input_series:\n%s"+
		"    alert_rule_test:\n      - alertname: ZooKeeperQuorumLost\n        eval_time: 2m\n        exp_alerts:\n"+
		"          - exp_labels: {severity: critical, code: quorum-lost, ensemble: zookeeper, cluster: eu}\n"+
		"            exp_annotations: {summary: %q, description: %s, runbook_url: %q}\n",
		series.String(), "ZooKeeper zookeeper in eu: no quorum, clients cannot write", strconv.Quote(text), "http://zkdoctor:12189/findings/quorum-lost")
	if err := os.WriteFile(filepath.Join(dir, "tests.yml"), []byte(tests), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(promtool, "test", "rules", filepath.Join(dir, "tests.yml")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
