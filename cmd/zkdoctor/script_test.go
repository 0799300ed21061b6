//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
)

// TestMain makes the test binary the programs that the scripts run: zkdoctor
// itself, and three that run another one and watch it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"zkdoctor": main,
		"exits":    exitsMain,
		"pty":      ptyMain,
		"maxrss":   maxrssMain,
		"lean":     leanMain,
	})
}

// TestScript runs the whole program as its users do. Commands that the scripts
// have beyond those of testscript:
//
//	fake zk1 BEHAVIOUR [KEY=VALUE...]   start a server (fakes_test.go); $zk1 is its address
//	exits CODE PROGRAM [ARGUMENT...]    run, and expect that exit code
//	pty STREAMS PROGRAM [ARGUMENT...]   run with out, err or both on a pseudo terminal of 92 columns
//	maxrss MIB PROGRAM [ARGUMENT...]    run, and expect that it never had more memory
//	build FILE                          build zkdoctor as users do
//	json PATH [VALUE]                   the last stdout is JSON and has that at PATH
//	columns N                           the last stdout is plain ASCII, no line wider than N
//	lines N                             the last stdout has at most so many lines
//	complaint                           the last stdout is empty, and stderr tells a user what was wrong
//	asked zk1 [WORD...]                 wait until the server was asked these words, in this order, and no others, and its answers were read
//	greeted zk1                         wait until a connection to its client port was accepted
//	knocked zk1 QUORUM ELECTION         wait until so many connections came to its peer ports; none wrote a byte
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                filepath.Join("testdata", "script"),
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			b, err := openBlock()
			if err != nil {
				return err
			}
			env.Defer(b.close)
			env.Values["block"] = b
			env.Setenv("net", b.prefix)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each program takes a second to leave under -race
			env.Setenv("esc", "\x1b")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"fake":      positive(1, fakeCmd),
			"asked":     positive(1, askedCmd),
			"greeted":   positive(1, greetedCmd),
			"knocked":   positive(3, probedCmd),
			"build":     positive(1, buildCmd),
			"columns":   positive(1, columnsCmd),
			"lines":     positive(1, linesCmd),
			"complaint": positive(0, complaintCmd),
			"json":      jsonCmd,
			"get":       positive(2, getCmd),
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Geteuid() == 0, nil
			case "namespaces": // root of a container often may not make any
				return exec.Command("unshare", "--pid", "--fork", "--mount-proc", "true").Run() == nil, nil
			case "zookeeper": // this host has a configuration that zkdoctor finds by itself
				file, _ := thishost.Host{Door: new(hostfile.Door)}.FindConfig(context.Background())
				return file != "", nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
	})
}

// positive is a command that takes at least n arguments and no "!".
func positive(n int, run func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < n {
			ts.Fatalf("usage: see TestScript")
		}
		run(ts, args)
	}
}

func fakeCmd(ts *testscript.TestScript, args []string) {
	f, err := ts.Value("block").(*block).start(args[0], args[1:])
	ts.Check(err)
	ts.Setenv(args[0], f.target)
}

func theFake(ts *testscript.TestScript, name string) *fake {
	f, err := ts.Value("block").(*block).fake(name)
	ts.Check(err)
	return f
}

func askedCmd(ts *testscript.TestScript, args []string) {
	f := theFake(ts, args[0])
	ts.Check(f.until(func() bool { return slices.Equal(f.asked, args[1:]) && f.ended == f.greeted }))
}

func greetedCmd(ts *testscript.TestScript, args []string) {
	f := theFake(ts, args[0])
	ts.Check(f.until(func() bool { return f.greeted > 0 }))
}

func probedCmd(ts *testscript.TestScript, args []string) {
	f := theFake(ts, args[0])
	ts.Check(f.until(func() bool {
		return strconv.Itoa(f.portProbes["quorum"]) == args[1] && strconv.Itoa(f.portProbes["election"]) == args[2]
	}))
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.written) > 0 {
		ts.Fatalf("%q was written to a peer port", f.written)
	}
}

func buildCmd(ts *testscript.TestScript, args []string) {
	if out, err := exec.Command("go", "build", "-o", ts.MkAbs(args[0]), ".").CombinedOutput(); err != nil {
		ts.Fatalf("go build: %v\n%s", err, out)
	}
}

