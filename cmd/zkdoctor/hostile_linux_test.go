package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What other users of a host can do to root's zkdoctor there: processes of nobody that look
// like servers, and name files as they please. None of them makes it hang, shows nobody a
// file of root's, or hides an honest server.

// secret is what is in root's files. It is short: as the content of a myid it would be shown.
const secret = "root:Zq1Xw0pass"

// hostile is what nobody does. It returns the configuration that the process names, or
// nothing where it has started one itself, and may change the host's files.
type hostile func(t *testing.T, v victim) (config string)

// victim is a host, with three honest servers on addresses of its own.
type victim struct {
	*zktest.Host
	program string
}

// in is a file as its host names it.
func in(name string) string { return filepath.Join(zktest.HostDir, name) }

// write writes a file of nobody.
func (v victim) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(v.Dir(), name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(text), 0o644))
	must(t, os.Chown(path, zktest.Nobody, zktest.Nobody))
}

// link makes a symbolic link of the host's.
func (v victim) link(t *testing.T, name, to string) {
	t.Helper()
	path := filepath.Join(v.Dir(), name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.Symlink(to, path))
}

// start starts a command, whose last argument becomes the configuration, and returns when
// there is a process that looks like a server.
func (v victim) start(t *testing.T, config string, command ...string) {
	t.Helper()
	_, err := v.StartCommand(append(command, config)...)
	must(t, err)
	must(t, waitUntil(t, "a process that looks like a server", func() bool {
		got, err := v.Run(t.Context(), "sh", "-c", `for p in /proc/[0-9]*; do
	case $(tr '\0' ' ' <$p/cmdline) in java*" $0 "*) exit 0 ;; esac
done
exit 1`, serverClass)
		return err == nil && got.ExitCode == 0
	}))
}

const serverClass = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

// asJVM maps a Java virtual machine into the command that follows.
const asJVM = `LD_PRELOAD=$(dirname "$(readlink -f /usr/bin/java)")/../lib/server/libjvm.so `

// pretending is a shell script that becomes a process which looks like a server.
const pretending = asJVM + `exec -a java sh -c 'unset LD_PRELOAD; while :; do sleep 1; done' sh ` + serverClass + ` "$1"`

// asNobody is how a script of root's goes on as nobody.
var asNobody = strings.Join(zktest.AsNobody(), " ") + " "

func (v victim) pipe(t *testing.T, name string) {
	t.Helper()
	path := filepath.Join(v.Dir(), name)
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, syscall.Mkfifo(path, 0o666))
	must(t, os.Chmod(path, 0o666))
}

// members are the lines by which a configuration is one of the honest ensemble's.
const members = "tickTime=2000\nclientPort=2181\nserver.1=127.0.0.1:2888:3888\nserver.2=127.0.0.2:2888:3888\nserver.3=127.0.0.3:2888:3888\n"

// sharing is a configuration that claims a dataDir, and some more.
func sharing(dataDir, more string) string { return members + "dataDir=" + dataDir + "\n" + more }

// newVictim makes the host, root's secret on it, and the honest servers.
func newVictim(t *testing.T) victim {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	v := victim{zktest.HostT(t), program}
	must(t, os.WriteFile(filepath.Join(v.Dir(), "secret"), []byte(secret+"\n"), 0o600))
	for i, state := range []string{"leader", "follower", "follower"} {
		server, err := recorded.Find("3.8.6", state)
		must(t, err)
		f := &fake{block: &block{prefix: "127.0.0."}, id: fmt.Sprint(i + 1), portProbes: map[string]int{}, news: make(chan struct{})}
		for port, handle := range map[string]func(*net.TCPConn){
			"2181": func(conn *net.TCPConn) { f.replay(conn, f.word(conn), server) },
			"2888": drainPort, "3888": drainPort,
		} {
			if port == "2888" && state != "leader" {
				continue
			}
			listener, err := v.Listen(t.Context(), "127.0.0."+f.id+":"+port)
			must(t, err)
			f.onClose(func() { listener.Close() })
			f.handlers.Go(func() { f.accept(listener, handle) })
		}
		t.Cleanup(f.close)
	}
	return v
}

func drainPort(conn *net.TCPConn) { drain(conn) }

