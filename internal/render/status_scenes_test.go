package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
)

// The scenes of the status page's tests.

func statusNow() time.Time { return time.Date(2026, 11, 22, 3, 12, 19, 0, time.UTC) }

func seen(name string, r *diag.Report) StatusEnsemble {
	return StatusEnsemble{Name: name, Report: r, LookedAt: statusNow().Add(-12 * time.Second), SlowAt: statusNow().Add(-3*time.Minute - 20*time.Second)}
}

func pageOf(ensembles ...StatusEnsemble) StatusPage {
	return StatusPage{Version: "0.4.0", Now: statusNow(), Refresh: 30 * time.Second, Ensembles: ensembles}
}

func shownServer(name string, id int64, role diag.Role, c, q, e diag.PortState) diag.ServerView {
	return diag.ServerView{
		Name: name, ID: &id, Role: role,
		Ports: diag.Ports{Client: diag.PortView{Port: 2181, State: c}, Quorum: diag.PortView{Port: 2888, State: q}, Election: diag.PortView{Port: 3888, State: e}},
	}
}

func servingServer(name string, id int64, role diag.Role) diag.ServerView {
	q := diag.PortNotExpected
	if role == diag.Leader {
		q = diag.PortOpen
	}
	s := shownServer(name, id, role, diag.PortOpen, q, diag.PortOpen)
	s.Zxid, s.Lag, s.Connections = new("0x50000a1f3"), new(int64(0)), new(38+3*id)
	s.LatencyAvgMs, s.LatencyMaxMs, s.UptimeSeconds = new(0.4), new(18.0), new(int64(12*86400))
	s.Serving = new(true)
	return s
}

func shownReport(state diag.State, code int, summary string, servers ...diag.ServerView) *diag.Report {
	const own = "needs a server's own files: run zkdoctor there"
	return &diag.Report{
		SchemaVersion: diag.SchemaVersion, GeneratedAt: statusNow(), TookMs: 312,
		Vantage: diag.Vantage{Host: "monitor1"}, Servers: servers,
		Verdict: diag.Verdict{State: state, ExitCode: code, Summary: summary, Voters: len(servers), VotersSource: "conf"},
		Checks: diag.Checks{
			Total: 29, Passed: 20, Skipped: 3,
			Skips: []diag.Skip{
				{Check: diag.ElectionInProgress, Kind: diag.SkipOneLook, Reason: "one look only"},
				{Check: diag.MyidMissing, Kind: diag.SkipLocalFiles, Reason: own},
				{Check: diag.MyidMalformed, Kind: diag.SkipLocalFiles, Reason: own},
			},
		},
	}
}

func healthyReport() *diag.Report {
	return shownReport(diag.Serving, 0, "3 of 3 voters. Leader zk2. Can lose 1 more.",
		servingServer("zk1", 1, diag.Follower), servingServer("zk2", 2, diag.Leader), servingServer("zk3", 3, diag.Follower))
}

func docsOf(c diag.Code) string {
	return "https://github.com/zkdoctor/zkdoctor/blob/main/docs/findings/" + string(c) + ".md"
}

