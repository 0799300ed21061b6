package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about the releases that run.

const VersionMixed report.Code = "version-mixed"

var versionMixedRule = Rule{
	Code: VersionMixed, Title: "servers run different releases", Needs: "the version of two servers",
	Eval: checkVersionMixed,
}

func checkVersionMixed(e *model.Ensemble) Outcome {
	switch {
	case e.Mixed:
		return undecided("the targets are of different ensembles")
	case e.LoneStandalone():
		return Outcome{}
	}
	out := eachServer(e, whyNoVersion)
	var f report.Finding
	var versions []string
	for _, s := range e.Servers {
		v, ok := s.Version()
		if !ok || s.Role == report.Standalone || s.DuplicateOf != nil {
			continue
		}
		f.Servers = append(f.Servers, s.Name)
		addEvidence(&f, releaseEvidence(s, ""))
		if !slices.Contains(versions, v.String()) {
			versions = append(versions, v.String())
		}
	}
	if len(f.Servers) < 2 {
		return out.and(skip(report.SkipNotReported, "fewer than two servers reported their version"))
	}
	if len(versions) < 2 {
		return out
	}
	slices.Sort(versions)
	f.Severity, f.Certainty = report.Info, report.Proven
	f.Title = "servers run different releases: " + enumerate(versions)
	f.Summary = "an upgrade is in progress, or was not finished. Servers of neighbouring releases work together; new features are available when all servers have the new release."
	f.Fix = []report.Fix{{
		Note: "finish the upgrade or undo it: one server at a time, the leader last, each after all others serve",
		Risk: "if the ensemble can lose 0 more, each restart is an outage",
	}}
	return out.and(found(f))
}

const WildcardSelfAddr report.Code = "wildcard-self-addr"

var wildcardSelfAddrRule = Rule{
	Code: WildcardSelfAddr, Title: "own address is 0.0.0.0", Needs: "conf, or a server's own files",
	// It stays when the server is back: what is not of this server it must not hide.
	Explains: []report.Code{"server-not-serving", "read-only-mode", "quorum-lost", "status-script-misleading"},
	Eval:     perServer(checkWildcardSelfAddr, whyNoVersion),
}

func checkWildcardSelfAddr(_ *model.Ensemble, s *model.Server) Outcome {
	v, _ := s.Version()
	if !lint.TellsWildcard(v.String()) || s.Role == report.Standalone {
		return Outcome{}
	}
	line, source, ok := ownLineOf(s)
	if !ok {
		return skip(report.SkipNotReported, "neither it nor its files show which server.N line is its own")
	}
	if !lint.IsWildcard(&line) {
		return Outcome{}
	}
	certainty := report.Proven
	if s.Serving != model.Yes || v.Vendor() {
		certainty = report.Likely // it may be out for another reason, or have the fix
	}
	return found(report.Finding{
		Certainty: certainty,
		Summary:   fmt.Sprintf("%s reports the address of its own server.N line to its peers, and that is 0.0.0.0: they connect to themselves. It serves until it restarts, and may then not rejoin.", v),
		Evidence: []report.Evidence{
			releaseEvidence(s, "3.5.8, 3.6.1 or later"),
			{
				Source: source, Key: fmt.Sprintf("server.%d", line.ID), Value: line.Addresses[0].Host,
				Wanted: "the address that its peers use", File: line.File, Line: line.Line,
			},
		},
		Fix: []report.Fix{
			step(s.Name, fmt.Sprintf("write server.%d as on its peers; if it must listen on all addresses, add quorumListenOnAllIPs=true", line.ID)),
			risky(s.Name, "then restart it; or upgrade to 3.5.10 or 3.6.4, where 0.0.0.0 has no effect on peers",
				"if it does not rejoin, restart the peers with lower ids too, one at a time; if the ensemble can lose 0 more, each restart is an outage"),
		},
	})
}

// ownLineOf is the server's own line in the list that it runs with.
func ownLineOf(s *model.Server) (line zoocfg.Server, source string, ok bool) {
	m := s.OwnList()
	id, _, known := s.Claimed()
	if m == nil || !known {
		return zoocfg.Server{}, "", false
	}
	own := m.Find(id)
	if own == nil || len(own.Addresses) == 0 {
		return zoocfg.Server{}, "", false
	}
	return *own, m.Source, true
}
