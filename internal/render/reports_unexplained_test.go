package render

import "github.com/zkdoctor/zkdoctor/diag/report"

// unexplained is one server that is dead, and two that should elect and do not.
func unexplained() *report.Report {
	idle := func(name string, id int64) report.ServerView {
		s := server(name, id, report.NotServing, report.PortOpen, report.PortNotExpected, report.PortOpen)
		s.Note = "runs, does not serve"
		return s
	}
	r := sampleOf(verdict(report.Down, 2, 3, 0, -1, "no quorum: none of 3 voters serves. No reads, no writes."),
		idle("zk1", 1), idle("zk2", 2),
		server("zk3", 3, report.RoleDown, report.PortRefused, report.PortNotExpected, report.PortRefused))
	r.Findings = []report.Finding{
		{
			Code: "process-down", Severity: report.Critical, Certainty: report.Likely, Root: true,
			Servers: []string{"zk3"}, Title: "ZooKeeper is not running",
			Summary:  `the client and the election port both refused the connection: the host and the network work, ZooKeeper is not running there.`,
			Evidence: []report.Evidence{{Source: "tcp", Server: "zk3", Key: "2181", Value: "refused", Wanted: "open"}},
			Fix:      []report.Fix{{Host: "zk3", Note: "start it: systemctl start UNIT, or zkServer.sh start as the owner of dataDir", Risk: "none"}},
		},
		{Code: "quorum-lost", Severity: report.Critical, Certainty: report.Proven, Title: "no quorum: no leader is elected"},
	}
	r.Folded = []report.Finding{
		{Code: "server-not-serving", Severity: report.Critical, Certainty: report.Proven, Servers: []string{"zk1", "zk2"}, Title: "runs, but does not serve clients"},
	}
	r.Unexplained = []report.Symptom{{
		Symptom: "quorum-lost", Severity: report.Critical, Title: "no quorum: no leader is elected",
		Summary: "2 of 3 voters run and serve nobody, and 2 are needed to elect a leader: those that it takes are there, and elect none.",
		RuledOut: []string{
			"process-down alone: without zk3 those left are a quorum still",
			"a server that hangs: zk1, zk2 answer at once",
			"a closed election port: 3888 is open from here at zk1, zk2",
		},
		Telling: []report.Evidence{
			{Source: "srvr", Server: "zk1", Value: "not currently serving requests", Wanted: "Mode: leader or follower"},
			{Source: "srvr", Server: "zk2", Value: "not currently serving requests", Wanted: "Mode: leader or follower"},
		},
		Next: report.Fix{
			Command: "zkdoctor check --via 'ssh {host} --' zk1 zk2 zk3",
			Note:    "check from the servers' own hosts: which ports each of them reaches, its files and its log", Risk: "none",
		},
	}}
	r.Checks.Passed, r.Checks.Finding, r.Checks.Skipped = 17, 3, 9
	return r
}
