package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

const ReadOnlyMode report.Code = "read-only-mode"

var readOnlyModeRule = Rule{
	Code: ReadOnlyMode, Title: "serves reads only: it sees no quorum", Needs: "srvr",
	Traits:   theory.Traits{Symptom: true},
	Explains: []report.Code{"degraded-no-spare"},
	Eval:     perServer(checkReadOnlyMode, whyNoAnswer),
}

// checkReadOnlyMode is about a server that has lost its quorum and serves reads
// all the same. It is what server-not-serving is without readonlymode.enabled.
func checkReadOnlyMode(e *model.Ensemble, s *model.Server) Outcome {
	if s.Role != report.ReadOnly {
		return Outcome{}
	}
	f := report.Finding{
		Certainty: report.Proven,
		Summary:   "it sees no quorum, and was started with readonlymode.enabled: only clients that ask for a read-only session (canBeReadOnly) can read there. The data may be old, and no client can write there.",
		Evidence: []report.Evidence{
			{Source: "srvr", Value: "Mode: read-only", Wanted: "Mode: leader or follower"},
		},
		Fix: append(lookThere(s, "find out why it cannot reach its peers: run zkdoctor check on that host"),
			step(s.Name, "do not restart it and do not touch its data: it joins by itself when it reaches a quorum")),
	}
	addPort(&f, s, electionView(s), "open")
	if e.Verdict.State != report.Down && !e.Twice(s, func(s *model.Server) bool { return s.Role == report.ReadOnly }) {
		return inOneLook(f) // it may be joining this moment
	}
	return found(f)
}
