package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
)

// Widths of the column of notes. Below minNote it is no column any more: the
// note goes on a line of its own under its row.
const (
	minNote  = 18
	goodNote = 32
	// maxNote is the most of a note: it is to be a phrase.
	maxNote = 120
)

// column is one column of the table of servers.
type column struct {
	head  string
	cells []string
	// optional columns give way, from the right, when the width does not suffice.
	optional bool
	right    bool
	// port is the name of the port where the head is its number.
	port string
	// class is the style of a cell on the status page.
	class func(*diag.ServerView) string
}

func (c *column) width() int {
	w := len(c.head)
	for _, s := range c.cells {
		w = max(w, len(s))
	}
	return w
}

// empty reports whether no row has a value.
func (c *column) empty() bool {
	return !slices.ContainsFunc(c.cells, func(s string) bool { return s != "" && s != "?" })
}

// layout is one way to fit the table into the width; they are tried in order.
type layout struct {
	nameWidth   int
	portNumbers bool
	id          bool
}

// servers writes the table, a row a server.
func (p *page) servers() {
	if len(p.r.Servers) == 0 {
		return
	}
	p.blank()
	cols, notes := p.fitTable()
	room := p.width - tableWidth(cols) - 4
	below := room < min(minNote, longest(notes))
	for _, l := range tableLines(cols, notes, room, below) {
		p.put(cut(indent+l, p.width))
	}
	if p.names.suffix != "" {
		p.flow(indent, indent, "names end in "+clean(p.names.suffix, 120))
	}
	if words := p.legend(p.o.All); len(words) > 0 {
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

// columns builds all columns that have a value.
func (p *phrases) columns(l layout) []*column {
	client, quorum, election := p.portColumns(l.portNumbers)
	number := func(*diag.ServerView) string { return "num" }
	all := []*column{
		{head: "server", class: nameClass, cells: p.cells(func(s *diag.ServerView) string { return p.names.of(s.Name) })},
		{head: "role", class: roleClass, cells: p.cells(roleWord)},
		client, quorum, election,
		{head: "zxid", class: func(*diag.ServerView) string { return "mono" }, optional: true, cells: p.cells(func(s *diag.ServerView) string { return word(s.Zxid) })},
		{head: "lag", class: number, optional: true, right: true, cells: p.cells(lagWord)},
		{head: "conns", class: number, optional: true, right: true, cells: p.cells(func(s *diag.ServerView) string { return count(s.Connections) })},
		{head: "latency avg/max", class: number, optional: true, cells: p.cells(latencyWord)},
	}
	if l.id {
		id := &column{head: "id", class: number, right: true, cells: p.cells(func(s *diag.ServerView) string { return count(s.ID) })}
		all = slices.Insert(all, 0, id)
	}
	if !p.o.Deterministic {
		all = append(all, &column{head: "up", class: number, optional: true, cells: p.cells(upWord)})
	}
	return slices.DeleteFunc(all, func(c *column) bool { return c.head != "server" && c.empty() })
}

func (p *phrases) cells(f func(*diag.ServerView) string) []string {
	out := make([]string, len(p.r.Servers))
	for i := range p.r.Servers {
		out[i] = f(&p.r.Servers[i])
	}
	return out
}

// note is the phrase on what is odd about a row.
func (p *phrases) note(s *diag.ServerView) string {
	note := cut(p.names.prose(s.Note), maxNote)
	switch noVote := s.Voter != nil && !*s.Voter; {
	case noVote && s.Role == diag.Follower:
		return "no member, no vote"
	case noVote && s.Role != diag.Observer:
		return strings.TrimSuffix("observer; "+note, "; ")
	}
	return note
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
	for i := range lines {
		if i == 0 {
			lines[i] = "    " + lines[i]
		} else {
			lines[i] = "      " + lines[i]
		}
	}
	return lines
}

// pad sets numbers to the right of their column.
func (c *column) pad(s string) string {
	if !c.right {
		return s
	}
	return strings.Repeat(" ", c.width()-len(s)) + s
}

func longest(list []string) int {
	w := 0
	for _, s := range list {
		w = max(w, len(s))
	}
	return w
}
