package dashboards

// The boards, by the names that links have.
const (
	fleetUID    = "zkdoctor-fleet"
	ensembleUID = "zkdoctor-ensemble"
	serverUID   = "zkdoctor-server"
)

// ofFleet selects the chosen ensembles, ofEnsemble the one, ofServer one server of it.
const (
	ofFleet    = `ensemble=~"$ensemble"`
	ofEnsemble = `ensemble="$ensemble"`
	ofServer   = `ensemble="$ensemble", server="$server"`
)

const (
	toEnsemble = "/d/" + ensembleUID + "?${datasource:queryparam}&var-ensemble=${__data.fields.ensemble}&${__url_time_range}"
	toFinding  = pages + "findings/${__value.raw}.md"
)

// fleet is all ensembles: which one has a fault, and whether the exporters are well.
func fleet() *board {
	return &board{
		uid: fleetUID, title: "ZooKeeper fleet",
		about: "All ensembles that zkdoctor watches: is there a quorum, who leads, how many more servers may fail.",
		vars: []variable{{
			name: "ensemble", label: "Ensembles", values: "label_values(zkdoctor_verdict, ensemble)", all: true,
		}},
		rows: []boardRow{
			{"Overview", []panel{
				verdictCount("Serving", "serving", "Ensembles that serve and have every voter in the quorum.", nil),
				verdictCount("Degraded", "degraded", "Ensembles that serve, and a voter is not in the quorum.", fewer(caution)),
				verdictCount("Down", "down", "Ensembles without a quorum: clients cannot write.", fewer(bad)),
				verdictCount("Data at risk", "split", "Ensembles with two leaders, or with a server that accepts writes alone.", fewer(worst)),
				verdictCount("Unknown", "unknown", "Ensembles that cannot be judged: an election is in progress, or the exporter cannot reach the servers.", fewer(grey)),
				{
					kind: number, title: "Critical findings", width: 4, steps: fewer(bad),
					about:   "Of all ensembles together. Findings that another one explains are not counted.",
					queries: []query{{`sum(max by (ensemble) (zkdoctor_findings{` + ofFleet + `, severity="critical"}))`, ""}},
				},
			}},
			{"Ensembles", []panel{fleetTable()}},
			{"Root causes", []panel{fleetCauses()}},
			{"History", []panel{
				{
					kind: timeline, title: "Verdict", width: 24, words: byPlace(verdicts()),
					about:   "The verdict about each ensemble over time.",
					queries: []query{{verdictPlace(ofFleet), "{{ensemble}}"}},
				},
				{
					kind: timeline, title: "Failures tolerated", width: 12, words: spareWords(),
					about:   "How many more voters may fail, in the worst case, before the quorum is lost. A gap: not known, as in an election.",
					queries: latest("ensemble", "zkdoctor_spare_voters", ofFleet),
				},
				{
					kind: graph, title: "Elections in 15 minutes", width: 12,
					about:   "How often the epoch changed. Each election is a time without service. Above 3 ZooKeeperLeaderFlaps fires.",
					queries: []query{{"max by (ensemble) (changes(zookeeper_epoch{" + ofFleet + "}[15m]))", "{{ensemble}}"}},
				},
			}},
			{"Exporters", exporterPanels()},
		},
	}
}

// exporterPanels are how the exporters are.
func exporterPanels() []panel {
	const here = " and on (instance, job) zkdoctor_build_info"
	return []panel{
		{
			kind: table, title: "Exporters", width: 12,
			about:   "Each exporter that Prometheus scrapes, its version, and the ensembles in its configuration.",
			queries: []query{{"max by (instance, version) (zkdoctor_build_info * on (instance, job) group_left () zkdoctor_ensembles)", ""}},
			empty:   "No exporter is scraped at /metrics or /-/metrics",
			columns: []column{
				{field: "instance", title: "Exporter"},
				{field: "version", title: "Version"},
				{field: "Value", title: "Ensembles", descending: true},
			},
		},
		{
			kind: graph, title: "Checks that the exporter could not make", width: 12, unit: "short",
			about:   "Servers a second that the exporter could not check because its own file descriptors, local ports, memory or time had run out. Above 0 for 5 minutes ZkdoctorCannotCheck fires.",
			queries: []query{{"sum by (instance, reason) (rate(zkdoctor_probe_errors_total[$__rate_interval]))", "{{instance}} {{reason}}"}},
			empty:   "No exporter is scraped at /metrics or /-/metrics",
		},
		{
			kind: graph, title: "Duration of a check", unit: "s",
			about:   "How long the check of all servers of an ensemble took. It is not the time between two checks, which is Prometheus's scrape interval.",
			queries: latest("ensemble", "zkdoctor_probe_duration_seconds", ofFleet),
		},
		{
			kind: graph, title: "Requests rejected", unit: "reqps",
			about:   "busy: too many at a time. forbidden: not on probe.allow. repeated: one server checked too often.",
			queries: []query{{"sum by (instance, reason) (rate(zkdoctor_requests_rejected_total[$__rate_interval]))", "{{instance}} {{reason}}"}},
			empty:   "No exporter is scraped at /metrics or /-/metrics",
		},
		{
			kind: graph, title: "File descriptors used by the exporter",
			unit: "percentunit", max: 1, steps: []step{{0, good}, {0.8, bad}},
			about:   "Of those that its process may open. Without any left it cannot check servers.",
			queries: []query{{"max by (instance) (process_open_fds / process_max_fds" + here + ")", "{{instance}}"}},
			empty:   "No exporter is scraped at /metrics or /-/metrics",
		},
	}
}

