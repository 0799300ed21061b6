package render

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // status.html
	"encoding/base64"
	"html/template"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
)

const (
	// fewEnsembles is up to how many ensembles are all shown in full. With more,
	// only those are that call for attention.
	fewEnsembles = 10
	// maxSections and maxDetail bound what is shown in full, in ensembles and in
	// bytes: the network may part the exporter from all of a thousand ensembles.
	maxSections = 50
	maxDetail   = 1 << 20
	// maxIndex bounds the rows of the index, some 400 bytes each.
	maxIndex = 1500
	// staleAfter is the age from which on a verdict is no longer taken for one
	// about now. Prometheus asks more often than that.
	staleAfter = 5 * time.Minute
)

// StatusPage is what the status page shows.
type StatusPage struct {
	Version string
	Now     time.Time
	// Prefix is the path before all routes, with or without the slash at its end.
	Prefix    string
	Ensembles []StatusEnsemble
	// Refresh is how often the page loads itself anew; 0 for never.
	Refresh time.Duration
	// Selected is the name of the only ensemble to show; empty for all.
	Selected string
	// Paused keeps the page from loading itself anew.
	Paused bool
}

// StatusEnsemble is one ensemble on the status page. Report is nil while nothing
// was seen yet; Problem then says why. With a report, Problem says why there is
// no newer one.
type StatusEnsemble struct {
	Name     string
	Report   *diag.Report
	LookedAt time.Time
	// SlowAt is when the peer ports were last looked at; zero for never.
	SlowAt  time.Time
	Problem string
}

//go:embed status.html
var statusSource string

var statusTemplate = template.Must(template.New("status").Parse(statusSource))

// StatusPolicy is the page's Content-Security-Policy: nothing is fetched, nothing
// runs, and of styles there is the page's own.
var StatusPolicy = "default-src 'none'; style-src '" + styleHash(statusSource) + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// styleHash is the CSP source expression of the only style element in html.
func styleHash(html string) string {
	_, rest, _ := strings.Cut(html, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// Missing reports whether there is no ensemble of the selected name.
func (p *StatusPage) Missing() bool {
	return p.Selected != "" && !slices.ContainsFunc(p.Ensembles, func(e StatusEnsemble) bool { return e.Name == p.Selected })
}

// statusView is the page as the template has it, all text clean.
type statusView struct {
	Title, Headline, Version, Prefix string
	Time                             string
	RefreshSeconds                   int
	// RefreshURL is the page without the fragment that a browser may have added: to
	// one with a fragment it would only scroll, and never load again.
	RefreshURL         string
	CanRefresh, Paused bool
	// Selected is the ensemble asked for, Missing the same where there is none.
	Selected, Missing string
	Index             []*indexRow
	// Left is how many ensembles the index leaves out; Closed is set when it names
	// some that are not shown in full.
	Left   int
	Closed bool
}

// indexRow is one ensemble in the index.
type indexRow struct {
	Name string // as it is in links
	Shown, Anchor,
	Summary, Age string
	mark
	// Open is set when the ensemble is shown in full below.
	Open bool

	ensemble *StatusEnsemble
}

// HTML writes the status page: what Text says, in the same words, of one ensemble or
// of many. The error is the writer's.
func HTML(w io.Writer, p StatusPage) error {
	rows := p.rows()
	v := &statusView{
		Version: clean(p.Version, maxWord), Prefix: strings.TrimRight(p.Prefix, "/"), Time: utc(p.Now),
		CanRefresh: p.Refresh > 0, Paused: p.Paused,
	}
	if p.Refresh > 0 && !p.Paused {
		v.RefreshSeconds, v.RefreshURL = max(1, int(p.Refresh.Seconds())), v.Prefix+"/"
		if p.Selected != "" {
			v.RefreshURL += "?ensemble=" + url.QueryEscape(p.Selected)
		}
	}
	if p.Missing() {
		v.Missing = shownName(p.Selected)
	} else if p.Selected != "" {
		v.Selected = p.Selected
		rows = slices.DeleteFunc(rows, func(r *indexRow) bool { return r.Name != p.Selected })
	}
	v.Title, v.Headline = titleOf(rows), headlineOf(rows)
	sections, err := sectionsOf(&p, v, rows)
	if err != nil {
		return err
	}
	if len(p.Ensembles) > 1 && v.Selected == "" {
		v.Index = rows[:min(len(rows), maxIndex)]
		v.Left = len(rows) - len(v.Index)
		v.Closed = slices.ContainsFunc(rows, func(r *indexRow) bool { return !r.Open })
	}
	var all bytes.Buffer
	if err := statusTemplate.ExecuteTemplate(&all, "top", v); err != nil {
		return err
	}
	all.Write(sections)
	if err := statusTemplate.ExecuteTemplate(&all, "bottom", v); err != nil {
		return err
	}
	_, err = all.WriteTo(w)
	return err
}

// rows are all ensembles, the worst first.
func (p *StatusPage) rows() []*indexRow {
	rows := make([]*indexRow, len(p.Ensembles))
	for i := range p.Ensembles {
		e := &p.Ensembles[i]
		row := &indexRow{
			Name: e.Name, Shown: shownName(e.Name), Anchor: anchor(e.Name), mark: ensembleMark(e, p.Now),
			Summary: clean(e.Problem, maxValue), ensemble: e,
		}
		if e.Report != nil {
			row.Summary = clean(e.Report.Verdict.Summary, maxValue)
			row.Age = ago(p.Now.Sub(e.LookedAt))
		}
		rows[i] = row
	}
	slices.SortStableFunc(rows, func(a, b *indexRow) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.Name, b.Name)
	})
	return rows
}

// sectionsOf renders the ensembles that are shown in full: all of a few, else
// those that call for attention, as far as there is room.
func sectionsOf(p *StatusPage, v *statusView, rows []*indexRow) ([]byte, error) {
	var all, one bytes.Buffer
	shown := 0
	for _, row := range rows {
		e := row.ensemble
		if len(rows) > fewEnsembles && (row.Class == classOK || e.Report == nil) {
			continue
		}
		one.Reset()
		view := ensembleOf(e, row, p.Now)
		view.Prefix, view.Many, view.Paused = v.Prefix, len(rows) > 1, v.Paused
		if err := statusTemplate.ExecuteTemplate(&one, "ensemble", view); err != nil {
			return nil, err
		}
		if shown > 0 && (shown >= maxSections || all.Len()+one.Len() > maxDetail) {
			break
		}
		row.Open = true
		shown++
		all.Write(one.Bytes())
	}
	return all.Bytes(), nil
}
