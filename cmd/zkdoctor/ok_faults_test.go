package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/restart"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// latent is a fault that nobody notices before a server is restarted.
type latent struct {
	shape
	// server is the one to restart.
	server int
	// check is the first that is not OK, finding the page it names, "" for none, and text is in
	// what it says or in its evidence.
	check   string
	finding report.Code
	text    string
	// fails restarts the server all the same, and fails the test unless that ends as was said.
	fails func(*testing.T, *zktest.Ensemble, *zktest.Server)
	// ask are the arguments; nil for what is collected on all hosts.
	ask []string
	// collect are flags of what is collected.
	collect []string
	// sample: it belongs to the few that every run of the tests has.
	sample bool
}

// latentFaults are such faults.
func latentFaults() []latent {
	return slices.Concat(latentFiles(), latentHosts(), latentStarts(), unfitToStop())
}

// latentFiles are in the files of the server.
func latentFiles() []latent {
	change := func(name string, do func(*testing.T, *zktest.Server)) shape {
		return shape{name: name, options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
			fillWith(t, ens.Server(2), 5)
			must(t, ens.Wait(t.Context(), "all to have what was written", func() bool { return sameZxid(t, ens) }))
			do(t, ens.Server(1))
		}}
	}
	return []latent{
		{
			shape:  change("its myid was emptied", func(t *testing.T, s *zktest.Server) { must(t, s.SetMyID(nil)) }),
			server: 1, check: "known-faults", finding: diag.MyidMalformed, fails: staysOut, sample: true,
		},
		{
			shape:  change("its myid was removed", func(t *testing.T, s *zktest.Server) { must(t, s.RemoveMyID()) }),
			server: 1, check: "known-faults", finding: diag.MyidMissing, fails: staysOut,
		},
		{
			shape:  change("its myid is in no line", func(t *testing.T, s *zktest.Server) { must(t, s.SetMyID([]byte("9\n"))) }),
			server: 1, check: "known-faults", finding: diag.MyidNotInServers, fails: staysOut,
		},
		{
			shape:  change("its myid is another's", func(t *testing.T, s *zktest.Server) { must(t, s.SetMyID([]byte("2\n"))) }),
			server: 1, check: "known-faults", finding: diag.MyidWrongServer, fails: staysOut,
		},
		{
			shape: change("its configuration was changed to nonsense", func(t *testing.T, s *zktest.Server) {
				must(t, s.WriteConfig(append(s.ConfigLines(), "tickTime=two seconds")))
			}),
			server: 1, check: "configuration", text: "tickTime", fails: staysOut,
		},
		{
			shape: change("its configuration was removed", func(t *testing.T, s *zktest.Server) {
				must(t, os.Rename(s.ConfigFile, s.ConfigFile+".old"))
			}),
			server: 1, check: "known-faults", finding: diag.ConfigNotLoaded, fails: staysOut,
		},
		{
			shape: change("its dataDir was moved in the file alone", func(t *testing.T, s *zktest.Server) {
				must(t, os.MkdirAll(filepath.Join(s.Dir, "elsewhere"), 0o755))
				s.Set("dataDir", filepath.Join(s.Dir, "elsewhere"))
				must(t, s.WriteConfig(s.ConfigLines()))
			}),
			server: 1, check: "known-faults", finding: diag.MyidMissing, fails: staysOut,
		},
		{
			shape: change("the header of its newest log is damaged", func(t *testing.T, s *zktest.Server) {
				file := newestFile(t, s.DataLogDir, "log.")
				overwrite(t, file, "\x00\x00\x00\x00")
				must(t, os.Chtimes(file, time.Time{}, time.Now().Add(-time.Hour))) // one of this moment may be half written
			}),
			server: 1, check: "known-faults", finding: diag.TxnlogCorrupt, fails: staysOut,
		},
		{
			shape: shape{name: "its file lacks the leader", options: zktest.Options{Hosts: zktest.Namespaces, Servers: 4}, args: []string{"--ignore", "same-members,new-members"}, do: func(t *testing.T, ens *zktest.Ensemble) {
				letLead(t, ens, ens.Server(4))
				s := ens.Server(1)
				s.ServerLines = s.ServerLines[:3]
				must(t, s.WriteConfig(s.ConfigLines()))
			}},
			server: 1, check: "leader-listed", text: "would not find the leader", fails: findsNoLeader,
		},
		{
			shape:  change("its currentEpoch is ahead", epoch("currentEpoch", "99\n")),
			server: 1, check: "known-faults", finding: diag.EpochMismatch, fails: staysOut,
		},
	}
}

