package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// round is what to do on one host, or on several one after the other.
type round struct {
	hosts []string
	steps []report.Fix
}

// rounds groups steps by host. Hosts on which the same is to be done share a
// round, in which one host is finished before the next is begun.
func rounds(steps []report.Fix) []round {
	var out []round
	for _, s := range steps {
		host := s.Host
		s.Host = ""
		if n := len(out); n > 0 && out[n-1].hosts[0] == host {
			out[n-1].steps = append(out[n-1].steps, s)
			continue
		}
		out = append(out, round{hosts: []string{host}, steps: []report.Fix{s}})
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

// advice reports whether a round is advice, which has no order, rather than steps.
func advice(i int, hosts []string) bool { return i > 0 && hosts[0] == "" }

// where says on which hosts to take the steps of a round: "on zk1", "on zk1, then on
// zk2", "also" of advice, or nothing.
func (p *phrases) where(i int, hosts []string) string {
	switch {
	case advice(i, hosts):
		return "also"
	case hosts[0] == "":
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
func (p *phrases) stepText(s *report.Fix) string {
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

// commandText is the command as it can be shown: whole or not at all. One that holds
// escaped bytes would do something else when pasted, so a warning says so.
func commandText(c string) (text, warning string) {
	switch text = escape(c); {
	case len(text) > maxCommand:
		return "", "(the command is too long for a screen: see -o json)"
	case text != c:
		return text, "(do not paste it: it contains bytes that are not printable ASCII)"
	}
	return text, ""
}
