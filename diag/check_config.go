package diag

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about a server's settings. zkdoctor lint has many more; these are the ones
// that matter to an ensemble as it runs.

// besideDynamic are the members in zoo.cfg that dynamicConfigFile forbids
// (QuorumPeerConfig.parseProperties, 3.5+).
func (h *host) besideDynamic() []zoocfg.Problem {
	var all []zoocfg.Problem
	for _, p := range h.config.Problems {
		if p.Kind == zoocfg.BesideDynamic {
			all = append(all, p)
		}
	}
	return all
}

var dynamicConfigOverridesRule = Rule{
	Code: DynamicConfigOverrides, Title: "zoo.cfg and the dynamic file contradict each other", Needs: "a server's own files",
	// Beside a running process it explains nothing.
	Explains: startless,
	Eval:     checkDynamicConfig,
}

func checkDynamicConfig(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		beside := h.besideDynamic()
		switch version := h.version(); {
		case version != "" && zoocfg.Concerns("3.4", version):
			return nil, "" // it knows no dynamic file
		case len(beside) > 0:
			return []Finding{e.membersBesideDynamic(h, beside)}, ""
		case h.Process == nil:
			return nil, ""
		case !h.NextConfig.Seen():
			return nil, reasonOf(h.NextConfig.Failure, "the directory of its configuration was not looked at")
		case !h.NextConfig.Value:
			return nil, ""
		}
		next := h.config.Path + ".dynamic.next"
		return []Finding{{
			Severity: Warning, Certainty: Proven, Servers: h.servers(),
			Summary:  "a reconfiguration was proposed here and is not done: at its next start the server also connects to the servers of that proposal.",
			Evidence: []Evidence{{Source: "file", Server: h.name(), Value: "there", Wanted: "removed once the proposal is committed", File: next}},
			Fix: []Fix{
				{Host: h.name(), Command: "cat " + shellWord(next), Note: "the members that were proposed", Risk: "none"},
				{Note: "compare them with what conf says on every server; repeat the reconfig, or see why no majority of the new list is there: ZooKeeper then removes the file itself"},
			},
		}}, ""
	})
}

func (e *ensemble) membersBesideDynamic(h *host, beside []zoocfg.Problem) Finding {
	f := Finding{Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers()}
	if h.version() == "" {
		f.Certainty = Likely // 3.4 would not mind
	}
	dynamic := h.config.DynamicConfigFile
	f.Summary = fmt.Sprintf("%s in zoo.cfg beside dynamicConfigFile: ZooKeeper 3.5 and later do not start with it.", plural(len(beside), "member line"))
	if h.Process != nil {
		f.Summary = fmt.Sprintf("%s in zoo.cfg beside dynamicConfigFile: the server runs on with what it read when it started, and will not start again.", plural(len(beside), "member line"))
	}
	f.Evidence = []Evidence{{Source: "zoo.cfg", Server: h.name(), Key: "dynamicConfigFile", Value: dynamic.Value, File: h.config.Path, Line: dynamic.Line}}
	for _, p := range beside {
		f.Evidence = append(f.Evidence, Evidence{Source: "zoo.cfg", Server: h.name(), Key: p.Key, Value: "a member", Wanted: "only in the dynamic file", File: p.File, Line: p.Line})
	}
	file := shellWord(h.config.Path)
	f.Fix = []Fix{
		{Host: h.name(), Command: fmt.Sprintf("grep -nE '^[[:space:]]*(server\\.|group|weight)' %s %s", file, shellWord(h.config.Dynamic)), Note: "compare the two lists; where zoo.cfg is the one that you want, it must come by reconfig", Risk: "none"},
		{Host: h.name(), Command: fmt.Sprintf("sed -i.bak -E '/^[[:space:]]*(server\\.|group|weight)/d' %s", file), Note: "takes the lines out of zoo.cfg; a running server needs no restart", Risk: "none: the old file stays as .bak"},
	}
	return f
}

var peerTypeMismatchRule = Rule{
	Code: PeerTypeMismatch, Title: "peerType is not the role in the list", Needs: "a server's own files",
	Eval: checkPeerType,
}

func checkPeerType(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		set := h.config.PeerType
		switch {
		case !h.distributed() || !set.IsSet():
			return nil, ""
		case !h.hasID:
			return nil, "its id is not known"
		}
		m := h.config.Find(h.id)
		if m == nil || m.Role == set.Value {
			return nil, "" // myid-not-in-servers says the former
		}
		return []Finding{{
			Severity: Info, Certainty: Proven, Servers: h.servers(),
			Summary: fmt.Sprintf("peerType says %s and its line in the list says %s; the list is what counts.", set.Value, m.Role),
			Evidence: []Evidence{
				{Source: "zoo.cfg", Server: h.name(), Key: "peerType", Value: string(set.Value), Wanted: string(m.Role), File: set.File, Line: set.Line},
				h.memberEvidence(h.id, " "+string(m.Role)),
			},
			Fix: []Fix{{Host: h.name(), Note: "take peerType out of zoo.cfg, or change the role in the list on every server if that is the wrong one", Risk: "without peerType nothing changes, and no restart is needed; another role changes who votes"}},
		}}, ""
	})
}

var forceSyncOffRule = Rule{
	Code: ForceSyncOff, Title: "confirms writes before they are on the disk", Needs: "a server's own files",
	Traits: Traits{NeverRoot: true},
	Eval:   checkForceSync,
}

// checkForceSync: FileTxnLog, "no" exactly. zoo.cfg is set over -D.
func checkForceSync(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		set := h.config.ForceSync
		var seen Evidence
		switch {
		case set.IsSet() && !set.Value:
			seen = Evidence{Source: "zoo.cfg", Server: h.name(), Key: "forceSync", Value: "no", Wanted: "yes", File: set.File, Line: set.Line}
		case !set.IsSet() && h.Process != nil && h.Process.ForceSync == "no":
			seen = Evidence{Source: "process", Server: h.name(), Key: "-Dzookeeper.forceSync", Value: "no", Wanted: "yes"}
		default:
			return nil, ""
		}
		return []Finding{{
			Severity: Warning, Certainty: Proven, Servers: h.servers(),
			Summary:  "forceSync=no: it confirms writes that are not on its disk yet. When the power of a majority fails, writes that clients were told are safe are lost.",
			Evidence: []Evidence{seen},
			Fix: []Fix{{
				Host: h.name(), Note: "take the setting out and restart, one server at a time",
				Risk: "with no spare voter each restart is an outage; on a slow disk writes take longer afterwards",
			}},
		}}, ""
	})
}
