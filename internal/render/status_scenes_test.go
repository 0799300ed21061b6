package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// The scenes of the status page's tests.

func statusNow() time.Time { return time.Date(2026, 11, 22, 3, 12, 19, 0, time.UTC) }

func seen(name string, r *report.Report) StatusEnsemble {
	return StatusEnsemble{Name: name, Report: r, LookedAt: statusNow().Add(-12 * time.Second), SlowAt: statusNow().Add(-3*time.Minute - 20*time.Second)}
}

func pageOf(ensembles ...StatusEnsemble) StatusPage {
	return StatusPage{Version: "0.4.0", Now: statusNow(), Refresh: 30 * time.Second, Ensembles: ensembles}
}

func shownServer(name string, id int64, role report.Role, c, q, e report.PortState) report.ServerView {
	return report.ServerView{
		Name: name, ID: &id, Role: role,
		Ports: report.Ports{Client: report.PortView{Port: 2181, State: c}, Quorum: report.PortView{Port: 2888, State: q}, Election: report.PortView{Port: 3888, State: e}},
	}
}

func servingServer(name string, id int64, role report.Role) report.ServerView {
	q := report.PortNotExpected
	if role == report.Leader {
		q = report.PortOpen
	}
	s := shownServer(name, id, role, report.PortOpen, q, report.PortOpen)
	s.Zxid, s.Lag, s.Connections = new("0x50000a1f3"), new(int64(0)), new(38+3*id)
	s.LatencyAvgMs, s.LatencyMaxMs, s.UptimeSeconds = new(0.4), new(18.0), new(int64(12*86400))
	s.Serving = new(true)
	return s
}

func shownReport(state report.State, code int, summary string, servers ...report.ServerView) *report.Report {
	const own = "needs a server's own files: run zkdoctor there"
	return &report.Report{
		SchemaVersion: report.SchemaVersion, GeneratedAt: statusNow(), TookMs: 312,
		Vantage: report.Vantage{Host: "monitor1"}, Servers: servers,
		Verdict: report.Verdict{State: state, ExitCode: code, Summary: summary, Voters: len(servers), VotersSource: "conf"},
		Checks: report.Checks{
			Total: 29, Passed: 20, Skipped: 3,
			Skips: []report.Skip{
				{Check: "election-in-progress", Kind: report.SkipOneLook, Reason: "one look only"},
				{Check: "myid-missing", Kind: report.SkipLocalFiles, Reason: own},
				{Check: "myid-malformed", Kind: report.SkipLocalFiles, Reason: own},
			},
		},
	}
}

func healthyReport() *report.Report {
	return shownReport(report.Serving, 0, "3 of 3 voters. Leader zk2. Can lose 1 more.",
		servingServer("zk1", 1, report.Follower), servingServer("zk2", 2, report.Leader), servingServer("zk3", 3, report.Follower))
}

func docsOf(c report.Code) string {
	return "https://github.com/zkdoctor/zkdoctor/blob/main/docs/findings/" + string(c) + ".md"
}

