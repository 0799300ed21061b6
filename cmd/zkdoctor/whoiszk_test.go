package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

const peerMain = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

// impostor is a process of nobody on the host of server 1 that wants to be taken for a
// server of its ensemble.
type impostor struct {
	name string
	// config is its zoo.cfg, and myid the file in its own data directory; @data is that, @1 to
	// @3 are the servers' addresses and @d1 is server 1's data directory.
	config, myid string
	// command starts it, with @java, @classpath and @config.
	command []string
	// why is the reason for which it is no evidence.
	why string
	// first is set when server 1 is started anew after it.
	first bool
}

// memberLines are those of the honest servers.
const memberLines = "server.1=@1:2888:3888\nserver.2=@2:2888:3888\nserver.3=@3:2888:3888\n"

// paused is a real JVM that comes no further than its first moment: its pause file is in a
// directory of nobody.
var paused = []string{
	"@java", "-XX:+UnlockDiagnosticVMOptions", "-XX:+PauseAtStartup", "-XX:PauseAtStartupFile=@data/paused", peerMain, "@config",
}

// shell is a shell that is called java.
var shell = []string{"bash", "-c", `exec -a java sh -c 'while :; do sleep 1; done' sh ` + peerMain + ` "$0"`, "@config"}

func impostors() []impostor {
	return []impostor{
		{name: "a shell as server 2", config: "clientPort=2181\ndataDir=@data\n" + memberLines, myid: "2", command: shell, why: report.WhyNotJava},
		{name: "a shell with the data of the system", config: "clientPort=2181\ndataDir=/etc\n" + memberLines, command: shell, why: report.WhyNotJava},
		{name: "a shell of another ensemble", config: "clientPort=2999\ndataDir=@data\nserver.1=192.0.2.1:2888:3888\nserver.2=192.0.2.2:2888:3888\n", command: shell, why: report.WhyNotJava},
		{
			name: "a shell whose file is called java", config: "clientPort=2181\ndataDir=@data\n" + memberLines, myid: "2",
			command: []string{"@data/java", "-c", "while :; do sleep 1; done", peerMain, "@config"}, why: report.WhyNotJava,
		},
		{
			name: "a JVM that does not listen", config: "clientPort=2181\ndataDir=@data\n" + memberLines, myid: "1",
			command: paused, why: report.WhyAnotherListens,
		},
		{
			name: "a JVM with the data of the system", config: "clientPort=2999\ndataDir=/etc\n" + memberLines,
			command: paused, why: report.WhyOtherUser,
		},
		{
			name: "a JVM with the data of server 1", config: "clientPort=2999\ndataDir=@d1\n" + memberLines,
			command: paused, why: report.WhyOtherUser,
		},
		{
			name: "a JVM of another ensemble", config: "clientPort=2999\ndataDir=@data\nserver.1=192.0.2.1:2888:3888\nserver.2=192.0.2.2:2888:3888\n", myid: "1",
			command: paused, why: report.WhyOtherEnsemble,
		},
		{
			name:   "a ZooKeeper at another loopback address",
			config: "tickTime=500\ninitLimit=10\nsyncLimit=5\nclientPort=2181\nclientPortAddress=127.0.0.9\ndataDir=@data\nadmin.enableServer=false\n" + memberLines + "server.7=127.0.0.9:2888:3888:observer\npeerType=observer\n", myid: "7",
			command: []string{"@java", "-cp", "@classpath", "-Xmx64m", peerMain, "@config"}, why: report.WhyOtherUser, first: true,
		},
		{
			name:   "a ZooKeeper in a network of its own, with the address of server 1",
			config: "tickTime=500\ninitLimit=10\nsyncLimit=5\nclientPort=2181\ndataDir=@data\nadmin.enableServer=false\n" + memberLines, myid: "1",
			command: []string{"unshare", "-Urn", "sh", "-c", "ip addr add @1/24 dev lo; ip link set lo up; exec @java -cp @classpath -Xmx64m " + peerMain + " @config >@data/out"},
			why:     report.WhyOtherUser, first: true,
		},
	}
}

