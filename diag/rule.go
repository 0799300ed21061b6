package diag

// Rule looks for one finding.
type Rule struct {
	Code Code
	// Title is the finding in a few words, subject first.
	Title string
	// Needs says in a few words what evidence the rule rests on.
	Needs string
	Traits
	// Explains are the findings that this one hides when it is proven or likely and
	// concerns the same servers. Chains fold: what is hidden still hides. The graph has no
	// cycle, which a test makes sure of.
	Explains []Code
	Eval     func(*ensemble) result
}

// What many causes explain.
var (
	// keptOut is what keeping one server out explains.
	keptOut = []Code{ServerNotServing, ReadOnlyMode, DegradedNoSpare, QuorumLost, LeaderNotCommitting, StatusScriptMisleading}
	// startless is what keeping a server from starting explains: it ends each time.
	startless = []Code{ProcessDown, RestartLoop, ServerStarting}
)

// result is what a rule concludes: findings, or none of them (passed), or the
// reasons for which it could not judge. A rule may judge some servers and skip
// others.
type result struct {
	findings []Finding
	skips    []Skip
	// lookAgain asks for a second look, some seconds later.
	lookAgain bool
}

// skip is a rule that could not be judged at all.
func skip(kind SkipKind, reason string) result {
	return result{skips: []Skip{{Kind: kind, Reason: reason}}}
}
