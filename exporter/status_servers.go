package exporter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
)

// maxRows bounds the table of servers; there is no ensemble of that size.
const maxRows = 150

// longName is from where on a name needs room kept for it.
const longName = 18

// ensembleView is one ensemble in full as the template has it, all text clean.
type ensembleView struct {
	*indexRow
	Prefix string
	// Many is set when the page is about several ensembles, Paused when it does not
	// refresh.
	Many, Paused bool
	// Said is set once something was seen.
	Said              bool
	Problem           string
	Looked, LookedUTC string
	From, Took        string
	Slow, SlowUTC     string
	// Notices are what must be known to read the rest right.
	Notices []string
	Heads   []string
	Servers []serverRow
	Legend  []string
	LeftOut int
	findingsView
}

// serverRow is one row of the table of servers.
type serverRow struct {
	Cells []pageCell
}

// pageCell is one cell of a table. Label is the head of its column, for screens on
// which there is no room for a head.
type pageCell struct {
	Label, Text, Class string
	// Head is set for the cell that names the row.
	Head bool
}

func ensembleOf(e *pageEnsemble, row *indexRow, now time.Time) *ensembleView {
	v := &ensembleView{indexRow: row, Problem: visible(e.Problem, maxProse)}
	r := e.Report
	if r == nil {
		return v
	}
	v.Said = true
	v.Looked, v.LookedUTC = ago(now.Sub(e.LookedAt)), utc(e.LookedAt)
	v.From = visible(r.Vantage.Host, maxWord)
	if r.TookMs > 0 {
		v.Took = strconv.FormatFloat(float64(r.TookMs)/1000, 'f', 1, 64) + " s"
	}
	if !e.SlowAt.IsZero() {
		v.Slow, v.SlowUTC = ago(now.Sub(e.SlowAt)), utc(e.SlowAt)
	}
	v.Summary = visible(r.Verdict.Summary, maxProse)
	v.Notices = notices(r, now.Sub(e.LookedAt))
	v.Heads, v.Servers = serverTable(r)
	v.LeftOut = max(0, len(r.Servers)-maxRows)
	v.Legend = legend(r)
	v.findingsView = findingsOf(r)
	return v
}

// notices are what keeps a reader from taking the page for more than it is.
func notices(r *diag.Report, age time.Duration) []string {
	var out []string
	if age > staleAfter {
		out = append(out, "This is "+span(int64(age.Seconds()))+" old and says nothing about now. zkdoctor looks when it is asked: does Prometheus still scrape it?")
	}
	if r.Vantage.Unverified {
		out = append(out, "The certificates of the servers are not checked, as the configuration says: it was not made sure that it was they who answered.")
	}
	if r.Incomplete != "" {
		out = append(out, "Incomplete ("+visible(r.Incomplete, maxWord)+"): this is what was known by then.")
	}
	if r.Verdict.State == diag.Unknown && !anyCritical(r) {
		from := ""
		if r.Vantage.Host != "" {
			from = " from " + visible(r.Vantage.Host, maxWord)
		}
		out = append(out, "This look"+from+" says nothing about the ensemble; it may be fine. Try zkdoctor check on one of its servers.")
	}
	for i := range r.Processes {
		p := &r.Processes[i]
		said := visible(p.StatusScript, maxProse)
		if said == "" || strings.HasPrefix(said, "Mode:") {
			continue
		}
		truth := "It is running"
		if p.Serving {
			truth = "That is wrong, it serves"
		}
		text := "zkServer.sh status says \"" + said + "\" " + truth + ": pid " + strconv.Itoa(p.PID) + ", config " + visible(p.Config, maxValue) + "."
		if p.StatusWhy != "" {
			text += " The script fails because: " + visible(p.StatusWhy, maxProse)
		}
		out = append(out, text)
	}
	return out[:min(len(out), 10)]
}

func anyCritical(r *diag.Report) bool {
	return slices.ContainsFunc(r.Findings, func(f diag.Finding) bool { return f.Severity == diag.Critical })
}

// column is a column of that table.
type column struct {
	head, class string
	text        func(*diag.ServerView) string
}