// TestRealOncePretenders starts processes of another user beside a server, and asks zkdoctor,
// as root, in each of its ways: it says the same of the ensemble as without them.
func TestRealOncePretenders(t *testing.T) {
	t.Parallel()
	p := shape{from: 1, options: zktest.Options{Hosts: zktest.Namespaces, Edit: func(s *zktest.Server) {
		s.Config = append(s.Config, "clientPortAddress="+s.Addr) // else no other may listen at loopback
	}}}.start(t, zktest.Newest)
	host := p.host
	named := append(slices.Clone(p.command), p.ens.Server(1).Addr, p.ens.Server(2).Addr, p.ens.Server(3).Addr)
	program, err := os.ReadFile(p.command[0])
	must(t, err)
	zktest.WriteProgram(t, filepath.Join(p.ens.Dir, "zkdoctor"), string(program))
	daemon := append([]string{"setpriv", "--reuid=1", "--regid=1", "--clear-groups", "--", zktest.HostDir + "/zkdoctor"}, named[1:]...)
	commands := map[string][]string{"without names": p.command, "named": named, "as another user": daemon}
	honest := map[string]*report.Report{}
	for name, command := range commands {
		honest[name] = (&patient{ens: p.ens, host: host, command: command}).ask(t)
	}
	for i, c := range impostors() {
		t.Run(c.name, func(t *testing.T) {
			ended := c.start(t, p.ens, fmt.Sprintf("impostor%d", i), classPathOf(t, p.ens.Server(1)))
			defer ended()
			if c.first {
				server := p.ens.Server(1)
				must(t, server.Stop(t.Context()))
				must(t, server.Start(t.Context()))
				must(t, p.ens.WaitServing(t.Context()))
			}
			for name, command := range commands {
				got := (&patient{ens: p.ens, host: host, command: command}).ask(t)
				if want := conclusions(honest[name]); !slices.Equal(conclusions(got), want) {
					t.Errorf("%s: got %q, want %q", name, conclusions(got), want)
				}
				if name == "as another user" || c.why == report.WhyOtherEnsemble && name == "named" {
					continue // which cannot see so much, or does not ask about that one
				}
				listed := func() bool {
					return got.Others != nil && len(got.Others.Listed) == 1 && got.Others.Listed[0].User == "nobody" && got.Others.Listed[0].Why == c.why
				}
				// On a busy machine what is asked of a process may take longer than it is given.
				for again := 0; !listed() && again < 5; again++ {
					got = (&patient{ens: p.ens, host: host, command: command}).ask(t)
				}
				if !listed() {
					t.Errorf("%s: got the other processes %+v, want nobody's, %s", name, got.Others, c.why)
				}
			}
			text, err := host.Run(t.Context(), p.command[0], "check")
			must(t, err)
			said := strings.Join(strings.Fields(string(text.Stdout)), " ") // lines end anywhere
			if !strings.Contains(said, "(user nobody, config /") || strings.Contains(string(text.Stdout), "chown") {
				t.Errorf("got %s", text.Stdout)
			}
		})
	}
	t.Run("in the place of a server that is down", func(t *testing.T) { inItsPlace(t, p) })
}

// inItsPlace stops server 1, and lets nobody start what calls itself so: all that changes is
// that its being down is not proven.
func inItsPlace(t *testing.T, p *patient) {
	server := p.ens.Server(1)
	must(t, server.Stop(t.Context()))
	must(t, p.ens.WaitQuorum(t.Context()))
	byFile := append(slices.Clone(p.command), "-c", server.ConfigFile)
	ask := func() *report.Report { return (&patient{ens: p.ens, host: p.host, command: byFile}).ask(t) }
	want := conclusions(ask())
	for i, line := range want {
		want[i] = strings.Replace(line, "process-down proven", "process-down likely", 1)
	}
	for i, c := range []impostor{
		{name: "with its own file", config: "clientPort=2181\ndataDir=@data\n" + memberLines, myid: "1", command: paused},
		{name: "with that of the server", command: append(slices.Clone(paused[:len(paused)-1]), server.ConfigFile)},
	} {
		ended := c.start(t, p.ens, fmt.Sprintf("in-its-place%d", i), "")
		got := ask()
		if !slices.Equal(conclusions(got), want) {
			t.Errorf("%s: got %q, want %q", c.name, conclusions(got), want)
		}
		if o := got.Others; o == nil || len(o.Listed) != 1 || o.Listed[0].Why != report.WhyNotOwner {
			t.Errorf("%s: got the other processes %+v, want nobody's", c.name, o)
		}
		ended()
	}
}

