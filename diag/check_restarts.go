package diag

import (
	"fmt"
	"slices"
	"time"
)

var restartLoopRule = Rule{
	Code: RestartLoop, Title: "is started again and again", Needs: "a server's own process, log and unit",
	Explains: slices.Concat(keptOut, []Code{ProcessDown, ServerStarting}),
	Eval:     checkRestarts,
}

// checkRestarts finds a server that ends again and again, and is started each time.
// One start between two looks is an operator's.
func checkRestarts(e *ensemble) result {
	out := e.perHost(func(h *host) ([]Finding, string) {
		loop := e.findLoop(h)
		if loop == nil {
			return nil, e.loopUnseen(h)
		}
		shown, certainty := loop.shown(h)
		evidence := append([]Evidence{shown}, h.serviceEvidence()...)
		return []Finding{{
			Severity: e.hostSeverity(h), Certainty: certainty, Servers: h.servers(),
			Summary:  "it ends soon after each start, and something starts it again and again. While that goes on it is not there, however often a look finds its process.",
			Evidence: append(evidence, h.logged(fatalSigns)...),
			Fix: []Fix{
				{Host: h.name(), Note: "read why it ends: the last lines of its log before each \"Reading configuration from\", and its exit code (systemctl status). Another restart changes nothing"},
				{Host: h.name(), Note: "mend that, and start it once"},
			},
		}}, ""
	})
	for _, h := range e.hosts {
		out.lookAgain = out.lookAgain || e.mayLoop(h)
	}
	return out
}

// shown is the evidence for a loop, and how sure it is.
func (l *loop) shown(h *host) (Evidence, Certainty) {
	switch l.sign {
	case restartsCounted:
		return Evidence{
			Source: "systemd", Server: h.name(), Key: h.Service.Value.Unit, Wanted: "none",
			Value: fmt.Sprintf("%d restarts by itself, %d before", h.Service.Value.Restarts, l.before.Service.Value.Restarts),
		}, Proven
	case processesReplaced:
		return Evidence{
			Source: "process", Server: h.name(), Key: fmt.Sprintf("pid %d", h.Process.PID),
			Value: fmt.Sprintf("is not pid %d of the look before, and neither lived for a minute", l.before.Process.PID),
		}, Likely
	}
	return Evidence{
		Source: "log", Server: h.name(), Key: l.last.Format(time.DateTime),
		Value: fmt.Sprintf("%d starts within %s", startsInLoop, l.last.Sub(l.first)), Wanted: "one", File: h.Log.Value.Path,
	}, Likely
}

// loopUnseen is why it cannot be said that a server is not in a loop.
func (e *ensemble) loopUnseen(h *host) string {
	switch {
	case h.Process == nil && !h.Service.Seen() && !h.Log.Seen():
		return "neither its log nor systemd tells when it was started"
	case h.Process != nil && h.Process.Started.IsZero():
		return "when it was started was not told"
	case e.isYoung(h) && e.before == nil && !h.Log.Seen() && !h.Service.Seen():
		return "one look, and its process has just begun"
	}
	return ""
}

// mayLoop asks for a second look where one start has just failed or begun.
func (e *ensemble) mayLoop(h *host) bool {
	if h.Service.Seen() && h.Service.Value.Sub == "auto-restart" {
		return true
	}
	return e.isYoung(h) && h.server != nil && h.server.serving == no
}
