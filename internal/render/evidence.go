package render

import (
	"path"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// minValueRoom is the least width in which a value can be read beside its place.
const minValueRoom = 24

// evidence aligns the first most facts of a finding: where it was seen, on which
// server, what, its value, and what a healthy ensemble would show.
func (p *page) evidence(f *report.Finding, most int) []string {
	list := joined(f.Evidence)
	n := p.cap(len(list), most)
	if n == 0 {
		return nil
	}
	room := p.width - len(body)
	facts, one := p.facts(list[:n]), sameServer(f, list[:n])
	for i := range facts {
		if f := &facts[i]; f.wanted != "" {
			f.value += "  (wanted: " + f.wanted + ")"
		}
	}
	lines := factLines(facts, one, room)
	if longest(lines) > room || len(lines) != n {
		// Too wide: files by their last name, and a line that says which they are.
		where := shortenFiles(list, facts)
		lines = factLines(facts, one, room)
		if longest(lines) > room || brokenWord(facts, lines) {
			lines = stackedLines(facts, one, room)
		}
		for _, w := range where {
			lines = append(lines, hanging(w, room)...)
		}
	}
	if rest := len(list) - n; rest > 0 {
		lines = append(lines, "and "+plural(rest, "more fact")+" (--all)")
	}
	return lines
}

// sameServer reports whether the head of the block says already which server
// all facts are about.
func sameServer(f *report.Finding, list []report.Evidence) bool {
	for _, e := range list {
		if e.Server != "" && (len(f.Servers) != 1 || e.Server != f.Servers[0]) {
			return false
		}
	}
	return true
}

// shortenFiles puts base names in the place of paths where they are distinct,
// and returns the lines that say which files they are.
func shortenFiles(list []report.Evidence, facts []fact) []string {
	paths := map[string]string{}
	for i := range facts {
		e := &list[i]
		base := path.Base(e.File)
		if old, ok := paths[base]; ok && old != e.File {
			paths[base] = ""
		} else if e.File != "" {
			paths[base] = e.File
		}
	}
	var where []string
	for i := range facts {
		e := &list[i]
		if e.File == "" {
			continue
		}
		base := path.Base(e.File)
		if paths[base] == "" || base == e.File {
			facts[i].place = cut(facts[i].place, maxWord)
			continue
		}
		facts[i].place = place(clean(base, maxWord-8), e)
		where = append(where, clean(base, maxWord-8)+" is "+clean(e.File, maxValue))
	}
	return distinct(where)
}

// factLines aligns facts; a value too long for its column wraps within it.
func factLines(facts []fact, one bool, room int) []string {
	rows := make([][]string, len(facts))
	var used []bool
	for i, f := range facts {
		rows[i] = []string{f.place, f.server, f.key}
		if one {
			rows[i][1] = ""
		}
		if used == nil {
			used = make([]bool, len(rows[i]))
		}
		for c, s := range rows[i] {
			used[c] = used[c] || s != ""
		}
	}
	lead := 0
	for c := range used {
		w := 0
		for _, r := range rows {
			w = max(w, len(r[c]))
		}
		if used[c] {
			lead += w + 2
		}
	}
	var out [][]string
	for i, f := range facts {
		var row []string
		for c, s := range rows[i] {
			if used[c] {
				row = append(row, s)
			}
		}
		values := []string{f.value}
		if len(f.value) > room-lead && room-lead >= minValueRoom {
			values = wrap(f.value, room-lead, room-lead)
		}
		out = append(out, append(row, values[0]))
		for _, v := range values[1:] {
			out = append(out, append(make([]string, len(row)), v))
		}
	}
	return columns(out)
}

// brokenWord reports whether a word of a value was broken to fit its column.
func brokenWord(facts []fact, lines []string) bool {
	all := strings.Join(lines, "\n")
	for _, f := range facts {
		for w := range strings.FieldsSeq(f.value) {
			if !strings.Contains(all, w) {
				return true
			}
		}
	}
	return false
}

// stackedLines writes each fact as a sentence, for values that fit no column.
func stackedLines(facts []fact, one bool, room int) []string {
	var out []string
	for _, f := range facts {
		head := []string{f.place, f.server, f.key}
		if one {
			head[1] = ""
		}
		text := strings.Join(strings.Fields(strings.Join(head, " ")), " ") + ": " + f.value
		out = append(out, hanging(text, room)...)
	}
	return out
}

// hanging wraps text and sets its further lines in.
func hanging(text string, room int) []string {
	lines := wrap(text, room, room-len(indent))
	for i := 1; i < len(lines); i++ {
		lines[i] = indent + lines[i]
	}
	return lines
}
