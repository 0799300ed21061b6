package dashboards

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// known are the labels that a metric may have, by its name.
type known map[string][]string

// knownMetrics reads them from the page about them, which the exporter's tests
// keep current.
func knownMetrics(t *testing.T) known {
	t.Helper()
	page, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	// An alert has its own labels, and those of the series that it speaks of.
	// up is of every target, and what the exporter's process uses is Prometheus's library's.
	out := known{
		"ALERTS": {"alertname", "alertstate", "code", "ensemble"}, "up": {"instance", "job"},
		"process_open_fds": {"instance", "job"}, "process_max_fds": {"instance", "job"}, "process_resident_memory_bytes": {"instance", "job"},
		"process_cpu_seconds_total": {"instance", "job"},
	}
	chapter := ""
	for line := range strings.Lines(string(page)) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			chapter = strings.TrimSpace(title)
		}
		m := regexp.MustCompile("^\\| `([a-z_]+)` \\| ([a-z]+) \\| ([^|]*) \\|").FindStringSubmatch(line)
		if m == nil {
			continue
		}
		var own []string
		for _, label := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(m[3], -1) {
			own = append(own, label[1])
		}
		switch chapter {
		case "The exporter itself":
			own = append(own, "instance", "job")
		case "Conclusions about an ensemble":
			own = append(own, "ensemble")
		default:
			own = append(own, "ensemble", "server")
		}
		out[m[1]] = own
		if m[2] == "summary" {
			out[m[1]+"_sum"], out[m[1]+"_count"] = own, own
			out[m[1]] = append(slices.Clone(own), "quantile")
		}
	}
	if len(out) < 200 {
		t.Fatalf("the page lists %d metrics only", len(out))
	}
	for _, r := range records() {
		name, _, _ := strings.Cut(r.name, ":")
		out[r.name] = out[name]
	}
	return out
}

// filledIn puts values in place of Grafana's variables.
func filledIn(expr string) string {
	return strings.NewReplacer("$ensemble", "a", "$server", "zk1:2181", "$__rate_interval", "1m", "$__range", "1h").Replace(expr)
}

// check wants an expression to parse, and to ask for metrics and labels that there
// are. It gives the metrics.
func (k known) check(t *testing.T, where, expr string) []string {
	t.Helper()
	tree, err := parser.NewParser(parser.Options{}).ParseExpr(filledIn(expr))
	if err != nil {
		t.Errorf("%s: %v\n%s", where, err, expr)
		return nil
	}
	var metrics []string
	allowed := map[string]bool{}
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		own, ok := k[selector.Name]
		if !ok {
			t.Errorf("%s: no metric is called %q\n%s", where, selector.Name, expr)
			return nil
		}
		metrics = append(metrics, selector.Name)
		for _, label := range own {
			allowed[label] = true
		}
		for _, m := range selector.LabelMatchers {
			if m.Name != model.MetricNameLabel && !slices.Contains(own, m.Name) {
				t.Errorf("%s: %s has no label %q\n%s", where, selector.Name, m.Name, expr)
			}
		}
		return nil
	})
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		if call, ok := node.(*parser.Call); ok && call.Func.Name == "label_replace" {
			allowed[call.Args[1].(*parser.StringLiteral).Val] = true
		}
		return nil
	})
	// What is grouped by or matched on is a label of some metric in it.
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		var names []string
		switch n := node.(type) {
		case *parser.AggregateExpr:
			names = n.Grouping
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				names = slices.Concat(n.VectorMatching.MatchingLabels, n.VectorMatching.Include)
			}
		}
		for _, name := range names {
			if !allowed[name] {
				t.Errorf("%s: no metric in it has the label %q\n%s", where, name, expr)
			}
		}
		return nil
	})
	if strings.Contains(expr, "vector(") {
		t.Errorf("%s: it makes up a value where there is none\n%s", where, expr)
	}
	return metrics
}

// TestRuleExpressions: all rules.
func TestRuleExpressions(t *testing.T) {
	k := knownMetrics(t)
	for _, r := range records() {
		k.check(t, r.name, r.expr)
	}
	for _, a := range all() {
		k.check(t, a.name, a.expression())
	}
}

