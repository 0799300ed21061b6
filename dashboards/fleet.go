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

// fleet is one row an ensemble: which one needs somebody?
func fleet() *board {
	return &board{
		uid: fleetUID, title: "ZooKeeper fleet",
		about: "All ensembles that zkdoctor watches: is there a quorum, who leads, how many more servers may fail.",
		vars: []variable{{
			name: "ensemble", label: "Ensembles", values: "label_values(zkdoctor_verdict, ensemble)", all: true,
		}},
		rows: []boardRow{
			{"Which one needs somebody?", []panel{
				verdictCount("Serving", "serving", "Ensembles that serve and have every voter in the quorum.", nil),
				verdictCount("Degraded", "degraded", "Ensembles that serve with a voter out.", fewer(caution)),
				verdictCount("Down", "down", "Ensembles without a quorum: nobody can write.", fewer(bad)),
				verdictCount("Data at risk", "split", "Ensembles with two leaders, or a server that takes writes on its own.", fewer(worst)),
				verdictCount("Unknown", "unknown", "Ensembles about which the evidence decides nothing: an election, or nothing can be reached from where the exporter runs.", fewer(faint)),
				{
					kind: number, title: "Findings, critical", width: 4, steps: fewer(bad),
					about:   "What zkdoctor found, all ensembles together. What another finding explains is not counted.",
					queries: []query{{`sum(max by (ensemble) (zkdoctor_findings{` + ofFleet + `, severity="critical"}))`, ""}},
				},
			}},
			{"Ensembles", []panel{fleetTable()}},
			{"What happened?", []panel{
				{
					kind: timeline, title: "Verdict", width: 24, words: byPlace(verdicts()),
					about:   "The verdict about each ensemble over time.",
					queries: []query{{verdictPlace(ofFleet), "{{ensemble}}"}},
				},
				{
					kind: timeline, title: "How many more voters may fail", width: 12, words: spareWords(),
					about:   "In the worst case, before the quorum is lost. A gap: not known, as in an election.",
					queries: latest("ensemble", "zkdoctor_spare_voters", ofFleet),
				},
				{
					kind: graph, title: "Elections in 15 minutes", width: 12,
					about:   "How often the epoch changed: each is a time without service. Above 3 ZooKeeperLeaderFlaps fires.",
					queries: []query{{"max by (ensemble) (changes(zookeeper_epoch{" + ofFleet + "}[15m]))", "{{ensemble}}"}},
				},
			}},
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
		kind: table, title: "One row an ensemble", width: 24, height: 11,
		about: "Those with critical findings first. The leader is empty when none was seen, or more than one. A click on the name opens the ensemble.",
		queries: []query{
			{verdictPlace(ofFleet), ""},
			{`max by (ensemble, server) (zkdoctor_server_role{` + ofFleet + `, role="leader"} == 1) and on (ensemble) (max by (ensemble) (zkdoctor_leaders{` + ofFleet + `}) == 1)`, ""},
			value("zkdoctor_voters_serving", ""),
			value("zkdoctor_voters", ""),
			value("zkdoctor_spare_voters", ""),
			value("zkdoctor_findings", `, severity="critical"`),
			value("zkdoctor_findings", `, severity="warning"`),
			{"max by (ensemble) (zookeeper_zxid_counter{" + ofFleet + "}) / 2^32", ""},
		},
		empty: "No ensemble: does Prometheus scrape the exporter?",
		columns: []column{
			{field: "ensemble", title: "Ensemble", link: toEnsemble},
			{field: "Value #A", title: "Verdict", words: byPlace(verdicts())},
			{field: "server", title: "Leader"},
			{field: "Value #C", title: "Voters serving"},
			{field: "Value #D", title: "Voters"},
			{field: "Value #E", title: "More may fail", words: spareWords()},
			{field: "Value #F", title: "Critical", descending: true},
			{field: "Value #G", title: "Warnings", descending: true},
			{field: "Value #H", title: "Zxids used", unit: "percentunit"},
		},
	}
}
