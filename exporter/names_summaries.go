package exporter

// summaryRows are summaries of elections, data, sessions and latencies, and the
// longest of those of which a single one is a fault. The Prometheus provider
// does not report the longest.
func summaryRows() []row {
	return []row{
		summary("zookeeper_fsync_seconds", "3.6", "Time of syncing the transaction log to disk, in seconds.", "fsynctime").ms(),
		gauge("zookeeper_fsync_max_seconds", "3.6", "Longest sync of the transaction log since the process started, in seconds.", "max_fsynctime").ms(),
		summary("zookeeper_snapshot_seconds", "3.6", "Time of writing a snapshot, in seconds.", "snapshottime").ms(),
		gauge("zookeeper_snapshot_max_seconds", "3.6", "Longest writing of a snapshot since the process started, in seconds.", "max_snapshottime").ms(),
		summary("zookeeper_election_seconds", "3.6", "Time of leader elections, in seconds.", "election_time").ms(),
		gauge("zookeeper_election_max_seconds", "3.6", "Longest leader election since the process started, in seconds.", "max_election_time").ms(),
		summary("zookeeper_unavailable_seconds", "3.7", "Time between looking for a leader and serving again, in seconds.", "unavailable_time").ms(),
		gauge("zookeeper_unavailable_max_seconds", "3.7", "Longest time between looking for a leader and serving again since the process started, in seconds.", "max_unavailable_time").ms(),
		summary("zookeeper_leader_unavailable_seconds", "3.7", "Time between looking for a leader and serving as one, in seconds.", "leader_unavailable_time").ms(),
		summary("zookeeper_jvm_pause_seconds", "3.6.4", "Pauses of the JVM that its monitor noticed, in seconds.", "jvm_pause_time_ms").ms(),
		gauge("zookeeper_jvm_pause_max_seconds", "3.6.4", "Longest pause of the JVM since the process started, in seconds.", "max_jvm_pause_time_ms").ms(),
		summary("zookeeper_db_init_seconds", "3.6", "Time of loading the database, in seconds.", "dbinittime").ms(),
		summary("zookeeper_startup_snapshot_load_seconds", "3.6", "Time of loading the snapshot at the start, in seconds.", "startup_snap_load_time").ms(),
		summary("zookeeper_startup_transactions_load_seconds", "3.6", "Time of loading the transaction log at the start, in seconds.", "startup_txns_load_time").ms(),
		summary("zookeeper_startup_transactions_loaded", "3.6", "Transactions loaded at the start.", "startup_txns_loaded"),
		summary("zookeeper_restore_seconds", "3.9", "Time of restores by the admin server, in seconds.", "restore_time").ms(),
		summary("zookeeper_follower_sync_seconds", "3.6", "Time of a follower's synchronisation with its leader, in seconds.", "follower_sync_time").ms(),
		gauge("zookeeper_follower_sync_max_seconds", "3.6", "Longest synchronisation of the follower since the process started, in seconds.", "max_follower_sync_time").ms(),
		summary("zookeeper_observer_sync_seconds", "3.7", "Time of an observer's synchronisation, in seconds.", "observer_sync_time").ms(),
		summary("zookeeper_inflight_diffs", "3.6.4", "Diffs under way to learners, looked at whenever one begins or ends.", "inflight_diff_count"),
		summary("zookeeper_inflight_snaps", "3.6.4", "Snapshots under way to learners, looked at whenever one begins or ends.", "inflight_snap_count"),
		summary("zookeeper_connection_token_deficit", "3.6", "Tokens that the connection throttle lacked.", "connection_token_deficit"),
		summary("zookeeper_socket_closing_seconds", "3.7", "Time of closing a socket to the leader, in seconds.", "socket_closing_time").ms(),
		summary("zookeeper_netty_queued_buffer_bytes", "3.6", "Size of buffers queued by Netty, in bytes.", "netty_queued_buffer_capacity"),
		summary("zookeeper_node_changed_watches", "3.6", "Watches that a change of a znode's data fired.", "node_changed_watch_count"),
		summary("zookeeper_node_children_watches", "3.6", "Watches that a change of a znode's children fired.", "node_children_watch_count"),
		summary("zookeeper_node_created_watches", "3.6", "Watches that the creation of a znode fired.", "node_created_watch_count"),
		summary("zookeeper_node_deleted_watches", "3.6", "Watches that the deletion of a znode fired.", "node_deleted_watch_count"),
		summary("zookeeper_dead_watchers_cleaner_seconds", "3.6", "Time of a run of the dead watchers cleaner, in seconds.", "dead_watchers_cleaner_latency").ms(),
		summary("zookeeper_read_latency_seconds", "3.6", "Time from a read's arrival to its answer, in seconds.", "readlatency").ms(),
		gauge("zookeeper_read_latency_max_seconds", "3.6", "Longest time of a read since the process started, in seconds.", "max_readlatency").ms(),
		summary("zookeeper_update_latency_seconds", "3.6", "Time from a write's arrival to its answer, in seconds.", "updatelatency").ms(),
		gauge("zookeeper_update_latency_max_seconds", "3.6", "Longest time of a write since the process started, in seconds.", "max_updatelatency").ms(),
		summary("zookeeper_propagation_latency_seconds", "3.6", "Time from a write's start at the leader to its end here, in seconds, by two clocks.", "propagation_latency").ms(),
		summary("zookeeper_commit_propagation_latency_seconds", "3.6", "Time from the leader's commit to its arrival here, in seconds, by two clocks.", "commit_propagation_latency").ms(),
		summary("zookeeper_proposal_latency_seconds", "3.6", "Time from the leader's proposal to its arrival here, in seconds, by two clocks.", "proposal_latency").ms(),
		summary("zookeeper_proposal_ack_creation_latency_seconds", "3.6", "Time from a proposal to its acknowledgement, in seconds.", "proposal_ack_creation_latency").ms(),
		summary("zookeeper_quorum_ack_latency_seconds", "3.6", "Time from a proposal to its acknowledgement by a quorum, in seconds; leader only.", "quorum_ack_latency").ms(),
		summary("zookeeper_ack_latency_seconds", "3.6", "Time from a proposal to the acknowledgement of one server, in seconds; leader only.", "ack_latency").ms().set("server_id"),
		summary("zookeeper_learner_handler_queue_size", "3.6", "Packets queued for one learner; leader only.", "learner_handler_qp_size").set("server_id"),
		summary("zookeeper_learner_handler_queue_seconds", "3.6", "Time that packets were queued for one learner, in seconds; leader only.", "learner_handler_qp_time_ms").ms().set("server_id"),
		summary("zookeeper_namespace_read_bytes", "3.6", "Size of reads below one top-level znode, in bytes.", "read_per_namespace").set("namespace"),
		summary("zookeeper_namespace_write_bytes", "3.6", "Size of writes below one top-level znode, in bytes.", "write_per_namespace").set("namespace"),
	}
}