// downReport is one server alive of three.
func downReport() *report.Report {
	zk1 := shownServer("zk1", 1, report.NotServing, report.PortOpen, report.PortNotExpected, report.PortOpen)
	zk1.Note = "alive, waiting for votes"
	r := shownReport(report.Down, 2, "no quorum: 1 of 3 voters up, 2 needed. Clients can neither read nor write.", zk1,
		shownServer("zk2", 2, report.RoleDown, report.PortRefused, report.PortNotExpected, report.PortRefused),
		shownServer("zk3", 3, report.RoleDown, report.PortRefused, report.PortNotExpected, report.PortRefused))
	f := report.Finding{
		Code: "process-down", Severity: report.Critical, Certainty: report.Likely, Root: true, Docs: docsOf("process-down"),
		Servers: []string{"zk2", "zk3"}, Title: "ZooKeeper is not running on zk2 and zk3",
		Summary: `the host answers at once with "refused" on the client and the election port: machine and network are fine, ZooKeeper is not running there.`,
	}
	for _, s := range f.Servers {
		for _, port := range []string{"2181", "3888"} {
			f.Evidence = append(f.Evidence, report.Evidence{Source: "tcp", Server: s, Key: port, Value: "refused", Wanted: "open"})
		}
		f.Fix = append(f.Fix,
			report.Fix{Host: s, Note: "find out why it stopped: run zkdoctor check there, or read the end of its log", Command: "journalctl -u zookeeper -n 50"},
			report.Fix{Host: s, Note: "start it: systemctl start UNIT, or zkServer.sh start as the owner of dataDir", Risk: "none"})
	}
	f.Fix = append(f.Fix, report.Fix{Note: "do not delete or move version-2, unless another finding's steps say so"}, report.Fix{Note: "begin with the easiest to fix: of the 2 voters that are down (zk2, zk3), any 1 is enough for a quorum"})
	r.Findings = []report.Finding{f, {
		Code: "cmd-not-whitelisted", Severity: report.Info, Certainty: report.Proven, Servers: []string{"zk1"}, Docs: docsOf("cmd-not-whitelisted"),
		Title:    "zk1 does not answer mntr: it is not in 4lw.commands.whitelist",
		Evidence: []report.Evidence{{Source: "mntr", Server: "zk1", Value: "not in the whitelist"}},
		Fix:      []report.Fix{{Host: "zk1", Note: "add it to zoo.cfg", Command: "4lw.commands.whitelist=ruok,srvr,mntr,conf"}},
	}}
	r.Folded = []report.Finding{
		{Code: "quorum-lost", Severity: report.Critical, Certainty: report.Proven},
		{Code: "server-not-serving", Severity: report.Critical, Certainty: report.Proven, Servers: []string{"zk1"}},
	}
	r.Servers[0].Skipped = []string{"mntr"}
	return r
}

