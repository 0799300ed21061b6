package diag

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

const StatusScriptMisleading report.Code = "status-script-misleading"

var statusScriptMisleadingRule = Rule{
	Code: StatusScriptMisleading, Title: "zkServer.sh status is wrong", Needs: "a server's own process and files",
	Traits: theory.Traits{NeverRoot: true},
	Eval:   perHost(checkStatusScript),
}

func checkStatusScript(_ *model.Ensemble, h *model.Host) Outcome {
	if h.Process == nil {
		return Outcome{}
	}
	line, why := statusScript(h)
	if line == "" {
		return undecided("the output of zkServer.sh status is not known")
	}
	if line != scriptFails {
		return Outcome{}
	}
	if h.Server != nil && model.CutsOff(h.Server) {
		return undecided("its client port closes connections without an answer, those of the script too")
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: "`zkServer.sh status` prints \"" + scriptFails + "\" ZooKeeper is running there.",
		Evidence: []report.Evidence{
			processEvidence(h, h.Process.Main+" runs", ""),
			{Source: "zkServer.sh", Value: why},
		},
	}
	if h.Process.State == "T" {
		f.Summary = "`zkServer.sh status` prints \"" + scriptFails + "\" The process exists, but a signal has stopped it."
	}
	if h.Server != nil && h.Server.Serving == model.Yes && h.Server.Srvr.Seen() {
		addEvidence(&f, report.Evidence{Source: "srvr", Value: "Mode: " + string(h.Server.Role)})
		f.Fix = steps(nameOf(h), "the server is fine; correct the address or port that the script reads from zoo.cfg")
		if note := carriageReturn(h); note != nil {
			f.Fix = []report.Fix{{
				Host: nameOf(h), Command: fmt.Sprintf("sed -i 's/\\r$//' %s", shellWord(note.File)),
				Note: "remove the carriage returns from zoo.cfg; no restart is needed", Risk: "none",
			}}
		}
	}
	return found(f)
}