// sameZxid reports whether all servers have the same last transaction.
func sameZxid(t *testing.T, ens *zktest.Ensemble) bool {
	zxid := regexp.MustCompile(`Zxid: (\S+)`)
	var all []string
	for _, s := range ens.Servers {
		reply, err := s.Word(t.Context(), "srvr")
		if found := zxid.FindString(reply); err == nil && !slices.Contains(all, found) {
			all = append(all, found)
		}
	}
	return len(all) == 1
}

// latentHosts are on its host, or between the hosts.
func latentHosts() []latent {
	return []latent{
		{
			shape: shape{name: "its data directory was mounted read-only", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				on(t, s, fmt.Sprintf("mount --bind %[1]s %[1]s && mount -o remount,bind,ro %[1]s", s.DataDir))
			}},
			server: 1, check: "known-faults", finding: diag.DataDirNotWritable, fails: staysOut,
		},
		{
			shape: shape{name: "its new client port is taken", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				s := ens.Server(1)
				l, err := s.Listen(t.Context(), s.Addr+":2281")
				must(t, err)
				t.Cleanup(func() { _ = l.Close() })
				s.Set("clientPort", "2281")
				must(t, s.WriteConfig(s.ConfigLines()))
			}},
			server: 1, check: "own-ports", text: "2281", fails: staysOut,
		},
		{
			shape: shape{name: "its election port is blocked for the leader", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				letLead(t, ens, ens.Server(3))
				must(t, ens.Server(1).DropIn(t.Context(), 3888, ens.Server(3).Host))
			}},
			server: 1, check: "known-faults", finding: diag.LatentPortBlock, fails: staysOut, sample: true,
		},
		{
			shape: shape{name: "it cannot connect to the quorum port of the leader", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				letLead(t, ens, ens.Server(3))
				must(t, ens.Server(1).DropOut(t.Context(), 2888))
			}},
			server: 1, check: "reaches-peers", finding: diag.LatentPortBlock, text: "2888", fails: staysOut,
		},
		{
			shape: shape{name: "its disk has no room for a log", options: zktest.Options{Hosts: zktest.Namespaces, NoStart: true, NoWait: true}, do: func(t *testing.T, ens *zktest.Ensemble) {
				mountLogs(t, ens, 1, "70m")
				must(t, ens.WaitServing(t.Context()))
				on(t, ens.Server(1), "dd if=/dev/zero of="+ens.Server(1).DataLogDir+"/fill bs=4k 2>/dev/null || true")
			}},
			server: 1, check: "known-faults", finding: diag.DiskFull, fails: failsToWrite,
		},
		{
			shape: shape{
				name: "its certificate for the other servers has ended", only: from35, why: noTLS,
				options: zktest.Options{Hosts: zktest.Namespaces, NoStart: true, NoWait: true}, do: startEnding,
			},
			collect: []string{"--quorum-tls-hello"},
			server:  1, check: "certificates", finding: diag.CertificateExpiring, text: "not valid today", fails: staysOut,
		},
	}
}

// unfitToStop are ensembles that lose their quorum by a restart of one more server, or are about to.
func unfitToStop() []latent {
	return []latent{
		{
			shape:  shape{name: "another voter is out", options: namespaces(), do: kill(2)},
			server: 1, check: "quorum-left", text: "clients cannot write", fails: losesQuorum, sample: true,
		},
		{
			shape: shape{name: "another voter hangs", options: namespaces(), do: func(t *testing.T, ens *zktest.Ensemble) {
				letLead(t, ens, ens.Server(3))
				must(t, ens.Server(2).Pause())
			}},
			server: 1, check: "quorum-left", fails: losesQuorum,
		},
		{
			shape:  shape{name: "one of two voters", options: zktest.Options{Hosts: zktest.Namespaces, Servers: 2}},
			server: 1, check: "quorum-left", text: "clients cannot write", fails: losesQuorum,
		},
		{
			shape: shape{name: "the only server", options: zktest.Options{Hosts: zktest.Namespaces, Servers: 1}},
			ask:   []string{"@1"}, server: 1, check: "quorum-left", text: "only server", fails: losesQuorum,
		},
	}
}

