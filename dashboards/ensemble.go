package dashboards

import "fmt"

// since is the first release that reports something.
func since(version string) string { return "Reported by ZooKeeper " + version + " and later" }

// noData begins the text of a panel that is empty: of an older release, and of a server of any
// release that does not respond.
const noData = "No data: no answer, or "

func before(version string) string { return noData + "a release before " + version }

const (
	// notKnown fits where there is room for a number.
	notKnown = "not known"
	// noneYet is for what is measured when clients ask for something.
	noneYet  = "No data: none in this time, no answer, or a release before 3.6"
	provider = noData + "no PrometheusMetricsProvider (3.6 and later)"
)

// ensemble is everything about one: can clients write, why not, since when.
func ensemble() *board {
	return &board{
		uid: ensembleUID, title: "ZooKeeper ensemble",
		about: "One ensemble: whether clients can write, the root causes, the state of each server, load and latency.",
		vars:  []variable{{name: "ensemble", label: "Ensemble", values: "label_values(zkdoctor_verdict, ensemble)"}},
		rows: []boardRow{
			{"Can clients write?", ensembleNow()},
			{"Root causes and findings", findingPanels(ofEnsemble)},
			{"Servers", ensembleServers()},
			{"History", ensembleHistory()},
			{"Load and latency", loadPanels("server", ofEnsemble)},
			{"Clients and data", clientPanels("server", ofEnsemble)},
			{"Replication lag", ensembleSync()},
			{"JVM", jvmPanels(ofEnsemble)},
		},
	}
}

func ensembleNow() []panel {
	return []panel{
		{
			kind: number, title: "Verdict", width: 4, words: byPlace(verdicts()),
			about:   "What zkdoctor concludes from all evidence.",
			queries: []query{{verdictPlace(ofEnsemble), "{{ensemble}}"}},
		},
		{
			kind: number, title: "Quorum", width: 2, words: yesNo(good, bad),
			about:   "Whether a quorum serves. Empty while nothing can be said, as in an election.",
			queries: latest("ensemble", "zkdoctor_quorum", ofEnsemble), empty: notKnown,
		},
		{
			kind: name, title: "Leader", width: 4,
			about:   "The server that was seen leading.",
			queries: []query{{`max by (server) (zkdoctor_server_role{` + ofEnsemble + `, role="leader"}) == 1`, "{{server}}"}},
			empty:   "none seen",
		},
		{
			kind: number, title: "Voters", width: 3,
			about: "Those that serve in the quorum, and those that are configured.",
			queries: []query{
				{"max by (ensemble) (zkdoctor_voters_serving{" + ofEnsemble + "})", "serve"},
				{"max by (ensemble) (zkdoctor_voters{" + ofEnsemble + "})", "in all"},
			},
			empty: notKnown,
		},
		{
			kind: number, title: "Failures tolerated", width: 3, words: spareWords(),
			about:   "How many more voters may fail, in the worst case, before the quorum is lost. Empty while that is not known.",
			queries: latest("ensemble", "zkdoctor_spare_voters", ofEnsemble), empty: notKnown,
		},
		{
			kind: number, title: "Findings", width: 2, steps: fewer(caution),
			about:   "At warning or above. Findings that another one explains are not counted.",
			queries: []query{{`sum by (ensemble) (max by (ensemble, severity) (zkdoctor_findings{` + ofEnsemble + `, severity!="info"}))`, "{{ensemble}}"}},
		},
		{
			kind: number, title: "Not checked", width: 3,
			about:   "Checks that were skipped because evidence was missing; the table below has the reasons. No finding does not mean that these would find nothing.",
			queries: []query{{`sum by (ensemble) (min by (ensemble, reason) (zkdoctor_checks_skipped{` + ofEnsemble + `}))`, "{{ensemble}}"}},
		},
		{
			kind: number, title: "Zxid counter used", width: 3,
			unit: "percentunit", steps: []step{{0, good}, {0.8, caution}, {0.94, bad}},
			about:   "Of the 2^32 transactions of an epoch. At the end the leader steps down, and there is an election.",
			queries: []query{{"max by (ensemble) (zookeeper_zxid_counter{" + ofEnsemble + "}) / 2^32", "{{ensemble}}"}},
			empty:   notKnown,
		},
	}
}