// downReport is one server alive of three.
func downReport() *diag.Report {
	zk1 := shownServer("zk1", 1, diag.NotServing, diag.PortOpen, diag.PortNotExpected, diag.PortOpen)
	zk1.Note = "alive, waiting for votes"
	r := shownReport(diag.Down, 2, "no quorum: 1 of 3 voters up, 2 needed. Clients can neither read nor write.", zk1,
		shownServer("zk2", 2, diag.RoleDown, diag.PortRefused, diag.PortNotExpected, diag.PortRefused),
		shownServer("zk3", 3, diag.RoleDown, diag.PortRefused, diag.PortNotExpected, diag.PortRefused))
	f := diag.Finding{
		Code: diag.ProcessDown, Severity: diag.Critical, Certainty: diag.Likely, Root: true, Docs: docsOf(diag.ProcessDown),
		Servers: []string{"zk2", "zk3"}, Title: "ZooKeeper is not running on zk2 and zk3",
		Summary: `the host answers at once with "refused" on the client and the election port: machine and network are fine, ZooKeeper is not running there.`,
	}
	for _, s := range f.Servers {
		for _, port := range []string{"2181", "3888"} {
			f.Evidence = append(f.Evidence, diag.Evidence{Source: "tcp", Server: s, Key: port, Value: "refused", Wanted: "open"})
		}
		f.Fix = append(f.Fix,
			diag.Fix{Host: s, Note: "find out why it stopped: run zkdoctor check there, or read the end of its log", Command: "journalctl -u zookeeper -n 50"},
			diag.Fix{Host: s, Note: "start it as it is always started, as its own user (systemctl, zkServer.sh start)", Risk: "none"})
	}
	f.Fix = append(f.Fix, diag.Fix{Note: "leave version-2 alone on every server"}, diag.Fix{Note: "1 of the 2 that are out is enough to restore service"})
	r.Findings = []diag.Finding{f, {
		Code: diag.CmdNotWhitelisted, Severity: diag.Info, Certainty: diag.Proven, Servers: []string{"zk1"}, Docs: docsOf(diag.CmdNotWhitelisted),
		Title:    "zk1 does not answer mntr: it is not in 4lw.commands.whitelist",
		Evidence: []diag.Evidence{{Source: "mntr", Server: "zk1", Value: "not in the whitelist"}},
		Fix:      []diag.Fix{{Host: "zk1", Note: "add it to zoo.cfg", Command: "4lw.commands.whitelist=ruok,srvr,mntr,conf"}},
	}}
	r.Folded = []diag.Finding{
		{Code: diag.QuorumLost, Severity: diag.Critical, Certainty: diag.Proven},
		{Code: diag.ServerNotServing, Severity: diag.Critical, Certainty: diag.Proven, Servers: []string{"zk1"}},
	}
	r.Servers[0].Skipped = []string{"mntr"}
	return r
}

func splitReport() *diag.Report {
	r := shownReport(diag.Split, 2, "split brain: 2 leaders, 2 quorums, both accept writes.",
		servingServer("zk1", 1, diag.Follower), servingServer("zk2", 2, diag.Leader), servingServer("zk3", 3, diag.Follower),
		servingServer("zk4", 4, diag.Follower), servingServer("zk5", 5, diag.Leader))
	for i := range r.Servers {
		r.Servers[i].Lag, r.Servers[i].Zxid = nil, new("0x100000031")
		if i < 2 {
			r.Servers[i].Zxid, r.Servers[i].Note = new("0x100000007"), "lists servers 1,2,3"
		}
	}
	r.Findings = []diag.Finding{{
		Code: diag.MembershipDivergent, Severity: diag.Critical, Certainty: diag.Proven, Root: true, Docs: docsOf(diag.MembershipDivergent),
		Servers: []string{"zk1", "zk2", "zk3", "zk4", "zk5"}, Title: "The servers do not have one list of servers",
		Summary: "zk1 and zk2 still have the list of 3 servers; zk3, zk4 and zk5 have 5. 2 of 3 and 3 of 5 are both majorities. Seen twice, 2.1 s apart.",
		Evidence: []diag.Evidence{
			{Source: "conf", Key: "camp A", Value: "leader zk2, follower zk1; list 1,2,3; zxid 0x100000007"},
			{Source: "conf", Key: "camp B", Value: "leader zk5, followers zk3 zk4; list 1,2,3,4,5; zxid 0x100000031"},
		},
		Fix: []diag.Fix{
			{Note: "Stop writes if you can. Decide which camp holds the data you keep: both may hold acknowledged writes, zkdoctor will not choose for you."},
			{Note: "Stop every server of the other camp; MOVE version-2/ out of dataDir and dataLogDir there, and keep it.", Risk: "left in place, the server rejoins with other data under the same zxids"},
			{Note: "Give all servers one list; start the kept camp first, then ONE emptied server at a time, each only after the one before says follower."},
		},
	}}
	r.Folded = []diag.Finding{{Code: diag.SplitBrain, Severity: diag.Critical}}
	return r
}

func unknownReport() *diag.Report {
	zk1 := shownServer("zk1.example.org", 1, diag.RoleUnknown, diag.PortFiltered, diag.PortFiltered, diag.PortFiltered)
	bad := diag.ServerView{Name: "zkk3:2118", Role: diag.RoleUnknown, Note: "no such name"}
	bad.Ports.Client = diag.PortView{Port: 2118, State: diag.PortNotProbed}
	r := shownReport(diag.Unknown, 3, "cannot judge the ensemble: neither of 2 targets gave a usable answer.", zk1, bad)
	r.Findings = []diag.Finding{{
		Code: diag.TargetUnresolvable, Severity: diag.Warning, Certainty: diag.Proven, Root: true, Docs: docsOf(diag.TargetUnresolvable),
		Servers: []string{"zkk3:2118"}, Title: "There is no host of the name zkk3",
		Evidence: []diag.Evidence{{Source: "dns", Key: "zkk3", Value: "no such host"}},
		Fix:      []diag.Fix{{Note: "Check the spelling of the target; did you mean zk3:2181?"}},
	}}
	return r
}

