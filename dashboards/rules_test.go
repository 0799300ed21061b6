package dashboards

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

var update = flag.Bool("update", false, "write the rules and their page anew")

// chartFiles is where the Helm chart has its own copies: it reads nothing outside of itself.
const chartFiles = "../charts/zkdoctor/files/"

func TestFilesAreCurrent(t *testing.T) {
	files := map[string][]byte{
		"rules/alerts.yml":                 rulesFile(new(Options)),
		"rules/alertmanager-inhibit.yml":   inhibitFile(new(Options)),
		"rules/prometheusrule.yaml":        operatorFile(new(Options)),
		"../docs/alerts.md":                AlertsPage(),
		chartFiles + "prometheusrule.yaml": operatorFile(new(Options)),
	}
	grafana, err := DashboardFiles(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range grafana {
		files["grafana/"+name] = text
		files[chartFiles+"dashboards/"+name] = text
	}
	for path, want := range files {
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s: write it anew with go test ./dashboards -update (-want +got):\n%s", path, d)
		}
	}
}

// TestEveryFindingHasAnAlert, or a reason to have none, and no alert two names.
func TestEveryFindingHasAnAlert(t *testing.T) {
	has, reasons := alerting(), withoutAlert()
	for _, c := range diag.Catalogue() {
		if has[c.Code] == (reasons[c.Code] != "") {
			t.Errorf("%s: an alert: %t, a reason to have none: %q", c.Code, has[c.Code], reasons[c.Code])
		}
	}
	names := map[string]bool{}
	for _, a := range all() {
		if names[a.name] {
			t.Errorf("two alerts are called %s", a.name)
		}
		names[a.name] = true
		if a.why == "" || a.description == "" || a.code == "" && a.summary == "" {
			t.Errorf("%s: it lacks a reason, a summary or a description", a.name)
		}
	}
}

func all() []alert {
	var out []alert
	for _, g := range groups() {
		out = append(out, g.alerts...)
	}
	return out
}

