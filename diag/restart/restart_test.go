package restart_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/restart"
	"github.com/zkdoctor/zkdoctor/internal/scenes"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// healthy are what was seen of three healthy servers of 3.4.10 from the host of each, of which the
// third leads: a fresh copy each time.
func healthy(t *testing.T) []*snapshot.Snapshot {
	t.Helper()
	file, err := os.ReadFile("testdata/healthy-3.4.10.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var all []*snapshot.Snapshot
	for r := tar.NewReader(unzipped); ; {
		if _, err := r.Next(); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		snap, err := snapshot.ReadSnapshot(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, snap)
	}
}

func target(host string) snapshot.Target {
	return snapshot.Target{Host: host, Port: snapshot.DefaultClientPort, Assumed: true}
}

const (
	zk1 = "10.99.0.1"
	zk2 = "10.99.0.2"
	zk3 = "10.99.0.3"
)

// all joins what was seen from all hosts.
func all(t *testing.T, snaps []*snapshot.Snapshot) *snapshot.Snapshot {
	t.Helper()
	merged, err := snapshot.Merge(snaps)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

// each calls f with both looks of all snapshots.
func each(snaps []*snapshot.Snapshot, f func(*snapshot.Snapshot)) {
	for _, s := range snaps {
		f(s)
		if s.Before != nil {
			f(s.Before)
		}
	}
}

// countOne has the leader count one follower in sync.
func countOne(s *snapshot.Snapshot) {
	for i := range s.Servers {
		for j, pair := range s.Servers[i].Mntr.Value.Keys {
			if pair.Key == "zk_synced_followers" {
				s.Servers[i].Mntr.Value.Keys[j].Value = "1"
			}
		}
	}
}

// out makes a server one that is down.
func out(host string) func([]*snapshot.Snapshot) {
	return func(snaps []*snapshot.Snapshot) {
		each(snaps, func(s *snapshot.Snapshot) {
			for i := range s.Servers {
				if server := &s.Servers[i]; server.Host == host {
					refused := &snapshot.Failure{Kind: snapshot.Refused, Text: "refused"}
					server.Client.Failure, server.Srvr.Failure, server.Election.Look.Failure = refused, refused, refused
					server.Mntr.Failure, server.Conf.Failure = refused, refused
				}
			}
			countOne(s)
			s.Local = slices.DeleteFunc(s.Local, func(l snapshot.Local) bool { return strings.Contains(l.ConfigPath, "zk"+host[len(host)-1:]) })
		})
	}
}

// idle makes a server one that runs and does not serve.
func idle(host string) func([]*snapshot.Snapshot) {
	return func(snaps []*snapshot.Snapshot) {
		each(snaps, func(s *snapshot.Snapshot) {
			for i := range s.Servers {
				if server := &s.Servers[i]; server.Host == host {
					server.Client.Failure, server.Election.Look.Failure = nil, nil
					server.Srvr.Failure = &snapshot.Failure{Kind: snapshot.NotServing, Text: "not serving"}
					server.Mntr.Failure, server.Conf.Failure = server.Srvr.Failure, server.Srvr.Failure
				}
			}
			countOne(s)
		})
	}
}

// at changes the host of the first server, in both looks.
func at(change func(*snapshot.Local)) func([]*snapshot.Snapshot) {
	return func(snaps []*snapshot.Snapshot) {
		each(snaps[:1], func(s *snapshot.Snapshot) {
			for i := range s.Local {
				change(&s.Local[i])
			}
		})
	}
}

// only keeps what was seen from some hosts.
func only(numbers ...int) func([]*snapshot.Snapshot) {
	return func(snaps []*snapshot.Snapshot) {
		for i := range snaps {
			if !slices.Contains(numbers, i+1) {
				snaps[i] = nil
			}
		}
	}
}

// mntr sets what the first server reports by mntr, as all see it.
func mntr(pairs ...string) func([]*snapshot.Snapshot) {
	return func(snaps []*snapshot.Snapshot) {
		each(snaps, func(s *snapshot.Snapshot) {
			reply := &s.Servers[0].Mntr.Value
			for pair := range slices.Chunk(pairs, 2) {
				reply.Keys = slices.DeleteFunc(slices.Clone(reply.Keys), func(old snapshot.Pair) bool { return old.Key == pair[0] })
				reply.Keys = append(reply.Keys, snapshot.Pair{Key: pair[0], Value: pair[1]})
			}
		})
	}
}

// scripts has the scripts of a release start a server, with that java.
func scripts(java snapshot.Java) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		unit := &snapshot.Unit{Name: "zk.service", File: "/u", Config: l.ConfigPath, Script: "/opt/zk/bin/zkServer.sh"}
		l.Next = &snapshot.NextStart{Unit: unit, Install: snapshot.Saw(snapshot.Install{Dir: "/opt/zk", Jars: []string{"zookeeper-3.4.10.jar"}, Java: java}, 0)}
	}
}

