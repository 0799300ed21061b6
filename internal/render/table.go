package render

import (
	"slices"
	"strings"
)

// Widths of the column of notes. Below minNote it is no column any more: the
// note goes on a line of its own under its row.
const (
	minNote  = 18
	goodNote = 32
)

// servers writes the table, a row a server.
func (p *page) servers() {
	if len(p.r.Servers) == 0 {
		return
	}
	p.blank()
	cols, notes := p.fitTable()
	room := p.width - tableWidth(cols) - 4
	below := room < min(minNote, longest(notes))
	for i, l := range tableLines(cols, notes, room, below) {
		l = cut(indent+l, p.width)
		if i == 0 && p.wrong() { // there it costs no line
			l = strings.TrimRight(l, " ")
			if l, p.released = p.spread(l, p.releases()); !p.released {
				l, p.released = p.spread(l, strings.ReplaceAll(p.releases(), "ZooKeeper ", ""))
			}
		}
		p.put(l)
	}
	if p.names.suffix != "" {
		p.flow(indent, indent, "names end in "+clean(p.names.suffix, 120))
	}
	words := p.legend(p.o.All)
	shows := func(head string) bool {
		return slices.ContainsFunc(cols, func(c *column) bool { return c.head == head })
	}
	if lag := p.otherEpoch(); lag != "" && shows("zxid") && shows("lag") {
		words = append(words, lag)
	}
	if len(words) > 0 {
		p.flow(indent, indent, strings.Join(words, "; "))
	}
}

// fitTable chooses the columns. The notes are the rows' last, unnamed column.
func (p *page) fitTable() ([]*column, []string) {
	notes := p.cells(p.note)
	want := min(longest(notes), goodNote)
	if want > 0 {
		want += 2
	}
	var cols []*column
	for _, l := range []layout{
		{maxName, true, true},
		{20, true, true},
		{minName, true, true},
		{minName, false, true},
		{minName, false, false},
	} {
		p.names = newNames(p.r.Servers, l.nameWidth)
		cols = p.columns(l)
		for indentWidth := len(indent); tableWidth(cols)+indentWidth+want > p.width; {
			last := len(cols) - 1
			if !cols[last].optional {
				break
			}
			cols = cols[:last]
		}
		if tableWidth(cols)+len(indent) <= p.width {
			break
		}
	}
	return cols, notes
}

// tableWidth is the width of the aligned columns, without margin and notes.
func tableWidth(cols []*column) int {
	w := -2
	for _, c := range cols {
		w += c.width() + 2
	}
	return w
}

// tableLines aligns the table. Notes stand behind their row and wrap there, or
// below it when there is no room behind it.
func tableLines(cols []*column, notes []string, room int, below bool) []string {
	var rows [][]string
	var under []string // the line that follows a row as it is
	head := make([]string, 0, len(cols)+1)
	for _, c := range cols {
		head = append(head, c.pad(c.head))
	}
	rows, under = append(rows, append(head, "")), append(under, "")
	for i := range notes {
		row := make([]string, 0, len(cols)+1)
		for _, c := range cols {
			row = append(row, c.pad(c.cells[i]))
		}
		note := []string{notes[i]}
		if below {
			note[0] = ""
		} else if notes[i] != "" {
			note = wrap(notes[i], room, room)
		}
		rows, under = append(rows, append(row, note[0])), append(under, "")
		if below {
			under[len(under)-1] = notes[i]
		}
		for _, more := range note[1:] {
			rows, under = append(rows, append(make([]string, len(cols)), more)), append(under, "")
		}
	}
	var out []string
	for i, l := range columns(rows) {
		out = append(out, l)
		if under[i] != "" {
			out = append(out, wrapUnder(under[i], max(tableWidth(cols), minWidth-4))...)
		}
	}
	return out
}

// wrapUnder sets a note apart from the rows it stands between.
func wrapUnder(note string, width int) []string {
	lines := wrap("^ "+note, width-4, width-6)
	lead := "    "
	for i := range lines {
		lines[i] = lead + lines[i]
		lead = "      "
	}
	return lines
}