func columnsCmd(ts *testscript.TestScript, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := ts.ReadFile("stdout")
	if text == "" {
		ts.Fatalf("no output")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case len(line) > most:
			ts.Fatalf("%d columns: %s", len(line), line)
		case strings.TrimRight(line, " ") != line:
			ts.Fatalf("blanks at the end: %q", line)
		case strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }):
			ts.Fatalf("not plain: %q", line)
		}
	}
}

func linesCmd(ts *testscript.TestScript, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile("stdout"), "\n"); got > most {
		ts.Fatalf("%d lines", got)
	}
}

// jargon is what Go, its libraries and its developers say, and users should not
// have to read.
var jargon = regexp.MustCompile(`(?i)panic|goroutine|runtime|strconv|parseint|syntax|<nil>|%!|\bnil\b|&\{|0x[0-9a-f]{8}|\.go:|envar|\bEOL\b|\btime: |lstat|open /|dial tcp|lookup |kong|expected \S+ value|EOF`)

func complaintCmd(ts *testscript.TestScript, _ []string) {
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("stdout of a complaint: %q", out)
	}
	text := ts.ReadFile("stderr")
	lines := strings.Count(text, "\n")
	switch {
	case !strings.HasPrefix(text, "zkdoctor: ") || !strings.HasSuffix(text, "\n"):
		ts.Fatalf("no complaint: %q", text)
	case lines > 5 || len(text) > 800:
		ts.Fatalf("too long a complaint: %d lines, %d bytes", lines, len(text))
	case jargon.MatchString(text):
		ts.Fatalf("jargon %q: %s", jargon.FindString(text), text)
	case strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }):
		ts.Fatalf("not plain: %q", text)
	}
}

// jsonCmd looks into the last stdout. The parts of a path are separated by
// slashes; in a list a part is an index, or the name or code of an element, or *
// for all of them, whose values are then joined by blanks. Without a value
// something has to be there.
func jsonCmd(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: json PATH [VALUE]")
	}
	var doc any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	dec.UseNumber()
	ts.Check(dec.Decode(&doc))
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("more than one JSON document")
	}
	value, ok := lookUp(doc, strings.Split(args[0], "/"))
	text := jsonText(value)
	switch found := ok && (len(args) == 1 || text == args[1]); {
	case found && neg:
		ts.Fatalf("%s is %s", args[0], text)
	case !found && !neg && !ok:
		ts.Fatalf("there is no %s", args[0])
	case !found && !neg:
		ts.Fatalf("%s is %s", args[0], text)
	}
}

func lookUp(doc any, path []string) (any, bool) {
	if len(path) == 0 || len(path) == 1 && path[0] == "" {
		return doc, true
	}
	switch doc := doc.(type) {
	case map[string]any:
		if path[0] == "*" {
			keys := []string{}
			for key := range doc {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			return strings.Join(keys, " "), true
		}
		value, ok := doc[path[0]]
		if !ok {
			return nil, false
		}
		return lookUp(value, path[1:])
	case []any:
		var all []string
		for i, element := range doc {
			switch fields, _ := element.(map[string]any); path[0] {
			case "*":
				value, ok := lookUp(element, path[1:])
				if !ok {
					return nil, false
				}
				all = append(all, jsonText(value))
			case strconv.Itoa(i), jsonText(fields["name"]), jsonText(fields["code"]):
				return lookUp(element, path[1:])
			}
		}
		return strings.Join(all, " "), path[0] == "*"
	}
	return nil, false
}

func jsonText(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	text, _ := json.Marshal(value)
	return string(text)
}

// exitsMain runs a program and succeeds if that exits with the code wanted.
// SIGINT is passed on.
func exitsMain() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: exits CODE PROGRAM [ARGUMENT...]")
		os.Exit(1)
	}
	cmd := passThrough(os.Args[2:])
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	got := strconv.Itoa(finish(cmd))
	if got != os.Args[1] {
		fmt.Fprintf(os.Stderr, "\nexits: the exit code is %s, want %s\n", got, os.Args[1])
		os.Exit(1)
	}
}

// maxrssMain runs a program and fails if its resident set ever was larger than
// so many MiB. The kernel counts that of this process too, as it was when it
// started the other one: hence a program of its own, and a small one.
func maxrssMain() {
	limit, err := strconv.ParseInt(os.Args[1], 10, 64)
	if err != nil {
		panic(err)
	}
	cmd := passThrough(os.Args[2:])
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	code := finish(cmd)
	if got := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss >> 10; got > limit {
		fmt.Fprintf(os.Stderr, "\nmaxrss: %d MiB\n", got)
		os.Exit(99)
	}
	os.Exit(code)
}

