package zktest

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Not parallel: the tests share two cores with their JVMs.

func TestRealLeaderKilled(t *testing.T) {
	for _, version := range []string{Oldest, Newest} {
		t.Run(version, func(t *testing.T) {
			begin := time.Now()
			ens := StartT(t, Options{Version: version})
			t.Logf("%s serves after %s", version, time.Since(begin).Round(time.Millisecond))
			old := leaderOf(t, ens)
			if err := old.Kill(); err != nil {
				t.Fatal(err)
			}
			if code, exited := old.ExitCode(); !exited || code != 137 || old.Running() || old.PID() != 0 {
				t.Errorf("killed leader: exit code %d, %t, running %t; want 137, true, false", code, exited, old.Running())
			}
			if leader := leaderOf(t, ens); leader == old {
				t.Errorf("server.%d leads after its death", old.ID)
			}
			// Back again, it follows.
			if err := old.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := ens.WaitMode(t.Context(), old, "follower"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRealPauseStopAndWords(t *testing.T) {
	ens := StartT(t, Options{Version: Oldest, Observers: 1})
	s := ens.Server(4)
	if got := s.Mode(t.Context()); got != "observer" {
		t.Errorf("server.4 is %q, want observer", got)
	}
	if err := s.Pause(); err != nil {
		t.Fatal(err)
	}
	// Its port is open, but nobody answers.
	conn, err := ens.Client.Dial(t.Context(), s.Addr+":2181")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if reply, err := s.Word(t.Context(), "ruok"); err == nil {
		t.Errorf("paused server answered %q", reply)
	}
	if err := s.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := ens.WaitServing(t.Context()); err != nil {
		t.Fatal(err)
	}
	reply, err := s.Word(t.Context(), "ruok")
	if reply != "imok" || err != nil {
		t.Errorf("ruok = %q, %v", reply, err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code, exited := s.ExitCode(); !exited || code != 143 {
		t.Errorf("stopped: exit code %d, %t, want 143 (SIGTERM), true", code, exited)
	}
	if !strings.Contains(s.Log(), "[myid:4] - INFO  [main:DatadirCleanupManager@") {
		t.Errorf("log is not in ZooKeeper's format:\n%s", s.LogTail(5))
	}
}

func TestRealStandaloneAndHeldConnections(t *testing.T) {
	ens := StartT(t, Options{Version: Oldest, Servers: 1, Config: map[string]string{"maxClientCnxns": "2"}})
	s := ens.Servers[0]
	release, err := s.HoldConnections(t.Context(), s.ClientPort, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	conn, err := ens.Client.Dial(t.Context(), ens.ConnectString())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("third connection of two: read %d bytes, want it closed", n)
	}
	// The limit is one per source address.
	if got := s.Mode(t.Context()); got != "standalone" {
		t.Errorf("mode = %q, want standalone", got)
	}
}

func TestRealServerThatCannotStart(t *testing.T) {
	ens := StartT(t, Options{Version: Oldest, NoWait: true, Edit: func(s *Server) {
		if s.ID == 2 {
			s.MyID = []byte("two\n")
		}
	}})
	err := ens.WaitServing(t.Context())
	if err == nil || !strings.Contains(err.Error(), "server.2 exited with code 2") || !strings.Contains(err.Error(), "serverid two is not a number") {
		t.Errorf("error = %v, want exit code and log of server.2", err)
	}
}

func TestRealEdit(t *testing.T) {
	ens := StartT(t, Options{Version: Oldest, Config: map[string]string{"maxClientCnxns": "7"}, Edit: func(s *Server) {
		s.DataLogDir = ""
		s.Set("maxClientCnxns", "9")
		s.Unset("syncLimit")
		s.Set("syncLimit", "6")
		if s.ID == 3 {
			s.Version = Newest
			s.Set("admin.enableServer", "false")
		}
	}})
	want := map[string]string{"maxClientCnxns": "9", "syncLimit": "6", "serverId": "3"}
	s := ens.Server(3)
	want["dataLogDir"] = filepath.Join(s.DataDir, "version-2")
	reply, err := s.Word(t.Context(), "conf")
	if err != nil {
		t.Fatal(err)
	}
	for key, value := range want {
		if !strings.Contains(reply, key+"="+value+"\n") {
			t.Errorf("conf has no %s=%s:\n%s", key, value, reply)
		}
	}
	for id, version := range map[int]string{1: Oldest, 3: Newest} {
		if reply, err := ens.Server(id).Word(t.Context(), "srvr"); err != nil || !strings.HasPrefix(reply, "Zookeeper version: "+version+"-") {
			t.Errorf("server.%d: %v, want version %s:\n%s", id, err, version, reply)
		}
	}
}

// TestNames: a test that starts servers is called so, or does not.
func TestNames(t *testing.T) {
	for name, right := range map[string]bool{"TestRealFaults/3.4.10/one": true, "TestRealOnceVia": true, "BenchmarkCheck/3.9.5": true, "TestFaults": false, "TestFaults/TestReal": false} {
		if err := named(name); (err == nil) != right {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Setenv("ZKTEST_NONE", "1")
	if _, err := Start(t.Context(), Options{}); err == nil || !strings.Contains(err.Error(), "ZKTEST_NONE") {
		t.Errorf("with ZKTEST_NONE: %v", err)
	}
}

func leaderOf(t *testing.T, ens *Ensemble) *Server {
	t.Helper()
	leader, err := ens.Leader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return leader
}
