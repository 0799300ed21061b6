package diag

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

// Catalogue is every rule, in the order in which ties are shown.
func Catalogue() []Rule { return slices.Concat(servingRules(), hostRules(), otherRules()) }

// servingRules ask who serves.
func servingRules() []Rule {
	return []Rule{
		quorumLostRule,
		degradedNoSpareRule,
		electionInProgressRule,
		processDownRule,
		serverNotServingRule,
		serverStartingRule,
		serverHungRule,
		hostUnreachableRule,
		leaderServesNoRule,
		cmdNotWhitelistedRule,
		connLimitReachedRule,
		notZooKeeperRule,
		clientTLSFailedRule,
		certificateExpiringRule,
		clientPortMismatchRule,
		standaloneInEnsembleRule,
		splitBrainRule,
		leaderNotCommittingRule,
		membershipDivergentRule,
		membershipTooLargeRule,
	}
}

// hostRules ask what a server is on its own host: its id, its addresses and ports, and what it
// would start with.
func hostRules() []Rule {
	return []Rule{
		myidMissingRule,
		myidMalformedRule,
		myidNotInServersRule,
		myidWrongServerRule,
		myidDuplicateRule,
		selfAddrNotLocalRule,
		selfAddrLoopbackRule,
		processWithoutListenerRule,
		quorumPortFilteredRule,
		latentPortBlockRule,
		heapPressureRule,
		swapInUseRule,
		restartLoopRule,
		configNotLoadedRule,
		startFailedClassPathRule,
		javaMissingOrWrongRule,
		clientPortConflictRule,
		electionPortConflictRule,
		quorumPortConflictRule,
		adminPortConflictRule,
		peerNameUnresolvableRule,
		quorumTLSHandshakeRule,
		quorumSASLFailedRule,
		peerAddrStaleRule,
		electionPortHeldRule,
		peerConnectionDeadRule,
		diskFullRule,
		txnlogCorruptRule,
		noSnapshotRule,
		epochMismatchRule,
		foreignDataRule,
		dataUnreasonableLengthRule,
		syncTooSlowRule,
		dataDirNotWritableRule,
		autopurgeOffRule,
		dataDirInTmpRule,
	}
}

// otherRules ask about the question, about settings, and how well it is served.
func otherRules() []Rule {
	return []Rule{
		targetUnresolvableRule,
		targetsIncompleteRule,
		targetDuplicateRule,
		targetsMixedRule,
		severalServersRule,
		dynamicConfigOverridesRule,
		forceSyncOffRule,
		wideOpenRule,
		peerTypeMismatchRule,
		readOnlyModeRule,
		dataDigestMismatchRule,
		wildcardSelfAddrRule,
		knownBadVersionRule,
		versionMixedRule,
		configDriftRule,
		evenOrTinyEnsembleRule,
		observerCountedRule,
		nonVotingFollowerRule,
		zxidRolloverNearRule,
		fdLimitNearRule,
		oversizePacketRule,
		clockSkewRule,
		dataSetLargeRule,
		fsyncSlowRule,
		leaderFlappingRule,
		followerLaggingRule,
		latencyHighRule,
		statusScriptMisleadingRule,
	}
}

// ComparedKeys are the keys of mntr that the rules and the model compare with those of an
// earlier look. Whoever keeps looks may forget the other keys of the earlier one.
func ComparedKeys() []string {
	keys := model.ComparedKeys()
	for _, r := range Catalogue() {
		keys = append(keys, r.Compares...)
	}
	return keys
}

// TraitsOf are the traits of a finding; those of a finding that no rule makes are none.
func TraitsOf(code report.Code) theory.Traits { return kinds(Catalogue())[code].Traits }

// kinds are the traits of the findings of rules, and what they explain.
func kinds(rules []Rule) map[report.Code]theory.Kind {
	out := map[report.Code]theory.Kind{}
	for _, r := range rules {
		out[r.Code] = theory.Kind{Traits: r.Traits, Explains: r.Explains}
	}
	return out
}