// processorRows are summaries of the request processors but the commit processor.
func processorRows() []row {
	return []row{
		summary("zookeeper_prep_process_seconds", "3.6", "Time of a request in the prep processor, in seconds.", "prep_process_time").ms(),
		summary("zookeeper_prep_processor_queue_size", "3.6", "Requests queued at the prep processor.", "prep_processor_queue_size"),
		summary("zookeeper_prep_processor_queue_seconds", "3.6", "Time of a request in the queue of the prep processor, in seconds.", "prep_processor_queue_time_ms").ms(),
		summary("zookeeper_close_session_prep_seconds", "3.6", "Time of preparing the closing of a session, in seconds.", "close_session_prep_time").ms(),
		summary("zookeeper_proposal_process_seconds", "3.7", "Time of a request in the proposal processor, in seconds.", "proposal_process_time").ms(),
		summary("zookeeper_sync_process_seconds", "3.6", "Time of flushing a batch in the sync processor, in seconds.", "sync_process_time").ms(),
		summary("zookeeper_sync_processor_batch_size", "3.6", "Requests in a batch of the sync processor.", "sync_processor_batch_size"),
		summary("zookeeper_sync_processor_queue_size", "3.6", "Requests queued at the sync processor.", "sync_processor_queue_size"),
		summary("zookeeper_sync_processor_queue_seconds", "3.6", "Time of a request in the queue of the sync processor, in seconds.", "sync_processor_queue_time_ms").ms(),
		summary("zookeeper_sync_processor_queue_flush_seconds", "3.6", "Time of a request between the queue of the sync processor and its flush, in seconds.", "sync_processor_queue_flush_time_ms").ms(),
		summary("zookeeper_sync_processor_queue_and_flush_seconds", "3.6", "Time of a request in the queue of the sync processor and until its flush, in seconds.", "sync_processor_queue_and_flush_time_ms").ms(),
		summary("zookeeper_final_processor_read_seconds", "3.6", "Time of a read in the final processor, in seconds.", "read_final_proc_time_ms").ms(),
		summary("zookeeper_final_processor_write_seconds", "3.6", "Time of a write in the final processor, in seconds.", "write_final_proc_time_ms").ms(),
		summary("zookeeper_learner_request_processor_queue_size", "3.7", "Requests of learners queued at the leader.", "learner_request_processor_queue_size"),
		summary("zookeeper_observer_master_commit_process_seconds", "3.6", "Time of a commit in an observer master, in seconds.", "om_commit_process_time_ms").ms(),
		summary("zookeeper_observer_master_proposal_process_seconds", "3.6", "Time of a proposal in an observer master, in seconds.", "om_proposal_process_time_ms").ms(),
		summary("zookeeper_request_throttle_queue_seconds", "3.7", "Time of a request in the queue of the request throttle, in seconds.", "request_throttle_queue_time_ms").ms(),
	}
}

