package exporter

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// metricGroups is the one table of all metrics that are made from what servers
// report and from what is concluded of it. A name, once released, stays.
func metricGroups() []metricGroup {
	return []metricGroup{
		{"The server", lookRows()},
		{"Conclusions about an ensemble", conclusionRows()},
		{"Gauges", gaugeRows()},
		{"Quorum", leaderRows()},
		{"Quotas", quotaRows()},
		{"Settings in force", confRows()},
		{"Counters", slices.Concat(counterRows(), counterRowsRequests(), counterRowsLater())},
		{"Summaries", summaryRows()},
		{"Request processors", processorRows()},
		{"Commit processor", commitRows()},
		{"Java", jvmRows()},
	}
}

// metricGroup is a chapter of docs/metrics.md.
type metricGroup struct {
	title string
	rows  []row
}

// lookRows are what the look itself shows.
func lookRows() []row {
	return []row{
		gauge("zookeeper_up", "3.4", "Whether the server answers as ZooKeeper: 1 when it gave any answer to a four-letter word, a refusal included, and where a ClickHouse Keeper or RaftKeeper did, else 0; NaN when zkdoctor itself could not check it.").from("check"),
		gauge("zookeeper_serving", "3.4", "Whether the server answers clients, 0 or 1; absent when not known.").from("check"),
		gauge("zookeeper_server_info", "3.4", "Always 1; the labels are the server's id and its ZooKeeper version, or the name of the other program that answers.").with("server_id", "version").from("srvr, mntr, conf"),
		gauge("zookeeper_peer_state", "3.6", "Always 1; the label is the state of a quorum member as the server reports it.").with("state").from("mntr"),
		gauge("zookeeper_epoch", "3.4", "Epoch of the server's last zxid, its upper 32 bits.").srvrLine("Zxid",
			func(s *snapshot.Srvr) (float64, bool) { return float64(s.Zxid.Epoch()), s.Zxid != noZxid }),
		gauge("zookeeper_zxid_counter", "3.4", "Counter of the server's last zxid within its epoch, its lower 32 bits.").srvrLine("Zxid",
			func(s *snapshot.Srvr) (float64, bool) { return float64(s.Zxid.Counter()), s.Zxid != noZxid }),
		gauge("zkdoctor_server_role", "3.4", "1 for the role that the server has, 0 for every other.").with("role").from("conclusion"),
		gauge("zkdoctor_port_open", "3.4", "Whether the client, quorum or election port took a TCP connection, 0 or 1; absent where none is expected or it was not checked.").with("port").from("conclusion"),
	}
}

// gaugeRows are the gauges that every role reports.
func gaugeRows() []row {
	return []row{
		gauge("zookeeper_request_latency_avg_seconds", "3.4", "Average time that requests took, in seconds, since the last election, restart or srst.", "avg_latency").ms().
			srvrLine("Latency min/avg/max", func(s *snapshot.Srvr) (float64, bool) { return s.LatencyAvg, true }),
		gauge("zookeeper_request_latency_min_seconds", "3.4", "Shortest time that a request took, in seconds, since the last election, restart or srst.", "min_latency").ms().
			srvrLine("Latency min/avg/max", func(s *snapshot.Srvr) (float64, bool) { return s.LatencyMin, true }),
		gauge("zookeeper_request_latency_max_seconds", "3.4", "Longest time that a request took, in seconds, since the last election, restart or srst.", "max_latency").ms().
			srvrLine("Latency min/avg/max", func(s *snapshot.Srvr) (float64, bool) { return s.LatencyMax, true }),
		gauge("zookeeper_connections", "3.4", "Client connections, zkdoctor's own included.", "num_alive_connections").
			srvrLine("Connections", func(s *snapshot.Srvr) (float64, bool) { return float64(s.Connections), true }),
		gauge("zookeeper_outstanding_requests", "3.4", "Requests received and not answered yet.", "outstanding_requests").
			srvrLine("Outstanding", func(s *snapshot.Srvr) (float64, bool) { return float64(s.Outstanding), true }),
		gauge("zookeeper_znodes", "3.4", "Znodes in the data tree, those of /zookeeper included.", "znode_count").
			srvrLine("Node count", func(s *snapshot.Srvr) (float64, bool) { return float64(s.NodeCount), true }),
		gauge("zookeeper_watches", "3.4", "Watches that clients have set.", "watch_count"),
		gauge("zookeeper_ephemerals", "3.4", "Ephemeral znodes in the data tree.", "ephemerals_count"),
		gauge("zookeeper_approximate_data_size_bytes", "3.4", "Approximate size of the data tree in bytes, paths and data.", "approximate_data_size"),
		gauge("zookeeper_open_file_descriptors", "3.4", "File descriptors that the server's process has open.", "open_file_descriptor_count").orNone(),
		gauge("zookeeper_max_file_descriptors", "3.4", "File descriptors that the server's process may open.", "max_file_descriptor_count").orNone(),
		gauge("zookeeper_uptime_seconds", "3.6", "Time in seconds since the server began to serve, that is since its last election.", "uptime").ms(),
		gauge("zookeeper_global_sessions", "3.6", "Sessions that the whole ensemble knows.", "global_sessions"),
		gauge("zookeeper_local_sessions", "3.6", "Sessions that this server alone knows.", "local_sessions"),
		gauge("zookeeper_connection_drop_probability", "3.6", "Probability with which the connection throttle drops a new connection, from 0 to 1.", "connection_drop_probability"),
		gauge("zookeeper_client_response_last_size_bytes", "3.6", "Size of the last answer to a client in bytes; absent before the first.", "last_client_response_size").orNone(),
		gauge("zookeeper_client_response_min_size_bytes", "3.6", "Size of the smallest answer to a client in bytes; absent before the first.", "min_client_response_size").orNone(),
		gauge("zookeeper_client_response_max_size_bytes", "3.6", "Size of the largest answer to a client in bytes; absent before the first.", "max_client_response_size").orNone(),
		gauge("zookeeper_outstanding_tls_handshakes", "3.6", "TLS handshakes under way.", "outstanding_tls_handshake"),
	}
}

