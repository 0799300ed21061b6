package draw

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
)

//go:embed page.html
var files embed.FS

var page = template.Must(template.ParseFS(files, "page.html"))

// drawer draws from one Prometheus.
type drawer struct {
	boards []board
	source *promstack.Server
	now    func() time.Time
}

// Handler serves the dashboards in files, drawn from a Prometheus: / is the first
// one, /d/UID another, with the variables as Grafana writes them (var-NAME=VALUE)
// and span=30m for the time that is shown.
func Handler(dashboards map[string][]byte, source *promstack.Server) (http.Handler, error) {
	boards, err := load(dashboards)
	if err != nil {
		return nil, err
	}
	// From the whole to the part: the one with the fewest choices comes first.
	slices.SortStableFunc(boards, func(a, b board) int {
		return cmp.Or(cmp.Compare(len(a.Templating.List), len(b.Templating.List)), -strings.Compare(a.UID, b.UID))
	})
	d := &drawer{boards: boards, source: source, now: time.Now}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/d/"+boards[0].UID, http.StatusFound)
	})
	mux.HandleFunc("GET /d/{uid}", d.serve)
	return mux, nil
}

// view is what a page shows.
type view struct {
	Board   *board
	Links   []link
	Choices []choice
	Span    string
	Panels  []drawn
}

type link struct{ Title, URL string }

// drawn is a panel with its picture.
type drawn struct {
	Title, About, Kind string
	X, Y, W, H         int
	Body               template.HTML
}

func (d *drawer) serve(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(d.boards, func(b board) bool { return b.UID == r.PathValue("uid") })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	span, err := time.ParseDuration(cmp.Or(r.URL.Query().Get("span"), "15m"))
	if err != nil || span < time.Minute || span > 24*time.Hour {
		http.Error(w, "span: want a time from 1m to 24h", http.StatusBadRequest)
		return
	}
	v, err := d.view(r.Context(), &d.boards[i], span, r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	var out bytes.Buffer
	if err := page.Execute(&out, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // the reader has gone
}

func (d *drawer) view(ctx context.Context, b *board, span time.Duration, given url.Values) (*view, error) {
	chosen, err := d.choices(ctx, b, given)
	if err != nil {
		return nil, err
	}
	v := &view{Board: b, Choices: chosen, Span: strings.TrimSuffix(span.String(), "0s")}
	const points = 240
	f := &frame{source: d.source, vars: v.Choices, end: d.now(), span: span, step: max(span/points, time.Second)}
	for i := range d.boards {
		v.Links = append(v.Links, link{d.boards[i].Title, f.link("/d/"+d.boards[i].UID, nil)})
	}
	v.Panels = make([]drawn, len(b.Panels))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(4)
	for i := range b.Panels {
		work.Go(func() error {
			p := &b.Panels[i]
			body, err := f.draw(ctx, p)
			v.Panels[i] = drawn{p.Title, p.Description, p.Type, p.GridPos.X + 1, p.GridPos.Y + 1, p.GridPos.W, p.GridPos.H, body}
			return err
		})
	}
	return v, work.Wait()
}

var labelValues = regexp.MustCompile(`^label_values\((.+), ([a-z_]+)\)$`)

// choices are the variables with their values of now. What was not given is all,
// or the first.
func (d *drawer) choices(ctx context.Context, b *board, given url.Values) ([]choice, error) {
	var out []choice
	for _, t := range b.Templating.List {
		m := labelValues.FindStringSubmatch(t.Definition)
		if m == nil {
			continue // the data source: there is one
		}
		found, err := d.source.Query(ctx, "count by ("+m[2]+") ("+filled(m[1], out)+")")
		if err != nil {
			return nil, err
		}
		c := choice{Name: t.Name, Label: t.Label, Value: given.Get("var-" + t.Name)}
		for _, series := range found {
			c.Values = append(c.Values, series.Labels[m[2]])
		}
		slices.Sort(c.Values)
		if t.IncludeAll {
			c.Values = append([]string{cmp.Or(t.AllValue, ".+")}, c.Values...)
		}
		if !slices.Contains(c.Values, c.Value) && len(c.Values) > 0 {
			c.Value = c.Values[0]
		}
		out = append(out, c)
	}
	return out, nil
}