// targets are the honest servers.
func honest() []string { return []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"} }

// mustEnd is how long a run of the deadline below may last on a busy machine. A run that
// hangs does so for 45 s at least.
const (
	hostileDeadline = 4 * time.Second
	mustEnd         = 20 * time.Second
)

// run runs zkdoctor as root on the host, and fails the test where it does not end.
func (v victim) run(t *testing.T, args ...string) zktest.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), mustEnd)
	defer cancel()
	got, err := v.Run(ctx, append([]string{v.program}, args...)...)
	if err != nil {
		t.Errorf("zkdoctor %q does not end: %v\n%s", args, err, got.Stderr)
	}
	return got
}

// startExporter starts an exporter as root, and waits until it serves.
func (v victim) startExporter(t *testing.T, args ...string) *zktest.Command {
	t.Helper()
	c, err := v.StartCommand(append([]string{v.program, "exporter", "--web.listen-address=127.0.0.9:12189"}, args...)...)
	must(t, err)
	must(t, waitUntil(t, "the exporter to listen", func() bool { return v.get(t, "/-/healthy") != "" }))
	return c
}

// get asks the exporter as nobody would; the answer is empty where it has none.
func (v victim) get(t *testing.T, path string) string {
	t.Helper()
	client := &http.Client{Timeout: mustEnd, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, addr string) (net.Conn, error) { return v.Dial(ctx, addr) },
	}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.9:12189"+path, http.NoBody)
	must(t, err)
	request.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", "10")
	answer, err := client.Do(request)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return string(text)
}

// end ends an exporter as an operator does.
func (v victim) end(t *testing.T, c *zktest.Command) {
	t.Helper()
	must(t, c.Signal(t.Context(), syscall.SIGTERM))
	ctx, cancel := context.WithTimeout(t.Context(), mustEnd)
	defer cancel()
	if got, err := c.Wait(ctx); err != nil || got.ExitCode != 0 {
		t.Errorf("the exporter does not end: %v, exit %d\n%s", err, got.ExitCode, got.Stderr)
	}
}

// waitUntil waits for a condition, for mustEnd at the longest.
func waitUntil(t *testing.T, what string, holds func() bool) error {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for over := time.After(mustEnd); !holds(); {
		select {
		case <-tick.C:
		case <-over:
			return fmt.Errorf("waited for %s", what)
		}
	}
	return nil
}

// TestHostile: each of these runs beside an honest ensemble.
func TestHostile(t *testing.T) {
	t.Parallel()
	for name, attack := range hostiles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			v := newVictim(t)
			must(t, os.Mkdir(filepath.Join(v.Dir(), "data"), 0o755))
			if config := attack(t, v); config != "" {
				_, err := v.StartFake(t.Context(), config)
				must(t, err)
			}
			v.suffersNothing(t)
		})
	}
}

// TestOthersServer: the files of a server of another user, which nobody else may read, are
// read by root as that user reads them.
func TestOthersServer(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	files := map[string]string{
		"zoo.cfg": sharing(in("data"), "dynamicConfigFile="+in("zoo.cfg.dynamic")+"\n"), "zoo.cfg.dynamic": "",
		"data/myid": "1\n", "data/version-2/currentEpoch": "5\n", "data/version-2/acceptedEpoch": "5",
	}
	for name, text := range files {
		v.write(t, name, text)
		must(t, os.Chmod(filepath.Join(v.Dir(), name), 0o400))
	}
	for _, dir := range []string{"data", "data/version-2"} {
		must(t, os.Chown(filepath.Join(v.Dir(), dir), zktest.Nobody, zktest.Nobody))
		must(t, os.Chmod(filepath.Join(v.Dir(), dir), 0o700))
	}
	_, err := v.StartFake(t.Context(), in("zoo.cfg"))
	must(t, err)
	got := v.run(t, append([]string{"collect", "--no-peer-ports"}, honest()...)...)
	snap, err := snapshot.ReadSnapshot(got.Stdout)
	must(t, err)
	if len(snap.Local) != 1 {
		t.Fatalf("%d servers", len(snap.Local))
	}
	l := snap.Local[0]
	if !l.Config.Seen() || !l.ConfigAccess.Seen() || string(l.MyID.Value.Bytes) != "1\n" || !l.NextConfig.Seen() ||
		string(l.Data.Value.Dir.CurrentEpoch.Value.Bytes) != "5\n" || string(l.Data.Value.Dir.AcceptedEpoch.Value.Bytes) != "5" ||
		!l.Data.Value.Dir.Volume.Seen() || l.Data.Value.Dir.Real != in("data") || l.Data.Value.Dir.Volume.Value.Mount != zktest.HostDir {
		t.Errorf("%+v\n%+v", l, l.Data.Value.Dir)
	}
}