// leaderRows are the gauges of a leader, a few of a follower too.
func leaderRows() []row {
	return []row{
		gauge("zookeeper_quorum_size", "3.6", "Voters in the server's configuration, there or not.", "quorum_size"),
		gauge("zookeeper_learners", "3.4", "Connections to the leader's quorum port, observers and hosts that are no members included; leader only.", "learners", "followers"),
		gauge("zookeeper_synced_followers", "3.4", "Followers in sync with the leader, which is not counted; leader only.", "synced_followers"),
		gauge("zookeeper_synced_non_voting_followers", "3.6", "Followers in sync that have no vote; leader only.",
			"synced_non_voting_followers"),
		gauge("zookeeper_synced_observers", "3.6", "Observers in sync; leader, and followers that are observer masters.", "synced_observers"),
		gauge("zookeeper_pending_syncs", "3.4", "Sync requests of clients that wait; leader only.", "pending_syncs"),
		gauge("zookeeper_leader_uptime_seconds", "3.6", "Time in seconds since the server became leader; leader only.", "leader_uptime").ms(),
		gauge("zookeeper_observer_master_id", "3.6", "Id of the server that this observer follows; observers with an observer master only.", "observer_master_id"),
		gauge("zookeeper_proposal_last_size_bytes", "3.5.4", "Size of the last proposal in bytes; leader only, absent before the first.", "last_proposal_size").orNone().
			srvrLine("Proposal sizes", func(s *snapshot.Srvr) (float64, bool) {
				p := proposals(s)
				return float64(p.Last), true
			}),
		gauge("zookeeper_proposal_min_size_bytes", "3.5.4", "Size of the smallest proposal in bytes; leader only, absent before the first.", "min_proposal_size").orNone().
			srvrLine("Proposal sizes", func(s *snapshot.Srvr) (float64, bool) {
				p := proposals(s)
				return float64(p.Min), true
			}),
		gauge("zookeeper_proposal_max_size_bytes", "3.5.4", "Size of the largest proposal in bytes; leader only, absent before the first.", "max_proposal_size").orNone().
			srvrLine("Proposal sizes", func(s *snapshot.Srvr) (float64, bool) {
				p := proposals(s)
				return float64(p.Max), true
			}),
	}
}

// noZxid is what a server without data prints for its zxid: -1.
const noZxid = ^snapshot.Zxid(0)

// proposals are the sizes of proposals, -1 each where the line is missing.
func proposals(s *snapshot.Srvr) snapshot.ProposalSizes {
	if s.Proposals == nil {
		return snapshot.ProposalSizes{Last: -1, Min: -1, Max: -1}
	}
	return *s.Proposals
}

// quotaRows are the gauges by top-level znode.
func quotaRows() []row {
	return []row{
		gauge("zookeeper_quota_limit_znodes", "3.8", "Hard quota on the number of znodes below a top-level znode; absent without a limit.", "quota_count_limit_per_namespace").orNone().set("namespace"),
		gauge("zookeeper_quota_limit_bytes", "3.8", "Hard quota on the size in bytes below a top-level znode; absent without a limit.", "quota_bytes_limit_per_namespace").orNone().set("namespace"),
		gauge("zookeeper_quota_usage_znodes", "3.8", "Number of znodes below a top-level znode that has a quota.", "quota_count_usage_per_namespace").orNone().set("namespace"),
		gauge("zookeeper_quota_usage_bytes", "3.8", "Size in bytes below a top-level znode that has a quota.", "quota_bytes_usage_per_namespace").orNone().set("namespace"),
		counter("zookeeper_quota_exceeded_errors_total", "3.8", "Requests refused because they would exceed a quota.", "quota_exceeded_error_per_namespace").set("namespace"),
	}
}

