package dashboards

import "fmt"

// since tells why a panel may be empty on a healthy ensemble.
func since(version string) string { return "Reported by ZooKeeper " + version + " and later" }

// ensemble is everything about one: can clients write, why not, since when.
func ensemble() *board {
	return &board{
		uid: ensembleUID, title: "ZooKeeper ensemble",
		about: "One ensemble, in the order in which an on-call engineer asks: can clients write, why not, which server, since when.",
		vars:  []variable{{name: "ensemble", label: "Ensemble", values: "label_values(zkdoctor_verdict, ensemble)"}},
		rows: []boardRow{
			{"Can clients write?", ensembleNow()},
			{"Why not?", []panel{findingsTable(ofEnsemble, "No findings: nothing is wrong with this ensemble")}},
			{"Which server?", ensembleServers()},
			{"Since when?", ensembleHistory()},
			{"How busy, and how slow?", loadPanels("server", ofEnsemble)},
			{"Is everybody in step?", ensembleSync()},
		},
	}
}

func ensembleNow() []panel {
	return []panel{
		{
			kind: number, title: "Verdict", width: 4, words: byPlace(verdicts()),
			about:   "What zkdoctor concludes from all that it sees.",
			queries: []query{{verdictPlace(ofEnsemble), "{{ensemble}}"}},
		},
		{
			kind: number, title: "Quorum", width: 3, words: yesNo(good, bad),
			about:   "Whether a quorum serves. Empty while nothing can be said, as in an election.",
			queries: latest("ensemble", "zkdoctor_quorum", ofEnsemble), empty: "not known",
		},
		{
			kind: name, title: "Leader", width: 5,
			about:   "The server that was seen leading.",
			queries: []query{{`max by (server) (zkdoctor_server_role{` + ofEnsemble + `, role="leader"}) == 1`, "{{server}}"}},
			empty:   "nobody",
		},
		{
			kind: number, title: "Voters", width: 4,
			about: "Those that serve in the quorum, and those that are configured.",
			queries: []query{
				{"max by (ensemble) (zkdoctor_voters_serving{" + ofEnsemble + "})", "serve"},
				{"max by (ensemble) (zkdoctor_voters{" + ofEnsemble + "})", "in all"},
			},
			empty: "not known",
		},
		{
			kind: number, title: "More may fail", width: 3, words: spareWords(),
			about:   "How many more voters may be lost, in the worst case, before the quorum is. Empty while that is not known.",
			queries: latest("ensemble", "zkdoctor_spare_voters", ofEnsemble), empty: "not known",
		},
		{
			kind: number, title: "Findings", width: 3, steps: fewer(caution),
			about:   "At warning or above; what another finding explains is not counted.",
			queries: []query{{`sum by (ensemble) (max by (ensemble, severity) (zkdoctor_findings{` + ofEnsemble + `, severity!="info"}))`, "{{ensemble}}"}},
		},
		{
			kind: number, title: "Zxids used", width: 2,
			unit: "percentunit", steps: []step{{0, good}, {0.8, caution}, {0.94, bad}},
			about:   "Of the 2^32 transactions of an epoch. At the end the leader steps down, and there is an election.",
			queries: []query{{"max by (ensemble) (zookeeper_zxid_counter{" + ofEnsemble + "}) / 2^32", "{{ensemble}}"}},
			empty:   "nobody serves",
		},
	}
}

// findingsTable lists findings, worst first.
func findingsTable(selector, empty string) panel {
	return panel{
		kind: table, title: "Findings", width: 24, height: 7,
		about:   "What zkdoctor found, worst first. A click on a finding opens its page: what it means and what to do. A root is the cause of others; what has no server is about the ensemble. Empty when all is well.",
		queries: []query{{severityPlace("code, server, root", selector), ""}},
		empty:   empty,
		columns: []column{
			{field: "Value", title: "Severity", words: severityNumbers(), descending: true},
			{field: "code", title: "Finding", link: toFinding},
			{field: "server", title: "Server"},
			{field: "root", title: "Root cause", words: []word{{"true", "yes", ""}, {"false", "no", ""}}},
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
		{
			kind: graph, title: "Packets received a second", unit: "reqps",
			about:   "Requests and pings of clients; zkdoctor's own questions are in it.",
			queries: []query{{fmt.Sprintf("max by (%s) (rate(zookeeper_packets_received_total{%s}[$__rate_interval]))", by, selector), "{{" + by + "}}"}},
		},
		{
			kind: graph, title: "Requests waiting",
			about:   "Received and not answered yet. Above 10 all the time: they come faster than they are answered.",
			queries: latest(by, "zookeeper_outstanding_requests", selector),
		},
		{
			kind: graph, title: "Client connections",
			about:   "zkdoctor's own included.",
			queries: latest(by, "zookeeper_connections", selector),
		},
		perObservation("Time of a write", "zookeeper_update_latency_seconds", by, selector, "Average of the writes in the last minutes, from arrival to answer."),
		perObservation("Time of a read", "zookeeper_read_latency_seconds", by, selector, "Average of the reads in the last minutes, from arrival to answer."),
		{
			kind: graph, title: "Average time of a request since the election", unit: "s",
			about:   "Of all requests since the last election, restart or srst: on an old server it hardly moves. It is what ZooKeeper before 3.6 has.",
			queries: latest(by, "zookeeper_request_latency_avg_seconds", selector),
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
		empty:   since("3.6") + ", when there are any",
	}
}

func dataSize(by, selector string) panel {
	return panel{
		kind: graph, title: "Size of the data", unit: "bytes",
		about:   "Approximate size of the data tree, paths and data. All of it is in memory.",
		queries: latest(by, "zookeeper_approximate_data_size_bytes", selector),
	}
}

// ensembleServers are role and ports of each server, over time.
func ensembleServers() []panel {
	return []panel{
		{
			kind: timeline, title: "Role of each server", width: 12, height: 9, words: byPlace(roles()),
			about:   "not-serving: it runs and answers, in no quorum. down: nothing runs there. unknown: it cannot be told from where the exporter runs.",
			queries: []query{{rolePlace(ofEnsemble), "{{server}}"}},
		},
		{
			kind: timeline, title: "Ports of each server", width: 12, height: 9,
			words:   []word{{"1", "open", good}, {"0", "closed", bad}},
			about:   "Whether a port took a connection, seen from the exporter. quorum is open on the leader alone, and no band where it is not expected. Peer ports are knocked at every 5 minutes, and when a server changes its state; a network that closes them to the exporter is no fault.",
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
			kind: timeline, title: "Who leads", words: []word{{"1", "leads", good}},
			about:   "No band at all: nobody leads. Two at a time: split brain. A server that runs alone is no leader.",
			queries: []query{{`max by (server) (zkdoctor_server_role{` + ofEnsemble + `, role="leader"}) == 1`, "{{server}}"}},
			empty:   "Nobody has led in this time",
		},
		{
			kind: timeline, title: "How many more voters may fail", words: spareWords(),
			about:   "In the worst case, before the quorum is lost. A gap: not known, as in an election.",
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
			kind: graph, title: "Transactions a second",
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
