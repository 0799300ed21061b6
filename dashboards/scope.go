package dashboards

import (
	"fmt"
	"strings"
)

// scope makes the board tell ensembles apart by all labels of the options, and link to the
// pages that they name.
func (b *board) scope(o *Options) {
	if o.RunbookURL != "" {
		b.pages = o.RunbookURL + "/alerts"
	}
	b.vars = o.variables(b.vars)
	for i := range b.marks {
		b.marks[i].expr = o.selected(b.marks[i].expr)
	}
	for _, r := range b.rows {
		for i := range r.panels {
			r.panels[i].scope(o)
		}
	}
}

func (p *panel) scope(o *Options) {
	for i := range p.queries {
		q := &p.queries[i]
		q.expr, q.legend = o.selected(q.expr), strings.ReplaceAll(q.legend, "{{ensemble}}", o.legend())
	}
	if len(o.By) > 0 && len(p.columns) > 0 && p.columns[0].field == "ensemble" {
		p.merged = true
		p.columns = append(o.columns(), p.columns...)
	}
	for i := range p.columns {
		link := &p.columns[i].link
		if *link == toFinding && o.RunbookURL != "" {
			*link, p.columns[i].outside = o.RunbookURL+"/${__value.raw}", true
		}
		for _, label := range o.By {
			more := fmt.Sprintf("&var-%[1]s=${__data.fields.%[1]s}", label)
			*link = strings.Replace(*link, "&var-ensemble=", more+"&var-ensemble=", 1)
		}
	}
}

// selected is an expression that asks about the chosen ensembles.
func (o *Options) selected(expr string) string {
	for _, comparison := range []string{"=~", "="} {
		var more strings.Builder
		for _, label := range o.By {
			fmt.Fprintf(&more, "%s%s\"$%s\", ", label, comparison, label)
		}
		chosen := "ensemble" + comparison + `"$ensemble"`
		expr = strings.ReplaceAll(expr, chosen, more.String()+chosen)
	}
	return o.scoped(expr)
}

// legend names an ensemble in a graph.
func (o *Options) legend() string {
	return "{{" + strings.Join(o.identity(), "}} {{") + "}}"
}

// columns are those of the labels, for a table with a row for each ensemble.
func (o *Options) columns() []column {
	var out []column
	for _, label := range o.By {
		out = append(out, column{field: label, title: strings.ToUpper(label[:1]) + label[1:]})
	}
	return out
}

// variables are chosen from left to right: each offers what there is of those before it.
func (o *Options) variables(usual []variable) []variable {
	comparison := "="
	if usual[0].all {
		comparison = "=~"
	}
	var out []variable
	selector := ""
	for _, label := range o.By {
		out = append(out, variable{
			name: label, label: strings.ToUpper(label[:1]) + label[1:], all: usual[0].all, any: ".*",
			values: fmt.Sprintf("label_values(zkdoctor_verdict%s, %s)", inBraces(selector), label),
		})
		selector += fmt.Sprintf(", %s%s\"$%s\"", label, comparison, label)
	}
	for _, v := range usual {
		if v.name == "ensemble" && selector != "" {
			v.values = fmt.Sprintf("label_values(zkdoctor_verdict%s, ensemble)", inBraces(selector))
		}
		v.values = o.selected(v.values)
		out = append(out, v)
	}
	return out
}

func inBraces(selector string) string {
	if selector == "" {
		return ""
	}
	return "{" + strings.TrimPrefix(selector, ", ") + "}"
}
