package logline

// harmlessRows are what healthy servers write (NIOServerCnxn, NettyServerCnxn,
// ZooKeeperServer, PrepRequestProcessor, FileTxnSnapLog, DatadirCleanupManager, Follower,
// QuorumCnxManager, Util).
func harmlessRows() []Row {
	row := func(why string, texts ...string) Row { return Row{Kind: Harmless, Texts: texts, Why: why} }
	return []Row{
		row("A client, or a check of the port, closed its connection. Many in a second: see its own log.",
			"EndOfStreamException", "Unable to read additional data from client", "caught end of stream exception"),
		row("A client went away while the server wrote or read. Many clients at once: see conn-limit-reached and latency-high.",
			"Connection reset by peer", "Broken pipe"),
		row("A connection was closed while the server was about to use it.", "CancelledKeyException"),
		row("A client did not send a ping within its session timeout. Many at once: see latency-high and heap-pressure.",
			"Expiring session 0x"),
		row("A client came back later than its session lasts, and opens a new one.", "Invalid session 0x{}probably expired"),
		row("The server answered a client with an error, as it asked for a znode that is not there, or is there already.",
			"Got user-level KeeperException"),
		row("The server writes a snapshot of its data, as it does every snapCount transactions and at each start.",
			"Snapshotting: 0x"),
		row("Old snapshots and transaction logs were removed.", "Purge task completed", "Purge task started"),
		row("A monitor asked the server a four-letter word.", "Processing {} command from /"),
		row("The first proposal that a server sees after it joined begins a new count.", "Got zxid 0x{}expected 0x1"),
		row("The newest transaction log ends in the middle of a transaction that was never confirmed, as after a crash. "+
			"Every start writes it: see txnlog-corrupt.", "Last transaction was partial"),
		row("A thread of an election connection ended with it. The lines before it say why the connection ended.",
			"Interrupted while waiting for message on queue"),
	}
}