// confRows are the settings in force, as conf prints them.
func confRows() []row {
	return []row{
		gauge("zookeeper_tick_time_seconds", "3.4", "The setting tickTime in seconds.").ms().
			confKey("tickTime", func(c *snapshot.Conf) (float64, bool) { return setting(c.TickTime) }),
		gauge("zookeeper_session_timeout_min_seconds", "3.4", "Shortest session timeout that a client may have, in seconds.").ms().
			confKey("minSessionTimeout", func(c *snapshot.Conf) (float64, bool) { return setting(c.MinSessionTimeout) }),
		gauge("zookeeper_session_timeout_max_seconds", "3.4", "Longest session timeout that a client may have, in seconds.").ms().
			confKey("maxSessionTimeout", func(c *snapshot.Conf) (float64, bool) { return setting(c.MaxSessionTimeout) }),
		gauge("zookeeper_max_connections_per_address", "3.4", "Connections that one client address may hold; 0 means no limit.").orNone().
			confKey("maxClientCnxns", func(c *snapshot.Conf) (float64, bool) { return setting(c.MaxClientCnxns) }),
		gauge("zookeeper_init_limit_ticks", "3.4", "The setting initLimit in ticks; members of an ensemble only.").
			confKey("initLimit", func(c *snapshot.Conf) (float64, bool) { return setting(c.InitLimit) }),
		gauge("zookeeper_sync_limit_ticks", "3.4", "The setting syncLimit in ticks; members of an ensemble only.").
			confKey("syncLimit", func(c *snapshot.Conf) (float64, bool) { return setting(c.SyncLimit) }),
		gauge("zookeeper_data_dir_size_bytes", "3.5", "Size of the snapshot directory in bytes.").orNone().
			confKey("dataDirSize", func(c *snapshot.Conf) (float64, bool) { return setting(c.DataDirSize) }),
		gauge("zookeeper_data_log_dir_size_bytes", "3.5", "Size of the transaction log directory in bytes; preallocated files count whole.").orNone().
			confKey("dataLogSize", func(c *snapshot.Conf) (float64, bool) { return setting(c.DataLogSize) }),
		gauge("zookeeper_config_version", "3.5", "Version of the dynamic configuration, 0 for a static one; members of an ensemble only.").
			confKey("membership", func(c *snapshot.Conf) (float64, bool) {
				if c.Membership == nil {
					return 0, false
				}
				return float64(c.Membership.Version), true
			}),
	}
}

func setting[T int | int64](value *T) (float64, bool) {
	if value == nil {
		return 0, false
	}
	return float64(*value), true
}

// conclusionRows are what zkdoctor concludes about an ensemble.
func conclusionRows() []row {
	return []row{
		verdict("zkdoctor_quorum", "Whether a quorum serves, 0 or 1; absent when the verdict is unknown."),
		verdict("zkdoctor_leaders", "Servers that were seen leading; absent when none was and zkdoctor could not check a server."),
		verdict("zkdoctor_voters", "Configured voters; absent when not known."),
		verdict("zkdoctor_voters_serving", "Voters that serve in the quorum; absent when the voters are not known, or zkdoctor could not check a server."),
		verdict("zkdoctor_spare_voters", "How many more voters may be lost, in the worst case, before the quorum is; -1 when it is lost already, absent when not known."),
		verdict("zkdoctor_verdict", "1 for the verdict about the ensemble, 0 for every other.", "state"),
		verdict("zkdoctor_verdict_info", "Always 1; the label is the headline of the verdict, a sentence that changes when the verdict does.", "summary"),
		verdict("zkdoctor_findings", "Findings that are shown, by severity; folded ones are not counted.", "severity"),
		verdict("zkdoctor_unexplained", "1 for a symptom that is there and that nothing explains, 0 for every other: the code of its finding, or server-out, server-unjudged, two-leaders.", "symptom"),
		verdict("zkdoctor_finding", "Always 1; a finding, by server (empty for the ensemble), severity, title, and whether it is a root cause. Folded ones are there too.", "code", "root", "server", "severity", "title"),
		verdict("zkdoctor_checks_skipped", "Checks that could not be judged, for at least one server, by reason.", "reason"),
	}
}
