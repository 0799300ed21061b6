package logline

// storageRows are what a server writes about its files and its copy of the data while it runs
// (FileTxnLog, FileTxnSnapLog, FileSnap, SnapStream, ZKDatabase, AtomicFileOutputStream,
// DataTree, LearnerHandler, DatadirCleanupManager).
func storageRows() []Row {
	harmless := func(why string, texts ...string) Row { return Row{Kind: Harmless, Texts: texts, Why: why} }
	found := func(slugs []string, why string, texts ...string) Row {
		return Row{Slugs: slugs, Texts: texts, Why: why}
	}
	damaged := []string{"txnlog-corrupt", "no-snapshot"}
	written := []string{"disk-full", "datadir-not-writable"}
	return []Row{
		found(damaged, "A snapshot or a transaction log is shorter than it should be, or damaged; the server takes an earlier one where it can.",
			"invalid snapshot ", "Read incorrect number of bytes from", "Unable to open file ",
			"Unable to read txnlog from disk",
			"Upgrading from an empty snapshot", "(highestZxid) >", "(higestZxid) >", "Zxids not equal log zxid",
			"Got a short response"),
		found([]string{"txnlog-corrupt", "data-digest-mismatch"}, "The leader asked the server to truncate its transaction log, and it could not.",
			"Unable to truncate"),
		found(written, "A file could not be written or replaced: the disk is full, read-only, or the user may not write there. The exception says which.",
			"Unable to abort file", "Unable to delete tmp file", "Failed to write new file",
			"Error writing next dynamic config file to disk",
			"Could not delete empty snapshot file", "Error updating DB", "Unable to get size of most recent snapshot",
			"Error occurred while purging",
			"deleting {} failed", "Failed in backing up", "Upgrade Error: "),
		harmless("The data was written by an earlier release, without what this one expects.",
			"likely due to the reading an older snapshot", "likely due to reading an older snapshot",
			"This should only be allowed during upgrading",
			"configuration znode missing (should only happen during upgrade)"),
		harmless("A learner is so far behind, or ahead, that the leader sends it a whole snapshot instead of the transactions that it lacks.",
			"Unable to find proposals from txnlog for zxid", "Unhandled scenario for peer sid", "Unhandled proposal scenario",
			"Cannot send TRUNC to peer sid", "Forcing snapshot sync"),
		harmless("A server that was ahead of the new leader drops what was never confirmed. It is normal after a leader was lost.",
			"Truncating log to get in sync with the leader"),
		harmless("The server reads the end of its log.", "Current zxid {} is <="),
		harmless("A purge of old snapshots was still at work when the next was due.", "Purge task is already running"),
		found([]string{"sync-too-slow"}, "More learners fetch a snapshot at a time than the server allows; this one has to come again.",
			"too many concurrent snapshots"),
		{
			Kind: OfClient, Texts: []string{"Quota exceeded: "},
			Why: "A subtree has more znodes or bytes than its quota says. The server only writes it down, unless enforceQuota=true.",
		},
		{
			Kind: Fault, Texts: []string{
				"Missing count node for", "Missing node for stat", "Missing quota node for bytes", "Missing quota stat node",
				"Missing stat node for bytes", "Missing limit node for quota",
			},
			Why: "A znode below /zookeeper/quota is missing: it was removed. Set the quota of that path anew.",
		},
		harmless("Znodes of type container without children could not be removed this time; the next round tries again.",
			"Could not delete container", "Error checking containers"),
	}
}
