package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// What other users of a host can do to root's zkdoctor there: processes of nobody that look
// like servers, and name files as they please. None of them makes it hang, shows nobody a
// file of root's, or hides an honest server.

// secret is what is in root's files.
const secret = "root:$6$Zq1Xw0Secret:20000:0:99999:7:::"

// hostile is what nobody does. It returns the configuration that the process names, and may
// change the host's files, which it gets by their names in zkdoctor's eyes.
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
		f := &fake{block: &block{prefix: "127.0.0."}, id: fmt.Sprint(i + 1), knocks: map[string]int{}, news: make(chan struct{})}
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

// scrape starts an exporter, and gives its metrics and its page, as nobody gets them.
func (v victim) scrape(t *testing.T) (metrics, page string) {
	t.Helper()
	c, err := v.StartCommand(append([]string{v.program, "exporter", "--web.listen-address=127.0.0.9:12189"}, honest()...)...)
	must(t, err)
	client := &http.Client{Timeout: mustEnd, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, addr string) (net.Conn, error) { return v.Dial(ctx, addr) },
	}}
	get := func(path string) string {
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
	must(t, waitUntil(t, "the exporter to listen", func() bool { return get("/-/healthy") != "" }))
	metrics, page = get("/metrics"), get("/")
	must(t, c.Signal(t.Context(), syscall.SIGTERM))
	ctx, cancel := context.WithTimeout(t.Context(), mustEnd)
	defer cancel()
	if _, err := c.Wait(ctx); err != nil {
		t.Errorf("the exporter does not end: %v", err)
	}
	return metrics, page
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
			config := attack(t, v)
			_, err := v.StartFake(t.Context(), config)
			must(t, err)
			v.suffersNothing(t)
		})
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
	metrics, page := v.scrape(t)
	said["metrics"], said["page"] = metrics, page
	for _, server := range honest() {
		if want := fmt.Sprintf(`zookeeper_up{ensemble="zookeeper",server="%s:2181"} 1`, server); !strings.Contains(metrics, want) {
			t.Errorf("no %s in\n%s", want, metrics)
		}
	}
	for what, text := range said {
		if text == "" {
			t.Errorf("%s says nothing", what)
		}
		for _, part := range []string{secret[:12], "6$Zq1Xw0", fmt.Sprintf("%x", secret[:8]), base64.StdEncoding.EncodeToString([]byte(secret[:9]))} {
			if strings.Contains(text, part) {
				t.Errorf("%s tells root's secret:\n%s", what, text)
			}
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
			v.write(t, "data/myid", secret+"\n")
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