// TestOperatorRules: they are the same.
func TestOperatorRules(t *testing.T) {
	var plain struct{ Groups []any }
	var operator struct {
		Kind string
		Spec struct{ Groups []any }
	}
	for text, into := range map[string]any{string(rulesFile(new(Options))): &plain, string(operatorFile(new(Options))): &operator} {
		if err := yaml.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(plain.Groups, operator.Spec.Groups); d != "" || operator.Kind != "PrometheusRule" || len(plain.Groups) != len(groups())+1 {
		t.Errorf("%s with %d groups differs:\n%s", operator.Kind, len(operator.Spec.Groups), d)
	}
}

// scenario is what a Prometheus would have scraped, every 15 s, and what fires.
type scenario struct {
	name string
	// series are Prometheus's own notation for tests: name{labels} -> values.
	series map[string]string
	// at are times, and what fires then: alertname and the labels that tell which.
	at map[time.Duration][]string
}

// slow is what takes days: it is scraped every half an hour.
func (s scenario) slow() bool { return slices.Max(slices.Collect(maps.Keys(s.at))) > day }

const (
	one   = `ensemble="a"`
	first = `ensemble="a",server="zk1:2181"`
	other = `ensemble="a",server="zk2:2181"`
)

// healthy is an ensemble of three about which nothing is to be said.
func healthy(changes map[string]string) map[string]string {
	series := map[string]string{
		`zkdoctor_quorum{` + one + `}`:                                                                   "1x100",
		`zkdoctor_leaders{` + one + `}`:                                                                  "1x100",
		`zkdoctor_voters{` + one + `}`:                                                                   "3x100",
		`zkdoctor_voters_serving{` + one + `}`:                                                           "3x100",
		`zkdoctor_spare_voters{` + one + `}`:                                                             "1x100",
		`zkdoctor_probe_success{` + one + `}`:                                                            "1x100",
		`zkdoctor_config_last_reload_successful{instance="e"}`:                                           "1x100",
		`zkdoctor_build_info{instance="e",version="1.0.0"}`:                                              "1x300",
		`process_open_fds{instance="e"}`:                                                                 "10x100",
		`process_max_fds{instance="e"}`:                                                                  "100x100",
		`up{instance="e"}`:                                                                               "1x100",
		`zkdoctor_requests_rejected_total{reason="busy"}`:                                                "0x100",
		`zkdoctor_probe_errors_total{reason="no-descriptors"}`:                                           "0x100",
		`zkdoctor_verdict{` + one + `,state="serving"}`:                                                  "1x100",
		`zkdoctor_verdict{` + one + `,state="split"}`:                                                    "0x100",
		`zkdoctor_verdict{` + one + `,state="unknown"}`:                                                  "0x100",
		`zookeeper_server_info{` + first + `,version="3.9.5"}`:                                           "1x100",
		`zookeeper_server_info{` + other + `,version="3.9.5"}`:                                           "1x100",
		`zookeeper_update_latency_seconds_sum{` + first + `}`:                                            "0+1x100",
		`zookeeper_update_latency_seconds_count{` + first + `}`:                                          "0+100x100",
		`zookeeper_read_latency_seconds_sum{` + first + `}`:                                              "0+1x100",
		`zookeeper_read_latency_seconds_count{` + first + `}`:                                            "0+100x100",
		`zookeeper_fsync_seconds_sum{` + first + `}`:                                                     "0+1x100",
		`zookeeper_fsync_seconds_count{` + first + `}`:                                                   "0+100x100",
		`zookeeper_outstanding_requests{` + first + `}`:                                                  "3x100",
		`zookeeper_open_file_descriptors{` + first + `}`:                                                 "100x100",
		`zookeeper_max_file_descriptors{` + first + `}`:                                                  "1000x100",
		`zookeeper_up{` + first + `}`:                                                                    "1x100",
		`zookeeper_up{` + other + `}`:                                                                    "1x100",
		`zookeeper_epoch{` + first + `}`:                                                                 "7x100",
		`zookeeper_epoch{` + other + `}`:                                                                 "7x100",
		`zookeeper_zxid_counter{` + first + `}`:                                                          "0+100x100",
		`zookeeper_zxid_counter{` + other + `}`:                                                          "0+100x100",
		`zkdoctor_finding{code="targets-incomplete",severity="info",root="false",` + one + `,server=""}`: "1x100",
	}
	maps.Copy(series, changes)
	return series
}

const (
	minute  = time.Minute
	quarter = 15 * time.Second
	day     = 24 * time.Hour
)

// onlyOne is a scenario in which nothing is left of zkdoctor.
const onlyOne = "the only exporter is gone"

func scenarios() []scenario {
	nothing := []string{}
	list := []scenario{
		{"healthy", healthy(nil), map[time.Duration][]string{minute: nothing, 24 * minute: nothing}},
		{"quorum lost", healthy(map[string]string{
			`zkdoctor_quorum{` + one + `}`:  "1x4 0x96",
			`zkdoctor_leaders{` + one + `}`: "1x4 0x96",
		}), map[time.Duration][]string{
			75*time.Second + quarter: nothing,
			2 * minute:               {"ZooKeeperQuorumLost a"},
			4 * minute:               {"ZooKeeperLeaderLost a", "ZooKeeperQuorumLost a"},
		}},
		{"an election of 45 s: nothing is known, and nobody leads", healthy(map[string]string{
			`zkdoctor_quorum{` + one + `}`:                  "1x4 _x3 1x92",
			`zkdoctor_leaders{` + one + `}`:                 "1x4 0x3 1x92",
			`zkdoctor_verdict{` + one + `,state="unknown"}`: "0x4 1x3 0x92",
			`zkdoctor_verdict{` + one + `,state="serving"}`: "1x4 0x3 1x92",
			`zookeeper_epoch{` + first + `}`:                "7x4 7x3 8x92",
			`zookeeper_epoch{` + other + `}`:                "7x4 7x3 8x92",
		}), map[time.Duration][]string{2 * minute: nothing, 3 * minute: nothing, 10 * minute: nothing}},
		{"elections without end", healthy(map[string]string{
			`zkdoctor_quorum{` + one + `}`:                  "1x4 _x96",
			`zkdoctor_leaders{` + one + `}`:                 "1x4 0x96",
			`zkdoctor_verdict{` + one + `,state="unknown"}`: "0x4 1x96",
		}), map[time.Duration][]string{
			2 * minute:  nothing,
			9 * minute:  {"ZooKeeperLeaderLost a"},
			20 * minute: {"ZkdoctorVerdictUnknown a", "ZooKeeperLeaderLost a"},
		}},
		{"the network between the exporter and all servers is gone", healthy(map[string]string{
			`zkdoctor_quorum{` + one + `}`:                  "1x4 _x96",
			`zkdoctor_leaders{` + one + `}`:                 "1x4 0x96",
			`zookeeper_up{` + first + `}`:                   "1x4 0x96",
			`zookeeper_up{` + other + `}`:                   "1x4 0x96",
			`zkdoctor_verdict{` + one + `,state="unknown"}`: "0x4 1x96",
		}), map[time.Duration][]string{9 * minute: nothing, 20 * minute: {"ZkdoctorVerdictUnknown a"}}},
		{"the leader is no target", healthy(map[string]string{`zkdoctor_leaders{` + one + `}`: "0x100"}), map[time.Duration][]string{20 * minute: nothing}},
		{"two leaders", healthy(map[string]string{
			`zkdoctor_verdict{` + one + `,state="split"}`: "0x4 1x96",
			`zkdoctor_leaders{` + one + `}`:               "1x4 2x96",
		}), map[time.Duration][]string{minute: nothing, 75 * time.Second: {"ZooKeeperSplitBrain a"}}},
		{"three elections in 15 minutes", healthy(map[string]string{
			`zookeeper_epoch{` + first + `}`: "7x10 8x10 9x10 10x70",
		}), map[time.Duration][]string{15 * minute: nothing}},
		{"four elections in 15 minutes", healthy(map[string]string{
			`zookeeper_epoch{` + first + `}`: "7x10 8x10 9x10 10x10 11x60",
			`zookeeper_epoch{` + other + `}`: "7x10 8x10 9x10 10x10 11x60",
		}), map[time.Duration][]string{13 * minute: {"ZooKeeperLeaderFlaps a"}}},
		{"a rolling restart: three servers, two minutes each", healthy(map[string]string{
			`zkdoctor_finding{code="process-down",severity="warning",root="true",` + first + `}`:               "_x4 1x8 _x88",
			`zkdoctor_finding{code="process-down",severity="warning",root="true",` + other + `}`:               "_x14 1x8 _x78",
			`zkdoctor_finding{code="degraded-no-spare",severity="warning",root="false",` + one + `,server=""}`: "_x4 1x8 _x2 1x8 _x2 1x8 _x68",
			`zkdoctor_spare_voters{` + one + `}`:                                                               "1x4 0x8 1x2 0x8 1x2 0x8 1x68",
		}), map[time.Duration][]string{3 * minute: nothing, 5 * minute: nothing, 8 * minute: nothing}},
		{"a server was down for eight minutes, and needs five to come back; later it is out for good, and nothing says why", healthy(map[string]string{
			`zkdoctor_finding{code="process-down",severity="warning",root="true",` + first + `}`:               "_x4 1x32 _x164",
			`zkdoctor_finding{code="degraded-no-spare",severity="warning",root="false",` + one + `,server=""}`: "_x4 1x52 _x20 1x124",
		}), map[time.Duration][]string{
			5*minute + 45*time.Second: nothing,
			8 * minute:                {"ZooKeeperProcessDown zk1:2181"},
			10 * minute:               nothing,
			14 * minute:               nothing,
			20 * minute:               nothing,
			26 * minute:               {"ZooKeeperNoSpare a"},
		}},
		{"the exporter was restarted: five minutes without a sample", func() map[string]string {
			gone := healthy(nil)
			for series, values := range gone {
				if m := regexp.MustCompile(`^(\d+)x100$`).FindStringSubmatch(values); m != nil {
					gone[series] = m[1] + "x10 _x20 " + m[1] + "x70"
				}
			}
			return gone
		}(), map[time.Duration][]string{5 * minute: nothing, 8 * minute: nothing, 15 * minute: nothing}},
		{"slow writes, reads and disk", healthy(map[string]string{
			`zookeeper_update_latency_seconds_sum{` + first + `}`: "0+30x100",
			`zookeeper_read_latency_seconds_sum{` + first + `}`:   "0+30x100",
			`zookeeper_fsync_seconds_sum{` + first + `}`:          "0+30x100",
		}), map[time.Duration][]string{
			9 * minute:  nothing,
			12 * minute: {"ZooKeeperFsyncSlow zk1:2181", "ZooKeeperReadsSlow zk1:2181", "ZooKeeperWritesSlow zk1:2181"},
		}},
		{"a slow quarter of an hour long ago, and no write since", healthy(map[string]string{
			`zookeeper_update_latency_seconds_sum{` + first + `}`:   "900x100",
			`zookeeper_update_latency_seconds_count{` + first + `}`: "100x100",
		}), map[time.Duration][]string{20 * minute: nothing}},
		{"a queue that comes and goes", healthy(map[string]string{
			`zookeeper_outstanding_requests{` + first + `}`: "500x8 0x1 500x8 0x1 500x8 0x1 500x8 0x1 500x60",
		}), map[time.Duration][]string{10 * minute: nothing, 21 * minute: {"ZooKeeperRequestsOutstanding zk1:2181"}}},
		{"no server takes new clients", healthy(map[string]string{
			`zkdoctor_finding{code="conn-limit-reached",severity="critical",root="true",` + first + `}`: "_x4 1x96",
			`zkdoctor_finding{code="conn-limit-reached",severity="critical",root="true",` + other + `}`: "_x4 1x96",
		}), map[time.Duration][]string{
			2 * minute: nothing,
			4 * minute: {"ZooKeeperAllRefuseClients a"},
			7 * minute: {"ZooKeeperAllRefuseClients a", "ZooKeeperConnectionLimit zk1:2181", "ZooKeeperConnectionLimit zk2:2181"},
		}},
		{"a follower that lags", healthy(map[string]string{
			`zookeeper_zxid_counter{` + first + `}`: "5000+100x100",
		}), map[time.Duration][]string{4 * minute: nothing, 6 * minute: {"ZooKeeperFollowerLags zk2:2181"}}},
		{"a follower that has seen no write since the election", healthy(map[string]string{
			`zookeeper_epoch{` + other + `}`:        "6x100",
			`zookeeper_zxid_counter{` + other + `}`: "900000x100",
		}), map[time.Duration][]string{20 * minute: nothing}},
		{"few file descriptors left", healthy(map[string]string{
			`zookeeper_open_file_descriptors{` + first + `}`: "900x100",
		}), map[time.Duration][]string{4 * minute: nothing, 6 * minute: {"ZooKeeperFileDescriptorsLow zk1:2181"}}},
		{"the end of an epoch", healthy(map[string]string{
			`zookeeper_zxid_counter{` + first + `}`: "4026531850+100x100",
			`zookeeper_zxid_counter{` + other + `}`: "4026531850+100x100",
		}), map[time.Duration][]string{4 * minute: nothing, 6 * minute: {"ZooKeeperZxidRollover a"}}},
		{"look, reload and requests fail", healthy(map[string]string{
			`zkdoctor_probe_success{` + one + `}`:                  "0x100",
			`zkdoctor_config_last_reload_successful{instance="e"}`: "0x100",
			`zkdoctor_build_info{instance="e",version="1.0.0"}`:    "1x100",
			`process_open_fds{instance="e"}`:                       "10x100",
			`process_max_fds{instance="e"}`:                        "100x100",
			`up{instance="e"}`:                                     "1x100",
			`zkdoctor_requests_rejected_total{reason="busy"}`:      "0+1x100",
			`zkdoctor_probe_errors_total{reason="no-descriptors"}`: "0+1x100",
			`zookeeper_up{` + first + `}`:                          "1x4" + strings.Repeat(" NaN", 96),
			`zookeeper_up{` + other + `}`:                          "1x4" + strings.Repeat(" NaN", 96),
			`zkdoctor_leaders{` + one + `}`:                        "1x4 _x96",
			`zkdoctor_voters_serving{` + one + `}`:                 "3x4 _x96",
		}), map[time.Duration][]string{
			4 * minute:  nothing,
			7 * minute:  {"ZkdoctorCannotCheck ", "ZkdoctorCheckFails a"},
			16 * minute: {"ZkdoctorCannotCheck ", "ZkdoctorCheckFails a", "ZkdoctorReloadFailed e", "ZkdoctorTurnsScrapesAway "},
		}},
		{"an exporter is down for a while", healthy(map[string]string{
			`up{instance="e"}`: "1x4 0x30 1x66", `zkdoctor_build_info{instance="e",version="1.0.0"}`: "1x4 _x30 1x66",
		}), map[time.Duration][]string{5 * minute: nothing, 7 * minute: {"ZkdoctorDown e"}, 12 * minute: nothing}},
		{"something else that Prometheus scrapes is down", healthy(map[string]string{`up{instance="x"}`: "0x100"}), map[time.Duration][]string{15 * minute: nothing}},
		{onlyOne, healthy(map[string]string{
			`up{instance="e"}`: "1x4 _x96", `zkdoctor_build_info{instance="e",version="1.0.0"}`: "1x4 _x96",
		}), map[time.Duration][]string{10 * minute: nothing, 12 * minute: {"ZkdoctorAbsent "}}},
		{"the exporter runs out of descriptors", healthy(map[string]string{
			`process_open_fds{instance="e"}`: "90x100", `process_open_fds{instance="x"}`: "90x100", `process_max_fds{instance="x"}`: "90x100",
		}), map[time.Duration][]string{4 * minute: nothing, 6 * minute: {"ZkdoctorFileDescriptorsLow e"}}},
		{"two versions of the exporter", map[string]string{
			`zkdoctor_build_info{instance="e",version="1.0.0"}`: "1x500", `zkdoctor_build_info{instance="f",version="1.0.0"}`: "1x4 _x500",
			`zkdoctor_build_info{instance="f",version="1.1.0"}`: "_x5 1x500",
		}, map[time.Duration][]string{day: nothing, 27 * time.Hour: {"ZkdoctorVersionsMixed "}}},
		{"an upgrade that is not ended", map[string]string{
			`zkdoctor_build_info{instance="e",version="1.0.0"}`:                "1x500",
			`zookeeper_server_info{ensemble="b",server="zk1",version="3.8.6"}`: "1x500",
			`zookeeper_server_info{ensemble="b",server="zk2",version="3.8.6"}`: "1x47",
			`zookeeper_server_info{ensemble="b",server="zk2",version="3.9.5"}`: "_x48 1x500",
		}, map[time.Duration][]string{2 * day: nothing, 8*day - 30*minute: nothing, 8*day + 30*minute: {"ZooKeeperVersionsMixed b"}}},
	}
	for _, wait := range waits() {
		list = append(list, ofFindings(wait))
	}
	return list
}

// waits are how long the alerts of findings wait.
func waits() []time.Duration {
	var out []time.Duration
	for _, a := range all() {
		if a.expr == "" && !slices.Contains(out, a.wait) {
			out = append(out, a.wait)
		}
	}
	return out
}

// ofFindings are all findings whose alerts wait so long, each in an ensemble called as its
// code. It begins after a minute, comes to be critical later, and then a consequence of
// another; beside it the same of another server, as a remark, and of a third, for a moment.
func ofFindings(wait time.Duration) scenario {
	half := max(int(wait/quarter)/2, 1)
	series := map[string]string{}
	var fires []string
	for _, a := range all() {
		if a.expr != "" || a.wait != wait {
			continue
		}
		finding := func(server, severity, root string) string {
			return fmt.Sprintf(`zkdoctor_finding{code=%q,ensemble="a",server=%q,severity=%q,root=%q}`, a.code, server, severity, root)
		}
		inEnsemble := strings.NewReplacer(`ensemble="a"`, fmt.Sprintf("ensemble=%q", a.code), `server="zk`, fmt.Sprintf(`server="%s/zk`, a.code))
		changed := map[string]string{
			finding("zk1:2181", "warning", "true"):  fmt.Sprintf("_x4 1x%d _x200", half-1),
			finding("zk1:2181", "critical", "true"): fmt.Sprintf("_x%d 1x200", 4+half),
			finding("zk2:2181", "info", "false"):    "1x300",
		}
		if slices.ContainsFunc(all(), func(o alert) bool { return o.code == a.code && o.expr != "" }) {
			delete(changed, finding("zk1:2181", "critical", "true")) // that has an alert of its own
			changed[finding("zk1:2181", "warning", "true")] = "_x4 1x300"
		}
		for name, values := range healthy(changed) {
			series[inEnsemble.Replace(name)] = values
		}
		fires = append(fires, fmt.Sprintf("%s %s/zk1:2181", a.name, a.code))
	}
	return scenario{
		"findings that wait " + wait.String(), series, map[time.Duration][]string{
			minute + wait - quarter: map[bool][]string{true: {}, false: {}}[wait > 0],
			minute + wait:           fires,
			minute + wait + minute:  fires,
		},
	}
}

// findPromtool finds Prometheus's own tool; without it the test is skipped.
func findPromtool(t *testing.T) string {
	t.Helper()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if zktest.Required() {
			t.Fatal("promtool not found: install it (Debian: apt-get install --no-install-recommends prometheus)")
		}
		t.Skip("promtool not found (Debian: apt-get install --no-install-recommends prometheus)")
	}
	return promtool
}