// TestBoards: every expression is sound, every panel has a text and a place, and
// one that may be empty says why.
func TestBoards(t *testing.T) {
	k := knownMetrics(t)
	for _, b := range boards() {
		for _, r := range b.rows {
			for _, p := range r.panels {
				where := b.title + ", " + p.title
				if p.title == "" || p.about == "" || p.height == 0 || len(p.queries) == 0 {
					t.Errorf("%s: it lacks a title, a text, a size or a query", where)
				}
				for _, q := range p.queries {
					k.check(t, where, q.expr)
					checkLegend(t, where, &p, q)
				}
				checkColumns(t, where, &p)
				checkEmpty(t, where, &p)
			}
			checkLayout(t, b.title, r)
		}
		for _, v := range b.vars {
			m := regexp.MustCompile(`^label_values\((.+), ([a-z]+)\)$`).FindStringSubmatch(v.values)
			if m == nil {
				t.Fatalf("%s: %s", b.title, v.values)
			}
			if metrics := k.check(t, b.title, m[1]); len(metrics) == 1 && !slices.Contains(k[metrics[0]], m[2]) {
				t.Errorf("%s: %s has no label %s", b.title, metrics[0], m[2])
			}
		}
	}
	k.check(t, "the mark of an election", electionMark)
	k.check(t, "the mark of a lost quorum", quorumMark)
}

// checkEmpty wants a panel of what servers report to be empty of more than an old release: one that
// does not respond reports nothing either.
func checkEmpty(t *testing.T, where string, p *panel) {
	t.Helper()
	reported := func(q query) bool { return strings.Contains(q.expr, "zookeeper_") }
	if p.kind != table && p.empty != "" && slices.ContainsFunc(p.queries, reported) && p.empty != notKnown && !strings.Contains(p.empty, "no answer") {
		t.Errorf("%s: of a server that does not respond it shows %q", where, p.empty)
	}
}

// grouping finds what an expression keeps.
var grouping = regexp.MustCompile(`by \(([a-z_, ]+)\)`)

// checkLegend wants each series of a panel to have a name of its own: what the
// legend names, the expression keeps.
func checkLegend(t *testing.T, where string, p *panel, q query) {
	t.Helper()
	if p.kind == table {
		return
	}
	kept := map[string]bool{}
	for _, m := range grouping.FindAllStringSubmatch(q.expr, -1) {
		for name := range strings.SplitSeq(m[1], ", ") {
			kept[name] = true
		}
	}
	for _, m := range regexp.MustCompile(`\{\{([a-z_]+)\}\}`).FindAllStringSubmatch(q.legend, -1) {
		if !kept[m[1]] {
			t.Errorf("%s: its legend %q names what %s does not keep", where, q.legend, q.expr)
		}
	}
}

// checkColumns wants the columns of a table to be what its queries give.
func checkColumns(t *testing.T, where string, p *panel) {
	t.Helper()
	fields := map[string]bool{"Value": len(p.queries) == 1}
	for i, q := range p.queries {
		if len(p.queries) > 1 {
			fields["Value #"+letter(i)] = true
		}
		for _, m := range grouping.FindAllStringSubmatch(q.expr, -1) {
			for name := range strings.SplitSeq(m[1], ", ") {
				fields[name] = true
			}
		}
	}
	for _, c := range p.columns {
		if !fields[c.field] {
			t.Errorf("%s: no query gives the column %q, only %q", where, c.field, slices.Sorted(maps.Keys(fields)))
		}
	}
}

// checkLayout wants the panels of a row to fill lines of 24, of one height each.
func checkLayout(t *testing.T, board string, r boardRow) {
	t.Helper()
	line, height := uint32(0), uint32(0)
	for _, p := range r.panels {
		if line == 0 {
			height = p.height
		}
		if p.height != height {
			t.Errorf("%s, %s: %s is not as high as its neighbours", board, r.title, p.title)
		}
		if line += p.width; line > 24 {
			t.Errorf("%s, %s: %s does not fit into its line", board, r.title, p.title)
		}
		line %= 24
	}
	if line != 0 {
		t.Errorf("%s, %s: the last line is %d wide, not 24", board, r.title, line)
	}
}