// trusting are servers without a snapshot that are to start with logs alone.
func trusting() func([]*snapshot.Snapshot) {
	return at(func(l *snapshot.Local) {
		l.Data.Value.Dir.Snapshots.Value = snapshot.DataFiles{}
		config := *l.Config.Value
		config.Properties = append(slices.Clone(config.Properties), zoocfg.Property{Key: "snapshot.trust.empty", Value: "true", Line: 9})
		l.Config.Value = &config
	})
}

// withJava has a unit start a server, by a java of that version.
func withJava(version string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Next = &snapshot.NextStart{
			Unit: &snapshot.Unit{Name: "zk.service", File: "/u", Config: l.ConfigPath, Java: "/opt/java/bin/java"},
			Java: snapshot.Saw(snapshot.JavaProgram{Path: "/opt/java/bin/java", Runs: true, Version: version}, 0),
		}
	}
}

// unlisted takes a server's line out of the file.
func unlisted(id int64) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		config := *l.Config.Value
		config.Servers = slices.DeleteFunc(slices.Clone(config.Servers), func(m zoocfg.Server) bool { return m.ID == id })
		l.Config.Value = &config
	}
}

// TestMissed: what goes with a server is told in full, and no more than is known.
func TestMissed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want string
		change     func([]*snapshot.Snapshot)
	}{
		{"no ephemeral znode", "there is no ephemeral znode", mntr("zk_ephemerals_count", "0")},
		{"some, of the ensemble", "ephemeral znodes of the whole ensemble: 12 (which are of its own clients is not reported)", mntr("zk_ephemerals_count", "12")},
		{"within their timeouts", "within its session timeout, 1 to 10 s", mntr("zk_ephemerals_count", "12")},
		{"observers of an observer master", "observers that get their data from it (observerMasterPort): 2", mntr("zk_synced_observers", "2")},
		{"a leader with observers", "4 servers follow it, 2 of them observers", mntr("zk_learners", "4", "zk_synced_observers", "2")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			snaps := healthy(t)
			c.change(snaps)
			a := restart.Judge(all(t, snaps), diag.Options{}, restart.Question{Servers: []snapshot.Target{target(zk1)}})
			said := ""
			for _, check := range a.Checks {
				if check.Topic == restart.Missed {
					said += check.Text + "\n"
				}
			}
			if a.Answer != restart.OK || !strings.Contains(said, c.want) {
				t.Errorf("%s: %s", a.Answer, said)
			}
		})
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func([]*snapshot.Snapshot)
		q      restart.Question // of the first server, where it names none
		want   restart.Result
		reason string // the first check that is not OK
		says   string // in the summary
	}{
		{name: "healthy", want: restart.OK, says: "10.99.0.1 may be restarted now."},
		{name: "the leader", q: restart.Question{Servers: []snapshot.Target{target(zk3)}}, want: restart.OK, says: "It leads: restart it last."},
		{name: "only stop", q: restart.Question{OnlyStop: true}, want: restart.OK, says: "may be stopped now."},
		{
			name: "all", q: restart.Question{Servers: []snapshot.Target{target(zk3), target(zk1), target(zk2)}},
			want: restart.OK, says: "3 servers may be restarted, one after the other. Next: 10.99.0.1.",
		},
		{name: "its own host alone", change: only(1), want: restart.NotKnown, reason: "peers-reach-it", says: "whether 10.99.0.1 would come back"},
		{name: "the host with the largest id alone", change: only(3), q: restart.Question{Servers: []snapshot.Target{target(zk3)}}, want: restart.OK},
		{name: "another host alone", change: only(3), want: restart.NotKnown, reason: "host-seen"},
		{name: "no such server", q: restart.Question{Servers: []snapshot.Target{target("zk9")}}, want: restart.NotKnown, reason: "server-known"},
		{
			name: "one look", change: func(snaps []*snapshot.Snapshot) {
				for _, s := range snaps {
					s.Before = nil
				}
			},
			want: restart.NotKnown, reason: "two-checks",
		},
		{name: "cut short", change: func(snaps []*snapshot.Snapshot) { snaps[0].Incomplete = "deadline" }, want: restart.NotKnown, reason: "two-checks"},
		{name: "another is out", change: out(zk2), want: restart.NotOK, reason: "quorum-left", says: "do not stop 10.99.0.1"},
		{name: "it is out itself", change: out(zk1), q: restart.Question{OnlyStop: true}, want: restart.OK},
		{name: "it runs and is not in the quorum, and nothing says why", change: idle(zk1), want: restart.NotKnown, reason: "known-faults", says: "why was not found"},
		{name: "one that runs and is out, whether it may stop", change: idle(zk1), q: restart.Question{OnlyStop: true}, want: restart.OK},
		{
			name: "another lacks what was committed", want: restart.NotOK, reason: "in-sync",
			change: func(snaps []*snapshot.Snapshot) {
				for _, s := range snaps {
					s.Servers[1].Srvr.Value.Zxid = 0x100000000
				}
			},
		},
		{
			name: "its myid is empty", want: restart.NotOK, reason: "known-faults", says: "would not come back as it is",
			change: at(func(l *snapshot.Local) { l.MyID.Value.Bytes = nil }),
		},
		{
			name: "its configuration is nonsense", want: restart.NotOK, reason: "configuration",
			change: at(func(l *snapshot.Local) {
				config := *l.Config.Value
				config.Problems = append(slices.Clone(config.Problems), problem())
				l.Config.Value = &config
			}),
		},
		{
			name: "its new list has not the leader", want: restart.NotOK, reason: "leader-listed", says: "it would not find the leader",
			q: restart.Question{Ignore: []string{"same-members", "new-members"}}, change: at(unlisted(3)),
		},
		{
			name: "its new list has the leader as an observer", want: restart.NotOK, reason: "leader-listed", says: "as a voter",
			q: restart.Question{Ignore: []string{"same-members", "new-members"}}, change: at(func(l *snapshot.Local) {
				config := *l.Config.Value
				config.Servers = slices.Clone(config.Servers)
				config.Servers[2].Role = zoocfg.Observer
				l.Config.Value = &config
			}),
		},
		{
			name: "its new list has not another", want: restart.OK,
			q: restart.Question{Ignore: []string{"same-members", "new-members"}}, change: at(unlisted(2)),
		},
		{
			name: "the leader, and its new list has it not", want: restart.OK,
			q:      restart.Question{Servers: []snapshot.Target{target(zk3)}, Ignore: []string{"same-members", "new-members", "known-faults"}},
			change: func(snaps []*snapshot.Snapshot) { unlisted(3)(&snaps[2].Local[0]) },
		},
		{
			name: "its dataDir was moved", want: restart.NotOK, reason: "settings",
			change: at(func(l *snapshot.Local) {
				config := *l.Config.Value
				config.DataDir.Value = "/elsewhere"
				l.Config.Value = &config
			}),
		},
		{
			name: "left out", q: restart.Question{Ignore: []string{"settings"}}, want: restart.OK,
			change: at(func(l *snapshot.Local) {
				config := *l.Config.Value
				config.DataDir.Value = "/elsewhere"
				l.Config.Value = &config
			}),
		},
		{
			name: "its client port is another's", want: restart.NotOK, reason: "own-ports",
			change: at(func(l *snapshot.Local) {
				config := *l.Config.Value
				config.ClientPort.Value = 2281
				l.Config.Value = &config
				l.Listeners.Value = append(slices.Clone(l.Listeners.Value), netip.MustParseAddrPort("0.0.0.0:2281"))
			}),
			q: restart.Question{Ignore: []string{"settings"}},
		},
		{
			name: "whose its ports are was not seen", want: restart.NotKnown, reason: "known-faults",
			change: at(func(l *snapshot.Local) {
				l.Process.Listens, l.Process.UserListens = snapshot.Obs[[]netip.AddrPort]{}, nil
			}),
		},
		{
			name: "its disk is small", want: restart.NotOK, reason: "disk-room",
			change: at(func(l *snapshot.Local) {
				l.Data.Value.Dir.Volume.Value.FreeBytes, l.Data.Value.Dir.Volume.Value.Bytes = 60<<20, 300<<20
				if logs := l.Data.Value.LogDir; logs != nil {
					logs.Volume.Value.FreeBytes, logs.Volume.Value.Bytes = 60<<20, 300<<20
				}
			}),
		},
		{
			name: "its Java was replaced", want: restart.NotKnown, reason: "java",
			change: at(func(l *snapshot.Local) { l.Process.Program.Value = "/opt/java/bin/java (deleted)" }),
		},
		{
			name: "its Java was replaced, and the new one is seen", want: restart.OK,
			change: at(func(l *snapshot.Local) {
				l.Process.Program.Value = "/opt/java/bin/java (deleted)"
				l.Next = &snapshot.NextStart{Java: snapshot.Saw(snapshot.JavaProgram{Path: "/opt/java/bin/java", Runs: true, Version: "17.0.9", OfProcess: true}, 0)}
			}),
		},
		{
			name: "its Java was removed", want: restart.NotKnown, reason: "java",
			change: at(func(l *snapshot.Local) {
				l.Process.Program.Value = "/opt/java/bin/java (deleted)"
				l.Next = &snapshot.NextStart{Java: snapshot.Saw(snapshot.JavaProgram{Path: "/opt/java/bin/java", OfProcess: true}, 0)}
			}),
		},
		{
			name: "its unit names a Java that is not there", want: restart.NotOK, reason: "java", says: "its start finds no Java",
			change: at(func(l *snapshot.Local) {
				l.Next = &snapshot.NextStart{
					Unit: &snapshot.Unit{Name: "zk.service", File: "/u", Config: l.ConfigPath, Java: "/opt/gone/bin/java"},
					Java: snapshot.Saw(snapshot.JavaProgram{Path: "/opt/gone/bin/java"}, 0),
				}
			}),
		},
		{
			name: "its scripts take a JAVA_HOME that is not there", want: restart.NotOK, reason: "java",
			change: at(scripts(snapshot.Java{Home: "/opt/gone", From: "/java.env", HomeHas: snapshot.Saw(false, 0)})),
		},
		{
			name: "its scripts may take a JAVA_HOME that is not there", want: restart.OK,
			change: at(scripts(snapshot.Java{Home: "/opt/gone", From: "/java.env", HomeHas: snapshot.Saw(false, 0), Unsure: true})),
		},
		{name: "its Java is too old for the new release", q: restart.Question{ZooKeeper: "3.9.5", Ignore: []string{"old-snapshots"}}, want: restart.NotOK, reason: "java", says: "needs Java 8, and its start takes Java 1.7.0_80", change: at(withJava("1.7.0_80"))},
		{name: "its Java fits the new release", q: restart.Question{ZooKeeper: "3.9.5", Ignore: []string{"old-snapshots"}}, want: restart.OK, change: at(withJava("1.8.0_392"))},
		{name: "its Java is old, as its release is", want: restart.OK, change: at(withJava("1.7.0_80"))},
		{name: "the version of its Java was not seen, for a newer release", q: restart.Question{ZooKeeper: "3.9.5", Ignore: []string{"old-snapshots"}}, want: restart.NotKnown, reason: "java", change: at(withJava(""))},
		{name: "the version of its Java was not seen", want: restart.OK, change: at(withJava(""))},
		{
			name: "its script is gone", want: restart.NotOK, reason: "start-script", says: "is not there",
			change: at(func(l *snapshot.Local) {
				l.Next = &snapshot.NextStart{Unit: &snapshot.Unit{Name: "zk.service", File: "/u", Config: l.ConfigPath, Script: "/opt/zk/bin/zkServer.sh"}, Script: snapshot.Saw(false, 0)}
			}),
		},
		{
			name: "its unit starts another configuration", want: restart.NotOK, reason: "start-script", says: "another configuration",
			change: at(func(l *snapshot.Local) {
				l.Next = &snapshot.NextStart{Unit: &snapshot.Unit{Name: "zk.service", File: "/u", Config: "/elsewhere/zoo.cfg"}}
			}),
		},
		{
			name: "scripts beside it take a JAVA_HOME that is not there, and no unit runs them", want: restart.NotKnown, reason: "java",
			change: at(func(l *snapshot.Local) {
				scripts(snapshot.Java{Home: "/opt/gone", From: "/java.env", HomeHas: snapshot.Saw(false, 0)})(l)
				l.Next.Unit = nil
			}),
		},
		{
			name: "its jars are gone, and no unit runs its scripts", want: restart.NotKnown, reason: "start-script", says: "no jar of ZooKeeper",
			change: at(func(l *snapshot.Local) {
				l.Next = &snapshot.NextStart{Install: snapshot.Saw(snapshot.Install{Dir: "/opt/zk", Lib: true}, 0)}
			}),
		},
		{
			name: "its unit allows fewer files than it has open", want: restart.NotOK, reason: "file-limit", says: "and zk.service allows 16",
			change: at(func(l *snapshot.Local) {
				l.Next = &snapshot.NextStart{Unit: &snapshot.Unit{Name: "zk.service", File: "/u", Config: l.ConfigPath, Files: 16}}
			}),
		},
		{
			name: "its unit allows enough files", want: restart.OK,
			change: at(func(l *snapshot.Local) {
				l.Next = &snapshot.NextStart{Unit: &snapshot.Unit{Name: "zk.service", File: "/u", Config: l.ConfigPath, Files: 1024}}
			}),
		},
		{name: "its syncs take longer than initLimit", want: restart.NotKnown, reason: "sync-time", says: "the longest sync of 10.99.0.1 took 90.0 s", change: mntr("zk_cnt_follower_sync_time", "1", "zk_max_follower_sync_time", "90000")},
		{name: "its syncs are quick", want: restart.OK, change: mntr("zk_cnt_follower_sync_time", "1", "zk_max_follower_sync_time", "900")},
		{name: "it has never followed", want: restart.OK, change: mntr("zk_cnt_follower_sync_time", "0", "zk_max_follower_sync_time", "0")},
		{name: "its data is too much for any line", want: restart.NotKnown, reason: "sync-time", change: mntr("zk_approximate_data_size", "80000000000")},
		{name: "its data is much", want: restart.OK, change: mntr("zk_approximate_data_size", "100000000")},
		{
			name: "a peer does not reach it", want: restart.NotOK, reason: "known-faults",
			change: func(snaps []*snapshot.Snapshot) {
				each(snaps[2:], func(s *snapshot.Snapshot) {
					s.Servers[0].Election.Look = snapshot.Obs[snapshot.Dial]{Tried: true, Failure: &snapshot.Failure{Kind: snapshot.Filtered, Text: "no answer"}}
				})
			},
		},
		{
			name: "it does not reach the leader", want: restart.NotOK, reason: "reaches-peers",
			change: func(snaps []*snapshot.Snapshot) {
				each(snaps[:1], func(s *snapshot.Snapshot) {
					s.Servers[2].Quorum.Look = snapshot.Obs[snapshot.Dial]{Tried: true, Failure: &snapshot.Failure{Kind: snapshot.Filtered, Text: "no answer"}}
				})
			},
		},
		{name: "3.4 without a snapshot, to 3.9", q: restart.Question{ZooKeeper: "3.9.5"}, want: restart.NotOK, reason: "old-snapshots", change: at(func(l *snapshot.Local) {
			l.Data.Value.Dir.Snapshots.Value = snapshot.DataFiles{}
		})},
		{name: "3.4 without a snapshot, to 3.9, which trusts its logs", q: restart.Question{ZooKeeper: "3.9.5"}, want: restart.OK, change: trusting()},
		{name: "3.4 without a snapshot, to 3.5.5, which cannot trust its logs", q: restart.Question{ZooKeeper: "3.5.5"}, want: restart.NotOK, reason: "old-snapshots", change: trusting()},
		{
			name: "another voter has just come back", q: restart.Question{OnlyStop: true}, want: restart.NotOK, reason: "quorum-left", says: "in the first check fewer of the others served",
			change: func(snaps []*snapshot.Snapshot) {
				var first []*snapshot.Snapshot
				for _, s := range snaps {
					first = append(first, s.Before)
					s.Before.Before = nil
				}
				out(zk2)(first)
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			snaps := healthy(t)
			if c.change != nil {
				c.change(snaps)
			}
			snaps = slices.DeleteFunc(snaps, func(s *snapshot.Snapshot) bool { return s == nil })
			if c.q.Servers == nil {
				c.q.Servers = []snapshot.Target{target(zk1)}
			}
			a := restart.Judge(all(t, snaps), diag.Options{}, c.q)
			i := slices.IndexFunc(a.Checks, func(c restart.Check) bool { return c.Result != restart.OK && !c.Ignored })
			reason := ""
			if i >= 0 {
				reason = a.Checks[i].Name
			}
			if a.Answer != c.want || c.reason != "" && reason != c.reason || !strings.Contains(a.Summary, c.says) {
				text, _ := json.MarshalIndent(a.Checks, "", " ")
				t.Errorf("%s, %s: %s; want %s, %s with %q\n%s", a.Answer, reason, a.Summary, c.want, c.reason, c.says, text)
			}
		})
	}
}

