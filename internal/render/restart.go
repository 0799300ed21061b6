package render

import (
	"io"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/restart"
)

// RestartText writes whether servers may be restarted for people, by the rules of Text: the
// first word is the answer. The error is the writer's.
func RestartText(w io.Writer, a *restart.Answer, o Options) error {
	views := make([]report.ServerView, len(a.Order))
	for i, s := range a.Order {
		views[i].Name = s.Name
	}
	p := newPage(&report.Report{Servers: views}, o)
	p.restartHead(a)
	p.restartTable(a)
	for i := range a.Checks {
		if c := &a.Checks[i]; c.Result != restart.OK && !c.Ignored {
			p.restartReason(c)
		}
	}
	p.restartRest(a)
	_, err := io.WriteString(w, p.b.String())
	return err
}

// RestartJSON writes the answer as indented JSON.
func RestartJSON(w io.Writer, a *restart.Answer) error { return writeJSON(w, "answer", a) }

// RestartOrder writes the servers alone, a line each, in the order in which to restart them.
func RestartOrder(w io.Writer, a *restart.Answer) error {
	var b strings.Builder
	for _, s := range a.Order {
		b.WriteString(clean(s.Name, maxValue) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// resultWord is the first word of the screen.
func resultWord(r restart.Result) string {
	switch r {
	case restart.OK:
		return "OK"
	case restart.NotOK:
		return "NOT OK"
	default:
		return "NOT KNOWN"
	}
}

// restartHead answers.
func (p *page) restartHead(a *restart.Answer) {
	word := resultWord(a.Answer)
	lead := word + strings.Repeat(" ", max(2, 6-len(word)))
	lines := wrap(p.names.prose(a.Summary), p.width-len(lead), p.width-len(lead))
	for i, l := range lines {
		if i > 0 {
			lead = strings.Repeat(" ", len(lead))
		}
		line := lead + l
		if i == len(lines)-1 {
			line, _ = p.spread(line, utc(a.GeneratedAt))
		}
		if i == 0 && a.Answer != restart.OK {
			line = p.bold.Sprint(word) + line[len(word):]
		}
		p.put(line)
	}
}

// questionTitle is a question as the screen asks it.
func questionTitle(t restart.Topic) string {
	switch t {
	case restart.Stop:
		return "may it stop?"
	case restart.ComeBack:
		return "would it come back?"
	default:
		return "can it be spared?"
	}
}

// questionHead is a question as the head of a column.
func questionHead(t restart.Topic) string {
	switch t {
	case restart.Stop:
		return "may stop"
	case restart.ComeBack:
		return "comes back"
	default:
		return "spared"
	}
}

// yes is the answer to a question.
func yes(r restart.Result) string {
	switch r {
	case restart.OK:
		return "yes"
	case restart.NotOK:
		return "NO"
	default:
		return "not known"
	}
}

// restartTable has a row a server, in the order in which to restart them.
func (p *page) restartTable(a *restart.Answer) {
	if len(a.Order) == 0 {
		return
	}
	p.blank()
	head := []string{"server", "role", "release"}
	for _, q := range a.Order[0].Questions {
		head = append(head, questionHead(q.Topic))
	}
	rows := [][]string{head}
	for _, s := range a.Order {
		role := string(s.Role)
		if s.Role == report.Leader {
			role = "LEADER"
		}
		row := []string{p.names.of(s.Name), role, clean(s.Version, maxWord)}
		for _, q := range s.Questions {
			row = append(row, yes(q.Answer))
		}
		rows = append(rows, row)
	}
	for _, l := range columns(rows) {
		p.put(cut(indent+l, p.width))
	}
}

// restartReason is a check that is not OK: what it says, why, and what to do first.
func (p *page) restartReason(c *restart.Check) {
	p.blank()
	head := resultWord(c.Result) + indent + clean(c.Name, maxWord)
	if c.Server != "" {
		head += indent + p.names.of(c.Server)
	}
	p.put(head)
	p.flow(indent, indent, p.names.prose(c.Text))
	p.restartWhy(c)
	p.remedy(c.Do)
	if c.Finding != "" {
		p.put("  docs  zkdoctor explain " + slug(c.Finding))
	}
}

// restartWhy is the evidence of a check.
func (p *page) restartWhy(c *restart.Check) {
	why := "  why   "
	for _, l := range p.evidence(&report.Finding{Servers: []string{c.Server}, Evidence: c.Evidence}, maxFacts) {
		p.put(why + l)
		why = body
	}
}

// restartRest are the checks that are OK: where all are, those of one server with what they say; else
// their names, so that the reason stays on the screen. The last line has the answer once more.
func (p *page) restartRest(a *restart.Answer) {
	end := resultWord(a.Answer) + ", exit " + itoa(a.ExitCode)
	switch {
	case len(a.Order) != 1:
		end += ". -o json has all checks."
	case a.Answer != restart.OK:
		p.restartFine(a)
		end += ". -o json has all checks."
	default:
		p.restartChecks(a)
	}
	p.blank()
	p.put(end)
}

// restartFine has the names of the checks that are OK, and of those that do not count.
func (p *page) restartFine(a *restart.Answer) {
	var fine, ignored []string
	for i := range a.Checks {
		switch c := &a.Checks[i]; {
		case c.Ignored:
			ignored = append(ignored, clean(c.Name, maxWord))
		case c.Result == restart.OK:
			fine = append(fine, clean(c.Name, maxWord))
		}
	}
	p.blank()
	for _, list := range []struct {
		lead  string
		names []string
	}{{"fine      ", fine}, {"left out  ", ignored}} {
		if len(list.names) > 0 {
			p.flow(indent+list.lead, strings.Repeat(" ", len(indent+list.lead)), strings.Join(list.names, ", "))
		}
	}
}

// restartChecks has each check by its question.
func (p *page) restartChecks(a *restart.Answer) {
	topic := restart.Topic("")
	for i := range a.Checks {
		c := &a.Checks[i]
		if c.Topic != topic {
			topic = c.Topic
			p.blank()
			title := questionTitle(topic)
			p.put(strings.ToUpper(title[:1]) + title[1:])
		}
		lead := indent + pad(clean(c.Name, maxWord), 16)
		text := p.names.prose(c.Text)
		if c.Ignored {
			text = "left out: " + text
		}
		p.flow(lead, strings.Repeat(" ", len(lead)), text)
		if len(c.Evidence) > 0 && !c.Ignored {
			p.restartWhy(c)
		}
	}
}

// pad fills a word up to a width.
func pad(word string, width int) string { return word + strings.Repeat(" ", max(width-len(word), 1)) }
