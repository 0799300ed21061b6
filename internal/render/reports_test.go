package render

import (
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// The reports of the goldens, as the rules would make them.

func server(name string, id int64, role report.Role, c, q, e report.PortState) report.ServerView {
	return report.ServerView{
		Name: name, ID: new(id), Role: role,
		Ports: report.Ports{
			Client:   report.PortView{Port: 2181, State: c},
			Quorum:   report.PortView{Port: 2888, State: q},
			Election: report.PortView{Port: 3888, State: e},
		},
	}
}

// serving is a server that answers with numbers.
func serving(name string, id int64, role report.Role) report.ServerView {
	q := report.PortNotExpected
	if role == report.Leader {
		q = report.PortOpen
	}
	s := server(name, id, role, report.PortOpen, q, report.PortOpen)
	s.Zxid, s.Lag, s.Connections = new("0x50000a1f3"), new(int64(0)), new(38+3*id)
	s.LatencyAvgMs, s.LatencyMaxMs = new(0.4), new(18.0)
	s.UptimeSeconds = new(int64(12 * 86400))
	s.Serving, s.Voter, s.Version = new(true), new(role != report.Observer), new("3.8.4")
	return s
}

func sampleOf(v report.Verdict, servers ...report.ServerView) *report.Report {
	return &report.Report{
		SchemaVersion: report.SchemaVersion,
		Tool:          report.Tool{Name: "zkdoctor", Version: "0.4.0"},
		GeneratedAt:   time.Date(2026, 11, 22, 3, 12, 7, 0, time.UTC),
		TookMs:        312,
		Vantage:       report.Vantage{Host: "bastion7"},
		Verdict:       v,
		Servers:       servers,
		Checks: report.Checks{
			Total: 29, Passed: 20, Skipped: 9,
			PassedCodes: []report.Code{"server-hung", "split-brain", "myid-duplicate"},
			Skips: []report.Skip{
				{Check: "myid-missing", Kind: report.SkipLocalFiles, Reason: "needs a server's own files: run zkdoctor there"},
				{Check: "myid-malformed", Kind: report.SkipLocalFiles, Reason: "needs a server's own files: run zkdoctor there"},
			},
		},
	}
}

func verdict(s report.State, code int, voters, serving, spare int, summary string) report.Verdict {
	return report.Verdict{
		State: s, Summary: summary, Voters: voters, VotersSource: "conf",
		ServingVoters: serving, QuorumNeeded: voters/2 + 1, Spare: new(spare),
		Looks: 1, ExitCode: code,
	}
}

func healthy() *report.Report {
	r := sampleOf(verdict(report.Serving, 0, 3, 3, 1, "3 of 3 voters. Leader zk2. Can lose 1 more."),
		serving("zk1", 1, report.Follower), serving("zk2", 2, report.Leader), serving("zk3", 3, report.Follower))
	r.Verdict.LeaderIDs, r.Verdict.Leaders = []int64{2}, []string{"zk2"}
	return r
}

// noQuorum is one server alive of three.
func noQuorum() *report.Report {
	zk1 := server("zk1", 1, report.NotServing, report.PortOpen, report.PortNotExpected, report.PortOpen)
	zk1.Note = "alive, waiting for votes"
	r := sampleOf(verdict(report.Down, 2, 3, 0, -1, "no quorum: 1 of 3 voters up, 2 needed. Clients can neither read nor write."),
		zk1,
		server("zk2", 2, report.RoleDown, report.PortRefused, report.PortNotExpected, report.PortRefused),
		server("zk3", 3, report.RoleDown, report.PortRefused, report.PortNotExpected, report.PortRefused))
	r.Findings = []report.Finding{{
		Code: "process-down", Severity: report.Critical, Certainty: report.Likely, Root: true,
		Servers: []string{"zk2", "zk3"}, Title: "ZooKeeper is not running",
		Summary: `the host answers at once with "refused" on the client and the election port: machine and network are fine, ZooKeeper is not running there.`,
		Evidence: []report.Evidence{
			{Source: "tcp", Server: "zk2", Key: "2181", Value: "refused", Wanted: "open"},
			{Source: "tcp", Server: "zk2", Key: "3888", Value: "refused", Wanted: "open"},
			{Source: "tcp", Server: "zk3", Key: "2181", Value: "refused", Wanted: "open"},
			{Source: "tcp", Server: "zk3", Key: "3888", Value: "refused", Wanted: "open"},
		},
		Fix: []report.Fix{
			{Host: "zk2", Note: "find out why it stopped: run zkdoctor check there, or read the end of its log"},
			{Host: "zk2", Note: "start it: systemctl start UNIT, or zkServer.sh start as the owner of dataDir", Risk: "none"},
			{Note: "do not delete or move version-2, unless another finding's steps say so"},
			{Note: "begin with the easiest to fix: of the 2 voters that are down (zk2, zk3), any 1 is enough for a quorum"},
			{Host: "zk3", Note: "find out why it stopped: run zkdoctor check there, or read the end of its log"},
			{Host: "zk3", Note: "start it: systemctl start UNIT, or zkServer.sh start as the owner of dataDir", Risk: "none"},
		},
		Explains: []string{"quorum-lost", "server-not-serving@zk1"},
	}}
	r.Folded = []report.Finding{
		{Code: "quorum-lost", Severity: report.Critical, Certainty: report.Proven, Title: "No quorum: 1 of 3 voters up, 2 needed"},
		{Code: "server-not-serving", Severity: report.Critical, Certainty: report.Proven, Servers: []string{"zk1"}, Title: "zk1 is alive and does not serve"},
	}
	r.Checks.Passed, r.Checks.Finding, r.Checks.Skipped = 17, 3, 9
	return r
}

// guide is the install guide's case: 3.4.10, wrong myid, on the server itself.
func guide() *report.Report {
	zk1 := server("zk1", 1, report.NotServing, report.PortOpen, report.PortNotExpected, report.PortRefused)
	zk1.Note = "runs, does not serve"
	r := sampleOf(verdict(report.Degraded, 1, 3, 2, 0, "2 of 3 voters. zk1 (this server) runs but does not serve. Can lose 0 more."),
		zk1, serving("zk2", 2, report.Follower), serving("zk3", 3, report.Leader))
	r.Vantage = report.Vantage{Host: "zk1", LocalServer: new("zk1")}
	r.Processes = []report.ProcessView{{
		PID: 2231, Main: "org.apache.zookeeper.server.quorum.QuorumPeerMain", Server: "zk1", User: "zookeeper",
		UptimeSeconds: 14, Config: "/opt/zk/conf/zoo.cfg",
		StatusScript: "Error contacting service. It is probably not running.",
	}}
	conf := "/opt/zk/conf/zoo.cfg"
	r.Findings = []report.Finding{{
		Code: "myid-wrong-server", Severity: report.Warning, Certainty: report.Proven, Root: true,
		Servers: []string{"zk1"}, Title: "zk1 has the id of zk2: its myid file says 2, its address is that of server.1",
		Evidence: []report.Evidence{
			{Source: "myid", Server: "zk1", Value: "2", Wanted: "1", File: "/data/zookeeper/myid", Line: 1},
			{Source: "zoo.cfg", Server: "zk1", Key: "server.2", Value: "192.168.1.12: not an address of this host", File: conf, Line: 15},
			{Source: "zoo.cfg", Server: "zk1", Key: "server.1", Value: "192.168.1.11: is eth0 of this host", File: conf, Line: 14},
			{Source: "sockets", Server: "zk1", Key: "3888", Value: "no listener", Wanted: "listening"},
		},
		Fix: []report.Fix{
			{Host: "zk1", Note: "Stop ZooKeeper. No other server may run with id 1.", Risk: "none"},
			{Host: "zk1", Note: "As user zookeeper, write the id of this host:", Command: "echo 1 > /data/zookeeper/myid", Risk: "none"},
			{Host: "zk1", Note: "Start ZooKeeper."},
		},
	}}
	r.Folded = []report.Finding{
		{Code: "self-addr-not-local", Severity: report.Warning, Certainty: report.Proven, Servers: []string{"zk1"}},
		{Code: "process-without-listener", Severity: report.Warning, Certainty: report.Proven, Servers: []string{"zk1"}},
		{Code: "server-not-serving", Severity: report.Warning, Certainty: report.Proven, Servers: []string{"zk1"}},
		{Code: "status-script-misleading", Severity: report.Info, Certainty: report.Proven, Servers: []string{"zk1"}},
	}
	r.Checks.Passed, r.Checks.Finding, r.Checks.Skipped = 22, 5, 2
	r.Checks.Skips = []report.Skip{{Check: "election-in-progress", Kind: report.SkipOneLook, Reason: "one look only"}}
	return r
}

// misleading is a server that serves while the script says it does not.
func misleading() *report.Report {
	r := healthy()
	r.Vantage = report.Vantage{Host: "zk1", LocalServer: new("zk1")}
	r.Processes = []report.ProcessView{{
		PID: 2231, Main: "QuorumPeerMain", Server: "zk1", UptimeSeconds: 12 * 86400, Config: "/opt/zk/conf/zoo.cfg",
		Serving: true, StatusScript: "Error contacting service. It is probably not running.",
	}}
	r.Findings = []report.Finding{{
		Code: "status-script-misleading", Severity: report.Info, Certainty: report.Proven, Root: true,
		Servers: []string{"zk1"}, Title: "zkServer.sh status says what is not so",
		Evidence: []report.Evidence{
			{Source: "zkServer.sh", Server: "zk1", Value: "/opt/zk/conf/zoo.cfg:6 ends in CR LF: the server reads over the CR, the script passes it on as part of the port"},
			{Source: "srvr", Server: "zk1", Value: "Mode: follower"},
		},
		Fix: []report.Fix{{Host: "zk1", Command: `sed -i 's/\r$//' /opt/zk/conf/zoo.cfg`, Note: "no restart is needed", Risk: "none"}},
	}}
	return r
}

func splitBrain() *report.Report {
	r := sampleOf(verdict(report.Split, 2, 5, 5, -1, "split brain: 2 leaders, 2 quorums, both accept writes."),
		serving("zk1", 1, report.Follower), serving("zk2", 2, report.Leader), serving("zk3", 3, report.Follower),
		serving("zk4", 4, report.Follower), serving("zk5", 5, report.Leader))
	for i := range r.Servers {
		r.Servers[i].Lag = nil
		r.Servers[i].Zxid = new("0x100000031")
		if i < 2 {
			r.Servers[i].Zxid = new("0x100000007")
		}
	}
	r.Servers[0].Note, r.Servers[1].Note = "lists servers 1,2,3", "lists servers 1,2,3"
	r.Verdict.Looks, r.TookMs = 2, 2440
	r.Findings = []report.Finding{{
		Code: "membership-divergent", Severity: report.Critical, Certainty: report.Proven, Root: true,
		Servers: []string{"zk1", "zk2", "zk3", "zk4", "zk5"}, Title: "The servers do not have one list of servers",
		Summary: "zk1 and zk2 still have the list of 3 servers; zk3, zk4 and zk5 have 5. 2 of 3 and 3 of 5 are both majorities. Seen twice, 2.1 s apart.",
		Evidence: []report.Evidence{
			{Source: "conf", Key: "camp A", Value: "leader zk2, follower zk1; list 1,2,3; zxid 0x100000007"},
			{Source: "conf", Key: "camp B", Value: "leader zk5, followers zk3 zk4; list 1,2,3,4,5; zxid 0x100000031"},
		},
		Fix: []report.Fix{
			{Note: "Stop writes if you can. Decide which camp holds the data you keep: both may hold acknowledged writes, zkdoctor will not choose for you."},
			{Note: "Stop every server of the other camp; MOVE version-2/ out of dataDir and dataLogDir there, and keep it.", Risk: "left in place, the server rejoins with other data under the same zxids"},
			{Note: "Give all servers one list; start the kept camp first, then ONE emptied server at a time, each only after the one before says follower."},
		},
	}}
	r.Folded = []report.Finding{{Code: "split-brain", Severity: report.Critical, Title: "Two leaders"}}
	return r
}

func unreachable() *report.Report {
	zk1 := server("zk1", 1, report.RoleUnknown, report.PortFiltered, report.PortFiltered, report.PortFiltered)
	zk1.ID = nil
	bad := report.ServerView{Name: "zkk3:2118", Role: report.RoleUnknown, Note: "no such name"}
	bad.Ports.Client = report.PortView{Port: 2118, State: report.PortNotProbed}
	v := report.Verdict{State: report.Unknown, Summary: "cannot judge the ensemble: neither of 2 targets gave a usable answer.", ExitCode: 3, Looks: 1}
	r := sampleOf(v, zk1, bad)
	r.TookMs = 2013
	r.Findings = []report.Finding{
		{
			Code: "target-unresolvable", Severity: report.Warning, Certainty: report.Proven, Root: true,
			Servers: []string{"zkk3:2118"}, Title: "There is no host of the name zkk3",
			Evidence: []report.Evidence{{Source: "dns", Key: "zkk3", Value: "no such host"}},
			Fix:      []report.Fix{{Note: "Check the spelling of the target; did you mean zk3:2181?"}},
		},
	}
	return r
}
