package render

import (
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// maxRows bounds the table of servers; there is no ensemble of that size.
const maxRows = 150

func ensembleOf(e *StatusEnsemble, row *indexRow, now time.Time, prefix string) *ensembleView {
	v := &ensembleView{indexRow: row, Prefix: prefix, Problem: clean(e.Problem, maxProse)}
	r := e.Report
	if r == nil {
		return v
	}
	p := &phrases{r: r, names: wholeNames(), pages: prefix + "/findings/"}
	v.Said = true
	v.Looked, v.LookedUTC = ago(now.Sub(e.LookedAt)), utc(e.LookedAt)
	v.From = clean(r.Vantage.Host, maxWord)
	if r.TookMs >= 50 { // less would read 0.0 s
		v.Took = seconds(r.TookMs)
	}
	if !e.SlowAt.IsZero() {
		v.Slow, v.SlowUTC = ago(now.Sub(e.SlowAt)), utc(e.SlowAt)
	}
	v.Elected = p.elected()
	v.Summary = p.names.prose(r.Verdict.Summary)
	v.Notices = p.notices(now.Sub(e.LookedAt))
	v.Legend = p.legend(true)
	if lag := p.otherEpoch(); lag != "" {
		v.Legend = append(v.Legend, lag)
	}
	v.findingsView = p.findingsView()
	if n := len(r.Servers) - maxRows; n > 0 {
		v.LeftOut = plural(n, "more server")
		part := *r
		part.Servers = r.Servers[:maxRows]
		p.r = &part
	}
	v.Heads, v.Servers = p.serverTable()
	return v
}

// notices are what keeps a reader from taking the page for more than it is.
func (p *phrases) notices(age time.Duration) []string {
	var out []string
	if age > staleAfter {
		out = append(out, "This is "+ageLong(int64(age.Seconds()))+" old and does not show the current state. zkdoctor checks when it is scraped: does Prometheus still scrape it?")
	}
	for _, sentence := range []string{p.unverified("the configuration"), p.incomplete(), p.cannotTell()} {
		if sentence != "" {
			out = append(out, sentence)
		}
	}
	for _, n := range p.processNotices() {
		text := n.truth
		if n.said != "" && !n.again {
			text = scriptSays + " \"" + n.said + "\" " + text
		}
		if n.why != "" {
			text += " The script fails because: " + n.why
		}
		out = append(out, text)
	}
	return out[:min(len(out), 10)]
}

// serverTable is the table of servers, with the notes in a column of their own.
func (p *phrases) serverTable() (heads []string, rows [][]statusCell) {
	columns := p.columns(layout{portNumbers: true, id: true})
	notes := &column{head: "note", class: func(*report.ServerView) string { return "note" }, cells: p.cells(p.note)}
	if !notes.empty() {
		columns = append(columns, notes)
	}
	rows = make([][]statusCell, len(p.r.Servers))
	for _, c := range columns {
		head := c.head
		if c.port != "" && c.port != head {
			head += " " + c.port
		}
		heads = append(heads, head)
		for i := range rows {
			s := &p.r.Servers[i]
			cell := statusCell{Label: head, Text: c.cells[i], Class: c.class(s), Head: c.head == "server"}
			if here := p.r.Vantage.LocalServer; cell.Head && here != nil && *here == s.Name {
				cell.Text += " (this host)"
			}
			rows[i] = append(rows[i], cell)
		}
	}
	return heads, rows
}