func degradedReport() *diag.Report {
	r := shownReport(diag.Degraded, 1, "2 of 3 voters. zk3 is out. Leader zk2. Can lose 0 more.", servingServer("zk1", 1, diag.Follower), servingServer("zk2", 2, diag.Leader),
		shownServer("zk3", 3, diag.RoleDown, diag.PortRefused, diag.PortNotExpected, diag.PortRefused))
	f := downReport().Findings[0]
	f.Severity, f.Servers, f.Title, f.Evidence, f.Fix = diag.Warning, []string{"zk3"}, "ZooKeeper is not running on zk3", f.Evidence[2:], f.Fix[2:4]
	r.Findings = []diag.Finding{f}
	return r
}

// fqdnReport has the longest honest names, and a value in every column.
func fqdnReport() *diag.Report {
	r := healthyReport()
	for i := range r.Servers {
		s := &r.Servers[i]
		s.Name = fmt.Sprintf("zookeeper-%d.zookeeper-headless.production.svc.cluster.local:2181", i)
		s.Connections, s.LatencyMaxMs, s.UptimeSeconds, s.Lag = new(int64(12041)), new(120004.0), new(int64(43000)), new(int64(120312))
		s.Note, s.Role, s.Inferred = "leads, serves no clients", diag.Leader, true
		s.Ports.Quorum.State, s.Ports.Election.State = diag.PortUnreachable, diag.PortUnreachable
	}
	return r
}

// hostileReport is what a server could say that wants to own the page.
func hostileReport() *diag.Report {
	const script = `<script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>"' onclick=alert(1) style=x:expression(1) `
	evil := script + "\x1b[2J\u202egnp.exe\x00\u2066"
	r := downReport()
	r.Servers[0].Name, r.Servers[0].Note, r.Servers[0].Zxid = evil, evil, new("0x1\r\n<b>")
	r.Servers[1].Name = strings.Repeat("zk3\u00e9\xff", 600)
	r.Servers[0].Role, r.Servers[0].Ports.Client.State, r.Servers[0].Skipped = diag.Role(evil), diag.PortState(evil), []string{evil}
	r.Verdict.Summary, r.Verdict.State, r.Incomplete, r.Vantage.Host, r.Vantage.LocalServer = evil, diag.State(evil), evil, evil, new(evil)
	f := &r.Findings[0]
	f.Code, f.Title, f.Summary, f.Certainty, f.Servers = diag.Code(evil), evil, evil, diag.Certainty(evil), []string{evil}
	f.Docs = "javascript:alert(1)"
	f.Evidence = []diag.Evidence{{Source: evil, Server: evil, Key: evil, Value: strings.Repeat("1\n", 5000), Wanted: evil, File: evil, Line: 1}}
	f.Fix = []diag.Fix{{Host: evil, Command: "rm -rf '/data/\u202e' </code></pre>" + script, Note: evil, Risk: evil}}
	r.Findings[1].Docs = "https://evil.example/\"onmouseover=alert(1) "
	r.Folded[0].Code, r.Folded[0].Servers = diag.Code(evil), []string{evil}
	r.Checks.Skips[0].Reason, r.Checks.Skips[0].Check = evil, diag.Code(evil)
	r.Processes = []diag.ProcessView{{PID: 1, Main: evil, Config: evil, StatusScript: evil, StatusWhy: evil}}
	return r
}

func hostilePage() StatusPage {
	const name = "prod\"><script>alert(1)</script>\u202e&ensemble=x#'"
	e := seen(name, hostileReport())
	e.Problem = "dial <script>alert(2)</script>\x1b[31m"
	return pageOf(e, seen("other\x00", healthyReport()), StatusEnsemble{Name: "javascript:alert(1)", Problem: "<b>x</b>"})
}

// manyPage has a thousand ensembles; sick of them are down.
func manyPage(sick int) StatusPage {
	p := pageOf()
	for i := range 1000 {
		r := healthyReport()
		if i < sick {
			r = downReport()
		}
		p.Ensembles = append(p.Ensembles, seen(fmt.Sprintf("team-%03d.production.example.org", i), r))
	}
	return p
}
