package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// anchor is the fragment of an ensemble in the page's address: the same as long
// as its name is.
func anchor(name string) string {
	const longest = 80
	var b strings.Builder
	b.WriteString("e-")
	for i := range len(name) {
		c := name[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "_%02x", c)
		}
	}
	if b.Len() > longest {
		sum := sha256.Sum256([]byte(name))
		return "e_" + hex.EncodeToString(sum[:12])
	}
	return b.String()
}

// The classes of a mark; the words beside them say the same.
const (
	classCrit    = "crit"
	classUnknown = "unknown"
	classWarn    = "warn"
	classOK      = "ok"
)

// markOf is the mark of an exit code.
func markOf(code int) mark {
	m := mark{statusWord(code), classUnknown, 1}
	switch code {
	case 0:
		m.Class, m.rank = classOK, 3
	case 1:
		m.Class, m.rank = classWarn, 2
	case 2:
		m.Class, m.rank = classCrit, 0
	}
	return m
}

// ensembleMark is the state of an ensemble. An old verdict says nothing about now,
// unless it was bad news.
func ensembleMark(e *StatusEnsemble, now time.Time) mark {
	if e.Report == nil {
		m := markOf(3)
		m.Words = "NOT CHECKED YET"
		return m
	}
	m := markOf(e.Report.Verdict.ExitCode)
	if _, state := stateWords(&e.Report.Verdict); state != "" {
		m.Words += " " + state
	}
	if now.Sub(e.LookedAt) > staleAfter {
		if m.rank > 1 {
			m.rank, m.Class = 1, classUnknown
		}
		m.Words = "OLD, was " + m.Words
	}
	return m
}

// findingMark is the mark of one finding.
func findingMark(f *report.Finding) mark {
	switch f.Severity {
	case report.Critical:
		return markOf(2)
	case report.Warning:
		return markOf(1)
	default:
		return mark{noteWord(f), "note", 4}
	}
}

// titleOf is the title of the page, which a browser shows on a narrow tab: the
// worst news first.
func titleOf(rows []*indexRow) string {
	if len(rows) == 0 {
		return "no ensembles - zkdoctor"
	}
	title, more := rows[0].Words+" "+rows[0].Shown, 0
	for _, r := range rows[1:] {
		if r.Class != classOK {
			more++
		}
	}
	switch {
	case len(rows) > 1 && rows[0].Class == classOK:
		title = "OK " + itoa(len(rows)) + " ensembles"
	case more > 0:
		title += " and " + itoa(more) + " more"
	}
	return title + " - zkdoctor"
}

// headlineOf counts the ensembles by state.
func headlineOf(rows []*indexRow) string {
	switch len(rows) {
	case 0:
		return "No ensembles are configured"
	case 1:
		return "ZooKeeper status"
	}
	counts := map[string]int{}
	var words []string
	for _, r := range rows {
		w := r.Words
		if counts[w] == 0 {
			words = append(words, w)
		}
		counts[w]++
	}
	for i, w := range words {
		words[i] = itoa(counts[w]) + " " + w
	}
	return itoa(len(rows)) + " ensembles: " + strings.Join(words, ", ")
}

// ago writes how long ago something was.
func ago(d time.Duration) string {
	if d < time.Second {
		return "now"
	}
	return ageLong(int64(d.Seconds())) + " ago"
}
