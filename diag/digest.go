package diag

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

// digestMismatches counts transactions after which the data of a server was not
// what the leader's was (DataTree.compareDigest, 3.6+). It starts at 0 with the
// process.
const digestMismatches = "zk_digest_mismatches_count"

const DataDigestMismatch report.Code = "data-digest-mismatch"

var dataDigestMismatchRule = Rule{
	Code: DataDigestMismatch, Title: "data differs from the leader's", Needs: "mntr of 3.6 and later",
	Traits: theory.Traits{Unsettled: true, DataAtRisk: true},
	Eval:   perServer(checkDataDigest, whyNoMntr),
}

func checkDataDigest(_ *model.Ensemble, s *model.Server) Outcome {
	n, ok := s.Mntr.Value.Count(digestMismatches)
	switch {
	case !ok:
		return skip(report.SkipNotReported, "it reports no digests (3.6 and later do)")
	case n <= 0:
		return Outcome{}
	}
	return found(report.Finding{
		Severity: report.Critical, Certainty: report.Likely,
		Summary: "since its start its data differed from the leader's: clients read different data from different servers, and if it becomes the leader, its data wins.",
		Evidence: []report.Evidence{
			{Source: s.MntrFrom, Key: digestMismatches, Value: fmt.Sprint(n), Wanted: "0"},
			{Source: "srvr", Key: "Zxid", Value: s.Srvr.Value.Zxid.String()},
		},
		Fix: []report.Fix{
			{Note: "do not restart any server yet, least of all the leader: it is not known which server has the right data"},
			{Note: "find out which servers differ: compare the digests in their logs, and your important znodes, server by server (zkdoctor explain data-digest-mismatch)"},
			risky(s.Name, "once you know that this server is wrong, and while the others serve and can lose 1 more: stop it, MOVE version-2 out of dataDir and dataLogDir, start it, wait until it follows",
				"one server at a time; data that only this server has is then only in the moved directories"),
		},
	})
}
