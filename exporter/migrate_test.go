package exporter

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

const (
	migrationPage = "../docs/migrate.md"
	alertsPage    = "../docs/alerts.md"
)

var (
	codeSpan    = regexp.MustCompile("`[^`]+`")
	ourMetric   = regexp.MustCompile(`\b(?:zookeeper|zkdoctor)_[a-z0-9_]*[a-z0-9]`)
	ourAlert    = regexp.MustCompile(`\b(?:ZooKeeper|Zkdoctor)[A-Z][A-Za-z]+\b`)
	metricRow   = regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\| ([a-z]+) \\|")
	alertTitle  = regexp.MustCompile(`(?m)^### (\S+)$`)
	oldNamePart = regexp.MustCompile(`^(zk_|zookeeper[_.])`)
)

// TestMigrationPage: what docs/migrate.md calls ours is there, and an old name
// that is a key of mntr leads to the metric that reads this key.
func TestMigrationPage(t *testing.T) {
	tab, metrics, alerts := newTable(nil, nil), servedNames(t), map[string]bool{}
	for _, m := range alertTitle.FindAllStringSubmatch(readPage(t, alertsPage), -1) {
		alerts[m[1]] = true
	}
	ofMetrics, led := false, 0
	for number, line := range slices.Collect(strings.Lines(readPage(t, migrationPage))) {
		where := fmt.Sprintf("line %d", number+1)
		ours := line
		if strings.HasPrefix(line, "|") {
			old, here, rest := threeCells(t, where, line)
			switch {
			case old == "Old":
				ofMetrics = rest == "What differs"
				continue
			case strings.HasPrefix(old, "---"):
				continue
			case !codeSpan.MatchString(here) && here != "none":
				t.Errorf("%s: the second column names nothing: %s", where, line)
			case ofMetrics:
				led += leads(t, tab, where, old, here)
			}
			ours = here + rest // the first column is others' names
		}
		for _, code := range codeSpan.FindAllString(ours, -1) {
			namesOf(t, where, code, ourMetric, metrics, metricsPage)
			namesOf(t, where, code, ourAlert, alerts, alertsPage)
		}
	}
	if least := 140; led < least {
		t.Errorf("only %d old names were found among the keys of mntr, want at least %d", led, least)
	}
}

func threeCells(t *testing.T, where, line string) (old, here, rest string) {
	t.Helper()
	cells := strings.Split(strings.TrimSpace(line), "|")
	if len(cells) != 5 {
		t.Fatalf("%s has not three columns: %s", where, line)
	}
	return strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[3])
}

// namesOf wants every name in the code that looks like one of ours to be listed on
// a page.
func namesOf(t *testing.T, where, code string, looksLikeOurs *regexp.Regexp, listed map[string]bool, page string) {
	t.Helper()
	for _, name := range looksLikeOurs.FindAllString(code, -1) {
		if !listed[name] {
			t.Errorf("%s: %s is not in %s", where, name, page)
		}
	}
}

// leads wants the old names that are keys of mntr to stand beside the metrics
// that read them, and counts them.
func leads(t *testing.T, tab *table, where, olds, ours string) (found int) {
	t.Helper()
	for _, code := range codeSpan.FindAllString(olds, -1) {
		old := strings.Trim(code, "`")
		key := oldNamePart.ReplaceAllString(old, "")
		ref, known := tab.keys[key]
		if !known {
			if ref, known = tab.keys[key+"_count"]; !known || ref.row.kind != kindSummary {
				continue
			}
			ref.stat = statIgnored // the whole summary
		}
		found++
		want := ref.row.name + map[stat]string{statCount: "_count", statSum: "_sum"}[ref.stat]
		if strings.Contains(ours, "`") && !strings.Contains(ours, "`"+want+"`") && !strings.Contains(ours, "`"+want+"{") {
			t.Errorf("%s: %s is read by %s, not by %s", where, old, want, ours)
		}
	}
	return found
}

// servedNames are the metrics of docs/metrics.md, those of the exporter itself
// included.
func servedNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, m := range metricRow.FindAllStringSubmatch(readPage(t, metricsPage), -1) {
		names[m[1]] = true
		if m[2] == string(kindSummary) {
			names[m[1]+"_sum"], names[m[1]+"_count"] = true, true
		}
	}
	return names
}

func readPage(t *testing.T, path string) string {
	t.Helper()
	page, err := os.ReadFile(path)
	must(t, err)
	return string(page)
}

// wellKnownRules are the expressions that everybody has for dabealu's exporter,
// and how long each waits. ZookeeperDown's minute is left out: the test need not
// wait for it.
var wellKnownRules = map[string][2]string{
	"ZookeeperDown":           {"zk_up == 0", "0m"},
	"ZookeeperMissingLeader":  {"sum(zk_server_leader) == 0", "0m"},
	"ZookeeperTooManyLeaders": {"sum(zk_server_leader) > 1", "0m"},
	"ZookeeperNotOk":          {"zk_ruok == 0", "3m"},
}

