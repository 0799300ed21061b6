package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/dashboards"
)

// panelWatch asks Prometheus what the dashboards and rules ask for.
type panelWatch struct {
	monitored *monitored
	panels    []shownPanel
	// metrics are those of the rules, each with a query that tells whether it is there.
	metrics []string
	// seen are the panels and metrics that have had data.
	seen map[string]bool
}

// shownPanel is a panel as Grafana reads it.
type shownPanel struct {
	name    string
	exprs   []string
	noValue string
}

func newPanelWatch(t *testing.T, m *monitored) *panelWatch {
	t.Helper()
	w := &panelWatch{monitored: m, seen: map[string]bool{}}
	files, err := dashboards.DashboardFiles(dashboards.Options{})
	must(t, err)
	for _, text := range files {
		var board struct {
			Title  string
			Panels []struct {
				Title       string
				Targets     []struct{ Expr string }
				FieldConfig struct{ Defaults struct{ NoValue string } }
			}
		}
		must(t, json.Unmarshal(text, &board))
		for _, p := range board.Panels {
			shown := shownPanel{name: board.Title + ", " + p.Title, noValue: p.FieldConfig.Defaults.NoValue}
			for _, target := range p.Targets {
				shown.exprs = append(shown.exprs, target.Expr)
			}
			if len(shown.exprs) > 0 { // else it is the title of a row
				w.panels = append(w.panels, shown)
			}
		}
	}
	rules, err := dashboards.RuleFiles(dashboards.Options{})
	must(t, err)
	w.metrics = slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`\b(?:zookeeper|zkdoctor)_[a-z_:]+`).FindAllString(string(rules["alerts.yml"]), -1))))
	if len(w.panels) < 50 || len(w.metrics) < 15 {
		t.Fatalf("%d panels, %d metrics", len(w.panels), len(w.metrics))
	}
	return w
}

// look asks for everything, of every ensemble, and notes what has data. missing
// are the panels that lack some on one of the ensembles.
func (w *panelWatch) look(ctx context.Context) (missing []string, err error) {
	for _, metric := range w.metrics {
		found, err := w.monitored.prom.Query(ctx, "count("+metric+")")
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			w.seen[metric] = true
		}
	}
	for _, o := range w.monitored.outages {
		vars := strings.NewReplacer("$ensemble", o.name, "$server", clientAddress(o.ens.Server(2)), "$__rate_interval", "1m")
		for _, p := range w.panels {
			for _, expr := range p.exprs {
				found, err := w.monitored.prom.Query(ctx, vars.Replace(expr))
				if err != nil {
					return nil, err
				}
				if len(found) > 0 {
					w.seen[p.name] = true
				} else if p.noValue == "" {
					missing = append(missing, fmt.Sprintf("%s of %s: %s", p.name, o.name, vars.Replace(expr)))
				}
			}
		}
	}
	return missing, nil
}

// healthy wants data of every ensemble in every panel that does not say that there
// may be none, and of every server that it serves.
func (w *panelWatch) healthy(ctx context.Context) error {
	missing, err := w.look(ctx)
	if err != nil {
		return err
	}
	for _, o := range w.monitored.outages {
		found, err := w.monitored.prom.Query(ctx, `zkdoctor_verdict{state="serving", ensemble="`+o.name+`"} == 1`)
		if err != nil {
			return err
		}
		if len(found) != 1 {
			missing = append(missing, o.name+" is not serving")
		}
	}
	if len(missing) > 0 {
		return errors.New(strings.Join(missing, "\n"))
	}
	return nil
}

// everSeen wants every panel and every metric of a rule to have had data, on one of
// the ensembles, healthy or broken.
func (w *panelWatch) everSeen(ctx context.Context) error {
	if _, err := w.look(ctx); err != nil {
		return err
	}
	var never []string
	for _, p := range w.panels {
		if !w.seen[p.name] {
			never = append(never, p.name)
		}
	}
	for _, metric := range w.metrics {
		if !w.seen[metric] {
			never = append(never, metric)
		}
	}
	if len(never) > 0 {
		return fmt.Errorf("no data for %q", never)
	}
	return nil
}