// TestDamagedFileOfOneThatServes: before a restart its myid is written while it serves: it is not stopped
// for that.
func TestDamagedFileOfOneThatServes(t *testing.T) {
	t.Parallel()
	snaps := healthy(t)
	at(func(l *snapshot.Local) { l.MyID.Value.Bytes = []byte("1 \n") })(snaps)
	a := restart.Judge(all(t, snaps), diag.Options{}, restart.Question{Servers: []snapshot.Target{target(zk1)}})
	found := false
	for _, check := range a.Checks {
		if check.Finding != diag.MyidMalformed {
			continue
		}
		found = true
		for i, step := range check.Do {
			if i == 0 && !strings.HasPrefix(step.Command, "echo 1 >") || strings.HasPrefix(step.Note, "stop ") {
				t.Errorf("step %d: %q %q", i+1, step.Note, step.Command)
			}
		}
	}
	if !found {
		t.Errorf("not found: %+v", a.Checks)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	a := restart.Judge(all(t, healthy(t)), diag.Options{}, restart.Question{Servers: []snapshot.Target{target(zk3), target(zk2), target(zk1)}})
	var order []string
	for _, s := range a.Order {
		order = append(order, s.Name)
	}
	if got, want := strings.Join(order, " "), zk2+" "+zk1+" "+zk3; got != want || a.Next != zk2 {
		t.Errorf("order %s, next %s, want %s", got, a.Next, want)
	}
}

// TestScenes: of what was recorded of broken ensembles nothing is fit for a restart where the
// quorum is not whole without that server, and the same scene gives the same answer.
func TestScenes(t *testing.T) {
	t.Parallel()
	recorded, err := scenes.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range recorded {
		if s.Version != "3.4.10" {
			continue // larger, and much the same
		}
		t.Run(s.Version+"/"+s.Name, func(t *testing.T) {
			t.Parallel()
			snap, err := snapshot.ReadSnapshot(s.Snapshot)
			if err != nil {
				t.Skip(err)
			}
			r := diag.Diagnose(snap, diag.Options{})
			for i, server := range snap.Servers {
				q := restart.Question{Servers: []snapshot.Target{server.Target}, OnlyStop: true}
				a := restart.Judge(snap, diag.Options{}, q)
				unfit := r.Verdict.State == report.Down || r.Verdict.State == report.Split || len(r.Verdict.Out) > 1 || snap.Before == nil
				if a.Answer == restart.OK && unfit {
					t.Errorf("%s: %s, and the verdict is %s", server.Name, a.Summary, r.Verdict.Summary)
				}
				if i > 0 {
					continue
				}
				if again := restart.Judge(snap, diag.Options{}, q); again.Summary != a.Summary {
					t.Errorf("%s, and then %s", a.Summary, again.Summary)
				}
			}
		})
	}
}

func problem() zoocfg.Problem {
	return zoocfg.Problem{Kind: zoocfg.NotANumber, Key: "tickTime", Line: 1, Text: "tickTime is no number"}
}
