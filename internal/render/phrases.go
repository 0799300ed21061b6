package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// phrases are what the text screen and the status page say in the same words. Where
// they stand, and what is left out for want of room, is each one's own.
type phrases struct {
	r     *report.Report
	o     Options
	names *names
	// rates are what servers do a second, in their order; nil where that is not known.
	rates []report.Rate
	// ofToday leaves the date out of when a change happened.
	ofToday bool
	// pages is where the pages of findings are, for the status page; empty for their own addresses.
	pages string
}

// incomplete says so when looking ended early.
func (p *phrases) incomplete() string {
	if p.r.Incomplete == "" {
		return ""
	}
	after := ""
	if !p.o.Deterministic && p.r.TookMs > 0 {
		after = " after " + seconds(p.r.TookMs)
	}
	return "incomplete: " + clean(p.r.Incomplete, maxWord) + after + "; this report has what was known until then."
}

// unverified says so when anybody could have answered in the place of the servers,
// and what it was that allowed it.
func (p *phrases) unverified(by string) string {
	if !p.r.Vantage.Unverified {
		return ""
	}
	return "the certificates of the servers were not verified (" + by + "): another program may have answered in their place."
}

// cannotTell keeps a reader from taking "cannot tell" for "is down".
func (p *phrases) cannotTell() string {
	unjudged := slices.ContainsFunc(p.r.Servers, func(s report.ServerView) bool { return s.Role == report.RoleUnknown })
	critical := slices.ContainsFunc(p.r.Findings, func(f report.Finding) bool { return f.Severity == report.Critical })
	if p.r.Verdict.State != report.Unknown || !unjudged || critical {
		return ""
	}
	from := "from one of its servers."
	if p.r.Vantage.LocalServer != nil {
		from = "from another of its servers."
	}
	seen := "This"
	if h := clean(p.r.Vantage.Host, maxWord); h != "" {
		seen = "This check from " + h
	}
	if slices.ContainsFunc(p.r.Servers, func(s report.ServerView) bool { return s.Role == report.NotServing }) {
		return seen + " does not show whether the ensemble serves. Run it " + from
	}
	return seen + " shows nothing about the ensemble; it may be fine. Run it " + from
}

// processNotice is what is said of a ZooKeeper process of this host for which
// zkServer.sh status and the truth differ: the case in which people start to
// search the web for the script's sentence.
type processNotice struct {
	// said is the script's sentence; again is set where it is that of the process before.
	said  string
	again bool
	truth string
	// why is the reason for which the script fails, where that is known.
	why string
}

// scriptSays comes before the script's sentence.
const scriptSays = "`zkServer.sh status` prints"

func (p *phrases) processNotices() []processNotice {
	var out []processNotice
	stopped := false // the one before
	for i := range p.r.Processes {
		pr := &p.r.Processes[i]
		n := processNotice{said: clean(pr.StatusScript, maxProse), why: clean(pr.StatusWhy, maxProse)}
		wrong := n.said != "" && !strings.HasPrefix(n.said, "Mode:")
		idle := p.idle(pr)
		if !wrong && !idle && (pr.Serving || n.said != "") {
			continue
		}
		name := "this host"
		if pr.Server != "" {
			name = p.names.of(pr.Server)
		}
		again := len(out) > 0 && n.said == out[len(out)-1].said && pr.Stopped == stopped
		stopped = pr.Stopped
		switch {
		case again:
			n.again, n.truth = true, "the same for "+name+", "
		case pr.Stopped:
			n.truth = "On " + name + " the process exists, but a signal has stopped it: "
		case pr.Serving:
			n.truth = "That is wrong; " + name + " serves: "
		case idle && !wrong:
			n.truth = "ZooKeeper runs on " + name + " but does not serve: "
		default:
			n.truth = "ZooKeeper runs on " + name + ": "
		}
		n.truth += p.processFacts(pr)
		out = append(out, n)
	}
	return out
}

// idle reports whether a process is known not to serve.
func (p *phrases) idle(pr *report.ProcessView) bool {
	return slices.ContainsFunc(p.r.Servers, func(s report.ServerView) bool {
		return s.Name == pr.Server && s.Serving != nil && !*s.Serving
	})
}

// processFacts names the process so that it is found again.
func (p *phrases) processFacts(pr *report.ProcessView) string {
	facts := []string{"pid " + itoa(pr.PID)}
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
