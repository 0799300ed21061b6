package diag

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about a server's settings. zkdoctor lint has many more; these are the ones
// that matter to an ensemble as it runs. Where both judge one, lint's word counts.

// besideDynamic are the members in zoo.cfg that dynamicConfigFile forbids
// (QuorumPeerConfig.parseProperties, 3.5+).
func besideDynamic(h *model.Host) []zoocfg.Problem {
	var all []zoocfg.Problem
	for _, p := range h.Settings.Problems {
		if p.Kind == zoocfg.BesideDynamic {
			all = append(all, p)
		}
	}
	return all
}

const DynamicConfigOverrides report.Code = "dynamic-config-overrides"

var dynamicConfigOverridesRule = Rule{
	Code: DynamicConfigOverrides, Title: "zoo.cfg and the dynamic file contradict each other", Needs: "a server's own files",
	Traits: theory.Traits{BreaksStart: true},
	// Beside a running process it explains nothing.
	Explains: startless,
	Eval:     perHost(checkDynamicConfig),
}

func checkDynamicConfig(e *model.Ensemble, h *model.Host) Outcome {
	beside := besideDynamic(h)
	switch version := h.Version(); {
	case version != "" && zoocfg.Concerns("3.4", version):
		return Outcome{} // it knows no dynamic file
	case len(beside) > 0:
		return found(membersBesideDynamic(h, beside))
	case h.Process == nil || !lint.ReadsNext(version):
		return Outcome{}
	case !h.NextConfig.Seen():
		return undecided(reasonOf(h.NextConfig, "the directory of its configuration was not looked at"))
	case !h.NextConfig.Value:
		return Outcome{}
	}
	next := h.Settings.Path + ".dynamic.next"
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary: "a reconfiguration was proposed here and is not done: at its next start the server also connects to the servers of that proposal.",
		Evidence: []report.Evidence{{
			Source: "file", Value: "there", Wanted: "removed once the proposal is committed", File: next,
		}},
		Fix: []report.Fix{
			inspect(nameOf(h), "cat "+shellWord(next), "the members that were proposed"),
			{Note: "compare them with what conf says on every server; repeat the reconfig, or see why no majority of the new list is there: ZooKeeper then removes the file itself"},
		},
	}
	before, _ := e.FindEarlier(func(b *model.Host) bool {
		return b.Process != nil && b.Process.PID == h.Process.PID && b.ConfigPath == h.ConfigPath && b.HasID && b.ID == h.ID
	})
	if before == nil || !before.NextConfig.Value {
		return inOneLook(f) // one that is under way has the file for a moment
	}
	return found(f)
}

func membersBesideDynamic(h *model.Host, beside []zoocfg.Problem) report.Finding {
	f := report.Finding{Certainty: report.Proven}
	if h.Version() == "" {
		f.Certainty = report.Likely // 3.4 would not mind
	}
	f.Summary = fmt.Sprintf("%s in zoo.cfg beside dynamicConfigFile: ZooKeeper 3.5 and later do not start with it.", plural(len(beside), "member line"))
	if h.Process != nil {
		f.Summary = fmt.Sprintf("%s in zoo.cfg beside dynamicConfigFile: the server runs on with what it read when it started, and will not start again.", plural(len(beside), "member line"))
	}
	addEvidence(&f, settingEvidence(h, "dynamicConfigFile", h.Settings.DynamicConfigFile, ""))
	for _, p := range beside {
		addEvidence(&f, report.Evidence{
			Source: "zoo.cfg", Key: p.Key,
			Value: "a member", Wanted: "only in the dynamic file", File: p.File, Line: p.Line,
		})
	}
	file := shellWord(h.Settings.Path)
	f.Fix = []report.Fix{
		inspect(nameOf(h), fmt.Sprintf("grep -nE '^[[:space:]]*(server\\.|group|weight)' %s %s", file, shellWord(h.Settings.Dynamic)), "compare the two lists; where zoo.cfg is the one that you want, it must come by reconfig"),
		{Host: nameOf(h), Command: fmt.Sprintf("sed -i.bak -E '/^[[:space:]]*(server\\.|group|weight)/d' %s", file), Note: "takes the lines out of zoo.cfg; a running server needs no restart", Risk: "none: the old file stays as .bak"},
	}
	return f
}

const PeerTypeMismatch report.Code = "peertype-mismatch"

var peerTypeMismatchRule = Rule{
	Code: PeerTypeMismatch, Title: "peerType is not the role in the list", Needs: "a server's own files",
	Eval: perHost(checkPeerType),
}

func checkPeerType(_ *model.Ensemble, h *model.Host) Outcome {
	set := h.Settings.PeerType
	switch {
	case !h.Distributed() || !set.IsSet():
		return Outcome{}
	case !h.HasID:
		return undecided("its id is not known")
	}
	m := lint.OtherRole(h.Settings, h.ID, h.Version())
	if m == nil {
		return Outcome{} // myid-not-in-servers says the former
	}
	return found(report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: fmt.Sprintf("peerType says %s and its line in the list says %s; the list is what counts.", set.Value, m.Role),
		Evidence: []report.Evidence{
			settingEvidence(h, "peerType", set, string(m.Role)),
			memberEvidence(h, h.ID, " "+string(m.Role)),
		},
		Fix: []report.Fix{risky(nameOf(h), "take peerType out of zoo.cfg, or change the role in the list on every server if that is the wrong one",
			"without peerType nothing changes, and no restart is needed; another role changes who votes")},
	})
}

const ForceSyncOff report.Code = "forcesync-off"

var forceSyncOffRule = Rule{
	Code: ForceSyncOff, Title: "confirms writes before they are on the disk", Needs: "a server's own files",
	Traits: theory.Traits{NeverRoot: true},
	Eval:   perHost(checkForceSync),
}

// checkForceSync: zoo.cfg is set over -D.
func checkForceSync(_ *model.Ensemble, h *model.Host) Outcome {
	set := h.Settings.ForceSync
	var seen report.Evidence
	switch {
	case lint.SyncIsOff(h.Settings):
		seen = settingEvidence(h, "forceSync", set, "yes")
		seen.Value = "no"
	case !set.IsSet() && h.Process != nil && h.Process.ForceSync == "no":
		seen = optionEvidence("-Dzookeeper.forceSync", "no", "yes")
	default:
		return Outcome{}
	}
	return found(report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary:  "forceSync=no: it confirms writes that are not on its disk yet. When the power of a majority fails, writes that clients were told are safe are lost.",
		Evidence: []report.Evidence{seen},
		Fix: []report.Fix{risky(nameOf(h), "take the setting out and restart, one server at a time",
			"with no spare voter each restart is an outage; on a slow disk writes take longer afterwards")},
	})
}
