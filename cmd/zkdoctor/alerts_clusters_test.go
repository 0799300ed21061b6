package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceClusters: two real ensembles of one name, whose servers have the same addresses, each in
// a network of its own as in a cluster of its own; an exporter beside each, one Prometheus with the
// rules of --by, one Alertmanager. Each cluster's page is about that cluster, and neither keeps
// the other's quiet. Two exporters of one ensemble are in TestRealOncePages; one that moves in
// TestExporterMoves.
func TestRealOnceClusters(t *testing.T) {
	t.Parallel()
	eu := &outage{
		name: "zookeeper", cluster: "eu", alert: "ZooKeeperQuorumLost", severity: "critical", code: "quorum-lost",
		quiet: "ZooKeeperServerNotServing", cause: "process-down", culprits: []int{1, 3},
		hurt: func(_ context.Context, ens *zktest.Ensemble) (*zktest.Server, error) {
			if err := ens.Server(1).Kill(); err != nil {
				return nil, err
			}
			return nil, ens.Server(3).Kill()
		},
	}
	// The lesser trouble is what the greater one explains on the server of that address in its own
	// cluster. What cuts it off cannot be seen from outside: a cause on its page would be eu's.
	us := &outage{
		name: "zookeeper", cluster: "us", alert: eu.quiet, severity: "warning", code: "server-not-serving",
		hurt: func(ctx context.Context, ens *zktest.Ensemble) (*zktest.Server, error) {
			return ens.Server(2), ens.Server(2).Cut(ctx, ens.Server(1).Host, ens.Server(3).Host)
		},
	}
	m := startClusters(t, eu, us)
	healthy := func(ctx context.Context) error {
		found, err := m.prom.Query(ctx, `zkdoctor_verdict{state="serving", ensemble="zookeeper", cluster=~"eu|us"} == 1`)
		if err == nil && len(found) != 2 {
			err = fmt.Errorf("of two ensembles serve %v", found)
		}
		return err
	}
	must(t, m.eventually(t.Context(), promise, "both ensembles to serve", healthy))
	m.page(t, eu)
	if got := m.firing(t, us); len(got) > 0 {
		t.Errorf("eu is broken, and of us fire %q", got)
	}
	m.page(t, us)
	must(t, m.keptQuiet(t.Context(), eu))
	got := map[string]string{}
	for _, n := range m.hook.received() {
		got[n.Labels["cluster"]+" "+n.Labels["ensemble"]+" "+n.Labels["alertname"]+" "+n.Labels["server"]] = n.Status
	}
	want := map[string]string{
		"eu zookeeper ZooKeeperQuorumLost ":                   "firing",
		"us zookeeper ZooKeeperServerNotServing " + us.server: "firing",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("what came, -want +got:\n%s", d)
	}
}

// startClusters starts the ensembles and what watches them, all of it in a hurry.
func startClusters(t *testing.T, clusters ...*outage) *monitored {
	t.Helper()
	m := &monitored{outages: clusters, hook: newWebhook(t)}
	for _, o := range clusters {
		o.ens = zktest.StartT(t, zktest.Options{Hosts: zktest.Namespaces, NoWait: true})
	}
	program, err := builtProgram()
	must(t, err)
	var targets strings.Builder
	for _, o := range clusters {
		must(t, o.ens.WaitServing(t.Context()))
		fmt.Fprintf(&targets, "      - {targets: [%q], labels: {cluster: %s}}\n", exporterInside(t, o.ens, program), o.cluster)
	}
	dir := t.TempDir()
	settings := filepath.Join(dir, "settings.yml")
	must(t, os.WriteFile(settings, []byte("alerts: {ZooKeeperQuorumLost: {for: 2s}, ZooKeeperServerNotServing: {for: 2s}}\n"), 0o600))
	if out, err := exec.Command(program, "rules", "--out", dir, "--by", "cluster", "--settings", settings).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	often := func(text string) string {
		return interval.ReplaceAllStringFunc(text, func(line string) string { return strings.TrimSuffix(line, interval.FindStringSubmatch(line)[1]) + "2s" })
	}
	rules := filepath.Join(dir, "alerts.yml")
	alerts, err := os.ReadFile(rules)
	must(t, err)
	must(t, os.WriteFile(rules, []byte(often(string(alerts))), 0o600))
	inhibit, err := os.ReadFile(filepath.Join(dir, "alertmanager-inhibit.yml"))
	must(t, err)
	m.alertmanager = promstack.AlertmanagerT(t, often(example(t, "alertmanager.yml", "http://pager.example.org", m.hook.URL,
		"\n  group_by: [ensemble, alertname]", "\n  group_by: [cluster, ensemble, alertname]"))+string(inhibit))
	m.prom = promstack.PrometheusT(t, often(example(t, "prometheus.yml", "      - targets: [\"zkdoctor:12189\"]\n", targets.String())+
		example(t, "prometheus-alerting.yml", "/etc/prometheus/zkdoctor", dir, "alertmanager:9093", strings.TrimPrefix(m.alertmanager.URL, "http://"))))
	return m
}

// exporterInside starts an exporter on the host of the ensemble's clients. It returns the address
// where it can be scraped from outside of their network.
func exporterInside(t *testing.T, ens *zktest.Ensemble, program string) string {
	t.Helper()
	const address = "127.0.0.1:12189"
	_, err := ens.Client.StartCommand(append([]string{program, "exporter", "--no-local", "--web.listen-address", address},
		strings.Split(ens.ConnectString(), ",")...)...)
	must(t, err)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: address})
	proxy.Transport = &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, addr string) (net.Conn, error) { return ens.Client.Dial(ctx, addr) },
	}
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, err error) { // it is not up yet
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// page breaks an ensemble, and wants its page: of its cluster, and with no other's cause.
func (m *monitored) page(t *testing.T, o *outage) {
	t.Helper()
	hurt := time.Now()
	server, err := o.hurt(t.Context(), o.ens)
	must(t, err)
	if server != nil {
		o.server = clientAddress(server)
	}
	page, err := m.hook.wait(t.Context(), promise, o, "firing")
	must(t, err)
	t.Logf("%s in %s: %s after %.0f s", o.name, o.cluster, o.alert, page.at.Sub(hurt).Seconds())
	must(t, o.reads(page))
	if causes := strings.Count(page.Annotations["description"], "\nRoot cause: "); causes != 1 {
		t.Errorf("the page has %d root causes: %s", causes, page.Annotations["description"])
	}
}

// firing are the alerts of a cluster that Prometheus sends.
func (m *monitored) firing(t *testing.T, o *outage) []string {
	t.Helper()
	found, err := m.prom.Query(t.Context(), fmt.Sprintf(`ALERTS{alertstate="firing", cluster=%q}`, o.cluster))
	must(t, err)
	var names []string
	for _, f := range found {
		names = append(names, f.Labels["alertname"])
	}
	return names
}