// findingPanels are what was found, root causes first, and what was not checked.
func findingPanels(selector string) []panel {
	// Skips are of the ensemble.
	return []panel{
		findingsTable("Root causes", "What is wrong and follows from nothing else that was found. A click on a finding opens its page.",
			selector+`, root="true"`, "No root cause is reported", 18, 7),
		{
			kind: table, title: "Not checked", width: 6, height: 7,
			about:   "Checks that were skipped because evidence was missing, by reason.",
			queries: []query{{"min by (reason) (zkdoctor_checks_skipped{" + ofEnsemble + "}) > 0", ""}},
			empty:   "No skipped check is reported",
			columns: []column{
				{field: "reason", title: "Reason", words: skipReasons()},
				{field: "Value", title: "Checks", descending: true},
			},
		},
		findingsTable("Other findings", "Consequences of the root causes, symptoms and remarks. A click on a finding opens its page.",
			selector+`, root="false"`, "No other findings are reported", 24, 6),
	}
}

// findingsTable lists findings, worst first.
func findingsTable(title, about, selector, empty string, width, height uint32) panel {
	return panel{
		kind: table, title: title, width: width, height: height, about: about,
		queries: []query{{severityPlace("code, title, server", selector), ""}},
		empty:   empty,
		columns: []column{
			{field: "Value", title: "Severity", words: severityNumbers(), descending: true},
			{field: "title", title: "Title"},
			{field: "server", title: "Server"},
			{field: "code", title: "Finding", link: toFinding},
		},
	}
}

// latest asks for a metric, one series for each value of a label.
func latest(by, metric, selector string) []query {
	return []query{{fmt.Sprintf("max by (%s) (%s{%s})", by, metric, selector), "{{" + by + "}}"}}
}

// loadPanels are requests and latency, one line for each value of a label.
func loadPanels(by, selector string) []panel {
	return []panel{
		perSecond("Write rate", "zookeeper_update_latency_seconds", by, selector, "Writes that the server answered."),
		perSecond("Read rate", "zookeeper_read_latency_seconds", by, selector, "Reads that the server answered."),
		{
			kind: graph, title: "Packets received", unit: "reqps",
			about:   "Requests and pings of clients, those of zkdoctor included.",
			queries: []query{{fmt.Sprintf("max by (%s) (rate(zookeeper_packets_received_total{%s}[$__rate_interval]))", by, selector), "{{" + by + "}}"}},
		},
		perObservation("Write latency", "zookeeper_update_latency_seconds", by, selector, "Average of the writes in the last minutes, from arrival to answer."),
		tail("Write latency, p99", "zookeeper_update_latency_seconds", by, selector),
		{
			kind: graph, title: "Outstanding requests",
			about:   "Received and not answered yet. Above 10 all the time, they arrive faster than they are answered.",
			queries: latest(by, "zookeeper_outstanding_requests", selector),
		},
		perObservation("Read latency", "zookeeper_read_latency_seconds", by, selector, "Average of the reads in the last minutes, from arrival to answer."),
		tail("Read latency, p99", "zookeeper_read_latency_seconds", by, selector),
		{
			kind: graph, title: "Average request latency since the last election", unit: "s",
			about:   "Of all requests since the last election, restart or srst: after a long time it hardly changes. ZooKeeper before 3.6 reports no other.",
			queries: latest(by, "zookeeper_request_latency_avg_seconds", selector),
		},
	}
}

func connections(by, selector string, width uint32) panel {
	return panel{
		kind: graph, title: "Client connections", width: width, about: "Those of zkdoctor included.",
		queries: latest(by, "zookeeper_connections", selector),
	}
}

