package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/dashboards"
	"github.com/zkdoctor/zkdoctor/internal/promstack"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// promise is what is added to the wait of an alert before it is due at a
// receiver: a scrape and an evaluation at the worst moment, a second look, what
// Alertmanager gathers for, and a machine that is busy.
const promise = 100 * time.Second

// hurried reports whether people need not wait as long as they do: not where ZKTEST_PAGES
// is "whole" (make pages). All that is done in intervals is then done twice as often, and
// of what the rules in question wait beyond a minute a tenth is left. Up to a minute they
// wait as they do: an election on a busy machine takes as long here as it does there, and
// must page nobody, and a cause must be due before its consequences. So do all others:
// what a busy test machine does for two minutes is not what they speak of.
func hurried() bool { return os.Getenv("ZKTEST_PAGES") != "whole" }

var (
	ruleWait = regexp.MustCompile(`(?m)^ *- alert: (\S+)\n(?: +(?:#|expr:).*\n)* *for: (\S+)$`)
	interval = regexp.MustCompile(`(?m)^ *(?:interval|scrape_interval|scrape_timeout|group_wait|group_interval): (\S+)`)
)

// hurry shortens the wait of a rule.
func hurry(wait time.Duration) time.Duration {
	if hurried() && wait > time.Minute {
		return time.Minute + (wait-time.Minute)/10
	}
	return wait
}

// hurryIntervals shortens them in rules, and in the configuration of Prometheus or
// Alertmanager.
func hurryIntervals(t *testing.T, text string) string {
	t.Helper()
	if !hurried() {
		return text
	}
	return interval.ReplaceAllStringFunc(text, func(line string) string {
		was := interval.FindStringSubmatch(line)[1]
		return strings.TrimSuffix(line, was) + model.Duration(parseWait(t, was)/2).String()
	})
}

// hurryRules shortens the waits of the rules for these alerts.
func hurryRules(t *testing.T, text string, alerts map[string]bool) string {
	t.Helper()
	return ruleWait.ReplaceAllStringFunc(text, func(rule string) string {
		m := ruleWait.FindStringSubmatch(rule)
		if !alerts[m[1]] {
			return rule
		}
		return strings.TrimSuffix(rule, m[2]) + model.Duration(hurry(parseWait(t, m[2]))).String()
	})
}

func parseWait(t *testing.T, text string) time.Duration {
	t.Helper()
	wait, err := model.ParseDuration(text)
	must(t, err)
	return time.Duration(wait)
}

// TestRealOncePages breaks real ensembles in different ways at once, and waits for what
// people get: real servers, the exporter as built, Prometheus and Alertmanager
// with the rules and examples as they are, but hurried. Each fault must bring its alert
// in time, nothing else, and word that it is over.
func TestRealOncePages(t *testing.T) {
	t.Parallel()
	m := startMonitored(t, outages())
	panels := newPanelWatch(t, m)
	must(t, m.eventually(t.Context(), 3*time.Minute, "every panel that promises it to have data", panels.healthy))
	began := time.Now()
	work, ctx := errgroup.WithContext(t.Context())
	for _, o := range m.outages {
		work.Go(func() error { return m.play(ctx, o) })
	}
	work.Go(func() error {
		return m.eventually(ctx, 3*time.Minute, "every panel to have had data somewhere", panels.everSeen)
	})
	must(t, work.Wait())
	m.judge(t)
	t.Logf("after %.0f s:\nPAGES | fault | alert | promised after | paged after | resolved after healing | other alerts |\n%s",
		time.Since(began).Seconds(), strings.Join(m.rows(), "\n"))
}

// TestHurry: what is hurried, and what is not.
func TestHurry(t *testing.T) {
	files, err := dashboards.RuleFiles(dashboards.Options{})
	must(t, err)
	rules := files["alerts.yml"]
	due := map[string]bool{"ZooKeeperProcessDown": true, "ZooKeeperServerHung": true, "ZooKeeperQuorumLost": true}
	hurried := func() string { return hurryIntervals(t, hurryRules(t, string(rules), due)) }
	t.Setenv("ZKTEST_PAGES", "whole")
	if d := cmp.Diff(string(rules), hurried()); d != "" {
		t.Errorf("as a whole: (-was +is)\n%s", d)
	}
	t.Setenv("ZKTEST_PAGES", "")
	changed := map[string]int{}
	was := strings.Split(string(rules), "\n")
	for i, line := range strings.Split(hurried(), "\n") {
		if line != was[i] {
			changed[strings.Join(strings.Fields(was[i]+" is"+line), " ")]++
		}
	}
	intervals := strings.Count(string(rules), " interval: 15s")
	want := map[string]int{"interval: 15s is interval: 7s500ms": intervals, "for: 5m is for: 1m24s": 1, "for: 2m is for: 1m6s": 1}
	if d := cmp.Diff(want, changed); d != "" {
		t.Errorf("hurried: (-want +got)\n%s", d)
	}
}