// TestRealOnceCrowd: a host with 100 processes of another user that look like servers, and 70
// more that are as much of a JVM as a process can be without one, all with the longest
// configuration that is read, is checked as if they were not there.
func TestRealOnceCrowd(t *testing.T) {
	t.Parallel()
	p := shape{from: 1, options: zktest.Options{Hosts: zktest.Namespaces}}.start(t, zktest.Newest)
	server := p.ens.Server(1)
	lines := ofServers(p.ens, memberLines)
	var long strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&long, "server.%d=192.0.2.%d:%d:%d\n", 4+i, i%250, 1024+i, 1025+i)
	}
	for name, config := range map[string]string{
		"shell.cfg": "clientPort=2181\ndataDir=/srv\n" + lines + strings.Repeat("#\n", 1<<19), // no look at it
		"java.cfg":  "clientPort=2182\ndataDir=/etc\n" + lines + long.String(),
	} {
		must(t, os.WriteFile(filepath.Join(p.ens.Dir, name), []byte(config), 0o644))
	}
	honest := conclusions(p.ask(t))
	library, err := zktest.JVMLibrary()
	must(t, err)
	crowd, err := server.StartCommand(zktest.AsNobody("bash", "-c", `
for i in $(seq 100); do (exec -a java sh -c 'while :; do sleep 100; done' sh `+peerMain+` /srv/shell.cfg) & done
export LD_PRELOAD=`+library+`
for i in $(seq 70); do (exec -a java sh -c 'while :; do sleep 100; done' sh `+peerMain+` /srv/java.cfg) & done
wait`)...)
	must(t, err)
	defer func() { must(t, crowd.Signal(t.Context(), 9)) }()
	ready := "test $(pgrep -c -x -f 'java -c .*/srv/(shell|java).cfg') = 170"
	waitShell(t, server, ready, crowd)
	got := p.ask(t)
	if !slices.Equal(conclusions(got), honest) {
		t.Errorf("got %q, want %q", conclusions(got), honest)
	}
	if o := got.Others; o == nil || o.Found != 171 || len(o.Listed) < 64 || len(o.Listed)+o.More < 107 {
		t.Errorf("got the other processes %+v, want 171", o)
	}
	text, err := server.Run(t.Context(), p.command[0], "check", "--deadline", "40s")
	must(t, err)
	if !strings.Contains(string(text.Stdout), "More than 64 processes on this host have ZooKeeper's name: 171.") {
		t.Errorf("got %s%s", text.Stdout, text.Stderr)
	}
	exporter, err := server.StartCommand(p.command[0], "exporter", "--web.listen-address=127.0.0.1:12189", "-c", server.ConfigFile)
	must(t, err)
	client := http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) { return server.Dial(ctx, addr) },
	}}
	metrics := ""
	for deadline := time.Now().Add(time.Minute); !strings.Contains(metrics, `zkdoctor_verdict{ensemble="zookeeper",state="serving"} 1`); {
		if time.Now().After(deadline) {
			t.Fatalf("the exporter does not serve: %s\n%s", metrics, exporter.Stderr())
		}
		if answer, err := client.Get("http://127.0.0.1:12189/metrics"); err == nil {
			body, err := io.ReadAll(answer.Body)
			must(t, err)
			answer.Body.Close()
			metrics = string(body)
		}
	}
	for _, severity := range []string{"critical", "warning"} {
		if want := fmt.Sprintf("zkdoctor_findings{ensemble=\"zookeeper\",severity=%q} 0\n", severity); !strings.Contains(metrics, want) {
			t.Errorf("%q is not in %s", want, metrics)
		}
	}
}

