package dashboards

// server is everything about one server.
func server() *board {
	return &board{
		uid: serverUID, title: "ZooKeeper server",
		about: "One server: whether it serves, its findings, load and latency, disk, limits and JVM.",
		vars: []variable{
			{name: "ensemble", label: "Ensemble", values: "label_values(zkdoctor_verdict, ensemble)"},
			{name: "server", label: "Server", values: `label_values(zookeeper_up{ensemble="$ensemble"}, server)`},
		},
		rows: []boardRow{
			{"State", serverNow()},
			{"Root causes and findings", findingPanels(ofServer)},
			{"History", serverHistory()},
			{"Load and latency", loadPanels("server", ofServer)},
			{"Disk", serverDisk()},
			{"Limits", serverLimits()},
			{"JVM", jvmPanels(ofServer)},
			{"Data", serverData()},
			{"Settings", serverSettings()},
		},
	}
}

// serverNow is who the server is and how it stands.
func serverNow() []panel {
	return []panel{
		{
			kind: number, title: "Answers", width: 3, words: yesNo(good, bad),
			about:   "Whether it answers as ZooKeeper, if only with a refusal.",
			queries: latest("server", "zookeeper_up", ofServer),
		},
		{
			kind: number, title: "Serves clients", width: 3, words: yesNo(good, bad),
			about:   "A leader with leaderServes=no does not, on purpose. Empty while that is not known.",
			queries: latest("server", "zookeeper_serving", ofServer), empty: notKnown,
		},
		{
			kind: number, title: "Role", width: 4, words: byPlace(roles()),
			about:   "Its part in the ensemble.",
			queries: []query{{rolePlace(ofServer), "{{server}}"}},
		},
		{
			kind: name, title: "Id", width: 2,
			about:   "Its id in the ensemble, its myid. Empty when it is not reported.",
			queries: []query{{`max by (server_id) (zookeeper_server_info{` + ofServer + `, server_id!=""})`, "{{server_id}}"}},
			empty:   notKnown,
		},
		{
			kind: name, title: "Version", width: 4,
			about:   "Its ZooKeeper version. Empty when it is not reported.",
			queries: []query{{`max by (version) (zookeeper_server_info{` + ofServer + `, version!=""})`, "{{version}}"}},
			empty:   notKnown,
		},
		{
			kind: number, title: "Since the last election", width: 4, unit: "dtdurations",
			about:   "Time since the server took its present role, by an election or a restart. It is not the age of its process. " + since("3.6") + ", if it responds.",
			queries: latest("server", "zookeeper_uptime_seconds", ofServer),
			empty:   notKnown,
		},
		{
			kind: number, title: "Transactions behind", width: 4, steps: []step{{0, good}, {1000, caution}},
			about:   "Behind the newest server of its epoch. Not known while it has no write of the newest epoch, or does not respond.",
			queries: []query{{"max by (ensemble) (zookeeper_zxid_counter:newest_epoch{" + ofEnsemble + "}) - on (ensemble) group_right () max by (ensemble, server) (zookeeper_zxid_counter:newest_epoch{" + ofServer + "})", "{{server}}"}},
			empty:   notKnown,
		},
	}
}

func setting(title, metric, unit, about string) panel {
	if unit == "ticks" {
		unit = "suffix: ticks"
	}
	return panel{
		kind: number, title: title, about: about + " Reported by conf, where that is in 4lw.commands.whitelist, if the server responds.", width: 4, height: 3, unit: unit,
		queries: latest("server", metric, ofServer),
		empty:   notKnown,
	}
}

// serverHistory is role and ports, over time.
func serverHistory() []panel {
	return []panel{
		{
			kind: timeline, title: "Role", width: 12, height: 6, words: byPlace(roles()),
			about:   "not-serving: it runs and answers, in no quorum. down: nothing runs there. unknown: it is not known from where the exporter runs.",
			queries: []query{{rolePlace(ofServer), "{{server}}"}},
		},
		{
			kind: timeline, title: "Ports", width: 12, height: 6, words: []word{{"1", "open", good}, {"0", "closed", bad}},
			about:   "Whether a port took a connection, seen from the exporter. quorum is open on the leader alone, and no band where it is not expected. A network that closes peer ports to the exporter is no fault.",
			queries: latest("port", "zkdoctor_port_open", ofServer),
		},
	}
}