// ptyMain runs a program with some of its streams on a pseudo terminal, and
// passes on what appears there.
func ptyMain() {
	master, slave, err := openPTY()
	if err != nil {
		panic(err)
	}
	cmd := passThrough(os.Args[2:])
	to := io.Writer(os.Stdout)
	cmd.Stdout, cmd.Stderr = slave, slave
	switch os.Args[1] {
	case "out":
		cmd.Stderr = os.Stderr
	case "err":
		cmd.Stdout, to = os.Stdout, os.Stderr
	}
	var screen bytes.Buffer
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(&screen, master) // ends with EIO once nobody has the other side
	}()
	code := finish(cmd, slave)
	<-read
	_, _ = to.Write(bytes.ReplaceAll(screen.Bytes(), []byte("\r\n"), []byte("\n")))
	os.Exit(code)
}

func openPTY() (master, slave *os.File, err error) {
	// Not through os.OpenFile: that would make it non-blocking, and Close need not
	// end the Read.
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 92}); err != nil {
		return nil, nil, err
	}
	slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	return os.NewFile(uintptr(fd), "/dev/ptmx"), slave, err
}

func passThrough(args []string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin = os.Stdin
	return cmd
}

// finish runs a program to its end, closes what only it was to have, and returns
// its exit code: -1 when a signal ended it.
func finish(cmd *exec.Cmd, own ...io.Closer) int {
	interrupts := make(chan os.Signal, 8)
	signal.Notify(interrupts, os.Interrupt)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, c := range own {
		_ = c.Close()
	}
	go func() {
		for s := range interrupts {
			_ = cmd.Process.Signal(s)
		}
	}()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return cmd.ProcessState.ExitCode()
}

// flagsOf calls each for every flag of every command; of those that all commands
// have with the empty command. Those that only print and exit are left out.
func flagsOf(t *testing.T, each func(command string, f *kong.Flag)) {
	t.Helper()
	parser, err := newParser(new(cli), terminal{})
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		command := n.Name
		if n.Parent == nil {
			command = ""
		}
		for _, f := range n.Flags {
			if f.Name != "help" && f.Name != "help-all" && f.Name != "version" {
				each(command, f)
			}
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(parser.Model.Node)
}

// TestFlags: every flag has a help that is a sentence, and an environment
// variable of its own name. Where another command means something else by a flag than check does,
// the variable has the command's name too.
// variable of its own name. What check writes is not what some others can, so
// those variables have the command's name too.
func TestFlags(t *testing.T) {
	flagsOf(t, func(command string, f *kong.Flag) {
		if !strings.HasSuffix(f.Help, ".") {
			t.Errorf("%s --%s: help %q", command, f.Name, f.Help)
		}
		want := "ZKDOCTOR_" + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(f.Name))
		if slices.Contains([]string{"advisories", "diff", "findings", "lint", "watch"}, command) && f.Name == "output" {
			want = "ZKDOCTOR_" + strings.ToUpper(command) + "_OUTPUT"
		}
		own := map[string][]string{"explain": {"log", "all", "out"}, "ok-to-restart": {"output", "only", "ignore"}, "wait": {"timeout"}}
		if slices.Contains(own[command], f.Name) {
			want = "ZKDOCTOR_" + strings.ToUpper(strings.ReplaceAll(command+"_"+f.Name, "-", "_"))
		}
		if !slices.Equal(f.Envs, []string{want}) {
			t.Errorf("%s --%s: environment %q, want %q", command, f.Name, f.Envs, want)
		}
	})
}

// TestFlagsInScripts: no flag without a script that uses it.
func TestFlagsInScripts(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "script", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no scripts", err)
	}
	var scripts []byte
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, text...)
	}
	flagsOf(t, func(command string, f *kong.Flag) {
		name := "--" + f.Name
		if f.Short != 0 {
			name += "|-" + string(f.Short)
		}
		use := `(?m)^(exec|exits)\b[^#\n]*\bzkdoctor\b[^#\n]* ` + command + `\b[^#\n]* (` + name + `)\b`
		if command == "" {
			use = `(?m)^(exec|exits)\b[^#\n]*\bzkdoctor\b[^#\n]* (` + name + `)\b`
		}
		if !regexp.MustCompile(use).Match(scripts) {
			t.Errorf("no script runs zkdoctor %s with %s", command, name)
		}
	})
}
