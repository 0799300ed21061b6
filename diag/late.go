package diag

import (
	"fmt"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// A server that is still in the election which the others have ended. It asks its peers less and
// less often, once a minute at the least (FastLeaderElection.maxNotificationInterval), and joins
// when it next asks.

// asksEvery is that minute.
const asksEvery = time.Minute

// asked is the last time that a server asked its peers for their votes.
type asked struct {
	line snapshot.LogLine
	// ago is how long ago that was, and wait how long it waits until it asks again.
	ago, wait time.Duration
}

// lastAsked is what the log of a server says of that; ok is false where it says nothing.
func lastAsked(e *model.Ensemble, s *model.Server) (a asked, ok bool) {
	if s.Local == nil || s.Local.Process == nil {
		return asked{}, false
	}
	lines, _, _ := saysLately(s.Local, logline.Asking)
	if len(lines) == 0 {
		return asked{}, false
	}
	ago, ok := logAge(s.Local.Log.Value, lines[0].At, e.Snap.Started)
	return asked{lines[0], ago, time.Duration(lines[0].Fields.WaitMs) * time.Millisecond}, ok
}

// leadsFor is for how long there has been the leader, at most: since its election, as mntr has it
// from 3.6 on, or since its process began.
func leadsFor(e *model.Ensemble) (lead *model.Server, most time.Duration, ok bool) {
	if lead = e.OnlyLeader(); lead == nil {
		return nil, 0, false
	}
	most, _, ok = uptimeOf(lead, e.Snap.Started)
	return lead, most, ok
}

// syncTooLate is the finding for a server that has asked nobody since the others elected a leader;
// nil where that is not seen.
func syncTooLate(e *model.Ensemble, s *model.Server) *report.Finding {
	last, ok := lastAsked(e, s)
	lead, most, known := leadsFor(e)
	if !s.NotServing() || s.Role != report.NotServing || !s.Voter() {
		return nil
	}
	if !ok || !known || last.ago <= most || last.ago > last.wait {
		return nil
	}
	again := (last.wait - last.ago).Round(time.Second)
	return &report.Finding{
		Severity: report.Info, Certainty: report.Proven, Servers: []string{s.Name},
		Title:   "still in an election that the others have finished",
		Summary: fmt.Sprintf("%s has led for at most %s, and this server has sent no vote since: it asks its peers again in %s, and then joins.", lead.Name, most.Round(time.Second), again),
		Evidence: []report.Evidence{
			lineEvidence(s.Local, last.line),
			{Source: "role", Server: lead.Name, Key: "leads for at most", Value: most.Round(time.Second).String()},
		},
		Fix: []report.Fix{
			step(s.Name, fmt.Sprintf("wait %s; then run zkdoctor check again", again)),
			restartOf(s, "if it is still not in the quorum then, ", "none: it does not serve clients now"),
		},
	}
}

// electsAlone adds to a server that does not serve, while others lead and follow, that it may only
// be late: what is known of when it asks again, and what to do if that does not help.
func electsAlone(e *model.Ensemble, s *model.Server, f *report.Finding) {
	if lead, most, known := leadsFor(e); lead == nil || !s.Voter() || known && most > asksEvery+listensAfter {
		return
	}
	note := "a server alone in an election asks the others again after at most a minute: wait that long and run zkdoctor check again"
	if last, ok := lastAsked(e, s); ok && last.ago <= last.wait {
		addEvidence(f, lineEvidence(s.Local, last.line))
		again := (last.wait - last.ago).Round(time.Second)
		note = fmt.Sprintf("it is alone in an election and asks the others again in %s: wait that long and run zkdoctor check again", again)
	}
	f.Fix = append([]report.Fix{step(s.Name, note)}, f.Fix...)
	if s.Local != nil {
		f.Fix = append(f.Fix, restartOf(s, "if it is still not in the quorum then, and nothing else is found, ", "none: it does not serve clients now"))
	}
}
