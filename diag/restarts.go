package diag

import (
	"fmt"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

const RestartLoop report.Code = "restart-loop"

var restartLoopRule = Rule{
	Code: RestartLoop, Title: "restarts again and again", Needs: "a server's own process, log and unit",
	Traits:   theory.Traits{Unsettled: true, Proximate: true},
	Explains: slices.Concat(keptOut, []report.Code{"process-down", "server-starting"}),
	Eval:     checkRestarts,
}

// checkRestarts finds a server that ends again and again, and is started each time.
// One start between two looks is an operator's.
func checkRestarts(e *model.Ensemble) Outcome {
	out := perHost(loopsHere)(e)
	return out.lookAgain(slices.ContainsFunc(e.Hosts, func(h *model.Host) bool { return mayLoop(e, h) }))
}

// loopsHere judges one server.
func loopsHere(e *model.Ensemble, h *model.Host) Outcome {
	loop := e.FindLoop(h)
	if loop == nil {
		return undecided(loopUnseen(e, h))
	}
	shown, certainty := loopEvidence(loop, h)
	evidence := append([]report.Evidence{shown}, serviceEvidence(h)...)
	return found(report.Finding{
		Certainty: certainty,
		Summary:   "it exits soon after each start, and is started again each time. Until that ends it does not serve, even when a check finds its process.",
		Evidence:  append(evidence, logEvidences(h, fatalSigns)...),
		Fix:       []report.Fix{step(nameOf(h), whyEnds(h)+". Another restart does not help: correct this first"), startIt(h, ", once")},
	})
}

// whyEnds is where to find why a server ends again and again, as far as this run has not read it.
func whyEnds(h *model.Host) string {
	switch {
	case len(logEvidences(h, fatalSigns)) > 0:
		return "the log lines in the evidence show why it exits"
	case h.Log.Seen():
		return "its log shows no known reason: find out what stops and starts it from outside: a health check, an orchestrator, or its systemd unit (systemctl status)"
	}
	return "find out why it exits: read the last lines of its log before each \"Reading configuration from\", and its exit code (systemctl status)"
}

// loopEvidence is the evidence for a loop, and how sure it is.
func loopEvidence(l *model.Loop, h *model.Host) (report.Evidence, report.Certainty) {
	switch l.Sign {
	case model.RestartsCounted:
		return report.Evidence{
			Source: "systemd", Key: h.Service.Value.Unit, Wanted: "none",
			Value: fmt.Sprintf("%d restarts by itself, %d before", h.Service.Value.Restarts, l.Before.Service.Value.Restarts),
		}, report.Proven
	case model.ProcessesReplaced:
		value := fmt.Sprintf("is not pid %d of the previous check, and neither ran for a minute", l.Before.Process.PID)
		return processEvidence(h, value, ""), report.Likely
	default: // StartsLogged
		return report.Evidence{
			Source: "log", Key: l.Last.Format(time.DateTime),
			Value:  fmt.Sprintf("%d starts within %s", model.StartsInLoop, l.Last.Sub(l.First)),
			Wanted: "one", File: h.Log.Value.Path,
		}, report.Likely
	}
}

// loopUnseen is why it cannot be said that a server is not in a loop.
func loopUnseen(e *model.Ensemble, h *model.Host) string {
	switch {
	case h.Process == nil && !h.Service.Seen() && !h.Log.Seen():
		return "neither its log nor systemd reports when it was started"
	case h.Process != nil && h.Process.Started.IsZero():
		return "its start time was not reported"
	case e.IsYoung(h) && e.Before == nil && !h.Log.Seen() && !h.Service.Seen():
		return "only one check, and its process started a moment ago"
	}
	return ""
}

// mayLoop reports whether a second look may show a loop: a start has just failed or begun.
func mayLoop(e *model.Ensemble, h *model.Host) bool {
	if h.Service.Seen() && h.Service.Value.Sub == "auto-restart" {
		return true
	}
	return e.IsYoung(h) && h.Server != nil && h.Server.Serving == model.No
}