// TestRealOnceHostile: beside a real server, what nobody runs takes none of the evidence of
// that server, and tells nothing.
func TestRealOnceHostile(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	ens := zktest.StartT(t, namespaces())
	zk1 := ens.Server(1)
	v := victim{zk1.Host, program}
	must(t, os.WriteFile(filepath.Join(v.Dir(), "secret"), []byte(secret+"\n"), 0o600))
	v.link(t, "data/myid", in("secret"))
	v.write(t, "zoo.cfg", strings.Join(zk1.ServerLines, "\n")+"\nclientPort=2181\ndataDir="+in("data")+"\n")
	for _, config := range []string{"/proc/kmsg", in("zoo.cfg")} {
		_, err := v.StartFake(t.Context(), config)
		must(t, err)
	}
	got := v.run(t, "collect", "-c", zk1.ConfigFile)
	snap, err := snapshot.ReadSnapshot(got.Stdout)
	must(t, err)
	if strings.Contains(string(got.Stdout), base64.StdEncoding.EncodeToString([]byte(secret[:9]))) {
		t.Error("root's secret is in the snapshot")
	}
	seen := map[string]snapshot.Local{}
	for _, l := range snap.Local {
		seen[l.ConfigPath] = l
	}
	if l := seen[zk1.ConfigFile]; l.Process == nil || string(l.MyID.Value.Bytes) != "1\n" || !l.Data.Seen() || !l.Log.Seen() || !l.Links.Seen() {
		t.Errorf("the real server: %+v", l)
	}
	if l := seen[in("zoo.cfg")]; !l.Config.Seen() || !l.MyID.FailedAs(snapshot.Denied) {
		t.Errorf("the other one: %+v", l)
	}
	for i := range snap.Servers {
		if s := &snap.Servers[i]; !s.Srvr.Seen() {
			t.Errorf("%s: %+v", s.Name, s.Srvr.Failure)
		}
	}
}

// TestFilesOfOthers: of a server that does not run root reads what lies in another user's
// directory with that user's rights, though root has named the configuration.
func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	must(t, os.WriteFile(filepath.Join(v.Dir(), "zoo.cfg"), []byte(sharing(in("data"), "")), 0o644))
	must(t, os.Mkdir(filepath.Join(v.Dir(), "data"), 0o700))
	must(t, os.Chown(filepath.Join(v.Dir(), "data"), zktest.Nobody, zktest.Nobody))
	collect := func() (snapshot.Obs[snapshot.MyID], string) {
		t.Helper()
		got := v.run(t, "collect", "--no-peer-ports", "-c", in("zoo.cfg"))
		snap, err := snapshot.ReadSnapshot(got.Stdout)
		must(t, err)
		if len(snap.Local) != 1 {
			t.Fatalf("%d servers", len(snap.Local))
		}
		return snap.Local[0].MyID, string(got.Stdout)
	}
	v.write(t, "data/myid", "1\n")
	must(t, os.Chmod(filepath.Join(v.Dir(), "data", "myid"), 0o400))
	if id, _ := collect(); string(id.Value.Bytes) != "1\n" {
		t.Errorf("its own: %+v", id)
	}
	must(t, os.Remove(filepath.Join(v.Dir(), "data", "myid")))
	v.link(t, "data/myid", in("secret"))
	if id, text := collect(); !id.FailedAs(snapshot.Denied) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(secret[:9]))) {
		t.Errorf("root's: %+v", id)
	}
}

// TestReloadFromPipe: an exporter that is told to read its configuration anew, and finds a
// pipe, keeps the old one.
func TestReloadFromPipe(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	file := filepath.Join(v.Dir(), "ensembles.yml")
	must(t, os.WriteFile(file, []byte("ensembles: [{name: zookeeper, servers: ['"+strings.Join(honest(), "','")+"']}]\n"), 0o600))
	e := v.startExporter(t, "--ensembles", in("ensembles.yml"))
	must(t, os.Remove(file))
	v.pipe(t, "ensembles.yml")
	must(t, e.Signal(t.Context(), syscall.SIGHUP))
	must(t, waitUntil(t, "the reload", func() bool { return strings.Contains(string(e.Stderr()), "is not a regular file") }))
	if metrics := v.get(t, "/metrics"); !strings.Contains(metrics, `zookeeper_up{ensemble="zookeeper",server="127.0.0.3:2181"} 1`) ||
		!strings.Contains(metrics, "zkdoctor_config_last_reload_successful 0") {
		t.Errorf("after the reload:\n%s", metrics)
	}
	v.end(t, e)
	for _, args := range [][]string{
		{"exporter", "--ensembles", in("ensembles.yml")},
		{"exporter", "-c", in("ensembles.yml")},
		{"check", "--from", in("ensembles.yml")},
		{"check", "-c", in("ensembles.yml")},
		{"lint", in("ensembles.yml")},
		{"check", "--tls-ca", in("ensembles.yml"), "zk1"},
		{"check", "--log", in("ensembles.yml"), "127.0.0.1"},
	} {
		if got := v.run(t, args...); got.ExitCode != 3 || len(got.Stderr) == 0 {
			t.Errorf("%q: exit %d, %s%s", args, got.ExitCode, got.Stdout, got.Stderr)
		}
	}
}