// TestRealLatentFaults: ok-to-restart says no, with the reason, and the restart that is done all
// the same ends as it said. ZKTEST_RESTARTS=all has all of them, which make restarts sets.
func TestRealLatentFaults(t *testing.T) {
	t.Parallel()
	for _, c := range latentFaults() {
		if !c.sample && os.Getenv("ZKTEST_RESTARTS") != "all" {
			continue
		}
		c.logMissing(t)
		for _, version := range c.versions() {
			t.Run(version+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				patient := c.start(t, version)
				s := patient.ens.Server(c.server)
				args := slices.Clone(c.args)
				for _, arg := range c.ask {
					args = append(args, ofServers(patient.ens, arg))
				}
				if c.ask == nil {
					args = slices.Concat(args, collectAll(t, patient.ens, c.collect...), []string{s.Addr})
				}
				got := okToRestart(t, patient.ens.Client, args...)
				c.judge(t, got)
				c.fails(t, patient.ens, s)
				t.Logf("LATENT | %s | %s | %s |", c.name, version, got.Summary)
			})
		}
	}
}

func (c latent) judge(t *testing.T, got *restart.Answer) {
	t.Helper()
	var first restart.Check
	for _, check := range got.Checks {
		if check.Result == restart.NotOK && !check.Ignored {
			first = check
			break
		}
	}
	said := first.Text
	for _, e := range first.Evidence {
		said += " " + e.Key + " " + e.Value
	}
	if got.Answer != restart.NotOK || first.Name != c.check || c.finding != "" && first.Finding != c.finding || !strings.Contains(said, c.text) {
		t.Errorf("answer %s, first reason %s (%s): %s; want %s (%s) with %q\n%s",
			got.Answer, first.Name, first.Finding, said, c.check, c.finding, c.text, reasons(got))
	}
}

// staysOut restarts a server, and wants it to end by itself, or to look for a leader in vain.
func staysOut(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	t.Helper()
	must(t, s.Stop(t.Context()))
	before := len(inVain.FindAllString(s.Log(), -1))
	must(t, s.Start(t.Context()))
	must(t, ens.Wait(t.Context(), "the server to fail", func() bool {
		return !s.Running() || len(inVain.FindAllString(s.Log(), -1)) > before
	}))
	if mode := s.Mode(t.Context()); mode != "" {
		t.Errorf("it came back, as %s", mode)
	}
}

// findsNoLeader restarts a server whose list lacks the leader: check says so, and it comes back by
// what check advises, where the leader is to be removed.
func findsNoLeader(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	t.Helper()
	staysOut(t, ens, s)
	program, err := builtProgram()
	must(t, err)
	got, err := ens.Client.Run(t.Context(), append([]string{program, "check"}, collectAll(t, ens)...)...)
	must(t, err)
	said := strings.Join(strings.Fields(string(got.Stdout)), " ")
	for _, want := range []string{s.Addr + " cannot find the leader: server.4", "wait until another server leads"} {
		if !strings.Contains(said, want) {
			t.Errorf("check does not say %q:\n%s", want, got.Stdout)
		}
	}
	leader := ens.Server(4)
	must(t, leader.Stop(t.Context()))
	must(t, ens.Wait(t.Context(), "another to lead", func() bool { return s.Mode(t.Context()) != "" }))
	must(t, leader.Start(t.Context()))
	must(t, ens.WaitServing(t.Context()))
}

// inVain is what a server writes that has asked for votes for 6 s, or has tried twice to connect
// to its leader.
var inVain = regexp.MustCompile(`Notification time out: 3200|exception, tries=1|Failed connect to|Read-only file system`)

// failsToWrite restarts a server, and wants it out once a write comes.
func failsToWrite(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	t.Helper()
	must(t, s.Stop(t.Context()))
	must(t, s.Start(t.Context()))
	must(t, ens.WaitQuorum(t.Context()))
	session, err := ens.Server(2).OpenSession(t.Context(), 20*time.Second)
	must(t, err)
	n := 0
	must(t, ens.Wait(t.Context(), "the server to fail", func() bool {
		n++
		must(t, session.Create(t.Context(), fmt.Sprintf("/fill%d", n), make([]byte, 10_000), false))
		return s.Mode(t.Context()) == "" && n > 20
	}))
}

// losesQuorum restarts a server, and wants nobody to serve until it is back.
func losesQuorum(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	t.Helper()
	must(t, s.Stop(t.Context()))
	must(t, ens.Wait(t.Context(), "the quorum to be lost", func() bool { return len(ens.Modes(t.Context())) == 0 }))
	must(t, s.Start(t.Context()))
	for _, other := range ens.Servers {
		if other.Paused() {
			must(t, other.Resume())
		}
	}
	must(t, ens.WaitQuorum(t.Context()))
}

// comesBack restarts a server, and wants all to serve again.
func comesBack(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) time.Duration {
	t.Helper()
	must(t, s.Stop(t.Context()))
	began := time.Now()
	must(t, s.Start(t.Context()))
	must(t, ens.Wait(t.Context(), "all to serve again", func() bool { return serves(t, ens) }))
	return time.Since(began)
}