// outage is an ensemble, and what happens to it.
type outage struct {
	// name is the ensemble's, and cluster where it is; empty where there is one only.
	name, cluster string
	options       zktest.Options
	// hurt breaks it and returns the server that the alert is to name, nil for none.
	// repair repairs it. Both are nil for what is to stay silent.
	hurt    func(ctx context.Context, ens *zktest.Ensemble) (*zktest.Server, error)
	restore func(ctx context.Context, ens *zktest.Ensemble) error
	// calm is done to a healthy ensemble, and must raise nothing.
	calm func(ctx context.Context, ens *zktest.Ensemble) error
	// alert is what must come, and wait the time of its rule. quiet is an alert that
	// fires later as its consequence, and must be kept from people; empty for none.
	alert, severity, code, quiet string
	wait                         time.Duration
	// cause is the finding that the page must name as the root cause, empty where none is seen, and
	// culprits the ids of its servers; none where it is about the ensemble.
	cause    string
	culprits []int
	// beside has an exporter on one of its servers watch it too: nothing may come twice.
	beside bool

	ens             *zktest.Ensemble
	paged, resolved time.Duration
	server          string
}

func clientAddress(s *zktest.Server) string { return fmt.Sprintf("%s:%d", s.Addr, s.ClientPort) }

// monitored is everything that runs.
type monitored struct {
	outages            []*outage
	prom, alertmanager *promstack.Server
	hook               *webhook
}

func startMonitored(t *testing.T, list []*outage) *monitored {
	t.Helper()
	m := &monitored{outages: list, hook: newWebhook(t)}
	var config, hosts strings.Builder
	config.WriteString("ensembles:\n")
	hosts.WriteString("ensembles:\n")
	due := map[string]bool{}
	for _, o := range list {
		o.ens = zktest.StartT(t, o.options)
		due[o.alert], due[o.quiet] = true, true
		var servers []string
		for _, s := range o.ens.Servers {
			servers = append(servers, clientAddress(s))
			keepBusy(t, s)
		}
		fmt.Fprintf(&config, "  - {name: %s, servers: [\"%s\"]}\n", o.name, strings.Join(servers, `", "`))
		if o.beside {
			fmt.Fprintf(&hosts, "  - {name: %s, zoo_cfg: %s}\n", o.name, o.ens.Server(2).ConfigFile)
		}
	}
	program, err := builtProgram()
	must(t, err)
	exporter := promstack.ExporterT(t, config.String(), program, "--no-local")
	onHost := promstack.ExporterT(t, hosts.String(), program, "--include", "^zkdoctor_", "--include", "^zookeeper_up$")
	rules := t.TempDir()
	if out, err := exec.Command(program, "rules", "--out", rules).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	alerts, err := os.ReadFile(filepath.Join(rules, "alerts.yml"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(rules, "alerts.yml"), []byte(hurryIntervals(t, hurryRules(t, string(alerts), due))), 0o600))
	inhibit, err := os.ReadFile(filepath.Join(rules, "alertmanager-inhibit.yml"))
	must(t, err)
	m.alertmanager = promstack.AlertmanagerT(t, example(t, "alertmanager.yml", "http://pager.example.org", m.hook.URL)+string(inhibit))
	m.prom = promstack.PrometheusT(t, example(t, "prometheus-each-server.yml", "zkdoctor:12189", strings.TrimPrefix(exporter.URL, "http://"),
		`"zk1.example.org:12189", "zk2.example.org:12189", "zk3.example.org:12189"`, `"`+strings.TrimPrefix(onHost.URL, "http://")+`"`)+
		example(t, "prometheus-alerting.yml", "/etc/prometheus/zkdoctor", rules, "alertmanager:9093", strings.TrimPrefix(m.alertmanager.URL, "http://")))
	return m
}

