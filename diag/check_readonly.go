package diag

var readOnlyModeRule = Rule{
	Code: ReadOnlyMode, Title: "serves reads only, for want of a quorum", Needs: "srvr",
	Traits:   Traits{NeverRoot: true},
	Explains: []Code{DegradedNoSpare},
	Eval:     checkReadOnlyMode,
}

// checkReadOnlyMode is about a server that has lost its quorum and serves reads
// all the same. It is what server-not-serving is without readonlymode.enabled.
func checkReadOnlyMode(e *ensemble) result {
	return e.each((*server).answered, func(s *server, out *result) {
		if s.role != ReadOnly {
			return
		}
		f := Finding{
			Severity: e.severity(s), Certainty: Proven, Servers: []string{s.Name},
			Summary: "it sees no quorum and serves reads to the clients that ask for that: what they read may be old, and nobody can write there.",
			Evidence: []Evidence{
				{Source: "srvr", Server: s.Name, Value: "Mode: read-only", Wanted: "Mode: leader or follower"},
			},
			Fix: []Fix{
				{Host: s.Name, Note: "find out what keeps it from its peers: run zkdoctor check on that host"},
				{Host: s.Name, Note: "leave its process and its data alone: it joins by itself once it reaches a quorum"},
			},
		}
		f.addPort(s, s.electionView(), "open")
		if e.verdict.State != Down && !e.twice(s, func(s *server) bool { return s.role == ReadOnly }) {
			// One look: it may be joining this moment.
			f.Certainty, out.lookAgain = Possible, true
		}
		out.findings = append(out.findings, f)
	})
}
