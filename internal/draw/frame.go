package draw

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
)

// frame is what all panels of a page have in common.
type frame struct {
	source *promstack.Server
	vars   []choice
	end    time.Time
	span   time.Duration
	step   time.Duration
}

// choice is a variable with its values.
type choice struct {
	Name, Label, Value string
	Values             []string
}

// filled puts the values of variables into an expression.
func filled(expr string, vars []choice) string {
	for _, v := range vars {
		expr = strings.ReplaceAll(expr, "$"+v.Name, v.Value)
	}
	return strings.ReplaceAll(expr, "$__rate_interval", "1m")
}

// h is HTML from a format whose arguments are escaped, but for HTML.
func h(format string, args ...any) template.HTML {
	for i, a := range args {
		switch a := a.(type) {
		case template.HTML, int, float64:
		default:
			args[i] = template.HTMLEscapeString(fmt.Sprint(a))
		}
	}
	return template.HTML(fmt.Sprintf(format, args...)) //nolint:gosec // escaped above
}

// painted is the style of what stands on a colour; of nothing, none.
func painted(color string) template.HTML {
	if color == "" {
		return ""
	}
	return h(` style="background:%s;color:%s"`, color, ink(color))
}

// empty is what a panel without data says.
func (p *panel) empty() template.HTML {
	return h(`<p class="empty">%s</p>`, cmp.Or(p.FieldConfig.Defaults.NoValue, "No data"))
}

// band is the series of one legend.
type band struct {
	name    string
	samples []promstack.Sample
}

// bands asks for all series of a panel over time.
func (f *frame) bands(ctx context.Context, p *panel) ([]band, error) {
	var out []band
	for _, t := range p.Targets {
		found, err := f.source.QueryRange(ctx, filled(t.Expr, f.vars), f.end.Add(-f.span), f.end, f.step)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			out = append(out, band{legend(t.LegendFormat, s.Labels), s.Samples})
		}
	}
	slices.SortStableFunc(out, func(a, b band) int { return strings.Compare(a.name, b.name) })
	return out, nil
}
