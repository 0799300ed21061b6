package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// What systemd says of a server: it has seen the process end.

// exitMeaning says what ZooKeeper means by an exit code (ExitCode.java, 3.5 and later;
// 3.4 ends with 1 or 2), and systemd or a shell by theirs; empty where it means nothing.
func exitMeaning(code int32) string {
	switch code {
	case 1:
		return "an unexpected error: data, the client port, the list of servers"
	case 2:
		return "its configuration or its myid"
	case 3:
		return "its data directory"
	case 4:
		return "the AdminServer's port"
	case 10:
		return "it could not write a snapshot"
	case 12, 13:
		return "it and its leader contradict each other"
	case 14:
		return "its election port"
	case 126, 127:
		return "a command in its start was not found, or may not be run"
	case 137:
		return "killed by SIGKILL, as when memory runs out"
	case 143:
		return "stopped by SIGTERM"
	case 200:
		return "systemd: its working directory"
	case 203:
		return "systemd: the program to run is not there, or may not be run"
	case 216, 217:
		return "systemd: its user or group does not exist"
	}
	return ""
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
	if why := exitMeaning(s.Status); s.Code == model.Exited && why != "" {
		value += " (" + why + ")"
	}
	return []report.Evidence{{Source: "systemd", Key: s.Unit, Value: value}}
}
