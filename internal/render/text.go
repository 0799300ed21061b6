package render

import (
	"io"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
)

// Text writes the report for people. The error is the writer's.
func Text(w io.Writer, r *diag.Report, o Options) error {
	p := newPage(r, o)
	timed := p.headline()
	p.incomplete()
	p.unverified()
	p.processes()
	p.servers()
	p.sessions()
	p.reach()
	p.unknown()
	if closed := p.findings(); !closed {
		p.blank()
	}
	p.footer(timed)
	if o.All {
		p.checks()
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// headline answers the first question. It reports whether the time found room
// on the line.
func (p *page) headline() bool {
	v := &p.r.Verdict
	word, state := statusWord(v.ExitCode), v.State.Word()
	lead := word
	if state != word {
		lead += strings.Repeat(" ", max(2, 6-len(word))) + state
	}
	lead += indent
	hang := strings.Repeat(" ", len(lead))
	lines := wrap(p.names.prose(v.Summary), p.width-len(lead), p.width-len(lead))
	first, timed := lead+lines[0], false
	if len(lines) == 1 {
		if first, timed = p.spread(first, p.when()); !timed { // the time matters more than how long it took
			t, _, _ := strings.Cut(p.when(), indent)
			first, timed = p.spread(first, t)
		}
	}
	p.put(p.paint(word) + first[len(word):])
	for _, l := range lines[1:] {
		p.put(hang + l)
	}
	return timed
}

// when is the time of the report and how long it took.
func (p *page) when() string {
	if p.o.Deterministic {
		return ""
	}
	t := utc(p.r.GeneratedAt)
	if t != "" && p.r.TookMs > 0 {
		t += indent + seconds(p.r.TookMs)
	}
	return t
}

// incomplete says so when looking ended early.
func (p *page) incomplete() {
	if p.r.Incomplete == "" {
		return
	}
	after := ""
	if !p.o.Deterministic && p.r.TookMs > 0 {
		after = " after " + seconds(p.r.TookMs)
	}
	p.flow("incomplete: ", indent, clean(p.r.Incomplete, maxWord)+after+
		"; what follows is what was known by then.")
}

// sessions says how long sessions took to open, where that was asked for: what a client
// waits for a write.
func (p *page) sessions() {
	var took []int64
	for i := range p.r.Servers {
		if ms := p.r.Servers[i].SessionMs; ms != nil {
			took = append(took, *ms)
		}
	}
	if len(took) == 0 {
		return
	}
	p.blank()
	p.flow("", indent, "Sessions opened at "+plural(len(took), "server")+" in "+itoa(int(slices.Min(took)))+" to "+itoa(int(slices.Max(took)))+" ms each, and were closed again.")
}

// unverified says so when anybody could have answered in the place of the servers.
func (p *page) unverified() {
	if p.r.Vantage.Unverified {
		p.flow("not checked: ", indent, "the certificates of the servers, as --tls-insecure says: it was not made sure that it was they who answered.")
	}
}

// processes are the ZooKeeper processes of this host for which
// zkServer.sh status and the truth differ: the case in which people start to
// search the web for the script's sentence.
func (p *page) processes() {
	told, lastSaid := false, ""
	for i := range p.r.Processes {
		pr := &p.r.Processes[i]
		said := clean(pr.StatusScript, maxProse)
		wrong := said != "" && !strings.HasPrefix(said, "Mode:")
		idle := p.idle(pr)
		if !wrong && !idle && (pr.Serving || said != "") {
			continue
		}
		if told && said == lastSaid {
			p.flow(indent+indent, indent+indent, "and so for "+p.processFacts(pr))
			continue
		}
		told, lastSaid = true, said
		if said != "" {
			p.scriptSays(said)
		}
		truth := "ZooKeeper is running here: "
		switch {
		case pr.Serving:
			truth = "That is wrong, it serves: "
		case wrong:
			truth = "It is running: "
		case idle:
			truth = "ZooKeeper is running here and does not serve: "
		}
		p.flow(indent, indent, truth+p.processFacts(pr))
	}
}

// scriptSays quotes the script. Its sentence stays whole on one line: it is what
// people search for.
func (p *page) scriptSays(said string) {
	line := indent + "`zkServer.sh status` says \"" + said + "\""
	if len(line) <= p.width {
		p.put(line)
		return
	}
	p.put(indent + "`zkServer.sh status` says:")
	p.flow(indent+indent, indent+indent, said)
}

// idle reports whether a process is known not to serve.
func (p *page) idle(pr *diag.ProcessView) bool {
	for i := range p.r.Servers {
		if s := &p.r.Servers[i]; s.Name == pr.Server && s.Serving != nil {
			return !*s.Serving
		}
	}
	return false
}

// processFacts names the process so that it is found again.
func (p *page) processFacts(pr *diag.ProcessView) string {
	facts := []string{"pid " + itoa(pr.PID)}
	if pr.Server != "" && len(p.r.Processes) > 1 {
		facts = append([]string{p.names.of(pr.Server)}, facts...)
	}
	if m := clean(pr.Main, maxWord); m != "" {
		facts = append(facts, m[strings.LastIndexByte(m, '.')+1:])
	}
	if pr.User != "" && p.o.All {
		facts = append(facts, "user "+clean(pr.User, maxWord))
	}
	if !p.o.Deterministic {
		facts = append(facts, "up "+ageLong(pr.UptimeSeconds))
	}
	if pr.Config != "" {
		facts = append(facts, "config "+clean(pr.Config, maxValue))
	}
	return strings.Join(facts, ", ") + "."
}

// anyUnjudged reports whether a server could not be judged from here.
func (p *page) anyUnjudged() bool {
	return slices.ContainsFunc(p.r.Servers, func(s diag.ServerView) bool { return s.Role == diag.RoleUnknown })
}

// unknown keeps a reader from taking "cannot tell" for "is down".
func (p *page) unknown() {
	if p.r.Verdict.State != diag.Unknown || !p.anyUnjudged() {
		return
	}
	for i := range p.r.Findings {
		if p.r.Findings[i].Severity == diag.Critical {
			return
		}
	}
	from := "from one of its servers."
	if p.r.Vantage.LocalServer != nil {
		from = "from another of its servers."
	}
	seen := "This"
	if h := clean(p.r.Vantage.Host, maxWord); h != "" {
		seen = "This look from " + h
	}
	p.blank()
	p.flow("", "", seen+" says nothing about the ensemble; it may be fine. Try it "+from)
}