func splitReport() *report.Report {
	r := shownReport(report.Split, 2, "split brain: 2 leaders, 2 quorums, both accept writes.",
		servingServer("zk1", 1, report.Follower), servingServer("zk2", 2, report.Leader), servingServer("zk3", 3, report.Follower),
		servingServer("zk4", 4, report.Follower), servingServer("zk5", 5, report.Leader))
	for i := range r.Servers {
		r.Servers[i].Lag, r.Servers[i].Zxid = nil, new("0x100000031")
		if i < 2 {
			r.Servers[i].Zxid, r.Servers[i].Note = new("0x100000007"), "lists servers 1,2,3"
		}
	}
	r.Findings = []report.Finding{{
		Code: "membership-divergent", Severity: report.Critical, Certainty: report.Proven, Root: true, Docs: docsOf("membership-divergent"),
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
	r.Folded = []report.Finding{{Code: "split-brain", Severity: report.Critical}}
	return r
}

func unknownReport() *report.Report {
	zk1 := shownServer("zk1.example.org", 1, report.RoleUnknown, report.PortFiltered, report.PortFiltered, report.PortFiltered)
	bad := report.ServerView{Name: "zkk3:2118", Role: report.RoleUnknown, Note: "no such name"}
	bad.Ports.Client = report.PortView{Port: 2118, State: report.PortNotProbed}
	r := shownReport(report.Unknown, 3, "cannot judge the ensemble: neither of 2 targets gave a usable answer.", zk1, bad)
	r.Findings = []report.Finding{{
		Code: "target-unresolvable", Severity: report.Warning, Certainty: report.Proven, Root: true, Docs: docsOf("target-unresolvable"),
		Servers: []string{"zkk3:2118"}, Title: "There is no host of the name zkk3",
		Evidence: []report.Evidence{{Source: "dns", Key: "zkk3", Value: "no such host"}},
		Fix:      []report.Fix{{Note: "Check the spelling of the target; did you mean zk3:2181?"}},
	}}
	return r
}

func degradedReport() *report.Report {
	r := shownReport(report.Degraded, 1, "2 of 3 voters. zk3 is out. Leader zk2. Can lose 0 more.", servingServer("zk1", 1, report.Follower), servingServer("zk2", 2, report.Leader),
		shownServer("zk3", 3, report.RoleDown, report.PortRefused, report.PortNotExpected, report.PortRefused))
	f := downReport().Findings[0]
	f.Severity, f.Servers, f.Title, f.Evidence, f.Fix = report.Warning, []string{"zk3"}, "ZooKeeper is not running on zk3", f.Evidence[2:], f.Fix[2:4]
	r.Findings = []report.Finding{f}
	return r
}

// fqdnReport has the longest honest names, and a value in every column.
func fqdnReport() *report.Report {
	r := healthyReport()
	for i := range r.Servers {
		s := &r.Servers[i]
		s.Name = fmt.Sprintf("zookeeper-%d.zookeeper-headless.production.svc.cluster.local:2181", i)
		s.Connections, s.LatencyMaxMs, s.UptimeSeconds, s.Lag = new(int64(12041)), new(120004.0), new(int64(43000)), new(int64(120312))
		s.Note, s.Role, s.Inferred = "leads, serves no clients", report.Leader, true
		s.Ports.Quorum.State, s.Ports.Election.State = report.PortUnreachable, report.PortUnreachable
	}
	return r
}

// hostileReport is what a server could say that wants to own the page.
func hostileReport() *report.Report {
	const script = `<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>"' onclick=alert(1) style=x:expression(1) `
	hostileText := script + "\x1b[2J\u202egnp.exe\x00\u2066"
	r := downReport()
	r.Servers[0].Name, r.Servers[0].Note, r.Servers[0].Zxid = hostileText, hostileText, new("0x1\r\n<b>")
	r.Servers[1].Name = strings.Repeat("zk3\u00e9\xff", 600)
	r.Servers[0].Role, r.Servers[0].Ports.Client.State, r.Servers[0].Skipped = report.Role(hostileText), report.PortState(hostileText), []string{hostileText}
	r.Verdict.Summary, r.Verdict.State, r.Incomplete, r.Vantage.Host, r.Vantage.LocalServer = hostileText, report.State(hostileText), hostileText, hostileText, new(hostileText)
	f := &r.Findings[0]
	f.Code, f.Title, f.Summary, f.Certainty, f.Servers = report.Code(hostileText), hostileText, hostileText, report.Certainty(hostileText), []string{hostileText}
	f.Docs = "javascript:alert(1)"
	f.Evidence = []report.Evidence{{Source: hostileText, Server: hostileText, Key: hostileText, Value: strings.Repeat("1\n", 5000), Wanted: hostileText, File: hostileText, Line: 1}}
	f.Fix = []report.Fix{{Host: hostileText, Command: "rm -rf '/data/\u202e' </code></pre>" + script, Note: hostileText, Risk: hostileText}}
	r.Findings[1].Docs = "https://evil.example/\"onmouseover=alert(1) "
	r.Folded[0].Code, r.Folded[0].Servers = report.Code(hostileText), []string{hostileText}
	r.Checks.Skips[0].Reason, r.Checks.Skips[0].Check = hostileText, report.Code(hostileText)
	r.Processes = []report.ProcessView{{PID: 1, Main: hostileText, Config: hostileText, StatusScript: hostileText, StatusWhy: hostileText}}
	return r
}

func hostilePage() StatusPage {
	const name = "prod\"><script>alert(1)</script>\u202e&ensemble=x#'"
	e := seen(name, hostileReport())
	e.Problem = "dial <script>alert(2)</script>\x1b[31m"
	return pageOf(e, seen("other\x00", healthyReport()), StatusEnsemble{Name: "javascript:alert(1)", Problem: "<b>x</b>"})
}

// manyPage has a thousand ensembles; sick of them are down.
func manyPage(broken int) StatusPage {
	p := pageOf()
	for i := range 1000 {
		r := healthyReport()
		if i < broken {
			r = downReport()
		}
		p.Ensembles = append(p.Ensembles, seen(fmt.Sprintf("team-%03d.production.example.org", i), r))
	}
	return p
}
