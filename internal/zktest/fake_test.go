package zktest

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestFakes: on a host of its own another user's process looks like a server to root, and
// holds a socket; nothing of it is left afterwards.
func TestFakes(t *testing.T) {
	var dir string
	var pid int
	t.Run("host", func(t *testing.T) {
		h := HostT(t)
		dir = h.Dir()
		if err := os.WriteFile(filepath.Join(dir, "zoo.cfg"), []byte("clientPort=2181\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		listener, err := h.Listen(t.Context(), "127.0.0.1:2181")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		fake, err := h.StartFake(t.Context(), HostDir+"/zoo.cfg", listener)
		if err != nil {
			t.Fatal(err)
		}
		pid = fake.PID
		// What root of the host sees: no process but its own, and who has the socket.
		got, err := h.Run(t.Context(), "sh", "-c", `
for p in /proc/[0-9]*; do
	case $(tr '\0' ' ' <$p/cmdline) in java*) ;; *) continue ;; esac
	tr '\0' '\n' <$p/cmdline | tail -n 2
	grep -E '^(Uid|Groups):' $p/status | tr -d '[:blank:]'
	readlink $p/fd/3 | cut -d: -f1
done`)
		want := "org.apache.zookeeper.server.quorum.QuorumPeerMain\n/srv/zoo.cfg\nUid:65534655346553465534\nGroups:\nsocket\n"
		if err != nil || got.ExitCode != 0 || string(got.Stdout) != want {
			t.Errorf("%v, exit %d, stderr %s\n got %q\nwant %q", err, got.ExitCode, got.Stderr, got.Stdout, want)
		}
		if got, err := h.Run(t.Context(), AsNobody("cat", HostDir+"/zoo.cfg", "/etc/shadow")...); err != nil || got.ExitCode != 1 || string(got.Stdout) != "clientPort=2181\n" {
			t.Errorf("as nobody: %v, exit %d, %q", err, got.ExitCode, got.Stdout)
		}
		fake.End()
		if exists(fmt.Sprintf("/proc/%d", pid)) {
			t.Error("the fake has not ended")
		}
		again, err := h.StartFake(t.Context(), HostDir+"/zoo.cfg")
		if err != nil {
			t.Fatal(err)
		}
		pid = again.PID
	})
	if dir == "" {
		t.Skip("no host")
	}
	if exists(dir) || exists(fmt.Sprintf("/proc/%d", pid)) {
		t.Errorf("left behind: %s or process %d", dir, pid)
	}
}

// TestCommands: a command that runs gets signals, shows what it has written, and is killed
// when the time for it is over.
func TestCommands(t *testing.T) {
	h := HostT(t)
	c, err := h.StartCommand("sh", "-c", `trap 'echo twice; exit 7' TERM; echo once; echo err >&2; while :; do sleep 0.05; done`)
	if err != nil {
		t.Fatal(err)
	}
	if err := poll(t.Context(), "what it writes", func() bool { return string(c.Stdout()) == "once\n" && len(c.Stderr()) > 0 }); err != nil {
		t.Fatal(err)
	}
	if err := c.Signal(t.Context(), syscall.SIGTERM); err != nil || !c.Running() && len(c.Stdout()) == 0 {
		t.Fatal(err)
	}
	got, err := c.Wait(t.Context())
	if err != nil || got.ExitCode != 7 || string(got.Stdout) != "once\ntwice\n" || string(got.Stderr) != "err\n" || c.Running() {
		t.Errorf("%v, %+v", err, got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got, err := h.Run(ctx, "sh", "-c", "trap '' TERM INT; while :; do sleep 1; done"); err == nil || got.ExitCode != 137 {
		t.Errorf("%v, exit %d", err, got.ExitCode)
	}
	if _, err := h.StartFake(t.Context(), "/no/such"); err != nil {
		t.Errorf("a configuration that is not there is no trouble: %v", err)
	}
	if _, err := new(Host).StartFake(t.Context(), "/"); err == nil {
		t.Error("a fake on this machine itself")
	}
	if _, err := h.StartFake(t.Context(), "/", new(net.UnixListener)); err == nil {
		t.Error("a fake with another socket")
	}
}