// serverTable makes the table of servers. Columns in which no server has a value
// are left out.
func serverTable(r *diag.Report) (heads []string, rows []serverRow) {
	servers := r.Servers[:min(len(r.Servers), maxRows)]
	columns := []column{
		{"id", "num", func(s *diag.ServerView) string { return numberWord(s.ID) }},
		{"server", "name", func(s *diag.ServerView) string { return serverName(r, s) }},
		{"role", "role", roleWord},
		portColumn(servers, "client", func(p *diag.Ports) diag.PortView { return p.Client }),
		portColumn(servers, "quorum", func(p *diag.Ports) diag.PortView { return p.Quorum }),
		portColumn(servers, "election", func(p *diag.Ports) diag.PortView { return p.Election }),
		{"zxid", "mono", func(s *diag.ServerView) string { return word(s.Zxid) }},
		{"lag (txn)", "num", func(s *diag.ServerView) string { return numberWord(s.Lag) }},
		{"connections", "num", func(s *diag.ServerView) string { return numberWord(s.Connections) }},
		{"latency avg / max", "num", latencyWord},
		{"up", "num", func(s *diag.ServerView) string {
			if s.UptimeSeconds == nil {
				return ""
			}
			return span(*s.UptimeSeconds)
		}},
		{"note", "note", func(s *diag.ServerView) string { return visible(s.Note, maxValue) }},
	}
	columns = slices.DeleteFunc(columns, func(c column) bool {
		return !slices.ContainsFunc(servers, func(s diag.ServerView) bool { t := c.text(&s); return t != "" && t != "?" })
	})
	rows = make([]serverRow, len(servers))
	for _, c := range columns {
		heads = append(heads, c.head)
		for i := range servers {
			text := c.text(&servers[i])
			class := c.class
			switch {
			case c.class == "port":
				class = portClass(text)
			case c.class == "role":
				class = roleClass(servers[i].Role)
			case c.class == "name" && len(text) > longName:
				class = "name long"
			}
			rows[i].Cells = append(rows[i].Cells, pageCell{c.head, text, class, c.head == "server"})
		}
	}
	return heads, rows
}

// serverName marks the server that runs on zkdoctor's own host.
func serverName(r *diag.Report, s *diag.ServerView) string {
	name := visible(s.Name, maxValue)
	if l := r.Vantage.LocalServer; l != nil && *l == s.Name {
		name += " (this host)"
	}
	return name
}

// roleWord is the role as people say it.
func roleWord(s *diag.ServerView) string {
	r := visible(string(s.Role), 14)
	switch {
	case s.Role == "":
		return string(diag.RoleUnknown)
	case s.Role == diag.NotServing:
		r = "not serving"
	case s.Role == diag.Leader:
		r = "LEADER"
	}
	if s.Inferred {
		r += " (inferred)"
	}
	return r
}

// roleClass makes servers that do not work stand out, and those of which that is
// not known otherwise.
func roleClass(r diag.Role) string {
	switch r {
	case diag.NotServing, diag.RoleDown, diag.ReadOnly:
		return "role bad"
	case diag.RoleUnknown, "":
		return "role unsure"
	default:
		return "role"
	}
}

// portColumn is one of the three ports. A number that all servers share heads the
// column; else each cell has its own.
func portColumn(servers []diag.ServerView, head string, of func(*diag.Ports) diag.PortView) column {
	shared, same := 0, true
	for i := range servers {
		p := of(&servers[i].Ports).Port
		if p == 0 {
			continue
		}
		same = same && (shared == 0 || shared == p)
		shared = p
	}
	if same && shared != 0 {
		head = strconv.Itoa(shared) + " " + head
	}
	return column{head, "port", func(s *diag.ServerView) string {
		p := of(&s.Ports)
		w := portWord(p.State)
		if !same && p.Port != 0 && w != "?" {
			w = strconv.Itoa(p.Port) + " " + w
		}
		return w
	}}
}

func portWord(s diag.PortState) string {
	switch s {
	case diag.PortNotExpected:
		return "-"
	case diag.PortNotProbed, "":
		return "?"
	default:
		return visible(string(s), 12)
	}
}

// portClass makes a port stand out that is closed and should not be, and one of
// which that is not known otherwise.
func portClass(word string) string {
	state := diag.PortState(word[strings.LastIndexByte(word, ' ')+1:])
	switch state {
	case diag.PortOpen, "-", "?":
		return "port"
	case diag.PortFiltered, diag.PortUnreachable:
		return "port unsure"
	default:
		return "port bad"
	}
}

func numberWord(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func latencyWord(s *diag.ServerView) string {
	if s.LatencyAvgMs == nil && s.LatencyMaxMs == nil {
		return ""
	}
	return millis(s.LatencyAvgMs) + " / " + millis(s.LatencyMaxMs) + " ms"
}

// legend explains the words of the table that do not explain themselves.
func legend(r *diag.Report) []string {
	seen := map[diag.PortState]bool{}
	for i := range r.Servers {
		p := &r.Servers[i].Ports
		seen[p.Client.State], seen[p.Quorum.State], seen[p.Election.State] = true, true, true
	}
	var out []string
	for _, w := range []struct {
		state diag.PortState
		means string
	}{
		{diag.PortFiltered, "filtered: no answer in time (firewall, route or dead host)"},
		{diag.PortUnreachable, "unreachable: the network has no way there"},
		{diag.PortSilent, "silent: accepts, then says nothing"},
		{diag.PortNotExpected, "-: closed, rightly so (only the leader opens it)"},
		{diag.PortNotProbed, "?: not looked at"},
	} {
		if seen[w.state] {
			out = append(out, w.means)
		}
	}
	return out
}
