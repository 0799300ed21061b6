package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// staticProgram builds zkdoctor as a release has it: it needs no library where it runs.
var staticProgram = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "zkdoctor-test-")
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "zkdoctor")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
})

// pod is a root of its own beside the server: a shell, the commands of POSIX that --push takes, /proc and /tmp.
const pod = `
mkdir -p $0/bin $0/proc $0/tmp $0/etc $0/var/tmp
cp "$(command -v busybox)" $0/bin/busybox
for name in sh cat chmod df head mkdir od rm rmdir tail uname wc; do ln -sf busybox $0/bin/$name; done
mount -t proc proc $0/proc
mount -t tmpfs -o mode=1777 tmpfs $0/tmp
cp /etc/hosts $0/etc/hosts
`

// standIn makes a directory with a kubectl that leads into the pods of an ensemble, and nowhere else.
func standIn(t *testing.T, ens *zktest.Ensemble) (dir string) {
	t.Helper()
	if _, err := exec.LookPath("busybox"); err != nil {
		if zktest.Required() {
			t.Fatal("busybox not found: .ci/install installs it")
		}
		t.Skip("busybox not found")
	}
	var script strings.Builder
	script.WriteString("#!/bin/sh\n[ \"$1 $2 $4 $5 $6\" = 'exec -i -c zookeeper --' ] || { echo \"error: unknown command $*\" >&2; exit 1; }\npod=$3; shift 6\ncase $pod in\n")
	for _, s := range ens.Servers {
		root := zktest.HostDir + "/pod-" + s.Name
		if out, err := s.Host.Run(t.Context(), "sh", "-c", pod, root); err != nil || out.ExitCode != 0 {
			t.Fatalf("%v: %s", err, out.Stderr)
		}
		fmt.Fprintf(&script, "%s) exec %s \"$@\" ;;\n", s.Name, strings.Join(s.Host.Inside("env", "-i", "PATH=/bin", "/usr/sbin/chroot", root), " "))
	}
	script.WriteString("esac\necho \"Error from server (NotFound): pods \\\"$pod\\\" not found\" >&2\nexit 1\n")
	dir = t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "kubectl"), []byte(script.String()), 0o755))
	return dir
}

// TestRealOncePush: servers in pods that have nothing but a shell are diagnosed from a machine that reaches
// none of them but by kubectl exec, and by ssh from one that does, as where zkdoctor is installed. Nothing is
// left behind.
func TestRealOncePush(t *testing.T) {
	t.Parallel()
	program, err := staticProgram()
	must(t, err)
	for _, c := range []struct {
		name    string
		prepare string // in each pod
		do      func(*testing.T, *zktest.Ensemble)
		root    report.Code
		servers []int64
		says    string // on stderr
		exit    int
	}{
		{name: "healthy"},
		{
			name: "one without its myid", do: andEnd(withMyID(map[int]string{2: ""}), 2),
			root: diag.MyidMissing, servers: []int64{2}, exit: 1,
		},
		{
			name: "one way blocked", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).DropIn(t.Context(), 3888, ens.Server(1).Host))
			},
			root: diag.LatentPortBlock, servers: []int64{2}, exit: 1,
		},
		{name: "no program may be in /tmp", prepare: "mount -o remount,noexec $0/tmp"},
		{
			name: "no program may be anywhere", prepare: "mount -o remount,noexec $0/tmp; mount -t tmpfs -o ro tmpfs $0/var/tmp", exit: 3,
			says: "\"kubectl\": there is no directory for a temporary program (/tmp: noexec, /var/tmp: not writable): TMPDIR may name one\nzkdoctor: --via got to none of the hosts\n",
		},
		{name: "no shell", prepare: "rm $0/bin/sh", exit: 3, says: "there is no shell there, which --push needs (exit code 127: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			ens := zktest.StartT(t, namespaces())
			bin := standIn(t, ens)
			for _, s := range ens.Servers {
				_, err := s.Host.Run(t.Context(), "sh", "-c", c.prepare, zktest.HostDir+"/pod-"+s.Name)
				must(t, err)
			}
			if c.do != nil {
				c.do(t, ens)
			}
			cmd := exec.CommandContext(t.Context(), program, "check", "-o", "json", "--no-local", "--deadline", "30s", "--push",
				"--via", "kubectl exec -i {name} -c zookeeper --", "zk1", "zk2", "zk3")
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"))
			var out, said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &said
			_ = cmd.Run() // the exit code is looked at
			exit := cmd.ProcessState.ExitCode()
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("exit %d\n%s\n%s", exit, out.Bytes(), said.Bytes())
				}
			})
			if exit != c.exit || !strings.Contains(said.String(), c.says) || c.says == "" && said.Len() > 0 {
				t.Errorf("exit %d, want %d; stderr %q, want %q", exit, c.exit, said.String(), c.says)
			}
			nothingLeft(t, ens)
			if c.says != "" {
				return
			}
			got := new(report.Report)
			must(t, json.Unmarshal(out.Bytes(), got))
			var root report.Finding
			if len(got.Findings) > 0 && got.Findings[0].Root {
				root = got.Findings[0]
			}
			if root.Code != c.root || c.root != "" && fmt.Sprint(idsOf(got, root.Servers)) != fmt.Sprint(c.servers) {
				t.Errorf("first root cause %s %v, want %s %v", root.Code, root.Servers, c.root, c.servers)
			}
			if len(got.Reach) == 0 {
				t.Error("no matrix of who reaches whom")
			}
		})
	}
}

// nothingLeft: no file and no process of zkdoctor's is in the pods.
func nothingLeft(t *testing.T, ens *zktest.Ensemble) {
	t.Helper()
	for _, s := range ens.Servers {
		root := zktest.HostDir + "/pod-" + s.Name
		left, err := s.Host.Run(t.Context(), "sh", "-c", `ls -A $0/tmp $0/var/tmp | grep zkdoctor; ls -l /proc/[0-9]*/exe 2>/dev/null | grep -e zkdoctor -e busybox`, root)
		must(t, err)
		if len(left.Stdout) > 0 {
			t.Errorf("left on %s: %s", s.Name, left.Stdout)
		}
	}
}