// perSecond is how many observations of a summary there are a second.
func perSecond(title, metric, by, selector, about string) panel {
	return panel{
		kind: graph, title: title, unit: "reqps", about: about + " " + since("3.6") + ".",
		queries: []query{{fmt.Sprintf("max by (%s) (rate(%s_count{%s}[$__rate_interval]))", by, metric, selector), "{{" + by + "}}"}},
		empty:   before("3.6"),
	}
}

// tail is the 99th percentile of a summary, as the server reports it.
func tail(title, metric, by, selector string) panel {
	return panel{
		kind: graph, title: title, unit: "s",
		about:   "99 of 100 took no longer, as the server reports it: with its default metrics provider of a sample of all since it started, with PrometheusMetricsProvider of the last minutes. " + since("3.6") + ".",
		queries: []query{{fmt.Sprintf(`max by (%s) (%s{%s, quantile="0.99"})`, by, metric, selector), "{{" + by + "}}"}},
		empty:   noneYet,
	}
}

// clientPanels are what clients have in the data tree.
func clientPanels(by, selector string) []panel {
	return []panel{
		connections(by, selector, 6),
		{
			kind: graph, title: "Watches", width: 6, about: "Watches that clients of the server have set.",
			queries: latest(by, "zookeeper_watches", selector),
		},
		{
			kind: graph, title: "Ephemeral znodes", width: 6, about: "In the data tree: all servers have the same.",
			queries: latest(by, "zookeeper_ephemerals", selector),
		},
		{
			kind: graph, title: "Sessions of the ensemble", width: 6,
			about:   "All sessions that the ensemble knows. " + since("3.6") + ".",
			queries: latest(by, "zookeeper_global_sessions", selector), empty: before("3.6"),
		},
	}
}

// jvmPanels are Java's heap and pauses, of all servers selected.
func jvmPanels(selector string) []panel {
	return []panel{
		{
			kind: graph, title: "JVM heap used", unit: "percentunit", max: 1,
			about: "Of the largest heap that Java may have. Only servers with the PrometheusMetricsProvider report it.",
			queries: []query{{
				`max by (server) (zookeeper_jvm_memory_used_bytes{` + selector + `, area="heap"} / ` +
					`zookeeper_jvm_memory_max_bytes{` + selector + `, area="heap"})`, "{{server}}",
			}},
			empty: provider,
		},
		{
			kind: graph, title: "Time in garbage collection", unit: "percentunit",
			about:   "Share of the time that Java spent in garbage collection, when the server may have stood still. Only servers with the PrometheusMetricsProvider report it.",
			queries: []query{{"sum by (server) (max by (server, gc) (rate(zookeeper_jvm_gc_collection_seconds_sum{" + selector + "}[$__rate_interval])))", "{{server}}"}},
			empty:   provider,
		},
		{
			kind: graph, title: "JVM pauses", unit: "percentunit",
			about:   "Share of the time that the JVM stood still, as ZooKeeper's pause monitor (jvm.pause.monitor=true, 3.6.4 and later) measures it.",
			queries: []query{{"max by (server) (rate(zookeeper_jvm_pause_seconds_sum{" + selector + "}[$__rate_interval]))", "{{server}}"}},
			empty:   noData + "no jvm.pause.monitor=true (3.6.4 and later)",
		},
	}
}

// perObservation is the average of a summary over the last minutes. Without a
// single observation there is none, which is not 0.
func perObservation(title, metric, by, selector, about string) panel {
	return panel{
		kind: graph, title: title, unit: "s",
		about:   about + " " + since("3.6") + "; a gap: there were none.",
		queries: []query{{fmt.Sprintf("max by (%[1]s) (rate(%[2]s_sum{%[3]s}[$__rate_interval]) / (rate(%[2]s_count{%[3]s}[$__rate_interval]) > 0))", by, metric, selector), "{{" + by + "}}"}},
		empty:   noneYet,
	}
}

