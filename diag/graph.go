package diag

import (
	"maps"
	"slices"
)

// Explains is the graph from cause to consequence: what a finding hides when it
// is proven or likely and concerns the same servers. Chains fold: what is hidden
// still hides. It has no cycle, which a test makes sure of.
//
// Symptoms of the whole ensemble (quorum-lost, degraded-no-spare) and what a
// script says about a server stand at its end.
func Explains() map[Code][]Code {
	// What keeps one server out.
	out := []Code{ServerNotServing, ReadOnlyMode, DegradedNoSpare, QuorumLost, LeaderNotCommitting, StatusScriptMisleading}
	graph := map[Code][]Code{
		ProcessWithoutListener: out,
		// It stays when the server is back: what is not of this server it must not hide.
		WildcardSelfAddr:    {ServerNotServing, ReadOnlyMode, QuorumLost, StatusScriptMisleading},
		QuorumPortFiltered:  append([]Code{LeaderFlapping}, out...),
		ServerHung:          out,
		ServerStarting:      out,
		ClientPortMismatch:  {StatusScriptMisleading},
		ClientTLSFailed:     {ConnLimitReached, StatusScriptMisleading},
		CertificateExpiring: {ClientTLSFailed},
		ConnLimitReached:    {StatusScriptMisleading},
		LeaderServesNo:      {StatusScriptMisleading},
		ElectionInProgress:  {ServerNotServing, StatusScriptMisleading},

		ClientPortConflict:   append([]Code{NotZooKeeper, ProcessDown, ConnLimitReached, ServerHung}, out...),
		ElectionPortConflict: append([]Code{ClientPortMismatch, ProcessDown}, out...),
		PeerAddrStale:        out,
		ElectionPortHeld:     out,
		AdminPortConflict:    {ProcessDown},
		PeerNameUnresolvable: append([]Code{TargetUnresolvable, ProcessWithoutListener, ProcessDown}, out...),

		QuorumTLSHandshake: out,
		QuorumSASLFailed:   out,

		StandaloneInEnsemble: {SplitBrain, ServerNotServing, ReadOnlyMode, DegradedNoSpare, QuorumLost},
		MembershipDivergent:  append([]Code{SplitBrain}, out...),
		SplitBrain:           {DataDigestMismatch},
		FsyncSlow:            {SyncTooSlow, LeaderFlapping, FollowerLagging, LatencyHigh},
		LeaderFlapping:       {LatencyHigh},
		LeaderNotCommitting:  {LatencyHigh},

		ProcessDown: {DegradedNoSpare, QuorumLost},
		// Where the leader has lost it too.
		HostUnreachable:    {DegradedNoSpare},
		TargetUnresolvable: {DegradedNoSpare},
		QuorumLost:         {ServerNotServing, ReadOnlyMode, StatusScriptMisleading},
		// A server that is out for no reason that was found still explains why
		// nothing is spare.
		ServerNotServing: {DegradedNoSpare, StatusScriptMisleading},
		ReadOnlyMode:     {DegradedNoSpare},
	}
	maps.Copy(graph, ends(out))
	// What ends a server ends it each time that it is started.
	for cause, list := range graph {
		if slices.Contains(list, ProcessDown) {
			graph[cause] = append(slices.Clone(list), RestartLoop, ServerStarting)
		}
	}
	graph[RestartLoop] = append([]Code{ProcessDown, ServerStarting}, out...)
	return graph
}

// ends is the part of the graph that begins with what ends a server or keeps it from
// starting, as its own host shows it. out is what keeping it out explains.
func ends(out []Code) map[Code][]Code {
	stopped := []Code{ProcessDown, ServerNotServing, ReadOnlyMode}
	return map[Code][]Code{
		// Beside a running process it explains nothing.
		DynamicConfigOverrides: {ProcessDown},

		ConfigNotLoaded:      {ProcessDown},
		StartFailedClassPath: {ProcessDown},
		JavaMissingOrWrong:   {ProcessDown},

		MyidMissing:      {ProcessDown},
		MyidMalformed:    {ProcessDown},
		MyidNotInServers: {ProcessDown},
		MyidDuplicate:    append([]Code{MyidWrongServer, SelfAddrNotLocal, ProcessWithoutListener}, stopped...),
		MyidWrongServer:  append([]Code{SelfAddrNotLocal, ProcessWithoutListener}, stopped...),
		SelfAddrNotLocal: append([]Code{ProcessWithoutListener, HostUnreachable}, stopped...),
		SelfAddrLoopback: append([]Code{ProcessWithoutListener}, out...),

		DiskFull:           append([]Code{TxnlogCorrupt, EpochMismatch, SyncTooSlow, ProcessDown}, out...),
		DataDirNotWritable: append([]Code{ProcessDown}, out...),
		// An end in the middle of a write leaves an epoch behind, and the thread that has the
		// client port may be the first to go.
		HeapPressure:  append([]Code{ServerHung, ClientPortMismatch, LeaderFlapping, LatencyHigh, EpochMismatch, ProcessDown}, out...),
		TxnlogCorrupt: {ProcessDown},
		NoSnapshot:    {ProcessDown},
		EpochMismatch: {ProcessDown},
		ForeignData:   append([]Code{ConnLimitReached}, out...),

		SyncTooSlow:            append([]Code{LeaderFlapping}, out...),
		DataUnreasonableLength: append([]Code{ProcessDown, ConnLimitReached}, out...),
	}
}

// neverRoot are symptoms: shown when nothing explains them, but as what they are;
// and settings that are unwise and cause no outage.
func neverRoot(c Code) bool {
	switch c {
	case QuorumLost, DegradedNoSpare, ServerNotServing, ReadOnlyMode, StatusScriptMisleading, ElectionInProgress, ForceSyncOff:
		return true
	default:
		return false
	}
}

// alwaysShown are the findings that stay on the screen even when something
// explains them: whoever acts must know of them.
func alwaysShown(c Code) bool {
	switch c {
	case SplitBrain, LeaderNotCommitting, MyidDuplicate, DiskFull, TxnlogCorrupt, EpochMismatch:
		return true // a disk with room again does not mend what it broke
	default:
		return false
	}
}

// dataAtRisk are the findings that come first, whatever else is wrong.
func dataAtRisk(c Code) bool {
	switch c {
	case SplitBrain, MembershipDivergent, StandaloneInEnsemble, MyidDuplicate, DataDigestMismatch:
		return true
	default:
		return false
	}
}