// suffersNothing runs everything that zkdoctor can do as root, and looks at all it says.
func (v victim) suffersNothing(t *testing.T) {
	t.Helper()
	deadline := "--deadline=" + hostileDeadline.String()
	said := map[string]string{}
	for _, args := range [][]string{{"check", "--all"}, {"check", "-o", "json"}, {"collect"}} {
		got := v.run(t, append(append(args, deadline), honest()...)...)
		said[strings.Join(args, " ")] = string(got.Stdout) + string(got.Stderr)
		if got.ExitCode == 3 && args[0] == "check" && !strings.Contains(string(got.Stdout), "SERVING") && !strings.Contains(string(got.Stdout), `"serving"`) {
			t.Errorf("%q: exit %d: %s%s", args, got.ExitCode, got.Stdout, got.Stderr)
		}
	}
	// Without a server named, and by the process alone.
	for _, args := range [][]string{{"check", "--all", deadline}, {"lint"}} {
		got := v.run(t, args...)
		said[args[0]+" alone"] = string(got.Stdout) + string(got.Stderr)
	}
	e := v.startExporter(t, honest()...)
	metrics := v.get(t, "/metrics")
	said["metrics"], said["page"] = metrics, v.get(t, "/")
	v.end(t, e)
	for _, server := range honest() {
		if want := fmt.Sprintf(`zookeeper_up{ensemble="zookeeper",server="%s:2181"} 1`, server); !strings.Contains(metrics, want) {
			t.Errorf("no %s in\n%s", want, metrics)
		}
	}
	for what, text := range said {
		if text == "" {
			t.Errorf("%s says nothing", what)
		}
		for _, part := range []string{"Zq1Xw0", fmt.Sprintf("%x", "Zq1Xw0"), base64.StdEncoding.EncodeToString([]byte(secret[:9]))} {
			if strings.Contains(text, part) {
				t.Errorf("%s tells root's secret:\n%s", what, text)
			}
		}
		if strings.ContainsAny(text, "\x1b\a\x00") {
			t.Errorf("%s has control characters:\n%q", what, text)
		}
	}
}

