package exporter

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestTable: what every row must be.
func TestTable(t *testing.T) {
	tab := newTable(nil, nil)
	name := regexp.MustCompile(`^(zookeeper|zkdoctor)_[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	for _, r := range tab.rows {
		unit := map[bool]string{true: "_seconds"}[r.perSecond == 1000]
		if r.perSecond != 0 && r.perSecond != 1000 || !strings.Contains(r.name, unit) {
			t.Errorf("%s: its unit is not in its name", r.name)
		}
		if !name.MatchString(r.name) || strings.HasPrefix(r.name, "zookeeper_mntr_") {
			t.Errorf("%s: no good name", r.name)
		}
		if r.help == "" || !strings.HasSuffix(r.help, ".") || r.since == "" || r.source == "" {
			t.Errorf("%s: help, version or source is missing", r.name)
		}
		for suffix, words := range map[string]string{"_seconds": "seconds", "_bytes": "bytes", "_ticks": "ticks"} {
			if strings.HasSuffix(strings.TrimSuffix(r.name, "_total"), suffix) && !strings.Contains(strings.ToLower(r.help), words) {
				t.Errorf("%s: its help does not tell the unit: %s", r.name, r.help)
			}
		}
		if (r.kind == kindCounter) != strings.HasSuffix(r.name, "_total") {
			t.Errorf("%s: _total is for counters, and for them all", r.name)
		}
		if !slices.IsSorted(r.labels) || r.isSet && len(r.labels) != 1 || len(r.labels) > maxKeyLabels {
			t.Errorf("%s: labels %q", r.name, r.labels)
		}
		if strings.Contains(r.source, "mntr") && len(r.keys) == 0 && len(r.labels) == 0 {
			t.Errorf("%s: no key", r.name)
		}
	}
}

// TestLint lints every row, recorded or not.
func TestLint(t *testing.T) {
	tab := newTable(nil, nil)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(collect{tab, func(ch chan<- prometheus.Metric) {
		for _, r := range tab.rows {
			out := tab.sender(sent(ch), pair("ensemble", "prod"), pair("server", testServer))
			if r.perEnsemble {
				out = tab.sender(sent(ch), pair("ensemble", "prod"))
			}
			out.cell(r, &cell{seen: 1<<statValue | 1<<statCount | 1<<statSum}, out.labels(r.labels, make([]string, len(r.labels))))
		}
	}})
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	if got, err := testutil.GatherAndCount(registry); err != nil || got != len(tab.rows) {
		t.Errorf("got %d metrics, want %d; %v", got, len(tab.rows), err)
	}
}

// TestClosedLists: what diag can say is what there are series for.
func TestClosedLists(t *testing.T) {
	declared := map[string][]string{}
	file, err := parser.ParseFile(token.NewFileSet(), "../diag/report/report.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v := spec.(*ast.ValueSpec)
			kind, ok := v.Type.(*ast.Ident)
			if !ok {
				continue
			}
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared[kind.Name] = append(declared[kind.Name], text)
		}
	}
	check := func(name string, got []string) {
		want := declared[name]
		slices.Sort(got)
		slices.Sort(want)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	check("Role", texts(roles[:]))
	check("State", texts(states[:]))
	check("Severity", texts(severities[:]))
	check("SkipKind", texts(skipKinds[:]))
}

func texts[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