// example is a file of docs/examples with replacements.
func example(t *testing.T, name string, replace ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", name))
	must(t, err)
	return hurryIntervals(t, strings.NewReplacer(replace...).Replace(string(text)))
}

// keepBusy writes and reads a little at a server, as long as it serves: without
// that there is no latency to show.
func keepBusy(t *testing.T, s *zktest.Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	t.Cleanup(func() { cancel(); <-ended })
	go func() {
		defer close(ended)
		tick := time.NewTicker(2 * time.Second)
		defer tick.Stop()
		var session *zktest.Session
		for n := 0; ; n++ {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			patience, done := context.WithTimeout(ctx, time.Second)
			if session == nil {
				session, _ = s.OpenSession(patience, 10*time.Second) // nil: not now
			}
			if session != nil {
				path := fmt.Sprintf("/busy-%d-%d", s.ID, n)
				if err := errors.Join(session.Create(patience, path, []byte("x"), true), session.Watch(patience, path)); err != nil {
					session.Drop()
					session = nil
				}
			}
			done()
		}
	}()
}

// eventually calls f until it has no error.
func (*monitored) eventually(ctx context.Context, patience time.Duration, what string, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("waited %s for %s: %w", patience, what, err)
		}
	}
}

// play breaks an ensemble, waits for its page, repairs it, and waits for word of that.
func (m *monitored) play(ctx context.Context, o *outage) error {
	if o.calm != nil {
		return o.calm(ctx, o.ens)
	}
	hurt := time.Now()
	server, err := o.hurt(ctx, o.ens)
	if err != nil {
		return fmt.Errorf("%s: %w", o.name, err)
	}
	if server != nil {
		o.server = clientAddress(server)
	}
	page, err := m.hook.wait(ctx, hurry(o.wait)+promise, o, "firing")
	if err != nil {
		return err
	}
	o.paged = page.at.Sub(hurt)
	if err := o.reads(page); err != nil {
		return err
	}
	if err := m.keptQuiet(ctx, o); err != nil {
		return err
	}
	restored := time.Now()
	if err := o.restore(ctx, o.ens); err != nil {
		return fmt.Errorf("%s: %w", o.name, err)
	}
	// The ensemble serves: word of that is due after a look, a scrape, an evaluation and
	// Alertmanager's group_interval, 100 s together, on a machine that is busy.
	end, err := m.hook.wait(ctx, 3*time.Minute, o, "resolved")
	o.resolved = end.at.Sub(restored)
	return err
}

// reads wants the page, read alone, to tell what is wrong and what to type.
func (o *outage) reads(page notification) error {
	subject := "ZooKeeper " + o.name
	if o.cluster != "" {
		subject += " in " + o.cluster
	}
	if o.server != "" {
		subject += ", " + o.server
	}
	if summary := page.Annotations["summary"]; !strings.HasPrefix(summary, subject+": ") {
		return fmt.Errorf("%s: the summary %q does not begin with %q", o.name, summary, subject)
	}
	cause := `\nRoot cause: [^\n(]+ \(` + o.cause + `\)`
	for _, id := range o.culprits {
		cause += ", " + regexp.QuoteMeta(clientAddress(o.ens.Server(id)))
	}
	switch {
	case o.cause == "":
		cause = `\nRoot cause: none found from where the exporter runs`
	case len(o.culprits) == 0:
		cause += `(?:, [^\n]+)?`
	}
	command := "\nCheck: zkdoctor check"
	var servers []string
	for _, s := range o.ens.Servers {
		servers = append(servers, clientAddress(s))
	}
	slices.Sort(servers)
	command += " " + strings.Join(servers, " ")
	text := page.Annotations["description"]
	for _, want := range []string{`\nVerdict: [^\n]+`, cause, regexp.QuoteMeta(command), "\nExplain: zkdoctor explain " + o.code} {
		if !regexp.MustCompile(want + `(?:\n|$)`).MatchString(text) {
			return fmt.Errorf("%s: the page lacks %q:\n%s", o.name, want, text)
		}
	}
	return nil
}

