package draw

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
)

// draw makes the picture of a panel.
func (f *frame) draw(ctx context.Context, p *panel) (template.HTML, error) {
	switch p.Type {
	case "stat":
		return f.stat(ctx, p)
	case "timeseries":
		return f.graph(ctx, p)
	case "state-timeline":
		return f.timeline(ctx, p)
	case "table":
		return f.table(ctx, p)
	case "row":
		return "", nil
	}
	return "", fmt.Errorf("%s: panels of type %s cannot be drawn", p.Title, p.Type)
}

func (f *frame) stat(ctx context.Context, p *panel) (template.HTML, error) {
	var out template.HTML
	for _, t := range p.Targets {
		found, err := f.source.Query(ctx, filled(t.Expr, f.vars))
		if err != nil {
			return "", err
		}
		for _, s := range found {
			text, color := p.FieldConfig.Defaults.text(s.Samples[0].Value)
			named := legend(t.LegendFormat, s.Labels)
			if p.Options.TextMode == "name" {
				text = named
			}
			out += h(`<div class="figure"%s>%s`, painted(color), text)
			if p.Options.TextMode == "value_and_name" {
				out += h(`<small>%s</small>`, named)
			}
			out += "</div>"
		}
	}
	if out == "" {
		return p.empty(), nil
	}
	return `<div class="stats">` + out + "</div>", nil
}

// row is a line of a table by field.
type row map[string]cell

type cell struct {
	text   string
	value  float64
	number bool
}

func (f *frame) table(ctx context.Context, p *panel) (template.HTML, error) {
	fields, titles, joined := p.columns()
	rows, err := f.rows(ctx, p, joined)
	if err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return p.empty(), nil
	}
	for _, s := range p.Options.SortBy {
		slices.SortStableFunc(rows, func(a, b row) int {
			for field, title := range titles {
				if title == s.DisplayName {
					return -cmp.Compare(a[field].value, b[field].value)
				}
			}
			return 0
		})
	}
	out := h("<table><tr>")
	for _, field := range fields {
		out += h("<th>%s</th>", titles[field])
	}
	out += "</tr>"
	for _, r := range rows {
		out += "<tr>"
		for _, field := range fields {
			column := p.column(titles[field])
			out += f.cell(&column, r, field)
		}
		out += "</tr>"
	}
	return out + "</table>", nil
}

func (f *frame) cell(column *field, r row, field string) template.HTML {
	c, ok := r[field]
	if !ok {
		return "<td></td>"
	}
	text, color := column.label(c.text)
	if c.number {
		text, color = column.text(c.value)
	}
	content := h("%s", text)
	if column.link != "" {
		content = h(`<a href="%s">%s</a>`, f.link(column.link, r), text)
	}
	return h(`<td%s>%s</td>`, painted(color), content)
}

// merged joins by all labels that the series of all queries have.
const merged = "*"

// rows are the series of all queries, joined by a field where there is one.
func (f *frame) rows(ctx context.Context, p *panel, joined string) ([]row, error) {
	byKey := map[string]row{}
	var rows []row
	all := make([][]promstack.Series, len(p.Targets))
	for i, t := range p.Targets {
		var err error
		if all[i], err = f.source.Query(ctx, filled(t.Expr, f.vars)); err != nil {
			return nil, err
		}
	}
	by := []string{joined}
	if joined == merged {
		by = shared(all)
	}
	for i, found := range all {
		value := "Value"
		if len(p.Targets) > 1 {
			value = "Value #" + string("ABCDEFGHIJ"[i])
		}
		for _, s := range found {
			values := make([]string, len(by))
			for i, name := range by {
				values[i] = s.Labels[name]
			}
			key := strings.Join(values, "\x00")
			r, ok := byKey[key]
			if !ok || joined == "" {
				r = row{}
				rows = append(rows, r)
				byKey[key] = r
			}
			for name, text := range s.Labels {
				r[name] = cell{text: text}
			}
			r[value] = cell{value: s.Samples[0].Value, number: true}
		}
	}
	return rows, nil
}

// shared are the names of labels that all series have.
func shared(all [][]promstack.Series) []string {
	count, total := map[string]int{}, 0
	for _, found := range all {
		for _, s := range found {
			total++
			for name := range s.Labels {
				count[name]++
			}
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < total })
	return slices.Sorted(maps.Keys(count))
}

// link is a link of a dashboard, with what it refers to filled in. One to another
// page here takes the variables along.
func (f *frame) link(to string, r row) string {
	path, query, _ := strings.Cut(to, "?")
	if !strings.HasPrefix(path, "/d/") {
		return strings.ReplaceAll(to, "${__value.raw}", r["code"].text)
	}
	values := url.Values{"span": {strings.TrimSuffix(f.span.String(), "0s")}}
	for _, v := range f.vars {
		if v.Value != ".+" && v.Value != ".*" {
			values.Set("var-"+v.Name, v.Value)
		}
	}
	for field := range maps.Keys(r) {
		if strings.Contains(query, "${__data.fields."+field+"}") {
			values.Set("var-"+field, r[field].text)
		}
	}
	return path + "?" + values.Encode()
}
