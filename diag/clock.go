package diag

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// skewed is how far apart the clocks of two servers may be; past muchSkewed it is a
// warning: Kerberos refuses at 5 minutes.
const skewed, muchSkewed = 5 * time.Second, time.Minute

const ClockSkew report.Code = "clock-skew"

var clockSkewRule = Rule{
	Code: ClockSkew, Title: "server clocks differ", Needs: "the AdminServers of two servers",
	Eval: checkClockSkew,
}

// checkClockSkew compares the clocks of servers with one another, and not with this
// host's, which may be the wrong one.
func checkClockSkew(e *model.Ensemble) Outcome {
	out := eachServer(e, func(s *model.Server) Outcome { return whyNoClock(s, clockOf(e, s)) })
	var reported []clock
	for _, s := range e.Servers {
		if ahead := clockOf(e, s); ahead.Seen() && s.DuplicateOf == nil {
			reported = append(reported, clock{s, ahead.Value, ahead.Took})
		}
	}
	if len(reported) < 2 {
		return out.and(skip(report.SkipNotReported, "fewer than two servers reported the time"))
	}
	slices.SortStableFunc(reported, func(a, b clock) int { return cmp.Compare(a.ahead, b.ahead) })
	// Of three, one that is wrong is never in the middle.
	usual, apart := reported[(len(reported)-1)/2], reported[len(reported)-1].ahead-reported[0].ahead
	f := report.Finding{Severity: report.Info, Certainty: report.Proven}
	for _, c := range reported {
		addEvidence(&f, report.Evidence{
			Source: "clock", Server: c.server.Name, Value: c.ahead.String() + " ahead of this host's",
		})
		// When in the time of a look a server told its own is not known.
		off := (c.ahead - usual.ahead).Abs() - max(c.took, usual.took)
		if off <= skewed {
			continue
		}
		f.Servers = append(f.Servers, c.server.Name)
		if !c.goesOn(e) {
			f.Certainty = report.Likely
		}
		if off > muchSkewed {
			f.Severity = report.Warning
		}
	}
	if len(f.Servers) == 0 {
		return out
	}
	if len(reported) == 2 {
		f.Servers = []string{reported[0].server.Name, reported[1].server.Name} // which of both is wrong is not known
	}
	f.Summary = fmt.Sprintf("the clocks differ by up to %s. ZooKeeper does not measure time by this clock, but logs of different servers cannot be compared, and certificates and Kerberos tickets depend on the clock.", apart.Round(time.Second))
	if f.Certainty == report.Likely {
		f.Summary += " Less likely: a cache in front of an AdminServer repeats an old answer."
	}
	for _, name := range f.Servers {
		f.Fix = append(f.Fix, inspect(name, "timedatectl; chronyc tracking", "check whether the clock is synchronised; if not, start the time service (chrony, systemd-timesyncd)"))
	}
	return out.and(found(f)).lookAgain(f.Certainty == report.Likely)
}

// clock is how far a server's clock is ahead of this host's, and how long it took to be told.
type clock struct {
	server *model.Server
	ahead  time.Duration
	took   time.Duration
}

// goesOn reports whether the clock was as far ahead in the earlier check: the answer of a cache
// stays behind by the time between both. What another host's snapshot says is of its own clock.
func (c clock) goesOn(e *model.Ensemble) bool {
	if e.Vantages != nil {
		return true
	}
	before := e.Earlier(c.server)
	if before == nil || !before.Admin.Clock.Seen() {
		return false
	}
	return (c.ahead - before.Admin.Clock.Value).Abs() <= max(time.Second, c.took, before.Admin.Clock.Took)
}

// clockOf is what is known of a server's clock: by the snapshot that was taken on its
// host, or by its AdminServer.
func clockOf(e *model.Ensemble, s *model.Server) snapshot.Obs[time.Duration] {
	if e.Vantages == nil {
		return s.Admin.Clock
	}
	for _, v := range e.Vantages {
		if local := v.LocalServer(); local != nil && *local == s.Name {
			return v.Snap.Vantage.Clock
		}
	}
	return snapshot.Obs[time.Duration]{}
}

// whyNoClock tells why a server's clock is not known; empty when it is.
func whyNoClock(s *model.Server, clock snapshot.Obs[time.Duration]) Outcome {
	if clock.Seen() {
		return Outcome{}
	}
	if why := whyNoAnswer(s); why.skipped() {
		return why
	}
	return skip(report.SkipNotReported, "it reported no time: AdminServers do, and are asked only where four-letter words are not allowed")
}
