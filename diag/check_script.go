package diag

import (
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// statusScript is the line that `zkServer.sh status` prints for the host's
// server, and why; empty when that cannot be told.
//
// The script (3.4.10 to 3.9) greps clientPort and clientPortAddress out of
// zoo.cfg, asks srvr there and greps "Mode" out of the answer. Whatever goes
// wrong on the way, it prints one and the same line.
func (h *host) statusScript() (line, why string) {
	if h.Process == nil || h.config == nil || !h.Script.Tried {
		return "", ""
	}
	if note := h.carriageReturn(); note != nil {
		return scriptFails, fmt.Sprintf("%s:%d ends in CR LF: the server reads over the CR, the script passes it on as part of the port", note.File, note.Line)
	}
	if h.Script.Seen() {
		return "Mode: " + string(h.Script.Value.Mode), ""
	}
	switch h.Script.Failure.Kind {
	case snapshot.NotServing:
		return scriptFails, "it runs and answers, and is in no quorum; the script takes an answer without \"Mode\" for none"
	case snapshot.Cancelled, snapshot.Denied:
		return "", ""
	default:
		return scriptFails, fmt.Sprintf("the script asks %s: %s", h.ScriptAddr, strings.TrimPrefix(h.Script.Failure.Text, h.ScriptAddr+": "))
	}
}

// carriageReturn finds the note on CR LF line ends, when one of the lines that
// the script reads has them.
func (h *host) carriageReturn() *zoocfg.Note {
	if !h.config.ClientPort.IsSet() {
		return nil
	}
	for i := range h.config.Notes {
		if n := &h.config.Notes[i]; n.Kind == zoocfg.NoteCRLF {
			return n
		}
	}
	return nil
}

var statusScriptMisleadingRule = Rule{
	Code: StatusScriptMisleading, Title: "zkServer.sh status is wrong about it", Needs: "a server's own process and files",
	Traits: Traits{NeverRoot: true},
	Eval:   checkStatusScript,
}

func checkStatusScript(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		if h.Process == nil {
			return nil, ""
		}
		line, why := h.statusScript()
		if line == "" {
			return nil, "what zkServer.sh would say cannot be told"
		}
		if line != scriptFails {
			return nil, ""
		}
		f := Finding{
			Severity: Info, Certainty: Proven, Servers: h.servers(),
			Summary: "`zkServer.sh status` says \"" + scriptFails + "\" It is running.",
			Evidence: []Evidence{
				{Source: "process", Server: h.name(), Key: fmt.Sprintf("pid %d", h.Process.PID), Value: h.Process.Main + " runs"},
				{Source: "zkServer.sh", Server: h.name(), Value: why},
			},
		}
		if h.server != nil && h.server.serving == yes && !h.server.inferred {
			f.Evidence = append(f.Evidence, Evidence{Source: "srvr", Server: h.name(), Value: "Mode: " + string(h.server.role)})
			f.Fix = []Fix{{Host: h.name(), Note: "the server is fine; mend the line that the script reads"}}
			if note := h.carriageReturn(); note != nil {
				f.Fix = []Fix{{Host: h.name(), Command: fmt.Sprintf("sed -i 's/\\r$//' %s", shellWord(note.File)), Note: "no restart is needed", Risk: "none"}}
			}
		}
		return []Finding{f}, ""
	})
}