// fleetCauses are the root causes in all ensembles.
func fleetCauses() panel {
	return panel{
		kind: table, title: "Root causes", width: 24, height: 7,
		about:   "What is wrong in each ensemble and follows from nothing else that was found. A click on a finding opens its page, one on an ensemble its dashboard.",
		queries: []query{{severityPlace("ensemble, code, title, server", ofFleet+`, root="true"`), ""}},
		empty:   "No root cause is reported",
		columns: []column{
			{field: "ensemble", title: "Ensemble", link: toEnsemble},
			{field: "Value", title: "Severity", words: severityNumbers(), descending: true},
			{field: "title", title: "Root cause"},
			{field: "server", title: "Server"},
			{field: "code", title: "Finding", link: toFinding},
		},
	}
}

func verdictCount(title, state, about string, steps []step) panel {
	return panel{
		kind: number, title: title, about: about, width: 4, steps: steps,
		queries: []query{{`sum(max by (ensemble) (zkdoctor_verdict{` + ofFleet + `, state="` + state + `"}))`, ""}},
	}
}

// spareWords are for how many more voters may fail.
func spareWords() []word {
	return []word{
		{"-1", "quorum lost", bad},
		{"0", "none", caution},
		{"1", "1", good},
		{"2", "2", good},
		{"3", "3", good},
	}
}

func fleetTable() panel {
	value := func(metric, more string) query {
		return query{"max by (ensemble) (" + metric + "{" + ofFleet + more + "})", ""}
	}
	return panel{
		kind: table, title: "Ensembles", width: 24, height: 11,
		about: "Those with critical findings first. The leader is empty when none was seen, or more than one. Not checked: checks that were skipped because evidence was missing. A click on the name opens the ensemble.",
		queries: []query{
			{verdictPlace(ofFleet), ""},
			{`max by (ensemble, server) (zkdoctor_server_role{` + ofFleet + `, role="leader"} == 1) and on (ensemble) (max by (ensemble) (zkdoctor_leaders{` + ofFleet + `}) == 1)`, ""},
			value("zkdoctor_voters_serving", ""),
			value("zkdoctor_voters", ""),
			value("zkdoctor_spare_voters", ""),
			value("zkdoctor_findings", `, severity="critical"`),
			value("zkdoctor_findings", `, severity="warning"`),
			{"max by (ensemble) (zookeeper_zxid_counter{" + ofFleet + "}) / 2^32", ""},
			{"sum by (ensemble) (min by (ensemble, reason) (zkdoctor_checks_skipped{" + ofFleet + "}))", ""},
		},
		empty: "No ensemble: does Prometheus scrape the exporter?",
		columns: []column{
			{field: "ensemble", title: "Ensemble", link: toEnsemble},
			{field: "Value #A", title: "Verdict", words: byPlace(verdicts())},
			{field: "server", title: "Leader"},
			{field: "Value #C", title: "Voters serving"},
			{field: "Value #D", title: "Voters"},
			{field: "Value #E", title: "Failures tolerated", words: spareWords()},
			{field: "Value #F", title: "Critical", descending: true},
			{field: "Value #G", title: "Warnings", descending: true},
			{field: "Value #I", title: "Not checked"},
			{field: "Value #H", title: "Zxid counter used", unit: "percentunit"},
		},
	}
}
