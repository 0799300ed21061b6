package exporter

import (
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// counterRows are the counters of 3.4 to 3.6 that tell of connections and of learners,
// process-wide but for those of ServerStats (packets and the first few).
func counterRows() []row {
	return []row{
		counter("zookeeper_packets_received_total", "3.4", "Packets received, four-letter words included.",
			"packets_received").
			srvrLine("Received", func(s *snapshot.Srvr) (float64, bool) { return float64(s.Received), true }),
		counter("zookeeper_packets_sent_total", "3.4", "Packets sent, four-letter words included.", "packets_sent").
			srvrLine("Sent", func(s *snapshot.Srvr) (float64, bool) { return float64(s.Sent), true }),
		counter("zookeeper_auth_failures_total", "3.6", "Clients that failed to authenticate.", "auth_failed_count"),
		counter("zookeeper_non_mtls_remote_connections_total", "3.6", "Connections from other hosts without mutual TLS.",
			"non_mtls_remote_conn_count"),
		counter("zookeeper_non_mtls_local_connections_total", "3.6", "Connections from the server's own host without mutual TLS.", "non_mtls_local_conn_count"),
		counter("zookeeper_fsync_threshold_exceeded_total", "3.4.11", "Writes to the transaction log that took longer than fsync.warningthresholdms; not in every version.", "fsync_threshold_exceed_count"),
		counter("zookeeper_dead_watcher_add_stall_seconds_total", "3.6", "Time in seconds for which adding dead watchers was held up.", "add_dead_watcher_stall_time").ms(),
		counter("zookeeper_received_bytes_total", "3.6", "Bytes of requests received.", "bytes_received_count"),
		counter("zookeeper_commits_total", "3.6", "Transactions that the server has committed.", "commit_count"),
		counter("zookeeper_connections_dropped_total", "3.6", "Client connections that ended without a goodbye: a read failed, most often because the client was gone.", "connection_drop_count"),
		counter("zookeeper_connections_rejected_total", "3.6", "Connections turned away by a limit or by the throttle.", "connection_rejected"),
		counter("zookeeper_connection_requests_total", "3.6", "Connection requests received.", "connection_request_count"),
		counter("zookeeper_connection_revalidations_total", "3.6", "Connections revalidated by the leader.",
			"connection_revalidate_count"),
		counter("zookeeper_dead_watchers_cleared_total", "3.6", "Dead watchers cleared.", "dead_watchers_cleared"),
		counter("zookeeper_dead_watchers_queued_total", "3.6", "Dead watchers queued for the cleaner.",
			"dead_watchers_queued"),
		counter("zookeeper_diff_syncs_total", "3.6", "Learners synchronised by a diff.", "diff_count"),
		counter("zookeeper_snap_syncs_total", "3.6", "Learners synchronised by a snapshot.", "snap_count"),
		counter("zookeeper_digest_mismatches_total", "3.6", "Times the data tree differed from its digest: the data of servers may differ.", "digest_mismatches_count"),
		counter("zookeeper_ensemble_auth_failures_total", "3.6", "Clients of another ensemble refused by ensemble authentication.", "ensemble_auth_fail"),
		counter("zookeeper_ensemble_auth_skipped_total", "3.6", "Clients that did not take part in ensemble authentication.", "ensemble_auth_skip"),
		counter("zookeeper_ensemble_auth_successes_total", "3.6", "Clients that passed ensemble authentication.",
			"ensemble_auth_success"),
		counter("zookeeper_large_requests_rejected_total", "3.6", "Requests rejected because large ones fill the memory set aside for them.", "large_requests_rejected"),
		counter("zookeeper_learner_commits_received_total", "3.6", "Commits received from the leader.",
			"learner_commit_received_count"),
		counter("zookeeper_learner_proposals_received_total", "3.6", "Proposals received from the leader.",
			"learner_proposal_received_count"),
		counter("zookeeper_looking_total", "3.6", "Times the server entered the state LOOKING, to find a leader.", "looking_count"),
	}
}

// counterRowsRequests are the counters of 3.6 that tell of requests, and others.
func counterRowsRequests() []row {
	return []row{
		counter("zookeeper_outstanding_changes_queued_total", "3.6", "Changes queued that are not yet in the data tree.",
			"outstanding_changes_queued"),
		counter("zookeeper_outstanding_changes_removed_total", "3.6", "Queued changes that have reached the data tree.",
			"outstanding_changes_removed"),
		counter("zookeeper_prep_processor_requests_queued_total", "3.6", "Requests queued at the prep processor.",
			"prep_processor_request_queued"),
		counter("zookeeper_proposals_total", "3.6", "Proposals made; leader only.", "proposal_count"),
		counter("zookeeper_quit_leading_due_to_disloyal_voter_total", "3.6", "Times the leader stepped down for a reconfiguration that voters did not follow.", "quit_leading_due_to_disloyal_voter"),
		counter("zookeeper_request_commits_queued_total", "3.6", "Commits queued at the commit processor.",
			"request_commit_queued"),
		counter("zookeeper_request_throttle_waits_total", "3.6", "Times the request throttle made a request wait.",
			"request_throttle_wait_count"),
		counter("zookeeper_response_packet_cache_hits_total", "3.6", "Answers to reads found in the response cache.",
			"response_packet_cache_hits"),
		counter("zookeeper_response_packet_cache_misses_total", "3.6", "Answers to reads not found in the response cache.",
			"response_packet_cache_misses"),
		counter("zookeeper_response_packet_get_children_cache_hits_total", "3.6", "Lists of children found in the response cache.", "response_packet_get_children_cache_hits"),
		counter("zookeeper_response_packet_get_children_cache_misses_total", "3.6", "Lists of children not found in the response cache.", "response_packet_get_children_cache_misses"),
		counter("zookeeper_revalidations_total", "3.6", "Sessions that a learner asked its leader to revalidate.", "revalidate_count"),
		counter("zookeeper_sessionless_connections_expired_total", "3.6", "Connections closed because no session was opened on them in time.", "sessionless_connections_expired"),
		counter("zookeeper_stale_replies_total", "3.6", "Answers to connections that were closed before.", "stale_replies"),
		counter("zookeeper_stale_requests_total", "3.6", "Requests that were outdated before they ran.", "stale_requests"),
		counter("zookeeper_stale_requests_dropped_total", "3.6", "Requests dropped because they were outdated.",
			"stale_requests_dropped"),
		counter("zookeeper_stale_sessions_expired_total", "3.6", "Sessions that expired because their clients were silent.", "stale_sessions_expired"),
		counter("zookeeper_sync_processor_requests_queued_total", "3.6", "Requests queued at the sync processor, which writes the transaction log.", "sync_processor_request_queued"),
		counter("zookeeper_tls_handshakes_exceeded_total", "3.6", "Connections closed because too many TLS handshakes were under way.", "tls_handshake_exceeded"),
		counter("zookeeper_unrecoverable_errors_total", "3.6", "Errors after which the server shuts down.",
			"unrecoverable_error_count"),
	}
}

// counterRowsLater are the counters that 3.7 and 3.9 added.
func counterRowsLater() []row {
	return []row{
		counter("zookeeper_connections_closed_without_server_total", "3.7", "Connections closed because the server was not serving.", "cnxn_closed_without_zk_server_running"),
		counter("zookeeper_insecure_admin_requests_total", "3.7", "Requests to the admin server over plain HTTP.",
			"insecure_admin_count"),
		counter("zookeeper_requests_not_forwarded_to_commit_processor_total", "3.7", "Requests that did not reach the commit processor because their session was gone.", "requests_not_forwarded_to_commit_processor"),
		counter("zookeeper_response_bytes_total", "3.7", "Bytes of answers sent.", "response_bytes"),
		counter("zookeeper_watch_bytes_total", "3.7", "Bytes of watch notifications sent.", "watch_bytes"),
		counter("zookeeper_learner_requests_skipped_total", "3.7", "Requests of learners that the leader skipped because their session had moved or closed.", "skip_learner_request_to_next_processor_count"),
		counter("zookeeper_throttled_operations_total", "3.7", "Operations answered with an error because they waited too long.", "throttled_ops"),
		counter("zookeeper_unsuccessful_handshakes_total", "3.7", "TLS handshakes that failed.", "unsuccessful_handshake"),
		counter("zookeeper_restore_errors_total", "3.9", "Restores by the admin server that failed.", "restore_error_count"),
		counter("zookeeper_restores_rate_limited_total", "3.9", "Restores by the admin server refused for their rate.", "restore_rate_limited_count"),
		counter("zookeeper_snapshot_errors_total", "3.9", "Snapshots by the admin server that failed.",
			"snapshot_error_count"),
		counter("zookeeper_snapshots_rate_limited_total", "3.9", "Snapshots by the admin server refused for their rate.", "snapshot_rate_limited_count"),
	}
}

// jvmRows are what the Prometheus provider adds with exportJvmInfo, its default.
func jvmRows() []row {
	rows := []row{
		gauge("zookeeper_jvm_info", "", "Always 1; the labels are the Java runtime.",
			"jvm_info").with("runtime", "vendor", "version"),
		gauge("zookeeper_jvm_memory_used_bytes", "", "Memory of the JVM in use, in bytes.",
			"jvm_memory_bytes_used", "jvm_memory_used_bytes").with("area"),
		gauge("zookeeper_jvm_memory_committed_bytes", "", "Memory of the JVM that the operating system has granted, in bytes.", "jvm_memory_bytes_committed", "jvm_memory_committed_bytes").with("area"),
		gauge("zookeeper_jvm_memory_max_bytes", "", "Memory that the JVM may use, in bytes; absent without a limit.", "jvm_memory_bytes_max", "jvm_memory_max_bytes").orNone().with("area"),
		gauge("zookeeper_jvm_memory_init_bytes", "", "Memory that the JVM asked for at its start, in bytes.", "jvm_memory_bytes_init", "jvm_memory_init_bytes").orNone().with("area"),
		gauge("zookeeper_jvm_memory_pool_used_bytes", "", "Memory of a pool in use, in bytes.",
			"jvm_memory_pool_bytes_used", "jvm_memory_pool_used_bytes").with("pool"),
		gauge("zookeeper_jvm_memory_pool_committed_bytes", "", "Memory of a pool that the operating system has granted, in bytes.", "jvm_memory_pool_bytes_committed", "jvm_memory_pool_committed_bytes").with("pool"),
		gauge("zookeeper_jvm_memory_pool_max_bytes", "", "Memory that a pool may use, in bytes; absent without a limit.", "jvm_memory_pool_bytes_max", "jvm_memory_pool_max_bytes").orNone().with("pool"),
		gauge("zookeeper_jvm_memory_pool_init_bytes", "", "Memory of a pool at the start, in bytes.",
			"jvm_memory_pool_bytes_init", "jvm_memory_pool_init_bytes").orNone().with("pool"),
		counter("zookeeper_jvm_memory_pool_allocated_bytes_total", "", "Memory allocated in a pool, in bytes, as far as collections showed it.", "jvm_memory_pool_allocated_bytes_total").with("pool"),
		gauge("zookeeper_jvm_buffer_pool_used_bytes", "", "Memory of a buffer pool in use, in bytes.",
			"jvm_buffer_pool_used_bytes").with("pool"),
		gauge("zookeeper_jvm_buffer_pool_capacity_bytes", "", "Capacity of a buffer pool in bytes.",
			"jvm_buffer_pool_capacity_bytes").with("pool"),
		gauge("zookeeper_jvm_buffer_pool_buffers", "", "Buffers of a buffer pool in use.",
			"jvm_buffer_pool_used_buffers").with("pool"),
		summary("zookeeper_jvm_gc_collection_seconds", "", "Time of garbage collections in seconds.",
			"jvm_gc_collection_seconds").with("gc"),
		gauge("zookeeper_jvm_threads", "", "Threads.", "jvm_threads_current"),
		gauge("zookeeper_jvm_threads_daemon", "", "Daemon threads.", "jvm_threads_daemon"),
		gauge("zookeeper_jvm_threads_peak", "", "Most threads at a time since the start.", "jvm_threads_peak"),
		counter("zookeeper_jvm_threads_started_total", "", "Threads started.", "jvm_threads_started_total"),
		gauge("zookeeper_jvm_threads_deadlocked", "", "Threads in a deadlock over monitors or synchronizers.", "jvm_threads_deadlocked"),
		gauge("zookeeper_jvm_threads_deadlocked_monitor", "", "Threads in a deadlock over monitors.",
			"jvm_threads_deadlocked_monitor"),
		gauge("zookeeper_jvm_threads_by_state", "", "Threads by state.", "jvm_threads_state").with("state"),
		gauge("zookeeper_jvm_classes_currently_loaded", "", "Classes that are loaded.",
			"jvm_classes_loaded", "jvm_classes_currently_loaded"),
		counter("zookeeper_jvm_classes_loaded_total", "", "Classes loaded since the start.", "jvm_classes_loaded_total"),
		counter("zookeeper_jvm_classes_unloaded_total", "", "Classes unloaded since the start.",
			"jvm_classes_unloaded_total"),
		counter("zookeeper_process_cpu_seconds_total", "", "CPU time of the process in seconds.",
			"process_cpu_seconds_total"),
		gauge("zookeeper_process_start_time_seconds", "", "When the process started, in seconds since 1970.",
			"process_start_time_seconds"),
		gauge("zookeeper_process_open_fds", "", "File descriptors that the process has open.", "process_open_fds"),
		gauge("zookeeper_process_max_fds", "", "File descriptors that the process may open.", "process_max_fds"),
		gauge("zookeeper_process_virtual_memory_bytes", "", "Virtual memory of the process in bytes.",
			"process_virtual_memory_bytes"),
		gauge("zookeeper_process_resident_memory_bytes", "", "Resident memory of the process in bytes.",
			"process_resident_memory_bytes"),
	}
	for i := range rows {
		rows[i].since = "3.6, Prometheus provider"
	}
	return rows
}
