package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
)

// command is where a command starts: alone on its line, ready to be copied.
const command = body + "     "

// round is what to do on one host, or on several one after the other.
type round struct {
	hosts []string
	steps []diag.Fix
}

// rounds groups steps by host. Hosts on which the same is to be done share a
// round, in which one host is finished before the next is begun.
func rounds(steps []diag.Fix) []round {
	var out []round
	for _, s := range steps {
		host := s.Host
		s.Host = ""
		if n := len(out); n > 0 && out[n-1].hosts[0] == host {
			out[n-1].steps = append(out[n-1].steps, s)
			continue
		}
		out = append(out, round{hosts: []string{host}, steps: []diag.Fix{s}})
	}
	for i := 0; i < len(out); i++ {
		for k := i + 1; k < len(out); k++ {
			if out[i].hosts[0] != "" && out[k].hosts[0] != "" && slices.Equal(out[i].steps, out[k].steps) {
				out[i].hosts = append(out[i].hosts, out[k].hosts...)
				out = slices.Delete(out, k, k+1)
				k--
			}
		}
	}
	return out
}

// remedy writes the steps of a fix in their order, under the host on which to
// take them.
func (p *page) remedy(steps []diag.Fix) {
	lead := "  do    "
	all := rounds(steps)
	count := 0
	for _, r := range all {
		count += len(r.steps)
	}
	no := 0
	for i, r := range all {
		if on := p.where(r.hosts); on != "" || i > 0 {
			p.flow(lead, body, cmp.Or(on, "also")+":")
			lead = body
		}
		for k := range r.steps {
			number := ""
			switch {
			case i > 0 && r.hosts[0] == "": // advice rather than a step
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

// where is "on zk1", "on zk1, then on zk2", or nothing.
func (p *page) where(hosts []string) string {
	if hosts[0] == "" {
		return ""
	}
	on := make([]string, len(hosts))
	for i, h := range hosts {
		on[i] = "on " + p.names.host(h)
	}
	return strings.Join(on, ", then ")
}

// stepText is what stands before the command: what it is for and what it can
// cost.
func (p *page) stepText(s *diag.Fix) string {
	text := p.names.prose(s.Note)
	if risk := riskText(p.names.prose(s.Risk)); risk != "" {
		text = strings.TrimSpace(text + " " + risk)
	}
	if s.Command != "" && text != "" && strings.IndexByte(".:?!", text[len(text)-1]) < 0 {
		text += ":"
	}
	switch {
	case text == "" && s.Command == "":
		return "(no step given)"
	case text == "":
		return "run:"
	}
	return text
}

// riskText says in parentheses what a step can cost; nothing when it costs
// nothing, and why it does not when that is told.
func riskText(risk string) string {
	risk = strings.TrimSuffix(risk, ".")
	switch why, none := strings.CutPrefix(risk, "none: "); {
	case risk == "" || risk == "none":
		return ""
	case none:
		return "(no risk: " + why + ")"
	}
	return "(risk: " + risk + ")"
}

// command writes a command whole on a line of its own. One that holds escaped
// bytes would do something else when pasted, so it says so.
func (p *page) command(c string) {
	if c == "" {
		return
	}
	text := escape(c)
	if len(text) > maxCommand {
		p.flow(body, body, "(the command is too long for a screen: see -o json)")
		return
	}
	p.put(command + text)
	if text != c {
		p.flow(body, body, "(do not paste it: it holds bytes that are no printable ASCII)")
	}
}
