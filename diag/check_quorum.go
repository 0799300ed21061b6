package diag

import "fmt"

// Rules about the ensemble as a whole. All but split-brain are symptoms: they
// head the screen and are never a root cause.

var quorumLostRule = Rule{
	Code: QuorumLost, Title: "no quorum: nobody can be elected leader", Needs: "the role of every voter",
	Traits:   Traits{EnsembleWide: true, NeverRoot: true, CoversAll: true},
	Explains: []Code{ServerNotServing, ReadOnlyMode, StatusScriptMisleading},
	Eval:     checkQuorumLost,
}

func checkQuorumLost(e *ensemble) result {
	if e.verdict.State != Down {
		if e.verdict.State == Unknown {
			return skip(SkipUndecided, "the verdict is unknown")
		}
		return result{}
	}
	return result{findings: []Finding{{
		Severity: Critical, Certainty: e.byNumber(), Evidence: e.roleEvidence(),
		Summary: fmt.Sprintf("%d of %s are needed to elect a leader, and fewer can take part.",
			e.verdict.QuorumNeeded, e.votersPhrase()),
		Fix: []Fix{{Note: "bring back one server after the other until a leader is elected; leave version-2 alone on every server"}},
	}}}
}

// byNumber is the certainty of what rests on the number of voters.
func (e *ensemble) byNumber() Certainty {
	if e.list.proven() {
		return Proven
	}
	return Likely
}

func (e *ensemble) roleEvidence() []Evidence {
	var out []Evidence
	for _, s := range e.servers {
		if s.voter() {
			out = append(out, Evidence{Source: "role", Server: s.Name, Value: string(s.role), Wanted: "leader or follower"})
		}
	}
	return out
}

var degradedNoSpareRule = Rule{
	Code: DegradedNoSpare, Title: "serving, and no more voters may be lost", Needs: "the role of every voter",
	Traits: Traits{EnsembleWide: true, NeverRoot: true},
	Eval:   checkDegradedNoSpare,
}

func checkDegradedNoSpare(e *ensemble) result {
	v := e.verdict
	switch {
	case v.State == Unknown:
		return skip(SkipUndecided, "the verdict is unknown")
	case v.Spare == nil:
		return skip(SkipUndecided, "how many more may be lost is not known")
	case v.State != Degraded || *v.Spare > 0 || v.Voters < 2:
		return result{}
	}
	return result{findings: []Finding{{
		Severity: Warning, Certainty: e.byNumber(), Evidence: e.roleEvidence(),
		Summary: fmt.Sprintf("%d of %s serve and %d are needed: the next one lost stops all writes.",
			v.ServingVoters, e.votersPhrase(), v.QuorumNeeded),
		Fix: []Fix{{Note: "bring the missing voter back before any other server is restarted"}},
	}}}
}

var electionInProgressRule = Rule{
	Code: ElectionInProgress, Title: "an election is passing", Needs: "two looks",
	Traits:   Traits{NeverRoot: true},
	Explains: []Code{ServerNotServing, StatusScriptMisleading},
	Eval:     checkElection,
}

// checkElection tells a passing election from an outage.
func checkElection(e *ensemble) result {
	idle := func(x *ensemble) bool { return !x.servesAnywhere() && x.anyNotServing() }
	switch {
	case e.before != nil && idle(e.before) && e.verdict.State != Down && e.servesAnywhere():
		return result{findings: []Finding{{
			Severity: Info, Certainty: Proven,
			Summary:  "nobody served in the first look, and a quorum serves in the second: a leader was elected meanwhile.",
			Evidence: e.roleEvidence(),
		}}}
	case e.before == nil && idle(e) && e.verdict.State == Unknown:
		return result{lookAgain: true, findings: []Finding{{
			Severity: Info, Certainty: Possible,
			Summary:  "nobody serves in this one look; an election takes less than a second and would look the same.",
			Evidence: e.roleEvidence(),
		}}}
	}
	return e.unlessUnseen()
}

// unlessUnseen is passed, or skipped when no server told anything.
func (e *ensemble) unlessUnseen() result {
	for _, s := range e.servers {
		if s.answered() == nil {
			return result{}
		}
	}
	return skip(SkipUnreachable, "no server gave an answer")
}

var splitBrainRule = Rule{
	Code: SplitBrain, Title: "two leaders, each accepts writes", Needs: "srvr, twice",
	Traits:   Traits{EnsembleWide: true, AlwaysShown: true, DataAtRisk: true, CoveredByAny: true},
	Explains: []Code{DataDigestMismatch},
	Eval:     checkSplitBrain,
}

func checkSplitBrain(e *ensemble) result {
	if e.mixed {
		return skip(SkipUndecided, "the servers that were named are of different ensembles")
	}
	if len(e.verdict.Leaders) < 2 {
		return e.unlessUnseen()
	}
	if e.verdict.State != Split {
		out := skip(SkipOneLook, "two leaders in one of the looks only")
		out.lookAgain = true
		return out
	}
	f := Finding{
		Severity: Critical, Certainty: e.byNumber(), Servers: e.verdict.Leaders,
		Summary: "two leaders were seen in both looks. Each has a majority of the list that it was given, so both accept writes.",
		Fix: []Fix{
			{Note: "stop writes if you can, and decide which leader has the data that you keep"},
			{
				Note: "stop every server of the other camp and MOVE version-2 out of its dataDir and dataLogDir; keep it",
				Risk: "left in place, the server rejoins with different data under the same zxids",
			},
			{
				Note: "give all servers one list; start the kept camp first, then one emptied server at a time, each after the one before follows",
				Risk: "emptied servers must never be a majority without the kept camp",
			},
		},
	}
	if e.splitByOracle() {
		f.Summary = "two leaders were seen in both looks, and one list is in use, of two: an oracle (oraclePath) lets each go on without the other, and both accept writes."
		f.Fix[2] = Fix{
			Note: "let the oracle say 1 to one of them and never to both; start the kept one first, then the emptied one after that serves",
			Risk: "the emptied one must never lead alone: its oracle says 0",
		}
	}
	for _, s := range e.servers {
		if s.role != Leader && s.role != Follower {
			continue
		}
		value := fmt.Sprintf("%s, zxid %s", s.role, s.Srvr.Value.Zxid)
		if m := s.runsWith; m != nil {
			value += ", list " + idList(m.Membership)
		}
		f.Evidence = append(f.Evidence, Evidence{Source: "srvr", Server: s.Name, Value: value})
	}
	return result{findings: []Finding{f}}
}
