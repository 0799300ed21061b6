package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/zkdoctor/zkdoctor/docs/findings"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// blocksOf are the fenced blocks of a finding's page, as they can be pasted.
func blocksOf(t *testing.T, slug string) []string {
	t.Helper()
	page, ok := findings.Page(slug)
	if !ok {
		t.Fatalf("no page %s", slug)
	}
	var blocks []string
	for i, part := range strings.Split(page, "```") {
		if block, ok := strings.CutPrefix(part, "sh\n"); ok && i%2 == 1 {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// blockWith is the one block of the page that has these words.
func blockWith(t *testing.T, slug, words string) string {
	t.Helper()
	blocks := slices.DeleteFunc(blocksOf(t, slug), func(block string) bool { return !strings.Contains(block, words) })
	if len(blocks) != 1 {
		t.Fatalf("%s: %d blocks with %q", slug, len(blocks), words)
	}
	return blocks[0]
}

// script is a script of ZooKeeper's bin, and the class that it runs.
type script struct {
	name, class string
	// since are the first releases that have it.
	since []string
	// quoted: it hands JVMFLAGS to Java as one word, also where it is empty.
	quoted bool
}

// scripts are those of bin/ that the pages use, as the tarballs have them.
func scripts() []script {
	const server = "org.apache.zookeeper.server."
	return []script{
		{"zkTxnLogToolkit.sh", server + "persistence.TxnLogToolkit", []string{"3.5.10", "3.6.4", "3.7.2", "3.8.6", "3.9.5"}, false},
		{"zkSnapShotToolkit.sh", server + "SnapshotFormatter", []string{"3.6.4", "3.7.2", "3.8.6", "3.9.5"}, false},
		{"zkSnapshotComparer.sh", server + "SnapshotComparer", []string{"3.7.2", "3.8.6", "3.9.5"}, false},
		{"zkSnapshotRecursiveSummaryToolkit.sh", server + "SnapshotRecursiveSummary", []string{"3.9.5"}, true},
	}
}

// unpack lays out what the tarball of a release has: its jars, and its scripts.
func unpack(t *testing.T, dir, version string) {
	t.Helper()
	jars, err := zktest.ToolJars(t.Context(), version)
	must(t, err)
	lib, bin := filepath.Join(dir, "lib"), filepath.Join(dir, "bin")
	must(t, os.MkdirAll(lib, 0o755))
	must(t, os.MkdirAll(bin, 0o755))
	for _, jar := range jars {
		must(t, os.Symlink(jar, filepath.Join(lib, filepath.Base(jar))))
	}
	for _, s := range scripts() {
		if !slices.Contains(s.since, version) {
			continue
		}
		flags := "$JVMFLAGS"
		if s.quoted {
			flags = `"$JVMFLAGS"`
		}
		runner(t, filepath.Join(bin, s.name), "exec java -cp '"+lib+"/*' "+flags+" "+s.class+` "$@"`)
	}
}

// runner writes a program for the shell.
func runner(t *testing.T, path, text string) {
	t.Helper()
	zktest.WriteProgram(t, path, "#!/bin/bash\n"+text+"\n")
}

// operator is a person with a shell on a server's host who follows the page of a finding.
type operator struct {
	ens    *zktest.Ensemble
	server *zktest.Server
	// install stands for the pages' /opt/zookeeper; later has the scripts of the newest release.
	install, later string
	// path has programs in place of those that would change this machine.
	path string
	// asks and answers are pipes: what a program asks of the test, and that it is done.
	asks, answers string
}

func newOperator(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) *operator {
	t.Helper()
	dir := filepath.Join(s.Dir, "operator")
	o := &operator{
		ens: ens, server: s, install: filepath.Join(dir, "zookeeper"), later: filepath.Join(dir, "zookeeper-3.9.5"),
		path: filepath.Join(dir, "path"), asks: filepath.Join(dir, "asks"), answers: filepath.Join(dir, "answers"),
	}
	unpack(t, o.install, s.Version)
	if s.Version != zktest.Newest {
		unpack(t, o.later, zktest.Newest)
	}
	must(t, os.Symlink(filepath.Dir(s.ConfigFile), filepath.Join(o.install, "conf")))
	must(t, os.MkdirAll(o.path, 0o755))
	must(t, syscall.Mkfifo(o.asks, 0o600))
	must(t, syscall.Mkfifo(o.answers, 0o600))
	ask := func(what string) string { return "echo " + what + " >" + o.asks + "; read -r _ <" + o.answers }
	for name, text := range map[string]string{
		"sudo": `exec env "$@"`, "sleep": "", "systemctl": ask(`"$1"`), "zkdoctor": ask("wait"),
	} {
		runner(t, filepath.Join(o.path, name), text)
	}
	return o
}

// run runs commands in one shell, with places of the page replaced by those of the test,
// and returns what they print.
func (o *operator) run(t *testing.T, commands, stdin string, places ...string) string {
	t.Helper()
	places = append(places, "/opt/zookeeper", o.install)
	stop := o.serve(t)
	cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.NewReplacer(places...).Replace(commands))
	// The tools run for a second each: what their Java compiles for longer runs is for nothing.
	cmd.Env = append(os.Environ(), "PATH="+o.path+":"+os.Getenv("PATH"), "JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
	cmd.Dir, cmd.Stdin = o.server.Dir, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	stop()
	if text := string(out); err != nil || strings.Contains(text, "command not found") || strings.Contains(text, "No such file") {
		t.Fatalf("%v\n%s\nprinted\n%s", err, commands, text)
	}
	return string(out)
}

// serve does what programs ask for, until it is told to end.
func (o *operator) serve(t *testing.T) (stop func()) {
	t.Helper()
	// Open for both, so that neither opening nor reading ends with a program.
	asks, err := os.OpenFile(o.asks, os.O_RDWR, 0)
	must(t, err)
	answers, err := os.OpenFile(o.answers, os.O_RDWR, 0)
	must(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(asks)
		for lines.Scan() {
			if err := o.do(t, lines.Text()); err != nil {
				t.Errorf("%s: %v", lines.Text(), err)
			}
			fmt.Fprintln(answers, "done")
		}
	}()
	return func() {
		asks.Close()
		<-done
		answers.Close()
	}
}

func (o *operator) do(t *testing.T, what string) error {
	switch what {
	case "stop":
		if !o.server.Running() {
			return nil
		}
		return o.server.Stop(t.Context())
	case "start":
		return o.start(t)
	default:
		return o.ens.WaitServing(t.Context())
	}
}

// start starts the server as zkServer.sh does: with the options of java.env.
func (o *operator) start(t *testing.T) error {
	env := filepath.Join(filepath.Dir(o.server.ConfigFile), "java.env")
	flags, err := exec.CommandContext(t.Context(), "bash", "-c", "[ ! -e "+env+" ] || . "+env+"; echo $SERVER_JVMFLAGS").Output()
	if err != nil {
		return err
	}
	o.server.JVM = append(o.server.JVM, strings.Fields(string(flags))...)
	return o.server.Start(t.Context())
}
