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
	Code: DynamicConfigOverrides, Title: "zoo.cfg contradicts the dynamic configuration file", Needs: "a server's own files",
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
		return undecided(reasonOf(h.NextConfig, "the directory of its configuration was not checked"))
	case !h.NextConfig.Value:
		return Outcome{}
	}
	next := h.Settings.Path + ".dynamic.next"
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven,
		Summary: "a reconfiguration was proposed and is not committed: at its next start the server also connects to the servers of that proposal.",
		Evidence: []report.Evidence{{
			Source: "file", Value: "there", Wanted: "removed when the proposal is committed", File: next,
		}},
		Fix: []report.Fix{
			inspect(nameOf(h), "cat "+shellWord(next), "read which members are proposed"),
			{Note: "compare them with what conf reports on every server; repeat the reconfig, or find out why no majority of the new list runs. ZooKeeper removes the file itself once the change is committed"},
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
	f.Summary = fmt.Sprintf("%s in zoo.cfg together with dynamicConfigFile: ZooKeeper 3.5 and later do not start with both.", plural(len(beside), "member line"))
	if h.Process != nil {
		f.Summary = fmt.Sprintf("%s in zoo.cfg together with dynamicConfigFile: the server still runs with what it read at its start, and will not start again.", plural(len(beside), "member line"))
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
		inspect(nameOf(h), fmt.Sprintf("grep -nE '^[[:space:]]*(server\\.|group|weight)' %s %s", file, shellWord(h.Settings.Dynamic)), "compare the two lists; if you want that of zoo.cfg, apply it by reconfig"),
		{Host: nameOf(h), Command: keepFirst(h.Settings.Path) + fmt.Sprintf(" && sed -i -E '/^[[:space:]]*(server\\.|group|weight)/d' %s", file), Note: "remove the lines from zoo.cfg; a running server needs no restart", Risk: "none: the file as it was first stays as .before"},
	}
	return f
}

const PeerTypeMismatch report.Code = "peertype-mismatch"

var peerTypeMismatchRule = Rule{
	Code: PeerTypeMismatch, Title: "peerType differs from the server list", Needs: "a server's own files",
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
		Summary: fmt.Sprintf("peerType is %s and its server.N line has %s; the server.N line decides.", set.Value, m.Role),
		Evidence: []report.Evidence{
			settingEvidence(h, "peerType", set, string(m.Role)),
			memberEvidence(h, h.ID, " "+string(m.Role)),
		},
		Fix: []report.Fix{risky(nameOf(h), "remove peerType from zoo.cfg; or, if the role in the list is wrong, change it on every server",
			"removing peerType changes nothing and needs no restart; another role changes which servers vote")},
	})
}

const ForceSyncOff report.Code = "forcesync-off"

var forceSyncOffRule = Rule{
	Code: ForceSyncOff, Title: "writes are acknowledged before fsync (forceSync=no)", Needs: "a server's own files",
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
		Summary:  "forceSync=no: it acknowledges writes that are not on its disk yet. If a majority loses power, acknowledged writes are lost.",
		Evidence: []report.Evidence{seen},
		Fix: []report.Fix{risky(nameOf(h), "remove the setting and restart, one server at a time",
			"if the ensemble can lose 0 more, each restart is an outage; on a slow disk writes take longer afterwards")},
	})
}