// TestPromtool has Prometheus's own tool check the rules, and try them out.
func TestPromtool(t *testing.T) {
	promtool := findPromtool(t)
	run := func(args ...string) {
		t.Helper()
		if out, err := exec.Command(promtool, args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %q: %v\n%s", args, err, out)
		}
	}
	rules, err := filepath.Abs("rules/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	run("check", "rules", "--lint=all", "--lint-fatal", rules)
	tried := filepath.Join(t.TempDir(), "alerts.yml")
	if err := os.WriteFile(tried, withoutTexts(rulesFile(new(Options))), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, slow := range []bool{false, true} {
		tests := filepath.Join(t.TempDir(), "tests.yml")
		list := slices.DeleteFunc(scenarios(), func(s scenario) bool { return s.slow() != slow })
		if err := os.WriteFile(tests, promtoolTests(tried, list), 0o600); err != nil {
			t.Fatal(err)
		}
		run("test", "rules", tests)
	}
}

// withoutTexts are rules without what takes most of the time to try them: the queries in
// their texts, which TestPage tries.
func withoutTexts(rules []byte) []byte {
	return regexp.MustCompile(`(?m)^ +description: .*\n`).ReplaceAll(rules, nil)
}

// withStale ends a series that is no more as Prometheus does when a scrape lacks
// it; a sample that is merely missing would count for another five minutes.
func withStale(values string) string {
	return regexp.MustCompile(` _x(\d+)`).ReplaceAllString(values, " stale _x$1")
}

// promtoolTests writes the scenarios down: at each time, just those alerts fire.
func promtoolTests(rules string, list []scenario, by ...string) []byte {
	var b strings.Builder
	interval := "15s"
	if list[0].slow() {
		interval = "30m"
	}
	fmt.Fprintf(&b, "rule_files: [%q]\nevaluation_interval: %s\ntests:\n", rules, interval)
	for _, s := range list {
		fmt.Fprintf(&b, "  - name: %q\n    interval: %s\n    input_series:\n", s.name, interval)
		for _, series := range slices.Sorted(maps.Keys(s.series)) {
			fmt.Fprintf(&b, "      - {series: %q, values: %q}\n", series, withStale(s.series[series]))
		}
		b.WriteString("    promql_expr_test:\n")
		for _, at := range slices.Sorted(maps.Keys(s.at)) {
			// The subject of an alert is its server, else its ensemble, else the exporter.
			fmt.Fprintf(&b, "      - expr: %q\n        eval_time: %ds\n        exp_samples:\n",
				`count by (`+strings.Join(append([]string{"alertname", "subject"}, by...), ", ")+`) (label_replace(label_replace(label_replace(ALERTS{alertstate="firing"},`+
					`"subject","$1","instance","(.+)"),"subject","$1","ensemble","(.+)"),"subject","$1","server","(.+)"))`, int(at.Seconds()))
			for _, fires := range s.at[at] {
				name, subject, _ := strings.Cut(fires, " ")
				labels := fmt.Sprintf("{alertname=%q,subject=%q}", name, subject)
				if subject == "" {
					labels = fmt.Sprintf("{alertname=%q}", name)
				}
				for _, label := range by {
					labels = strings.Replace(labels, "{", fmt.Sprintf("{%s=%q,", label, "eu"), 1)
				}
				fmt.Fprintf(&b, "          - {labels: %q, value: 1}\n", labels)
			}
		}
	}
	return []byte(b.String())
}
