package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// What systemd says of a server: it has seen the process end.

// exitMeanings are what ZooKeeper means by an exit code (ExitCode.java, 3.5 and later;
// 3.4 ends with 1 or 2), and systemd or a shell by theirs; empty where it means nothing.
var exitMeanings = map[int32]string{
	1:   "an unexpected error: data, the client port, the list of servers",
	2:   "its configuration or its myid",
	3:   "its data directory",
	4:   "the AdminServer's port",
	10:  "it could not write a snapshot",
	12:  "it and its leader have contradictory data",
	13:  "it and its leader have contradictory data",
	14:  "its election port",
	126: "a command in its start script was not found, or may not be run",
	127: "a command in its start script was not found, or may not be run",
	137: "killed by SIGKILL, as when memory runs out",
	143: "stopped by SIGTERM",
	200: "systemd: its working directory",
	203: "systemd: the program to run is not there, or may not be run",
	216: "systemd: its user or group does not exist",
	217: "systemd: its user or group does not exist",
}

// serviceEvidence is what systemd tells of how the server ended; nothing where it has not told, or
// the process runs.
func serviceEvidence(h *model.Host) []report.Evidence {
	if h.Process != nil || !h.Service.Seen() {
		return nil
	}
	s := h.Service.Value
	words := []string{s.Active}
	if !slices.Contains([]string{"success", "exit-code", "signal", ""}, s.Result) { // what follows says as much
		words = append(words, s.Result)
	}
	switch s.Code {
	case model.Exited:
		words = append(words, fmt.Sprintf("exit code %d", s.Status))
	case model.Killed, model.Dumped:
		words = append(words, fmt.Sprintf("killed by signal %d", s.Status))
	}
	value := strings.Join(words, ", ")
	if why := exitMeanings[s.Status]; s.Code == model.Exited && why != "" {
		value += " (" + why + ")"
	}
	return []report.Evidence{{Source: "systemd", Key: s.Unit, Value: value}}
}
