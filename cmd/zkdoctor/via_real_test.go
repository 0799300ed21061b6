package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceVia: from a host that is no member, and through a real sshd on each server's, the
// report is the one that stands on all of them.
func TestRealOnceVia(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	for _, c := range []struct {
		name    string
		secure  *security // TLS to the client ports; nil for plain text
		args    []string  // nil for the three servers
		do      func(*testing.T, *zktest.Ensemble)
		root    report.Code
		servers []int64
		says    string // on stderr
		exit    int
	}{
		{name: "healthy"},
		{
			// What was discovered is visited too.
			name: "one named, and one of the others without its myid", args: []string{"--discover", "@1"},
			do: andEnd(withMyID(map[int]string{2: ""}), 2), root: diag.MyidMissing, servers: []int64{2}, exit: 1,
		},
		{name: "by configuration", args: []string{"-c", "@c1"}},
		{
			// The hosts see no more of TLS than that it is there.
			name: "TLS alone", secure: &security{ends: time.Hour}, args: trusted("@1:2181", "@2:2181", "@3:2181")[1:],
		},
		{
			// From here, and from server 3, all is well.
			name: "one way blocked", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).DropIn(t.Context(), 3888, ens.Server(1).Host))
			},
			root: diag.LatentPortBlock, servers: []int64{2}, exit: 1,
		},
		{
			// Only its own files tell why it is not there.
			name: "one without its myid", do: andEnd(withMyID(map[int]string{2: ""}), 2),
			root: diag.MyidMissing, servers: []int64{2}, exit: 1,
		},
		{
			name: "a host that nobody gets to", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(3).DropIn(t.Context(), sshPort, ens.Client))
			},
			says: "zkdoctor: 10.99.0.3: \"ssh\" ended with exit code 255: ssh: connect to host 10.99.0.3 port 2222: Connection timed out", exit: 0,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			options := namespaces()
			words := c.secure.prepare(t, &options)
			ens := zktest.StartT(t, options)
			config := startSSH(t, ens, program)
			if c.do != nil {
				c.do(t, ens)
			}
			command := []string{program, "check", "-o", "json", "--deadline", "30s", "--via", "ssh -F " + config + " {host} --"}
			if c.args == nil {
				c.args = []string{"@1", "@2", "@3"}
			}
			for _, arg := range c.args {
				command = append(command, words.Replace(ofServers(ens, arg)))
			}
			result, err := ens.Client.Run(t.Context(), command...)
			must(t, err)
			got := new(report.Report)
			if err := json.NewDecoder(bytes.NewReader(result.Stdout)).Decode(got); err != nil {
				t.Fatalf("exit %d, %v\n%s", result.ExitCode, err, result.Stderr)
			}
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("%s\n%s", result.Stdout, result.Stderr)
				}
			})
			if result.ExitCode != c.exit || !strings.HasPrefix(string(result.Stderr), c.says) || c.says == "" && len(result.Stderr) > 0 {
				t.Errorf("exit %d, want %d; stderr %q, want %q", result.ExitCode, c.exit, result.Stderr, c.says)
			}
			checkSeenFromHosts(t, got, c.root, c.servers)
		})
	}
}

// checkSeenFromHosts fails the test where the first root cause is not that one, of these servers, or
// the report does not have who reaches whom.
func checkSeenFromHosts(t *testing.T, got *report.Report, code report.Code, servers []int64) {
	t.Helper()
	var root report.Finding
	if len(got.Findings) > 0 && got.Findings[0].Root {
		root = got.Findings[0]
	}
	if root.Code != code || code != "" && fmt.Sprint(idsOf(got, root.Servers)) != fmt.Sprint(servers) {
		t.Errorf("first root cause %s %v, want %s %v", root.Code, root.Servers, code, servers)
	}
	if len(got.Reach) == 0 {
		t.Error("no matrix of who reaches whom")
	}
}

const sshPort = 2222

// startSSH starts an sshd on the host of every server, with keys made for the test, and
// gives the client's configuration. Who logs in has an empty home: what a shell is told to do
// when it starts is this machine's own affair, and may take a minute.
func startSSH(t *testing.T, ens *zktest.Ensemble, program string) (config string) {
	t.Helper()
	sshd, err := exec.LookPath("sshd")
	if err != nil {
		sshd = "/usr/sbin/sshd"
	}
	if _, err := os.Stat(sshd); err != nil {
		if zktest.Required() {
			t.Fatal("sshd not found: .ci/install installs it")
		}
		t.Skip("sshd not found")
	}
	must(t, os.MkdirAll("/run/sshd", 0o755))
	dir := t.TempDir()
	for _, name := range []string{"host", "user"} {
		out, err := exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput()
		if err != nil {
			t.Fatalf("ssh-keygen: %v: %s", err, out)
		}
	}
	for _, s := range ens.Servers {
		file, pid := filepath.Join(dir, s.Name+".sshd"), filepath.Join(dir, s.Name+".pid")
		must(t, os.WriteFile(file, fmt.Appendf(nil, `Port %d
ListenAddress %s
HostKey %s
AuthorizedKeysFile %s
StrictModes no
PermitRootLogin prohibit-password
UsePAM no
PidFile %s
SetEnv HOME=%s PATH=%s:/usr/bin:/bin ZOOCFGDIR=%s
`, sshPort, s.Addr, filepath.Join(dir, "host"), filepath.Join(dir, "user.pub"), pid, dir, filepath.Dir(program), filepath.Dir(s.ConfigFile)), 0o600))
		result, err := s.Host.Run(t.Context(), sshd, "-f", file, "-E", filepath.Join(dir, s.Name+".log"))
		if err != nil || result.ExitCode != 0 {
			t.Fatalf("sshd on %s: exit %d, %v: %s", s.Name, result.ExitCode, err, result.Stderr)
		}
	}
	config = filepath.Join(dir, "config")
	must(t, os.WriteFile(config, fmt.Appendf(nil, `Host *
Port %d
User root
IdentityFile %s
IdentitiesOnly yes
BatchMode yes
ConnectTimeout 3
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
KexAlgorithms curve25519-sha256
`, sshPort, filepath.Join(dir, "user")), 0o600))
	return config
}
