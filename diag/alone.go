package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const StandaloneInEnsemble report.Code = "standalone-in-ensemble"

var standaloneInEnsembleRule = Rule{
	Code: StandaloneInEnsemble, Title: "standalone server beside the ensemble", Needs: "srvr",
	Traits:   theory.Traits{DataAtRisk: true},
	Explains: []report.Code{"split-brain", "server-not-serving", "read-only-mode", "degraded-no-spare", "quorum-lost"},
	Eval:     perServer(checkStandaloneInEnsemble, whyNoAnswer),
}

func checkStandaloneInEnsemble(e *model.Ensemble, s *model.Server) Outcome {
	if s.Role != report.Standalone || e.LoneStandalone() {
		return lostItsList(e, s)
	}
	f := report.Finding{
		Severity: report.Critical, Certainty: report.Likely,
		Summary: "it accepts reads and writes by itself and replicates nothing to the others: its data diverges with every write.",
		Evidence: []report.Evidence{
			{Source: "srvr", Value: "Mode: standalone", Wanted: "leader or follower"},
		},
		Fix: []report.Fix{
			step(s.Name, "keep clients away from it and decide which data to keep: what was written here is on no other server"),
			stopOf(s, ""),
			risky(s.Name, "MOVE version-2 out of its dataDir and dataLogDir",
				"do this only while the others serve, and never on two such servers at a time"),
			step(s.Name, "write the server.N lines of the others into its zoo.cfg, and its number into its myid"),
			startOf(s),
		},
	}
	switch {
	case s.AtLine() && e.List.Proven() && len(e.List.Voters()) > 1:
		f.Certainty = report.Proven // the others count it among them
	case s.Line == nil && e.List.InForce():
		f.Certainty = report.Possible
		f.Summary = "it accepts reads and writes by itself and is not a member of the ensemble of the others. It may be standalone on purpose, and was given as a target with them."
		f.Fix = advice("if it is meant to be standalone, check it by itself; otherwise decide first which data to keep, then write the server.N lines of the others into its zoo.cfg")
	case e.ProvesQuorum():
	case !slices.ContainsFunc(e.Servers, func(o *model.Server) bool {
		return o.Role == report.Standalone && o.DuplicateOf == nil && o != s && o != s.DuplicateOf
	}):
		// What the other targets are was not seen: it may be alone on purpose.
		f.Certainty = report.Possible
	}
	if h := s.Local; h != nil && h.Settings != nil && len(h.Settings.Servers) < 2 {
		addEvidence(&f, report.Evidence{
			Source: "zoo.cfg", Key: "server.N",
			Value: plural(len(h.Settings.Servers), "line"), Wanted: "2 or more", File: h.Settings.Path,
		})
	}
	return found(f)
}

// lostItsList is the outcome for a server that was a member of an ensemble, and runs alone or will,
// because its file lists no other server any more.
func lostItsList(e *model.Ensemble, s *model.Server) Outcome {
	h := s.Local
	listsNone := h != nil && h.Settings != nil && !h.Settings.DynamicConfigFile.IsSet() && len(h.Settings.Servers) == 0
	was := wasMember(s)
	f := report.Finding{Severity: report.Warning, Certainty: report.Likely, Title: "zoo.cfg no longer lists any server"}
	switch {
	case listsNone && h.Process != nil && s.Mode().InQuorum():
		f.Certainty, f.Later = report.Proven, true
		was = []report.Evidence{{Source: "srvr", Server: s.Name, Key: "Mode", Value: string(s.Mode())}}
		f.Summary = "it runs in a quorum, but its zoo.cfg no longer lists any server: after its next start it runs standalone and accepts writes that no other server has."
		f.Fix = steps(s.Name, "copy the server.N lines of the other servers into its zoo.cfg before it is started again; no restart is needed")
	case was == nil:
		return Outcome{}
	case listsNone && h.Process == nil && s.Role == report.RoleDown:
		f.Later = true
		f.Summary = "its zoo.cfg lists no server, but its data is that of an ensemble member. Started like this it runs standalone and accepts writes that no other server has."
		f.Fix = steps(s.Name, "copy the server.N lines of the other servers into its zoo.cfg before it is started")
	case s.Role == report.Standalone && e.LoneStandalone() && (h == nil || listsNone):
		f.Title = "a former ensemble member runs standalone"
		f.Summary = "it runs standalone, and its data is that of an ensemble member. If the others serve too, what is written here is on no other server."
		f.Fix = []report.Fix{
			step(s.Name, "if it is standalone on purpose, do nothing; otherwise keep clients away from it and check the others: zkdoctor check with their names"),
			step(s.Name, "copy the server.N lines of the other servers into its zoo.cfg; before it is started with them, decide which data to keep (zkdoctor explain standalone-in-ensemble)"),
		}
	default:
		return Outcome{}
	}
	f.Evidence = was
	if listsNone {
		addEvidence(&f, report.Evidence{
			Source: "zoo.cfg", Key: "server.N", Value: "no line", Wanted: "one for each member", File: h.Settings.Path,
		})
	}
	return found(f)
}

// wasMember is what shows that a server's data is of a quorum; nil where nothing does. A standalone
// server counts its transactions in epoch 0, and writes no currentEpoch (QuorumPeer does, all
// versions). One that runs says it by its zxid: the file may be older than its data.
func wasMember(s *model.Server) []report.Evidence {
	if reported := s.Stats(); reported.Seen() && reported.Value.Zxid.Epoch() > 0 {
		zxid := reported.Value.Zxid
		return []report.Evidence{{
			Source: "srvr", Server: s.Name, Key: "Zxid", Value: fmt.Sprintf("%s, epoch %d", zxid, zxid.Epoch()),
		}}
	}
	h := s.Local
	if h == nil || h.Process != nil || !h.Data.Seen() || !h.Data.Value.Dir.CurrentEpoch.Seen() {
		return nil
	}
	epoch := h.Data.Value.Dir.CurrentEpoch.Value
	if epoch.Withheld != "" {
		return nil
	}
	return []report.Evidence{{
		Source: "file", Server: s.Name, Key: "currentEpoch", Value: snapshot.Printable(string(epoch.Bytes), 20),
		File: h.Data.Value.Dir.Path,
	}}
}
