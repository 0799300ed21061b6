package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/dashboards"
	"github.com/zkdoctor/zkdoctor/internal/draw"
	"github.com/zkdoctor/zkdoctor/internal/promstack"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// watched is what runs beside the servers.
type watched struct {
	exporter, prometheus, alertmanager *promstack.Server
	// boards is where the dashboards are drawn, and grafana where they are shown if
	// Grafana is installed; empty where it is not.
	boards, grafana string
	closers         []func()
}

func (w *watched) close() {
	for _, f := range slices.Backward(w.closers) {
		f()
	}
}

// monitor starts the servers and all that watches them, and stays until the end of
// ctx. When it returns, nothing of it is left.
func (d *demo) monitor(ctx context.Context, version string) error {
	d.say(`zkdoctor monitor: a ZooKeeper ensemble on this machine, watched by the exporter,
a real Prometheus and Alertmanager, and the dashboards.`)
	remove, err := d.prepare(ctx, version)
	if err != nil {
		return err
	}
	defer remove()
	if d.ens, err = zktest.Start(ctx, zktest.Options{Version: version, Dir: d.dir}); err != nil {
		return err
	}
	defer d.ens.Close()
	if err := d.ens.WaitServing(ctx); err != nil {
		return err
	}
	var w watched
	defer w.close()
	if err := d.watch(ctx, &w); err != nil {
		return err
	}
	d.where(&w)
	<-ctx.Done()
	d.say(`
Stopping all of it ...`)
	return nil
}

// watch starts what watches. The caller closes w in any case.
func (d *demo) watch(ctx context.Context, w *watched) (err error) {
	started := func(s *promstack.Server, err error) (*promstack.Server, error) {
		if err == nil {
			w.closers = append(w.closers, s.Close)
		}
		return s, err
	}
	// Beside the servers' folder, which was taken away before.
	dir := filepath.Join(filepath.Dir(d.dir), "monitor")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	w.closers = append(w.closers, func() { _ = os.RemoveAll(dir) })
	rules := filepath.Join(dir, "rules")
	if out, err := exec.CommandContext(ctx, d.doctor.path, "rules", "--out", rules).CombinedOutput(); err != nil {
		return unwritten(out, err)
	}
	const free = "127.0.0.1:0"
	if w.exporter, err = started(promstack.Exporter(ctx, dir, free, d.ensembles(), d.doctor.path)); err != nil {
		return err
	}
	pages, err := w.listen(http.HandlerFunc(d.pager))
	if err != nil {
		return err
	}
	alerting, err := example("alertmanager.yml", "http://pager.example.org", pages)
	if err != nil {
		return err
	}
	inhibit, err := os.ReadFile(filepath.Join(rules, "alertmanager-inhibit.yml"))
	if err != nil {
		return err
	}
	if w.alertmanager, err = started(promstack.Alertmanager(ctx, dir, free, alerting+string(inhibit))); err != nil {
		return err
	}
	config, err := prometheusConfig(w, rules)
	if err != nil {
		return err
	}
	if w.prometheus, err = started(promstack.Prometheus(ctx, dir, free, config)); err != nil {
		return err
	}
	files, err := dashboards.DashboardFiles(dashboards.Options{})
	if err != nil {
		return err
	}
	drawing, err := draw.Handler(files, w.prometheus)
	if err != nil {
		return err
	}
	if w.boards, err = w.listen(drawing); err != nil {
		return err
	}
	url, stop, err := d.grafana(ctx, dir, w.prometheus.URL)
	w.closers = append(w.closers, stop)
	w.grafana = url
	return err
}

func unwritten(out []byte, err error) error {
	return fmt.Errorf("zkdoctor did not write its files: %w\n%s", err, out)
}

// ensembles is the exporter's configuration.
func (d *demo) ensembles() string {
	var servers []string
	for _, s := range d.ens.Servers {
		servers = append(servers, fmt.Sprintf(`"%s:%d"`, s.Addr, s.ClientPort))
	}
	return fmt.Sprintf("ensembles:\n  - name: demo\n    servers: [%s]\n", strings.Join(servers, ", "))
}

// prometheusConfig is made of the examples of the documentation.
func prometheusConfig(w *watched, rules string) (string, error) {
	scrape, err := example("prometheus.yml", "zkdoctor:12189", host(w.exporter.URL))
	if err != nil {
		return "", err
	}
	alerts, err := example("prometheus-alerting.yml", "/etc/prometheus/zkdoctor",
		rules, "alertmanager:9093", host(w.alertmanager.URL))
	return scrape + alerts, err
}

func host(url string) string { return strings.TrimPrefix(url, "http://") }

// example is a file of docs/examples with replacements.
func example(name string, replace ...string) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(root, "docs", "examples", name))
	return strings.NewReplacer(replace...).Replace(string(text)), err
}

// listen serves on a free port of loopback, and returns its address.
func (w *watched) listen(handler http.Handler) (url string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }() // ends with Close
	w.closers = append(w.closers, func() { _ = server.Close() })
	return "http://" + l.Addr().String(), nil
}

// where says where to look and what to try.
func (d *demo) where(w *watched) {
	d.heading("everything runs")
	d.say("  dashboards    %s", w.boards)
	if w.grafana != "" {
		d.say("  Grafana       %s", w.grafana)
	}
	d.say(`  exporter      %s
  Prometheus    %s/alerts
  Alertmanager  %s

The dashboards are drawn here by their own files, as Grafana would. To have them
in yours: zkdoctor dashboards --out DIR. Rules: zkdoctor rules --out DIR.

Break something in another terminal, and watch; pages are printed below:
`, w.exporter.URL, w.prometheus.URL, w.alertmanager.URL)
	for _, s := range d.ens.Servers {
		d.say("  server %d at %s:  kill %-7d  or  kill -STOP %d", s.ID, s.Addr, s.PID(), s.PID())
	}
	d.say(`
A server that does not respond is due after 2 minutes, one that is down after 5, and a
quorum that is lost (two of the three) after 30 seconds. Ctrl-C ends all of it.
`)
}
