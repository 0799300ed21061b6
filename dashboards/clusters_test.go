package dashboards

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
)

// with are series with one more label.
func with(series map[string]string, label string) map[string]string {
	out := map[string]string{}
	for name, values := range series {
		out[strings.Replace(name, "{", "{"+label+",", 1)] = values
	}
	return out
}

// quick are the scenarios that last for few minutes and are not of all findings.
func quick() []scenario {
	return slices.DeleteFunc(scenarios(), func(s scenario) bool {
		return slices.Max(slices.Collect(maps.Keys(s.at))) > 12*minute || strings.HasPrefix(s.name, "findings that wait")
	})
}

func tryRules(t *testing.T, o Options, list []scenario, by ...string) {
	t.Helper()
	promtool := findPromtool(t)
	files, err := RuleFiles(o)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rules, tests := filepath.Join(dir, "alerts.yml"), filepath.Join(dir, "tests.yml")
	for path, text := range map[string][]byte{rules: withoutTexts(files["alerts.yml"]), tests: promtoolTests(rules, list, by...)} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(promtool, "test", "rules", tests).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTwoClusters: whatever happens to an ensemble that two exporters watch, it is told once,
// and a healthy one of the same name, with servers of the same names, in another cluster neither
// hides it nor is taken for it.
func TestTwoClusters(t *testing.T) {
	t.Parallel()
	list := slices.DeleteFunc(quick(), func(s scenario) bool { return s.name == onlyOne })
	for i := range list {
		all := with(list[i].series, `cluster="eu",job="central",pod="x"`)
		maps.Copy(all, with(list[i].series, `cluster="eu",job="beside",pod="y"`))
		maps.Copy(all, with(healthy(nil), `cluster="us"`))
		list[i].series = all
	}
	tryRules(t, Options{By: []string{"cluster"}}, list, "cluster")
}

// TestExporterMoves: one that is started elsewhere, in the middle of an outage, changes
// nothing: the alert goes on, and a wait that has begun does.
func TestExporterMoves(t *testing.T) {
	t.Parallel()
	down := `zkdoctor_finding{code="process-down",severity="warning",root="true",title="t",` + first + `,instance=`
	before, after := "1x12 _x28", "_x12 1x28"
	s := scenario{"an exporter moves", map[string]string{
		`zkdoctor_quorum{` + one + `,instance="old"}`: "0x12 _x28", `zkdoctor_quorum{` + one + `,instance="new"}`: "_x12 0x28",
		`zkdoctor_build_info{instance="old"}`: "1x12 _x28", `zkdoctor_build_info{instance="new"}`: "_x12 1x28",
		down + `"old"}`: before, down + `"new"}`: after,
		`zookeeper_outstanding_requests{` + first + `,instance="old"}`: "99x12 _x28", `zookeeper_outstanding_requests{` + first + `,instance="new"}`: "_x12 99x28",
	}, map[time.Duration][]string{
		3 * minute:  {"ZooKeeperQuorumLost a"},
		4 * minute:  {"ZooKeeperQuorumLost a"},
		6 * minute:  {"ZooKeeperProcessDown zk1:2181", "ZooKeeperQuorumLost a", "ZooKeeperRequestsOutstanding zk1:2181"},
		10 * minute: {"ZooKeeperProcessDown zk1:2181", "ZooKeeperQuorumLost a", "ZooKeeperRequestsOutstanding zk1:2181"},
	}}
	tryRules(t, Options{}, []scenario{s})
}

// TestInhibitionInClusters: a real Alertmanager keeps quiet what an alert of the same cluster
// explains, and nothing of another.
func TestInhibitionInClusters(t *testing.T) {
	t.Parallel()
	files, err := RuleFiles(Options{By: []string{"cluster"}})
	if err != nil {
		t.Fatal(err)
	}
	manager := promstack.AlertmanagerT(t, "route: {receiver: none}\nreceivers: [{name: none}]\n"+string(files["alertmanager-inhibit.yml"]))
	type labels map[string]string
	alert := func(name, code, cluster, server string) map[string]any {
		l := labels{"alertname": name, "code": code, "ensemble": "zookeeper", "cluster": cluster, "server": server}
		maps.DeleteFunc(l, func(_, v string) bool { return v == "" })
		return map[string]any{"labels": l, "startsAt": time.Now().Format(time.RFC3339)}
	}
	sent, err := json.Marshal([]any{
		alert("ZooKeeperQuorumLost", "quorum-lost", "eu", ""),
		alert("ZooKeeperLeaderLost", "", "eu", ""), alert("ZooKeeperLeaderLost", "", "us", ""),
		alert("ZooKeeperProcessDown", "process-down", "eu", "zk1:2181"),
		alert("ZooKeeperServerNotServing", "server-not-serving", "us", "zk2:2181"),
		alert("ZooKeeperReadOnly", "read-only-mode", "eu", "zk2:2181"),
		alert("ZooKeeperNoElectionListener", "process-without-listener", "eu", "zk2:2181"),
		alert("ZooKeeperTransactionLogCorrupt", "txnlog-corrupt", "us", "zk1:2181"),
		alert("ZooKeeperProcessDown", "process-down", "us", "zk1:2181"),
		alert("ZooKeeperNoSpare", "degraded-no-spare", "us", ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, manager.URL+"/api/v2/alerts", bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	want := map[string]string{
		"eu ZooKeeperQuorumLost": "active", "eu ZooKeeperLeaderLost": "suppressed", "us ZooKeeperLeaderLost": "active",
		"eu ZooKeeperProcessDown": "active", "us ZooKeeperServerNotServing": "active", "eu ZooKeeperReadOnly": "suppressed", "eu ZooKeeperNoElectionListener": "active", "us ZooKeeperTransactionLogCorrupt": "active",
		"us ZooKeeperProcessDown": "suppressed", "us ZooKeeperNoSpare": "suppressed",
	}
	var got map[string]string
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		var alerts []struct {
			Labels labels
			Status struct{ State string }
		}
		if err := manager.Get(t.Context(), "/api/v2/alerts", &alerts); err != nil {
			t.Fatal(err)
		}
		got = map[string]string{}
		for _, a := range alerts {
			got[a.Labels["cluster"]+" "+a.Labels["alertname"]] = a.Status.State
		}
		if cmp.Equal(want, got) {
			return
		}
	}
	t.Errorf("-want +got:\n%s", cmp.Diff(want, got))
}

// TestScopedExpressions: every place of a rule that keeps or compares ensembles or exporters does
// so by all labels.
func TestScopedExpressions(t *testing.T) {
	o := Options{By: []string{"cluster", "namespace"}}
	place := regexp.MustCompile(`\b(?:by|on|ignoring|without) \(([^()]*)\)`)
	for _, a := range all() {
		if a.name == "ZkdoctorAbsent" || a.name == "ZkdoctorVersionsMixed" {
			continue // about all exporters there are
		}
		for _, m := range place.FindAllStringSubmatch(o.scoped(a.expression()), -1) {
			if !strings.HasPrefix(m[1], "cluster, namespace, ensemble") && !strings.HasPrefix(m[1], "cluster, namespace, instance") {
				t.Errorf("%s: %s", a.name, m[0])
			}
		}
		if !place.MatchString(a.expression()) {
			t.Errorf("%s has labels of the exporter that found it: %s", a.name, a.expression())
		}
	}
}
