package zktest

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// childEnv makes TestMain be the process that TestRealNothingLeftBehind kills.
const childEnv = "ZKTEST_CHILD_HOSTS"

func TestMain(m *testing.M) {
	if kind := os.Getenv(childEnv); kind != "" {
		child(kind)
	}
	os.Exit(m.Run())
}

// child starts an ensemble, prints its directory and waits for its death.
func child(kind string) {
	options := Options{Version: Oldest}
	if kind == "namespaces" {
		options.Hosts = Namespaces
	}
	ens, err := Start(context.Background(), options)
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(ens.Dir)
	select {}
}

func TestRealNothingLeftBehind(t *testing.T) {
	t.Run("after Close", func(t *testing.T) {
		ens, err := Start(t.Context(), Options{Version: Oldest})
		if err != nil {
			giveUp(t, err)
		}
		if got := processesNaming(t, ens.Dir); len(got) != 3 {
			t.Errorf("%d processes, want 3: %q", len(got), got)
		}
		ens.Close()
		ens.Close() // and once more does no harm
		if got := processesNaming(t, ens.Dir); len(got) != 0 {
			t.Errorf("left behind: %q", got)
		}
		if exists(ens.Dir) {
			t.Errorf("left behind: %s", ens.Dir)
		}
	})
	for _, kind := range []string{"loopback", "namespaces"} {
		t.Run("after SIGKILL, "+kind, func(t *testing.T) {
			if kind == "namespaces" && os.Geteuid() != 0 {
				giveUp(t, ErrNoNamespaces)
			}
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childEnv+"="+kind)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			dir := strings.TrimSpace(line)
			if err != nil || !filepath.IsAbs(dir) {
				t.Fatalf("child: %q, %v", line, err)
			}
			// On namespace hosts also: unshare, process 1, nsenter.
			if got := processesNaming(t, dir); len(got) < 3 {
				t.Fatalf("%d processes, want at least the 3 servers: %q", len(got), got)
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // "signal: killed"
			err = poll(t.Context(), "the end of all processes", func() bool { return len(processesNaming(t, dir)) == 0 })
			if err != nil {
				t.Errorf("%v: %q", err, processesNaming(t, dir))
			}
			next := StartT(t, Options{Version: Oldest, Servers: 1, NoStart: true})
			if exists(dir) {
				t.Errorf("%s is still there after the next start (%s)", dir, next.Dir)
			}
		})
	}
}

// processesNaming returns the command lines of all processes that mention the
// text.
func processesNaming(t *testing.T, text string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		raw, _ := os.ReadFile(file) // gone by now: no match
		if line := strings.ReplaceAll(string(raw), "\x00", " "); strings.Contains(line, text) {
			found = append(found, line)
		}
	}
	return found
}
