package theory

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// plan is the steps of one finding, and the hosts on which each is to be done.
type plan struct {
	// whole are all the steps, and steps those that no plan before has.
	whole, steps []report.Fix
	hosts        [][]string
	// after are the hosts on which all of it comes once the first is done.
	after []string
}

// takes joins the steps of another finding, if but for the host they are the same.
func (p *plan) takes(steps []report.Fix) bool {
	if !slices.EqualFunc(p.whole, steps, func(a, b report.Fix) bool { a.Host, b.Host = "", ""; return a == b }) {
		return false
	}
	if host := onlyHost(steps); host != "" && p.costs() {
		if host != onlyHost(p.whole) && !slices.Contains(p.after, host) {
			p.after = append(p.after, host)
		}
		return true
	}
	for i, own := range p.steps {
		at := slices.IndexFunc(steps, func(s report.Fix) bool { s.Host = own.Host; return s == own })
		if host := steps[at].Host; !slices.Contains(p.hosts[i], host) {
			p.hosts[i] = append(p.hosts[i], host)
		}
	}
	return true
}

// costs reports whether it takes several steps on a host, and one of them costs something there:
// done step by step on all hosts it would cost that on all of them together.
func (p *plan) costs() bool {
	onHosts, costs := 0, false
	for _, s := range p.whole {
		if s.Host != "" {
			onHosts++
			costs = costs || s.Risk != "" && !strings.HasPrefix(s.Risk, "none")
		}
	}
	return onHosts > 1 && costs
}

// onlyHost is the host of all steps that name one; empty for none and for several.
func onlyHost(steps []report.Fix) string {
	host := ""
	for _, s := range steps {
		switch {
		case s.Host == "":
		case host != "" && host != s.Host:
			return ""
		default:
			host = s.Host
		}
	}
	return host
}

// together are the steps of all plans. What a plan has to say at its end of no host in particular has
// no place in the order, and comes after the steps of all hosts.
func together(plans []plan) []report.Fix {
	var steps, advice []report.Fix
	for _, p := range plans {
		own := p.fixes()
		n := len(own)
		for n > 0 && own[n-1].Host == "" {
			n--
		}
		steps, advice = append(steps, own[:n]...), append(advice, own[n:]...)
	}
	return append(steps, advice...)
}

// fixes are the steps with their hosts.
func (p *plan) fixes() []report.Fix {
	out := slices.Clone(p.steps)
	for i := range out {
		out[i].Host = strings.Join(p.hosts[i], ", ")
	}
	if len(p.after) > 0 {
		out = append(out, report.Fix{
			Host: strings.Join(p.after, ", "), Note: "then the same there, one host after the other; wait each time until the server serves",
		})
	}
	return out
}