// hostiles are what nobody does.
func hostiles() map[string]hostile {
	// config writes the zoo.cfg that is named, and says so.
	config := func(t *testing.T, v victim, text string) string {
		t.Helper()
		v.write(t, "zoo.cfg", text)
		return in("zoo.cfg")
	}
	return map[string]hostile{
		"a configuration whose read blocks": func(*testing.T, victim) string { return "/proc/kmsg" },
		"memory of its own":                 func(*testing.T, victim) string { return "/proc/self/mem" },
		"zkdoctor's own environment":        func(*testing.T, victim) string { return "/proc/self/environ" },
		"a device without end":              func(*testing.T, victim) string { return "/dev/zero" },
		"a terminal":                        func(*testing.T, victim) string { return "/dev/tty" },
		"a file of root's":                  func(*testing.T, victim) string { return in("secret") },
		"a pipe": func(t *testing.T, v victim) string {
			v.pipe(t, "pipe")
			return in("pipe")
		},
		"a link to itself": func(t *testing.T, v victim) string {
			v.link(t, "loop", in("loop"))
			return in("loop")
		},
		"a leased configuration": func(t *testing.T, v victim) string {
			path := config(t, v, sharing(in("data"), ""))
			file, err := os.OpenFile(filepath.Join(v.Dir(), "zoo.cfg"), os.O_RDWR, 0)
			must(t, err)
			t.Cleanup(func() { file.Close() })
			_, err = unix.FcntlInt(file.Fd(), unix.F_SETLEASE, unix.F_WRLCK)
			must(t, err)
			return path
		},
		"a huge configuration": func(t *testing.T, v victim) string {
			path := config(t, v, sharing(in("data"), ""))
			must(t, os.Truncate(filepath.Join(v.Dir(), "zoo.cfg"), 1<<40))
			return path
		},
		"a dynamic file of root's": func(t *testing.T, v victim) string {
			return config(t, v, sharing(in("data"), "dynamicConfigFile="+in("secret")+"\n"))
		},
		"a dynamic file that is a pipe": func(t *testing.T, v victim) string {
			v.pipe(t, "pipe")
			return config(t, v, sharing(in("data"), "dynamicConfigFile="+in("pipe")+"\n"))
		},
		"a myid of root's": func(t *testing.T, v victim) string {
			v.link(t, "data/myid", in("secret"))
			return config(t, v, sharing(in("data"), ""))
		},
		"a myid that everybody may read, and that is none": func(t *testing.T, v victim) string {
			v.write(t, "data/myid", secret+":20000:0:99999\n")
			return config(t, v, sharing(in("data"), ""))
		},
		"a myid in a directory of root's": func(t *testing.T, v victim) string {
			must(t, os.Mkdir(filepath.Join(v.Dir(), "closed"), 0o700))
			must(t, os.WriteFile(filepath.Join(v.Dir(), "closed", "myid"), []byte(secret), 0o644))
			return config(t, v, sharing(in("closed"), ""))
		},
		"a myid by a link of the kernel's": func(t *testing.T, v victim) string {
			v.link(t, "data/myid", "/proc/self/cwd/etc/shadow")
			return config(t, v, sharing(in("data"), ""))
		},
		"a myid that is a pipe": func(t *testing.T, v victim) string {
			v.pipe(t, "data/myid")
			return config(t, v, sharing(in("data"), ""))
		},
		"epochs of root's, and a pipe": func(t *testing.T, v victim) string {
			v.write(t, "data/myid", "1\n")
			v.link(t, "data/version-2/currentEpoch", in("secret"))
			v.pipe(t, "data/version-2/acceptedEpoch")
			v.pipe(t, "data/version-2/log.100000001")
			v.link(t, "data/version-2/snapshot.0", in("secret"))
			return config(t, v, sharing(in("data"), ""))
		},
		"a dataDir of the kernel's": func(t *testing.T, v victim) string {
			return config(t, v, sharing("/proc/self/fd", "dataLogDir=/sys/kernel/debug\n"))
		},
		"a file and a pipe in turns": func(t *testing.T, v victim) string {
			path := config(t, v, sharing(in("data"), ""))
			v.pipe(t, "pipe")
			v.link(t, "data/myid", in("turn"))
			_, err := v.StartCommand("sh", "-c", `cd "$1"; while :; do ln -sfn secret turn; ln -sfn pipe turn; ln -sfn zoo.cfg turn; ln -sfn /dev/zero turn; done`, "sh", zktest.HostDir)
			must(t, err)
			return path
		},
		"a configuration and a pipe in turns": func(t *testing.T, v victim) string {
			v.write(t, "a", sharing(in("data"), ""))
			v.pipe(t, "pipe")
			_, err := v.StartCommand("sh", "-c", `cd "$1"; while :; do ln -sfn a zoo.cfg; ln -sfn pipe zoo.cfg; ln -sfn secret zoo.cfg; done`, "sh", zktest.HostDir)
			must(t, err)
			return in("zoo.cfg")
		},
		"a program with the set-user-ID bit": func(t *testing.T, v victim) string {
			v.link(t, "data/myid", in("secret"))
			path := config(t, v, sharing(in("data"), ""))
			program, err := exec.LookPath("tail")
			must(t, err)
			text, err := os.ReadFile(program)
			must(t, err)
			zktest.WriteProgram(t, filepath.Join(v.Dir(), "tail"), string(text))
			must(t, os.Chmod(filepath.Join(v.Dir(), "tail"), os.ModeSetuid|0o755))
			v.start(t, path, zktest.AsNobody("bash", "-c", `exec -a java "$0" -F `+serverClass+` "$1"`, in("tail"))...)
			return ""
		},
		"a program of root's that is no Java": func(t *testing.T, v victim) string {
			v.link(t, "data/myid", in("secret"))
			path := config(t, v, sharing(in("data"), ""))
			v.start(t, path, "bash", "-c", pretending, "bash")
			return ""
		},
		"files of its own, seen as others": func(t *testing.T, v victim) string {
			v.link(t, "data/myid", "/srv/../secret")
			v.write(t, "inner/secret", "1\n")
			path := config(t, v, sharing(in("data"), "dataLogDir=/proc/1/root/srv\n"))
			v.start(t, path, "unshare", "--mount", "bash", "-c",
				"mount --bind /srv/inner /mnt && "+asNobody+`bash -c '`+strings.ReplaceAll(pretending, "'", `'"'"'`)+`' bash "$1"`, "bash")
			return ""
		},
		"a user namespace where it is root": func(t *testing.T, v victim) string {
			v.link(t, "data/myid", in("secret"))
			path := config(t, v, sharing(in("data"), ""))
			v.start(t, path, zktest.AsNobody("unshare", "--user", "--map-root-user", "--mount", "bash", "-c", pretending, "bash")...)
			return ""
		},
		"one that ends all the time": func(t *testing.T, v victim) string {
			v.pipe(t, "pipe")
			v.link(t, "data/myid", in("secret"))
			path := config(t, v, sharing(in("data"), ""))
			v.start(t, path, zktest.AsNobody("bash", "-c",
				`while :; do (`+asJVM+`exec -a java bash -c 'read -t 0.05 <> /srv/pipe; exit' bash `+serverClass+` "$1"); done`, "bash")...)
			return ""
		},
		"a hard link to a file of root's": func(t *testing.T, v victim) string {
			must(t, os.Link(filepath.Join(v.Dir(), "secret"), filepath.Join(v.Dir(), "data", "myid")))
			must(t, os.Link(filepath.Join(v.Dir(), "secret"), filepath.Join(v.Dir(), "zoo.cfg.dynamic")))
			return config(t, v, sharing(in("data"), "dynamicConfigFile="+in("zoo.cfg.dynamic")+"\n"))
		},
		"files of a terabyte": func(t *testing.T, v victim) string {
			for _, name := range []string{"data/myid", "data/version-2/currentEpoch", "data/version-2/log.1", "data/version-2/snapshot.1", "logs/zookeeper.log"} {
				v.write(t, name, "1\n")
				must(t, os.Truncate(filepath.Join(v.Dir(), name), 1<<40))
			}
			return config(t, v, sharing(in("data"), "dataLogDir="+in("data")+"\n"))
		},
		"files that grow": func(t *testing.T, v victim) string {
			v.write(t, "data/myid", "1")
			v.write(t, "data/version-2/currentEpoch", "1")
			path := config(t, v, sharing(in("data"), ""))
			_, err := v.StartCommand("sh", "-c", `cd "$1"; while :; do for f in zoo.cfg data/myid data/version-2/currentEpoch; do echo 1 >>$f; done; done`, "sh", zktest.HostDir)
			must(t, err)
			return path
		},
		"a working directory that is gone": func(t *testing.T, v victim) string {
			v.link(t, "data/myid", in("secret"))
			v.write(t, "gone/zoo.cfg", sharing("../data", ""))
			v.start(t, "../secret", zktest.AsNobody("bash", "-c", `cd /srv/gone && rm -f zoo.cfg; `+pretending, "bash")...)
			must(t, os.RemoveAll(filepath.Join(v.Dir(), "gone")))
			return ""
		},
		"another file system over its data": func(t *testing.T, v victim) string {
			v.write(t, "data/myid", "1\n")
			path := config(t, v, sharing(in("data"), ""))
			v.start(t, path, "unshare", "--mount", "bash", "-c",
				"mount -t proc proc /srv/data && "+asNobody+`bash -c '`+strings.ReplaceAll(pretending, "'", `'"'"'`)+`' bash "$1"`, "bash")
			return ""
		},
		"names that a terminal obeys": func(t *testing.T, v victim) string {
			const name = "zoo\n\x1b[2J\x1b]0;owned\a\xff.cfg"
			v.write(t, "d\n\x1b[1m/myid", "1\x1b[2J\n")
			v.write(t, name, sharing(in("d\n\x1b[1m"), "server.4=\x1b[31mzk4\a:2888:3888\n\x1b[2J=\x1b\n"))
			return in(name)
		},
		"a dataDir with 100,000 names": func(t *testing.T, v victim) string {
			v.write(t, "data/myid", "1\n")
			for n := range 100_000 {
				file, err := os.Create(filepath.Join(v.Dir(), "data", fmt.Sprint(n)))
				must(t, err)
				must(t, file.Close())
			}
			v.link(t, "data/version-2", ".")
			return config(t, v, sharing(in("data"), ""))
		},
	}
}
