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
)

//go:embed status.html
var statusSource string

var statusTemplate = template.Must(template.New("status").Parse(statusSource))

// StatusPolicy is the page's Content-Security-Policy: nothing is fetched, nothing
// runs, and of styles there is the page's own.
var StatusPolicy = "default-src 'none'; style-src '" + styleHash(statusSource) + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Style is the style of the page, for others that look the same; the policy allows it.
func Style() string { return styleOf(statusSource) }

// styleOf is the text of the only style element in html.
func styleOf(html string) string {
	_, rest, _ := strings.Cut(html, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	return style
}

// styleHash is its CSP source expression.
func styleHash(html string) string {
	sum := sha256.Sum256([]byte(styleOf(html)))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
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
		view := ensembleOf(e, row, p.Now, v.Prefix)
		view.Many, view.Paused = len(rows) > 1, v.Paused
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