// writeRules writes them as a rule file, and returns its name.
func writeRules(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("groups:\n  - name: dabealu\n    rules:\n")
	for _, name := range slices.Sorted(maps.Keys(wellKnownRules)) {
		rule := wellKnownRules[name]
		fmt.Fprintf(&b, "      - {alert: %s, expr: '%s', for: %s}\n", name, rule[0], rule[1])
	}
	file := filepath.Join(t.TempDir(), "rules.yml")
	must(t, os.WriteFile(file, []byte(b.String()), 0o600))
	return file
}

// panels are the queries of Grafana's dashboard 11442; %s is the selector that all
// of them have.
var panels = []string{
	"zk_up%s", "zk_server_leader%s", "zk_ephemerals_count%s", "zk_znode_count%s", "zk_watch_count%s",
	"rate(zk_packets_sent%s[5m])", "rate(zk_packets_received%s[5m])", "zk_num_alive_connections%s",
	"zk_open_file_descriptor_count%s", "zk_max_file_descriptor_count%s",
	"zk_avg_latency%s", "zk_min_latency%s", "zk_max_latency%s", "zk_outstanding_requests%s", "zk_approximate_data_size%s",
}

// TestRealCompatDashboardAndRules: what people have for dabealu's exporter works with
// --compat=dabealu, and its alert on a missing leader sees a lost quorum.
func TestRealCompatDashboardAndRules(t *testing.T) {
	t.Parallel()
	forEachVersion(t, func(t *testing.T, version string) {
		s := newCompatScene(t, version)
		p := startPrometheus(t, "global: {evaluation_interval: 1s}\nrule_files: ['"+writeRules(t)+"']\n"+fromExample(t, "prometheus.yml", s.url))
		shows := func(query, value string) { t.Helper(); p.shows(t, query, value) }
		firing := func(alert string) string {
			return fmt.Sprintf(`count(ALERTS{alertstate="firing",alertname=~%q}) or vector(0)`, alert)
		}

		// The values that the dashboard's variables find, and every panel with them.
		selector := fmt.Sprintf(`{job=~"zookeeper", instance=~%q}`, strings.TrimPrefix(s.url, "http://"))
		shows("count(zk_version{version=\""+version+"\","+selector[1:]+")", "3")
		for _, panel := range panels {
			shows("count("+fmt.Sprintf(panel, selector)+")", "3")
		}
		for _, target := range s.targets() {
			shows(fmt.Sprintf("zk_up{zk_host=%q}", target), "1")
		}
		shows("sum(zk_server_leader)", "1")
		shows("sum(zk_ruok)", "3")
		shows(firing(".*"), "0")
		s.leadsByProbe(t)

		leader, err := s.ens.Leader(t.Context())
		must(t, err)
		killed := []*zktest.Server{leader, s.ens.Server(1)}
		if leader.ID == 1 {
			killed[1] = s.ens.Server(2)
		}
		for _, server := range killed {
			must(t, server.Kill())
		}
		shows(firing("ZookeeperMissingLeader"), "1")
		shows(firing("ZookeeperDown"), "2")
		shows("sum(zk_up)", "1")
		shows("sum(zk_ruok)", "1") // imok, without a quorum
		for _, server := range killed {
			must(t, server.Start(t.Context()))
		}
		shows("sum(zk_server_leader)", "1")
		shows("sum(zk_up)", "3")
		shows(firing(".*"), "0")
		if raised := p.query(t, `count_over_time(ALERTS{alertname="ZookeeperTooManyLeaders"}[1h])`); len(raised) > 0 {
			t.Error("ZookeeperTooManyLeaders was raised")
		}
		p.clean(t)
	})
}

// newCompatScene is newScene's for a version, with the metrics of dabealu's exporter.
func newCompatScene(t *testing.T, version string) *scene {
	t.Helper()
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	s := &scene{ens: zktest.StartT(t, zktest.Options{Version: version})}
	s.served = serve(t, Options{PeerPorts: true, Timeout: 500 * time.Millisecond, Compat: "dabealu"}, s.targets()...)
	return s
}

// leadsByProbe wants /probe of each server to have the old series of that one.
func (s *scene) leadsByProbe(t *testing.T) {
	t.Helper()
	var leaders float64
	for _, target := range s.targets() {
		found, err := s.scrape(t.Context(), "/probe?target="+target)
		must(t, err)
		if up := found[fmt.Sprintf("zk_up{zk_host=%q}", target)]; up != 1 {
			t.Errorf("/probe of %s: zk_up is %v", target, up)
		}
		leaders += found[fmt.Sprintf("zk_server_leader{zk_host=%q}", target)]
	}
	if leaders != 1 {
		t.Errorf("/probe of each server finds %v leaders", leaders)
	}
}