func dataSize(by, selector string) panel {
	return panel{
		kind: graph, title: "Data size", unit: "bytes",
		about:   "Approximate size of the data tree, paths and data. All of it is in memory.",
		queries: latest(by, "zookeeper_approximate_data_size_bytes", selector),
	}
}

// ensembleServers are role and ports of each server, over time.
func ensembleServers() []panel {
	return []panel{
		{
			kind: timeline, title: "Roles", width: 12, height: 9, words: byPlace(roles()),
			about:   "not-serving: it runs and answers, in no quorum. down: nothing runs there. unknown: it is not known from where the exporter runs.",
			queries: []query{{rolePlace(ofEnsemble), "{{server}}"}},
		},
		{
			kind: timeline, title: "Ports", width: 12, height: 9,
			words:   []word{{"1", "open", good}, {"0", "closed", bad}},
			about:   "Whether a port took a connection, seen from the exporter. quorum is open on the leader alone, and no band where it is not expected. Peer ports are checked every 5 minutes, and when a server changes its state. A network that closes them to the exporter is no fault.",
			queries: []query{{"max by (server, port) (zkdoctor_port_open{" + ofEnsemble + "})", "{{server}} {{port}}"}},
		},
	}
}

// ensembleHistory is epochs, leaders and spare voters, over time.
func ensembleHistory() []panel {
	return []panel{
		{
			kind: graph, title: "Epoch",
			about:   "Each election that ends begins a new epoch. A server that stays behind the others is in no quorum, or nothing was written since the election.",
			queries: latest("server", "zookeeper_epoch", ofEnsemble),
		},
		{
			kind: timeline, title: "Leader", words: []word{{"1", "leads", good}},
			about:   "No band: no leader was seen. Two bands at a time: split brain. A standalone server is no leader.",
			queries: []query{{`max by (server) (zkdoctor_server_role{` + ofEnsemble + `, role="leader"}) == 1`, "{{server}}"}},
			empty:   "No leader was seen in this time",
		},
		{
			kind: timeline, title: "Failures tolerated", words: spareWords(),
			about:   "How many more voters may fail, in the worst case, before the quorum is lost. A gap: not known, as in an election.",
			queries: latest("ensemble", "zkdoctor_spare_voters", ofEnsemble),
		},
	}
}

// ensembleSync is how far the servers are apart.
func ensembleSync() []panel {
	return []panel{
		{
			kind: graph, title: "Followers in sync",
			about: "As the leader counts them, itself left out: with every voter it is one less than the voters. A gap: no leader that serves.",
			queries: []query{
				{"max by (ensemble) (zookeeper_synced_followers{" + ofEnsemble + "})", "in sync"},
				{"max by (ensemble) (zkdoctor_voters{" + ofEnsemble + "}) - 1", "all"},
			},
		},
		{
			kind: graph, title: "Transactions behind",
			about:   "Behind the newest zxid of the epoch. Servers are asked at slightly different moments, so a few are nothing; above 1,000 for 5 minutes ZooKeeperFollowerLags fires.",
			queries: []query{{"max by (ensemble) (zookeeper_zxid_counter:newest_epoch{" + ofEnsemble + "}) - on (ensemble) group_right () max by (ensemble, server) (zookeeper_zxid_counter:newest_epoch{" + ofEnsemble + "})", "{{server}}"}},
		},
		{
			kind: graph, title: "Transaction rate",
			about: "From the zxid of the newest server. It begins anew with each epoch.",
			queries: []query{{
				"max by (ensemble) (rate(zookeeper_zxid_counter{" + ofEnsemble + "}[$__rate_interval]))", "{{ensemble}}",
			}},
		},
		perObservation("Sync of the transaction log", "zookeeper_fsync_seconds", "server", ofEnsemble,
			"Average of the syncs in the last minutes. Every write waits for it, and the ensemble for the slowest of its majority."),
		dataSize("server", ofEnsemble),
		{
			kind: graph, title: "Znodes",
			about:   "Servers in step have the same.",
			queries: latest("server", "zookeeper_znodes", ofEnsemble),
		},
	}
}
