package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// maxNote is the most of a note: it is to be a phrase.
const maxNote = 120

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
	class func(*report.ServerView) string
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

// columns builds all columns that have a value.
func (p *phrases) columns(l layout) []*column {
	client, quorum, election := p.portColumns(l.portNumbers)
	number := func(*report.ServerView) string { return "num" }
	all := []*column{
		{head: "server", class: nameClass, cells: p.cells(func(s *report.ServerView) string { return p.names.of(s.Name) })},
		{head: "role", class: roleClass, cells: p.cells(roleWord)},
		client, quorum, election,
	}
	zxid := &column{
		head: "zxid", class: func(*report.ServerView) string { return "mono" }, optional: true,
		cells: p.cells(zxidWord),
	}
	inRole := &column{head: "in role", class: number, optional: true, cells: p.cells(inRoleWord)}
	rest := []*column{
		{head: "lag", class: number, optional: true, right: true, cells: p.cells(lagWord)},
		{
			head: "conns", class: number, optional: true, right: true,
			cells: p.cells(func(s *report.ServerView) string { return known(s.Connections, itoa) }),
		},
		{head: "latency avg/max", class: number, optional: true, cells: p.cells(latencyWord)},
	}
	up := &column{head: "up", class: number, optional: true, cells: p.cells(upWord)}
	if p.rates != nil { // what moves comes first
		all = append(all,
			&column{head: "req/s", class: number, optional: true, right: true, cells: p.cells(p.receivedWord)},
			&column{head: "txn/s", class: number, optional: true, right: true, cells: p.cells(p.transactionsWord)}, inRole)
		all = append(append(all, rest...), zxid, up)
	} else {
		all = append(append(all, zxid), rest...)
		all = append(all, inRole, up)
	}
	if l.id {
		id := &column{
			head: "id", class: number, right: true,
			cells: p.cells(func(s *report.ServerView) string { return known(s.ID, itoa) }),
		}
		all = slices.Insert(all, 0, id)
	}
	return slices.DeleteFunc(all, func(c *column) bool {
		return c.head != "server" && c.empty() || p.o.Deterministic && (c == inRole || c == up)
	})
}

func (p *phrases) cells(f func(*report.ServerView) string) []string {
	out := make([]string, len(p.r.Servers))
	for i := range p.r.Servers {
		out[i] = f(&p.r.Servers[i])
	}
	return out
}

// note is the phrase on what is odd about a row.
func (p *phrases) note(s *report.ServerView) string {
	note := cut(p.names.prose(s.Note), maxNote)
	switch noVote := s.Voter != nil && !*s.Voter; {
	case noVote && s.Role == report.Follower:
		return "not a member, no vote"
	case noVote && s.Role != report.Observer:
		return strings.TrimSuffix("observer; "+note, "; ")
	}
	return note
}

// pad sets numbers to the right of their column.
func (c *column) pad(s string) string {
	if !c.right {
		return s
	}
	return strings.Repeat(" ", c.width()-len(s)) + s
}

// portColumns are the three ports. A number that all rows share heads the
// column; else the column has a word, and rows show their number.
func (p *phrases) portColumns(numbers bool) (client, quorum, election *column) {
	build := func(head string, of func(*report.Ports) report.PortView) *column {
		shared, same := 0, true
		for i := range p.r.Servers {
			v := of(&p.r.Servers[i].Ports)
			if v.Port == 0 {
				continue
			}
			same = same && (shared == 0 || shared == v.Port)
			shared = v.Port
		}
		c := &column{
			head: head, port: head,
			class: func(s *report.ServerView) string { return portClass(of(&s.Ports).State) },
		}
		if same && shared != 0 {
			c.head = itoa(shared)
		}
		c.cells = p.cells(func(s *report.ServerView) string {
			v := of(&s.Ports)
			w := portWord(v)
			if !same && numbers && v.Port != 0 && w != "?" {
				w = itoa(v.Port) + " " + w
			}
			return w
		})
		return c
	}
	return build("client", func(s *report.Ports) report.PortView { return s.Client }),
		build("quorum", func(s *report.Ports) report.PortView { return s.Quorum }),
		build("election", func(s *report.Ports) report.PortView { return s.Election })
}
