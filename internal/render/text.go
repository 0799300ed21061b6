package render

import (
	"io"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Text writes the report for people. The error is the writer's.
func Text(w io.Writer, r *report.Report, o Options) error {
	p := newPage(r, o)
	timed := p.headline()
	p.say(p.incomplete())
	p.say(p.unverified("--tls-insecure"))
	p.processes()
	p.servers()
	p.tellAges()
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
	p.verdictAgain()
	_, err := io.WriteString(w, p.b.String())
	return err
}

// oneScreen is the height of a terminal, in lines.
const oneScreen = 24

// verdictAgain repeats the verdict below a report of more than one screen, whose first line is out
// of sight.
func (p *page) verdictAgain() {
	if strings.Count(p.b.String(), "\n") > oneScreen {
		p.blank()
		p.headline()
	}
}

// headline answers the first question. It reports whether the time found room
// on the line.
func (p *page) headline() bool {
	v := &p.r.Verdict
	word, state := stateWords(v)
	lead := word
	if state != "" {
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

// tellAges writes them below the table.
func (p *page) tellAges() {
	if sentence := p.ages(); sentence != "" && !p.released {
		p.flow(indent, indent, sentence)
	}
}

// sessions says how long sessions took to open, where that was asked for: what a client
// waits for a write.
func (p *page) sessions() {
	var took []int64
	for _, s := range p.r.Servers {
		if s.SessionMs != nil {
			took = append(took, *s.SessionMs)
		}
	}
	if len(took) == 0 {
		return
	}
	p.blank()
	least, most := itoa(int(slices.Min(took))), itoa(int(slices.Max(took)))
	p.flow("", indent, "Sessions opened at "+plural(len(took), "server")+
		" in "+least+" to "+most+" ms each, and were closed again.")
}

// processes writes what is said of the processes of this host.
func (p *page) processes() {
	for _, n := range p.processNotices() {
		if n.again {
			p.flow(indent+indent, indent+indent, n.truth)
			continue
		}
		if n.said != "" {
			p.scriptSays(n.said)
		}
		p.flow(indent, indent, n.truth)
	}
	for _, sentence := range p.otherProcesses() {
		p.flow(indent, indent, sentence)
	}
}

// scriptSays quotes the script. Its sentence stays whole on one line: it is what
// people search for.
func (p *page) scriptSays(said string) {
	line := indent + scriptSays + " \"" + said + "\""
	if len(line) <= p.width {
		p.put(line)
		return
	}
	p.put(indent + scriptSays + ":")
	p.flow(indent+indent, indent+indent, said)
}

// unknown sets it apart, and its lines have no margin.
func (p *page) unknown() {
	if sentence := p.cannotTell(); sentence != "" {
		p.blank()
		p.flow("", "", sentence)
	}
}