// conclusions are the state, the servers with their ids and processes, and the findings, all
// but what changes from run to run.
func conclusions(r *report.Report) []string {
	out := []string{string(r.Verdict.State), fmt.Sprint(r.Verdict.ExitCode)}
	for i := range r.Servers {
		s := &r.Servers[i]
		out = append(out, fmt.Sprintf("%s %d serves: %t %s", s.Name, *s.ID, *s.Serving, s.Note))
	}
	for _, pr := range r.Processes {
		out = append(out, fmt.Sprintf("%s runs as %s", pr.Server, pr.User))
	}
	for _, f := range slices.Concat(r.Findings, r.Folded) {
		out = append(out, fmt.Sprintf("%s %s %s %q", f.Code, f.Certainty, f.Severity, f.Servers))
	}
	return out
}

// start starts the pretender, and returns when it has its command line and, where it listens,
// its socket; the function it returns ends it.
func (c *impostor) start(t *testing.T, ens *zktest.Ensemble, name, classPath string) func() {
	t.Helper()
	server := ens.Server(1)
	outside, inside := filepath.Join(ens.Dir, name), filepath.Join(zktest.HostDir, name)
	must(t, os.Mkdir(outside, 0o755))
	must(t, os.Chown(outside, zktest.Nobody, zktest.Nobody))
	words := strings.NewReplacer(
		"@java", javaPath(t), "@config", inside+"/zoo.cfg", "@data", inside, "@d1", server.DataDir,
		"@classpath", classPath, "@1", ens.Server(1).Addr, "@2", ens.Server(2).Addr, "@3", ens.Server(3).Addr)
	must(t, os.WriteFile(filepath.Join(outside, "zoo.cfg"), []byte(words.Replace(c.config)), 0o644))
	if c.myid != "" {
		must(t, os.WriteFile(filepath.Join(outside, "myid"), []byte(c.myid+"\n"), 0o644))
	}
	bash, err := os.ReadFile("/bin/bash")
	must(t, err)
	zktest.WriteProgram(t, filepath.Join(outside, "java"), string(bash))
	command := []string{}
	for _, arg := range c.command {
		command = append(command, words.Replace(arg))
	}
	running, err := server.StartCommand(zktest.AsNobody(command...)...)
	must(t, err)
	c.waitFor(t, server, inside, running)
	return func() {
		must(t, running.Signal(t.Context(), 9))
		_, err := running.Wait(t.Context())
		must(t, err)
	}
}

// waitFor waits until the pretender is what it wants to be.
func (c *impostor) waitFor(t *testing.T, server *zktest.Server, inside string, running *zktest.Command) {
	t.Helper()
	ready := "test -e " + inside + "/paused"
	switch {
	case c.command[0] == "unshare":
		ready = "grep -q 'binding to port' " + inside + "/out"
	case c.command[0] != "@java":
		ready = "pgrep -f 'java -c .*" + inside + "/zoo.cfg'"
	case c.command[1] == "-cp":
		ready = "ss -Hltn | grep -q '127[.]0[.]0[.]9.*:2181'"
	}
	waitShell(t, server, ready, running)
}

// waitShell waits until a shell command succeeds on the host of a server. running is what
// makes it do so.
func waitShell(t *testing.T, server *zktest.Server, ready string, running *zktest.Command) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		got, err := server.Run(t.Context(), "sh", "-c", ready)
		must(t, err)
		switch {
		case got.ExitCode == 0:
			return
		case time.Now().After(deadline):
			t.Fatalf("%s does not hold: %s\n%s\n%s", ready, got.Stderr, running.Stdout(), running.Stderr())
		}
	}
}

// javaPath is the java that runs here, links followed.
func javaPath(t *testing.T) string {
	t.Helper()
	path, err := filepath.EvalSymlinks("/usr/bin/java")
	must(t, err)
	return path
}

// classPathOf is the class path of a server that runs.
func classPathOf(t *testing.T, server *zktest.Server) string {
	t.Helper()
	got, err := server.Run(t.Context(), "sh", "-c", "tr '\\0' '\\n' </proc/$(pgrep -o -x java)/cmdline | grep -A1 -x -e -cp | tail -n 1")
	must(t, err)
	if !regexp.MustCompile(`zookeeper-[^:]*\.jar`).Match(got.Stdout) {
		t.Fatalf("no class path: %s %s", got.Stdout, got.Stderr)
	}
	return strings.TrimSpace(string(got.Stdout))
}
