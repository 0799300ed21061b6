package restart

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Would it come back? What only a start shows is on the server's own host, and most of it is a
// finding that harms nobody yet.

func comeBackChecks() []check {
	return []check{
		{"host-seen", hostSeen},
		{"known-faults", knownFaults},
		{"new-members", newMembers},
		{"leader-listed", leaderListed},
		{"configuration", configuration},
		{"own-ports", ownPorts},
		{"settings", settings},
		{"old-snapshots", oldSnapshots},
		{"disk-room", diskRoom},
		{"start-script", startScript},
		{"java", javaThere},
		{"file-limit", fileLimit},
		{"sync-time", syncTime},
		{"certificates", certificates},
		{"reaches-peers", reachesPeers},
		{"peers-reach-it", peersReachIt},
	}
}

// hostSeen: without its own host nothing of it is known.
func hostSeen(s *subject) []Check {
	h := s.host()
	there := []report.Fix{
		inspect(s.s.Name, "zkdoctor ok-to-restart", "run it on that host, as root or as the user of ZooKeeper"),
		do("", "or let it get there: --via 'ssh {host} --'"),
		do("", "or ask for what needs no host: --only stop"),
	}
	switch {
	case h == nil:
		return notKnown("its own host was not checked", there...)
	case h.Hidden():
		return notKnown("it answers, and its process was not seen on its host", there...)
	case h.Settings == nil:
		return nil // known-faults says why
	}
	return ok("its process and files were seen on its host")
}

// knownFaults are the findings that break a start, and the checks for them that could not be made.
func knownFaults(s *subject) []Check {
	if s.host() == nil || s.host().Hidden() {
		return nil
	}
	var out []Check
	for _, f := range s.findings() {
		if f.Code == diag.MembershipDivergent || !diag.TraitsOf(f.Code).BreaksStart || !s.concerns(f) {
			continue
		}
		switch {
		case f.Certainty == report.Possible:
			out = append(out, fromFinding(NotKnown, f))
		case f.Severity != report.Info:
			out = append(out, fromFinding(NotOK, f))
		}
	}
	if slices.ContainsFunc(out, func(c Check) bool { return c.Result == NotOK }) {
		return out // what hides other checks is among these
	}
	for _, skip := range s.r.Checks.Skips {
		if diag.TraitsOf(skip.Check).BreaksStart && (skip.Server == "" || skip.Server == s.s.Name) && matters(skip.Kind) {
			out = append(out, Check{
				Result: NotKnown, Finding: skip.Check, Text: fmt.Sprintf("%s could not be checked: %s", skip.Check, skip.Reason),
				Do: []report.Fix{do("", "run it as root on that host; if that changes nothing, zkdoctor explain "+string(skip.Check)+" says what to check")},
			})
		}
	}
	for _, symptom := range s.r.Unexplained {
		if slices.Contains(symptom.Servers, s.s.Name) && s.s.Serving == model.No {
			out = append(out, notKnown(fmt.Sprintf("it is not in the quorum, and why was not found (%s): that may last after a restart", symptom.Symptom),
				do("", "run zkdoctor check: it says what was ruled out, and what to check next"))...)
		}
	}
	if out == nil {
		return ok("no fault is known that would break its next start")
	}
	return out
}

// matters reports whether a check was skipped for a reason that better access takes away. What
// no server of a release reports cannot be asked for.
func matters(kind report.SkipKind) bool {
	return slices.Contains([]report.SkipKind{
		report.SkipLocalFiles, report.SkipNotLooked, report.SkipDenied, report.SkipOneLook, report.SkipUndecided,
	}, kind)
}

// configuration: the file on disk, as the release reads it that it will be started with.
func configuration(s *subject) []Check {
	h := s.host()
	if h == nil || h.Settings == nil {
		return nil
	}
	version := s.q.ZooKeeper
	if version == "" {
		version = h.Version()
	}
	o := lint.Options{Version: version}
	if h.HasID {
		o.ID = &h.ID
	}
	var out []Check
	for _, m := range lint.Lint(h.Settings, o).Remarks {
		if m.Severity != report.Critical {
			continue
		}
		out = append(out, Check{
			Result: NotOK, Text: fmt.Sprintf("ZooKeeper %s would not start with %s: %s", version, h.Settings.Path, m.Why),
			Evidence: []report.Evidence{{
				Source: "zoo.cfg", Server: s.s.Name, Key: m.Key, Value: m.Found, Wanted: m.Recommended, File: m.File, Line: m.Line,
			}},
			Do: []report.Fix{do(s.s.Name, "correct the file; zkdoctor lint with its path judges it again")},
		})
	}
	if out == nil {
		return ok("ZooKeeper %s starts with the configuration on disk", version)
	}
	return out
}
