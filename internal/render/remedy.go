package render

import (
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// command is where a command starts: alone on its line, ready to be copied.
const command = body + "     "

// remedy writes the steps of a fix in their order, under the host on which to
// take them.
func (p *page) remedy(steps []report.Fix) {
	lead := "  do    "
	all := rounds(steps)
	count := 0
	for _, r := range all {
		count += len(r.steps)
	}
	no := 0
	for i, r := range all {
		if where := p.where(i, r.hosts); where != "" {
			p.flow(lead, body, where+":")
			lead = body
		}
		for k := range r.steps {
			number := ""
			switch {
			case advice(i, r.hosts):
				number = "- "
			case count > 1:
				no++
				number = itoa(no) + ". "
			}
			p.flow(lead+number, body+strings.Repeat(" ", len(number)), p.stepText(&r.steps[k]))
			lead = body
			p.command(r.steps[k].Command)
		}
	}
}

// command writes a command whole on a line of its own.
func (p *page) command(c string) {
	text, warning := commandText(c)
	if text != "" {
		p.put(command + text)
	}
	if warning != "" {
		p.flow(body, body, warning)
	}
}
