package render

import (
	"io"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Advisories are a list of what releases do.
type Advisories struct {
	Table advisory.Table
	// Release is the one that they are of, or a line; empty for any. Next is the oldest later
	// release that has none of them; empty where none is known.
	Release, Next string
	// Tool is the program's own version.
	Tool string
}

// AdvisoriesText writes them for people, the worst first. The error is the writer's.
func AdvisoriesText(w io.Writer, a Advisories, o Options) error {
	p := newPage(&report.Report{}, o)
	for _, effect := range advisory.Effects() {
		first := true
		for i := range a.Table {
			if a.Table[i].Effect != effect {
				continue
			}
			if first {
				p.put(advisoryTitle(effect))
				p.blank()
			}
			first = false
			p.advisory(&a.Table[i])
			p.blank()
		}
	}
	p.flow("", "", a.summary())
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *page) advisory(a *advisory.Advisory) {
	p.put(strings.Join(slices.Concat([]string{a.ID}, a.Also), ", "))
	p.flow("  in    ", body, strings.ReplaceAll(a.Releases, ",", ", "))
	p.flow("  when  ", body, a.When)
	p.flow("  what  ", body, a.What)
	if a.Avoid != "" {
		p.flow("  avoid ", body, a.Avoid)
	}
	fixed := "no release"
	if len(a.Fixed) > 0 {
		fixed = strings.Join(a.Fixed, ", ")
	}
	p.flow("  fixed ", body, fixed)
	for _, source := range a.Sources {
		p.put("  docs  " + source) // an address is not broken
	}
}

// summary counts them, and says where to go.
func (a *Advisories) summary() string {
	count := itoa(len(a.Table)) + " advisories."
	if len(a.Table) == 1 {
		count = "1 advisory."
	}
	switch {
	case a.Release == "":
		return count
	case len(a.Table) == 0:
		return "No advisory applies to " + a.Release + ". It may have bugs that zkdoctor does not know."
	case a.Next == "":
		return count
	}
	return count + " The next release after " + a.Release + " that has none of them: " + a.Next + "."
}

func advisoryTitle(e advisory.Effect) string {
	switch e {
	case advisory.Data:
		return "CAN LOSE DATA"
	case advisory.Stops:
		return "STOPS SERVERS"
	case advisory.Security:
		return "SECURITY"
	case advisory.EndOfLife:
		return "END OF LIFE"
	}
	return string(e)
}

// AdvisoriesJSON writes them for programs. The error is the writer's.
func AdvisoriesJSON(w io.Writer, a Advisories) error {
	type row struct {
		ID       string             `json:"id"`
		Also     []string           `json:"also"`
		Effect   advisory.Effect    `json:"effect"`
		Releases []string           `json:"releases"`
		Exposed  advisory.Condition `json:"exposed"`
		When     string             `json:"when"`
		What     string             `json:"what"`
		Log      string             `json:"log,omitempty"`
		Avoid    string             `json:"avoid,omitempty"`
		Fixed    []string           `json:"fixed"`
		Sources  []string           `json:"sources"`
	}
	rows := make([]row, 0, len(a.Table))
	for _, r := range a.Table {
		rows = append(rows, row{
			r.ID, list(r.Also), r.Effect, strings.Split(r.Releases, ","), r.Exposed,
			r.When, r.What, r.Log, r.Avoid, list(r.Fixed), list(r.Sources),
		})
	}
	return writeJSON(w, "advisories", struct {
		SchemaVersion int         `json:"schema_version"`
		Tool          report.Tool `json:"tool"`
		Release       string      `json:"release"`
		Next          string      `json:"next"`
		Advisories    []row       `json:"advisories"`
	}{1, report.Tool{Name: "zkdoctor", Version: a.Tool}, a.Release, a.Next, rows})
}
