package render

import (
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

func observers() *report.Report {
	r := sampleOf(verdict(report.Serving, 0, 3, 3, 1, "3 of 3 voters, 2 of 2 observers. Leader zk3. Can lose 1 more voter."),
		serving("zk1", 1, report.Follower), serving("zk2", 2, report.Follower), serving("zk3", 3, report.Leader),
		serving("zk4", 4, report.Observer), serving("zk5", 5, report.Observer))
	r.Servers[3].Lag, r.Servers[3].Zxid = new(int64(312)), new("0x50000a0bb")
	r.Servers[4].LatencyMaxMs, r.Servers[4].UptimeSeconds = new(1204.0), new(int64(11547))
	return r
}

func standalone() *report.Report {
	s := serving("zk1:2181", 0, report.Standalone)
	s.ID, s.Lag, s.UptimeSeconds = nil, nil, nil
	s.Ports.Quorum, s.Ports.Election = report.PortView{}, report.PortView{}
	return sampleOf(verdict(report.Serving, 0, 1, 1, 0, "standalone server, serving. Can lose 0: there is no other."), s)
}

func leaderServesNo() *report.Report {
	r := sampleOf(verdict(report.Serving, 0, 3, 3, 1, "3 of 3 voters. Leader zk2 (inferred). Can lose 1 more."),
		serving("zk1", 1, report.Follower),
		server("zk2", 2, report.Leader, report.PortOpen, report.PortOpen, report.PortOpen),
		serving("zk3", 3, report.Follower))
	r.Servers[1].Inferred, r.Servers[1].Note = true, "leads, serves no clients"
	r.Findings = []report.Finding{{
		Code: "leader-serves-no", Severity: report.Info, Certainty: report.Likely, Servers: []string{"zk2"},
		Title: "zk2 leads and does not serve clients (leaderServes=no), as it is set up",
	}}
	return r
}

// hostile is what a server could say that wants to paint the terminal.
func hostile() *report.Report {
	hostileText := "zk1\x1b[2J\x1b[31mOK SERVING\x1b[0m"
	r := noQuorum()
	r.Servers[0].Name = hostileText
	r.Servers[1].Name = "zk\u202egnp.exe"
	r.Servers[2].Name = strings.Repeat("zk3\u00e9", 60)
	r.Servers[0].Zxid = new("0x1\r\nOK    SERVING  3 of 3 voters")
	r.Servers[0].Note = "alive\x07\x9b31m, \U0001f600 " + strings.Repeat("x", 300)
	f := &r.Findings[0]
	f.Servers = []string{hostileText, r.Servers[1].Name, r.Servers[2].Name}
	f.Evidence = append(f.Evidence, report.Evidence{
		Source: "myid", Server: hostileText, Key: "myid\tx", Value: strings.Repeat("1\n", 5000),
		File: "/data/\x1b]0;owned\x07/myid", Line: 1, Wanted: "a number | 1..255",
	})
	f.Title = "x\nCRIT  DOWN  fake"
	f.Fix = append(f.Fix, report.Fix{Host: hostileText, Command: "rm -rf '/data/\u202e'", Note: "`unbalanced"})
	r.Unexplained = []report.Symptom{{
		Symptom: "server\x1bout", Severity: report.Warning, Servers: []string{hostileText}, Title: "x\nOK    SERVING", Summary: "\u2066hidden\u2069",
		RuledOut: []string{"a\tb\x00", strings.Repeat("y", 300)}, Next: report.Fix{Command: "echo '\u202e'"},
	}}
	r.Incomplete = "dead\x1bline"
	r.Checks.Crashed = 1
	r.Checks.Crashes = []report.Crash{{Code: "split\x1bbrain", Text: hostileText + "\nOK    SERVING"}}
	r.Verdict.Summary = "no quorum | spare=9 \u2066hidden\u2069 \x00"
	r.Processes = []report.ProcessView{{PID: 1, Main: "a.b.\x1bC", Config: "/x\ny", StatusScript: "\x1b[1mError"}}
	return r
}

func nine() *report.Report {
	r := sampleOf(verdict(report.Degraded, 1, 9, 7, 2, "7 of 9 voters. Leader zk9. zk3 and zk4 are out. Can lose 2 more."))
	for i := int64(1); i <= 9; i++ {
		s := serving(fmt.Sprintf("zk%d", i), i, report.Follower)
		switch i {
		case 9:
			s = serving("zk9", 9, report.Leader)
		case 3, 4:
			s = server(fmt.Sprintf("zk%d", i), i, report.RoleUnknown, report.PortFiltered, report.PortFiltered, report.PortFiltered)
			s.Note = "no answer in 2.0 s"
		}
		r.Servers = append(r.Servers, s)
	}
	r.Findings = []report.Finding{{
		Code: "host-unreachable", Severity: report.Warning, Certainty: report.Likely, Root: true,
		Servers: []string{"zk3", "zk4"}, Title: "zk3 and zk4 answer on no port",
		Summary:  "Nothing came back from either host in 2.0 s, from here; the other servers do not count them as followers.",
		Evidence: []report.Evidence{{Source: "mntr", Server: "zk9", Key: "zk_synced_followers", Value: "6", Wanted: "8"}},
		Fix:      []report.Fix{{Note: "See whether the two hosts are up, then whether a firewall stands between."}},
	}}
	return r
}

func interrupted() *report.Report {
	r := unreachable()
	r.Incomplete, r.TookMs = "interrupted", 1204
	r.Vantage.LocalServer = new("zk1")
	return r
}

// many has more of everything than a screen holds.
func many() *report.Report {
	r := nine()
	r.Verdict.ExitCode, r.Verdict.State = 2, report.Down
	codes := []report.Code{
		"myid-duplicate", "myid-missing", "self-addr-loopback", "quorum-port-filtered", "process-down",
		"target-duplicate", "targets-incomplete", "conn-limit-reached", "client-port-mismatch", "server-hung",
	}
	r.Findings = nil
	for i, c := range codes {
		f := report.Finding{
			Code: c, Severity: report.Critical, Certainty: report.Proven, Root: i < 5,
			Servers: []string{fmt.Sprintf("zk%d", i%9+1)}, Title: fmt.Sprintf("Fault number %d", i+1),
			Fix: []report.Fix{{Host: "zk1", Command: "sed -i.bak 's/^server.3=.*/server.3=192.168.1.13:2888:3888/' /opt/zookeeper/conf/zoo.cfg && systemctl restart zookeeper", Risk: "restarts the server"}},
		}
		for k := range 10 {
			f.Evidence = append(f.Evidence, report.Evidence{
				Source: "zoo.cfg", Server: fmt.Sprintf("zk%d", k%9+1), Key: fmt.Sprintf("server.%d", k+1),
				Value: "192.168.1.1:2888:3888:participant;0.0.0.0:2181", Wanted: "one list on all",
				File: "/srv/applications/zookeeper/current/conf/zoo.cfg", Line: 10 + k,
			})
		}
		if i >= 5 {
			f.Severity = []report.Severity{report.Warning, report.Info}[i%2]
		}
		r.Findings = append(r.Findings, f)
	}
	for i := range 8 {
		r.Findings = append(r.Findings, report.Finding{
			Code: "status-script-misleading", Severity: report.Info, Certainty: report.Possible,
			Servers: []string{fmt.Sprintf("zk%d", i+1)}, Title: "The script may look at another port",
		})
	}
	for i := range 9 {
		r.Folded = append(r.Folded, report.Finding{
			Code: "server-not-serving", Severity: report.Critical, Servers: []string{fmt.Sprintf("zk%d", i+1)}, Title: "does not serve",
		})
	}
	r.Checks.Crashed = 1
	r.Checks.Crashes = []report.Crash{{Code: "follower-lagging", Text: "runtime error: index out of range [3] with length 2"}}
	return r
}

// fqdn is three pods of a StatefulSet.
func fqdn() *report.Report {
	r := noQuorum()
	full := func(i int) string {
		return fmt.Sprintf("zookeeper-%d.zookeeper-headless.production.svc.cluster.local:2181", i-1)
	}
	for i := range r.Servers {
		r.Servers[i].Name = full(i + 1)
	}
	f := &r.Findings[0]
	f.Servers = []string{full(2), full(3)}
	f.Evidence[0].Server, f.Evidence[1].Server = full(2), full(2)
	f.Evidence[2].Server, f.Evidence[3].Server = full(3), full(3)
	f.Title = "ZooKeeper is not running on " + full(2) + " and " + full(3)
	f.Fix = []report.Fix{{
		Note: "Why did it stop?", Risk: "none",
		Command: "kubectl -n production logs zookeeper-1 --previous --tail=50 # " + full(2),
	}}
	r.Folded[1].Servers = []string{full(1)}
	return r
}

func ipv6() *report.Report {
	r := healthy()
	for i := range r.Servers {
		r.Servers[i].Name = fmt.Sprintf("[2001:db8:85a3:1234:5678:8a2e:370:733%d]:2181", i+1)
	}
	r.Verdict.Summary = "3 of 3 voters. Leader " + r.Servers[1].Name + ". Can lose 1 more."
	return r
}

// onePort is an ensemble on one host, told apart by its ports.
func onePort() *report.Report {
	r := healthy()
	for i := range r.Servers {
		p := &r.Servers[i].Ports
		p.Client.Port += i
		p.Quorum.Port += i
		p.Election.Port += i
		r.Servers[i].Name = fmt.Sprintf("127.0.0.1:%d", p.Client.Port)
	}
	r.Verdict.Summary = "3 of 3 voters. Leader 127.0.0.1:2182. Can lose 1 more."
	return r
}