// commitRows are summaries of the commit processor.
func commitRows() []row {
	return []row{
		summary("zookeeper_commit_processor_commit_requests_queued", "3.6", "Commits queued at a pass of the commit processor.", "commit_commit_proc_req_queued"),
		summary("zookeeper_commit_processor_read_requests_queued", "3.6", "Reads queued at a pass of the commit processor.", "read_commit_proc_req_queued"),
		summary("zookeeper_commit_processor_write_requests_queued", "3.6", "Writes queued at a pass of the commit processor.", "write_commit_proc_req_queued"),
		summary("zookeeper_commit_processor_reads_issued", "3.6", "Reads issued in a pass of the commit processor.", "read_commit_proc_issued"),
		summary("zookeeper_commit_processor_writes_issued", "3.6", "Writes issued in a pass of the commit processor.", "write_commit_proc_issued"),
		summary("zookeeper_commit_processor_process_seconds", "3.6", "Time of a pass of the commit processor, in seconds.", "commit_process_time").ms(),
		summary("zookeeper_commit_processor_read_seconds", "3.6", "Time of a read in the commit processor, in seconds.", "read_commitproc_time_ms").ms(),
		summary("zookeeper_commit_processor_write_seconds", "3.6", "Time of a write in the commit processor, in seconds.", "write_commitproc_time_ms").ms(),
		summary("zookeeper_commit_processor_write_batch_seconds", "3.6", "Time of a batch of writes in the commit processor, in seconds.", "write_batch_time_in_commit_processor").ms(),
		summary("zookeeper_commit_processor_empty_pool_wait_seconds", "3.6", "Time that the commit processor waited for running reads to end, in seconds.", "time_waiting_empty_pool_in_commit_processor_read_ms").ms(),
		summary("zookeeper_commit_processor_concurrent_requests", "3.6", "Requests in work at a time in the commit processor.", "concurrent_request_processing_in_commit_processor"),
		summary("zookeeper_local_write_committed_seconds", "3.6", "Time of a local write in the commit processor until its commit, in seconds.", "local_write_committed_time_ms").ms(),
		summary("zookeeper_server_write_committed_seconds", "3.6", "Time of another server's write in the commit processor, in seconds.", "server_write_committed_time_ms").ms(),
		summary("zookeeper_pending_session_queue_size", "3.6", "Sessions with requests that wait for a commit.", "pending_session_queue_size"),
		summary("zookeeper_requests_in_session_queue", "3.6", "Requests in the queue of a session.", "requests_in_session_queue"),
		summary("zookeeper_session_queues_drained", "3.6", "Queues of sessions drained in a pass.", "session_queues_drained"),
		summary("zookeeper_reads_after_write_in_session_queue", "3.6", "Reads behind a write in the queue of a session.", "reads_after_write_in_session_queue"),
		summary("zookeeper_reads_issued_from_session_queue", "3.6", "Reads issued from the queue of a session.", "reads_issued_from_session_queue"),
	}
}
