package logline

// dataRows are servers that cannot read or write their data (FileTxnSnapLog, FileTxnLog,
// QuorumPeer.loadDataBase, DatadirCleanupManager), and what the operating system says.
func dataRows() []Row {
	epoch, denied := []string{"epoch-mismatch"}, []string{"datadir-not-writable"}
	return []Row{
		{Sign: NoSpace, Texts: []string{"No space left on device"}, Slugs: []string{"disk-full"}, Why: "The file system that the server writes to is full."},
		{Sign: NoSnapshot, Texts: []string{"No snapshot found, but there are log entries"}, Slugs: []string{"no-snapshot"}, Why: "The server has transaction logs and no snapshot, and takes that for lost data."}, // 3.5.3+
		{Sign: DataDamaged, Texts: []string{"has invalid magic number "}, Slugs: []string{"txnlog-corrupt"}, Why: "A transaction log does not begin like one, so the server does not start."},
		{Texts: []string{"Delete empty tail log file to recover from corruption file"}, Slugs: []string{"txnlog-corrupt"}, Why: "The newest transaction log was empty; 3.9.3 and later remove it and go on."},
		{Sign: EpochOld, Texts: []string{"The current epoch, {}, is older than the last zxid"}, Slugs: epoch, Why: "The data is of a later epoch than the server says, so it does not start."},
		{Sign: EpochOld, Texts: []string{"The accepted epoch, {} is less than the current epoch"}, Slugs: epoch, Why: "The two epoch files contradict each other, so the server does not start."},
		{Texts: []string{"Cannot write to data directory"}, Slugs: denied, Why: "The user of the server may not write to its dataLogDir, or it is mounted read-only."},
		{Texts: []string{"Cannot write to snap directory"}, Slugs: denied, Why: "The user of the server may not write to its dataDir, or it is mounted read-only."},
		{Texts: []string{"FileNotFoundException: {}(Permission denied)", "FileNotFoundException: {}(Read-only file system)"}, Slugs: denied, Why: "The user of the server may not open one of its files, or the disk is mounted read-only."},
		{Texts: []string{"Unable to create snap directory", "Unable to create data directory"}, Slugs: denied, Why: "The user of the server may not make its directory there, or the disk is not mounted."},
		{Texts: []string{"IOException: Found in {}Epoch"}, Slugs: []string{"epoch-mismatch", "disk-full"}, Why: "An epoch file is empty: it was written while the disk was full, or the host lost its power."},
		{Sign: DataDenied, Texts: []string{"Permission denied", "Read-only file system"}},
		{Texts: []string{"Purge task is not scheduled"}, Slugs: []string{"autopurge-off"}, Why: "autopurge.purgeInterval is not set: old snapshots and logs stay for ever."},
		// The exception below the line says which it is.
		{Sign: DatabaseUnloaded, Texts: []string{"Unable to load database on disk", "Unable to run quorum server"}, Family: "database", Slugs: []string{"disk-full", "txnlog-corrupt", "no-snapshot", "epoch-mismatch"}, Why: "The server cannot use what it finds in its data directory; the exception below the line says why."},
	}
}

// damageRows are data that a server cannot use, and data that is not this ensemble's
// (BinaryInputArchive, FileTxnSnapLog, FileTxnLog, FileSnap, SnapStream, Learner, Leader).
func damageRows() []Row {
	foreign, snapshots, logs := []string{"foreign-data"}, []string{"no-snapshot"}, []string{"txnlog-corrupt"}
	diverged := []string{"data-digest-mismatch", "foreign-data"}
	return []Row{
		{Sign: EpochAhead, Texts: []string{"Leaders epoch, {} is less than accepted epoch", "Proposed leader epoch {} is less than our accepted epoch"}, Slugs: foreign, Why: "The server has accepted a later epoch than its leader has: its data is of another ensemble."},
		{Texts: []string{"Follower is ahead of the leader, leader summary"}, Slugs: foreign, Why: "The follower has data that the leader has not: one of them got its data from elsewhere."},
		{Texts: []string{"has a later activated configuration"}, Slugs: []string{"membership-divergent"}, Why: "The server has seen a later list of members than its leader has."},
		{Sign: RecordTooLong, Texts: []string{unreasonable}, Family: "record", Slugs: []string{"data-unreasonable-length"}, Why: "A record is longer than jute.maxbuffer allows: the option was lowered, or lost at a restart.", capture: recordLength},
		{
			Sign: DataDamaged, Texts: []string{"Not able to find valid snapshots"},
			Slugs: snapshots, Why: "None of the snapshots can be read.",
		},
		{Sign: DataDamaged, Texts: []string{"problem reading snap file"}, Slugs: snapshots, Why: "This snapshot cannot be read; the server tries the one before it."},
		{Sign: DataDamaged, Texts: []string{"CRC corruption"}, Slugs: snapshots, Why: "The checksum of this snapshot is wrong; the server tries the one before it."}, // " in snapshot" follows up to 3.5
		{Sign: DataDamaged, Texts: []string{"CRC check failed"}, Slugs: logs, Why: "The checksum of a transaction is wrong: the log is damaged."},
		// From 3.9.4 on: ZKDatabase.addCommittedProposal.
		{Sign: LogGap, Texts: []string{"Committed proposal cached out of order: "}, Slugs: logs, Why: "Transactions between the two are missing: a transaction log is damaged or gone."},
		{Texts: []string{"EOFException: Failed to read {}log."}, Slugs: logs, Why: "A transaction log is shorter than its first record: the server cannot read it."},
		{Texts: []string{"EOFException{}FileTxnLog"}, Slugs: logs, Why: "A transaction log ends before its header does."},
		{Texts: []string{"is not covering the snapshot digest zxid"}, Slugs: logs, Why: "A snapshot is of later data than the logs reach: some were lost."},
		{Sign: DataDenied, Texts: []string{"Unable to access datadir"}, Slugs: []string{"datadir-not-writable"}, Why: "The user of the server may not use its dataDir, or it cannot be made."},
		{Sign: Unrecoverable, Texts: []string{"Severe unrecoverable error"}, Slugs: []string{"disk-full"}, Why: "The server could not write a log or a snapshot, and ends; the exception says why."},
		{Texts: []string{"Not able to truncate the log"}, Slugs: diverged, Why: "The leader asked the server to truncate its log, and it could not."},
		{Texts: []string{"Committing zxid {}but next pending txn"}, Slugs: diverged, Why: "The leader commits another transaction than the server expects: it ends, to fetch all anew."},
		{Texts: []string{"Got unexpected packet from leader"}, Slugs: diverged, Why: "The server and its leader do not agree on where they are: it ends, to fetch all anew."},
		{Texts: []string{"Unexpected empty data tree, setting zxid to -1"}, Slugs: []string{"server-not-serving"}, Why: "The server has no data, and db.autocreate=false forbids it to vote without."},
	}
}

// strainRows are what a server writes about its disk and its data (FileTxnLog, DataTree
// from 3.6 on, and Java about missing file descriptors).
func strainRows() []Row {
	return []Row{
		{Texts: []string{"fsync-ing the write ahead log in {} took {}ms"}, Slugs: []string{"fsync-slow"}, Why: "The disk took longer than a second to make a write safe, and every client waited for it."},
		{Texts: []string{"digest mismatch on txn", "Digests are not matching"}, Slugs: []string{"data-digest-mismatch"}, Why: "After this transaction the server's data was not what the leader's was."},
		{Texts: []string{"Too many open files"}, Slugs: []string{"fd-limit-near"}, Why: "The process has used all the file descriptors that it may have."},
	}
}
