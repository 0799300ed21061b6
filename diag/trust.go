package diag

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// What a process says of itself, by its command line and by the files that this names, is
// another user's word. Here it is decided once, for all rules, what that word is good for.

// hostSources are the sources of evidence that a process led to.
var hostSources = []string{
	"process", "zoo.cfg", "myid", "data", "disk", "file", "log", "unit", "cgroup", "java", "zkServer.sh",
}

// asTrusted takes from a finding what its process does not bear: its being proven, where what
// the process is was not to be seen, or whether there is one, or that of a server which answers,
// or where the file that it rests on was edited after the process had read it; and commands on paths that its
// configuration names, where it is not seen to be the server of that.
func asTrusted(e *model.Ensemble, f *report.Finding) {
	for _, h := range e.Hosts {
		if !restsOn(f, h) {
			continue
		}
		if h.Doubt != "" && f.Certainty == report.Proven {
			ev := report.Evidence{
				Source: "process", Server: nameOf(h), Key: "pid " + strconv.Itoa(h.Process.PID),
				Value: "its program was not readable, and it does not listen", Wanted: "run zkdoctor as root",
			}
			switch h.Doubt {
			case model.OwnNamespace:
				ev.Value, ev.Wanted = "is in its own user namespace, where it may have any address", ""
			case model.ListensNowhere:
				ev.Value, ev.Wanted = "does not listen, and any user can start a process with that name", ""
			case model.ProgramUnseen, model.InItsPlace, model.OfOtherUser:
			}
			f.Certainty, f.Evidence = report.Likely, append(f.Evidence, ev)
		}
		if h.MayRun && f.Certainty == report.Proven {
			f.Certainty, f.Evidence = report.Likely, append(f.Evidence, report.Evidence{
				Source: "process", Server: nameOf(h), Value: whyItMayRun(e) + ": it may run",
			})
		}
		if h.Hidden() && f.Certainty == report.Proven {
			f.Certainty, f.Evidence = report.Likely, append(f.Evidence, report.Evidence{
				Source: "process", Server: nameOf(h), Value: "not seen, although the server answers: these may be files of another server",
			})
		}
		if changedSince(h) && f.Certainty == report.Proven && !f.Later && restsOnFile(f, h) {
			f.Certainty, f.Evidence = report.Likely, append(f.Evidence, editedEvidence(h))
		}
		if !h.Verified() {
			withhold(f)
		}
	}
}

// whyItMayRun says why a process that was not checked may be the server.
func whyItMayRun(e *model.Ensemble) string {
	if e.Snap.Others.NotOwners > 0 {
		return "a process of another user has that name, and does not listen"
	}
	return "too many to check them all"
}

// restsOn reports whether a finding has evidence that the host's process led to.
func restsOn(f *report.Finding, h *model.Host) bool {
	return slices.ContainsFunc(f.Evidence, func(ev report.Evidence) bool {
		return ev.Server == nameOf(h) && slices.Contains(hostSources, ev.Source)
	})
}

// restsOnFile reports whether a finding has evidence of what a host's zoo.cfg says.
func restsOnFile(f *report.Finding, h *model.Host) bool {
	return slices.ContainsFunc(f.Evidence, func(ev report.Evidence) bool {
		return ev.Server == nameOf(h) && ev.Source == "zoo.cfg"
	})
}

// writtenBy is how long after its start a start script has written the file: it may look up names
// before.
const writtenBy = 5 * time.Second

// changedSince reports whether the zoo.cfg of the host was changed after its process had started. Within
// a minute (model.Host.Edited) either may have come first: the process read it, or its start
// script was not yet done.
func changedSince(h *model.Host) bool {
	p, c := h.Process, h.Settings
	return p != nil && !p.Started.IsZero() && c != nil && c.Dynamic == "" &&
		c.Modified.After(p.Started.Add(writtenBy))
}

// withhold takes the commands out that may change a file.
func withhold(f *report.Finding) {
	for i := range f.Fix {
		fix := &f.Fix[i]
		if fix.Command == "" || harmless(fix.Command) {
			continue
		}
		fix.Command, fix.Risk = "", ""
		fix.Note = strings.TrimPrefix(fix.Note+". ", ". ") +
			"No command is given: it was not verified that the process is the server, so the owner of these files is not known"
	}
}

// programs of commands that change no file.
var programs = []string{
	"cat", "dmesg", "du", "findmnt", "firewall-cmd",
	"free", "getent", "grep", "iostat", "ip", "jstat", "kill", "ls", "nft",
	"openssl", "pidstat", "prlimit", "readlink", "ss", "swapon", "sysctl", "systemctl",
	"timedatectl", "top", "vmstat", "zkCli.sh", "zkdoctor",
}

// harmless reports whether a command changes no file, whatever paths are in it.
func harmless(command string) bool {
	program, _, _ := strings.Cut(strings.TrimPrefix(command, "sudo "), " ")
	return slices.Contains(programs, program)
}