// serverDisk is what waits for the disk, and what lies on it.
func serverDisk() []panel {
	return []panel{
		perObservation("Sync of the transaction log", "zookeeper_fsync_seconds", "server", ofServer, "Average of the syncs in the last minutes. Every write waits for it."),
		{
			kind: graph, title: "Size on disk", unit: "bytes",
			about: "Snapshots and transaction logs, which autopurge keeps few. Preallocated log files count whole. " + since("3.5") + ".",
			queries: []query{
				{"max by (server) (zookeeper_data_dir_size_bytes{" + ofServer + "})", "snapshots"},
				{"max by (server) (zookeeper_data_log_dir_size_bytes{" + ofServer + "})", "transaction logs"},
			},
			empty: before("3.5"),
		},
		dataSize("server", ofServer),
	}
}

// serverLimits are limits, and how near the server is to them.
func serverLimits() []panel {
	return []panel{
		{
			kind: graph, title: "File descriptors used",
			unit: "percentunit", max: 1, steps: []step{{0, good}, {0.85, bad}},
			about: "Of those that the process may open. At the end it takes no connection, and writes no snapshot.",
			queries: []query{{
				"max by (server) (zookeeper_open_file_descriptors{" + ofServer + "} / " +
					"zookeeper_max_file_descriptors{" + ofServer + "})", "{{server}}",
			}},
		},
		{
			kind: graph, title: "Connections dropped by the throttle", unit: "percentunit", max: 1,
			about:   "Probability with which the server drops a new connection (connectionMaxTokens). " + since("3.6") + ".",
			queries: latest("server", "zookeeper_connection_drop_probability", ofServer),
			empty:   before("3.6"),
		},
		{
			kind: graph, title: "Zxid counter used", unit: "percentunit", max: 1, steps: []step{{0, good}, {0.94, bad}},
			about:   "Of the 2^32 transactions of an epoch. At the end the leader steps down, and there is an election.",
			queries: []query{{"max by (server) (zookeeper_zxid_counter{" + ofServer + "}) / 2^32", "{{server}}"}},
		},
	}
}

// serverData is what is in the data tree.
func serverData() []panel {
	return []panel{
		connections("server", ofServer, 8),
		{
			kind: graph, title: "Znodes, watches and ephemerals",
			about: "In the data tree; watches are those of its own clients.",
			queries: []query{
				{"max by (server) (zookeeper_znodes{" + ofServer + "})", "znodes"},
				{"max by (server) (zookeeper_watches{" + ofServer + "})", "watches"},
				{"max by (server) (zookeeper_ephemerals{" + ofServer + "})", "ephemerals"},
			},
		},
		{
			kind: graph, title: "Sessions",
			about: "All that the ensemble knows, and those that only this server knows. " + since("3.6") + ".",
			queries: []query{
				{"max by (server) (zookeeper_global_sessions{" + ofServer + "})", "of the ensemble"},
				{"max by (server) (zookeeper_local_sessions{" + ofServer + "})", "local"},
			},
			empty: before("3.6"),
		},
	}
}

// serverSettings are the settings in force.
func serverSettings() []panel {
	return []panel{
		setting("tickTime", "zookeeper_tick_time_seconds", "s", "The unit of the limits."),
		setting("initLimit", "zookeeper_init_limit_ticks", "ticks", "Ticks that a follower may take to connect and synchronise."),
		setting("syncLimit", "zookeeper_sync_limit_ticks", "ticks", "Ticks that a follower may be silent."),
		setting("Shortest session timeout", "zookeeper_session_timeout_min_seconds", "s",
			"What a client gets that asks for less."),
		setting("Longest session timeout", "zookeeper_session_timeout_max_seconds", "s",
			"What a client gets that asks for more."),
		setting("Connections per address", "zookeeper_max_connections_per_address", "", "maxClientCnxns; 0 means no limit."),
	}
}