// keptQuiet waits until Alertmanager has the consequence of an outage, and does not
// pass it on.
func (m *monitored) keptQuiet(ctx context.Context, o *outage) error {
	if o.quiet == "" {
		return nil
	}
	return m.eventually(ctx, 2*time.Minute, o.quiet+" to be suppressed", func(ctx context.Context) error {
		var alerts []struct {
			Labels map[string]string
			Status struct{ State string }
		}
		if err := m.alertmanager.Get(ctx, "/api/v2/alerts", &alerts); err != nil {
			return err
		}
		for _, a := range alerts {
			if a.Labels["alertname"] == o.quiet && a.Labels["ensemble"] == o.name && a.Labels["cluster"] == o.cluster && a.Status.State == "suppressed" {
				return nil
			}
		}
		return fmt.Errorf("Alertmanager has %v", alerts)
	})
}

// judge wants nothing to have come but what was due.
func (m *monitored) judge(t *testing.T) {
	t.Helper()
	due := map[string]bool{}
	for _, o := range m.outages {
		due[o.name+" "+o.alert+" "+o.server] = true
	}
	labels := map[string]map[string]string{}
	for _, n := range m.hook.received() {
		subject := n.Labels["ensemble"] + " " + n.Labels["alertname"] + " " + n.Labels["server"]
		if first, again := labels[subject]; again && !maps.Equal(first, n.Labels) {
			t.Errorf("%s came twice: %v and %v", subject, first, n.Labels)
		}
		labels[subject] = n.Labels
		if what := n.Labels["ensemble"] + " " + n.Labels["alertname"] + " " + n.Labels["server"]; !due[what] {
			t.Errorf("%s also came, %s: %v %v", what, n.Status, n.Labels, n.Annotations)
		}
		for _, key := range []string{"summary", "description", "runbook_url"} {
			if text := n.Annotations[key]; text == "" || strings.Contains(text, "<") {
				t.Errorf("%s: its %s is %q", n.Labels["alertname"], key, text)
			}
		}
	}
}

func (m *monitored) rows() []string {
	var rows []string
	for _, o := range m.outages {
		if o.alert == "" {
			rows = append(rows, fmt.Sprintf("PAGES | %s, %s | none | | | | none |", o.name, o.ens.Version()))
			continue
		}
		rows = append(rows, fmt.Sprintf("PAGES | %s, %s | %s (%s) | %.0f s | %.0f s | %.0f s | none |",
			o.name, o.ens.Version(), o.alert, o.severity, hurry(o.wait).Seconds(), o.paged.Seconds(), o.resolved.Seconds()))
	}
	return rows
}

// webhook receives what Alertmanager sends.
type webhook struct {
	*httptest.Server
	mu   sync.Mutex
	got  []notification
	news chan struct{} // closed and made anew at each
}

// notification is one alert of a message.
type notification struct {
	Status              string
	Labels, Annotations map[string]string
	// path is that of the receiver.
	path string
	at   time.Time
}

func newWebhook(t *testing.T) *webhook {
	t.Helper()
	w := &webhook{news: make(chan struct{})}
	w.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var message struct{ Alerts []notification }
		body, err := io.ReadAll(r.Body)
		if err = errors.Join(err, json.Unmarshal(body, &message)); err != nil {
			t.Errorf("Alertmanager sent %q: %v", body, err)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, n := range message.Alerts {
			n.path, n.at = r.URL.Path, time.Now()
			w.got = append(w.got, n)
		}
		close(w.news)
		w.news = make(chan struct{})
	}))
	t.Cleanup(w.Close)
	return w
}

func (w *webhook) received() []notification {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.got)
}

// wait waits for the alert of an outage, sent where its severity belongs.
func (w *webhook) wait(ctx context.Context, patience time.Duration, o *outage, status string) (notification, error) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	want := map[string]string{"alertname": o.alert, "ensemble": o.name, "cluster": o.cluster, "severity": o.severity, "code": o.code, "server": o.server}
	for {
		w.mu.Lock()
		got, news := slices.Clone(w.got), w.news
		w.mu.Unlock()
		for _, n := range got {
			fits := n.Status == status && n.path == "/"+o.severity
			for label, value := range want {
				fits = fits && n.Labels[label] == value
			}
			if fits {
				return n, nil
			}
		}
		select {
		case <-news:
		case <-timeout.C:
			return notification{}, fmt.Errorf("%s: no %s with %v came within %s, but %v", o.name, status, want, patience, got)
		case <-ctx.Done():
			return notification{}, context.Cause(ctx)
		}
	}
}
