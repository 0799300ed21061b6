package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// shells are those that containers have as sh.
func shells(t *testing.T) map[string][]string {
	found := map[string][]string{}
	for name, command := range map[string][]string{
		"dash": {"dash"}, "bash": {"bash", "--posix"}, "busybox": {"busybox", "sh"},
	} {
		if _, err := exec.LookPath(command[0]); err == nil {
			found[name] = command
		} else if zktest.Required() {
			t.Errorf("%s not found: .ci/install installs it", command[0])
		}
	}
	return found
}

// programs is a program of this machine as what is sent.
func programs(t *testing.T, name string) []Program {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewProgram(text)
	if err != nil {
		t.Fatal(err)
	}
	return []Program{p}
}

// host is a shell with a directory for temporary files that has to stay empty.
type host struct {
	shell []string
	tmp   string
	// env are more variables, and files more commands of its PATH.
	env   []string
	files map[string]string
	// before is read before what the shell writes, and through what goes to it.
	before  string
	through func(io.Writer) io.Writer
}

// run runs a program there, and checks that nothing is left.
func (h *host) run(t *testing.T, sent []Program, arguments ...string) (out string, steps []Step, err error) {
	t.Helper()
	bin := t.TempDir()
	if h.tmp == "" {
		h.tmp = t.TempDir()
	}
	sh := "#!/bin/sh\nexec " + strings.Join(h.shell, " ") + ` "$@"` + "\n"
	for name, text := range h.files {
		zktest.WriteProgram(t, filepath.Join(bin, name), text)
	}
	zktest.WriteProgram(t, filepath.Join(bin, "sh"), sh)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "sh"))
	cmd.Env = append([]string{"TMPDIR=" + h.tmp, "PATH=" + bin + ":/usr/bin:/bin"}, h.env...)
	cmd.WaitDelay = time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr := &bytes.Buffer{}
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	to := stdin
	if h.through != nil {
		to = struct {
			io.Writer
			io.Closer
		}{h.through(stdin), stdin}
	}
	var said bytes.Buffer
	err = Run(sent, arguments, 20*time.Second, to, io.MultiReader(strings.NewReader(h.before), stdout), &said, func(s Step) { steps = append(steps, s) })
	_, _ = io.Copy(io.Discard, stdout)
	_ = cmd.Wait() // what it says counts
	if mode, err := os.Stat(filepath.Join(bin, "mktemp.d", "victim")); err == nil && mode.Mode().Perm() != 0o644 {
		t.Errorf("the target of a link has mode %v", mode.Mode())
	}
	left, readErr := os.ReadDir(h.tmp)
	if readErr != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, readErr)
	}
	if t.Failed() || err != nil {
		t.Logf("%v; stderr %q", err, stderr)
	}
	return said.String(), steps, err
}

// TestRun: in each shell the program runs with its arguments as they are, while its file has no name any
// more, and whatever of the optional commands is missing.
func TestRun(t *testing.T) {
	t.Parallel()
	lacks := func(names ...string) map[string]string {
		files := map[string]string{}
		for _, name := range names {
			files[name] = "#!/bin/sh\nexit 127\n"
		}
		return files
	}
	for name, shell := range shells(t) {
		for what, h := range map[string]host{
			"all":                 {},
			"no mktemp":           {files: lacks("mktemp")},
			"no timeout, no hash": {files: lacks("timeout", "sha256sum")},
			"no od":               {files: lacks("od")},
			"a head of old":       {files: lacks("head")},
			"greetings":           {before: "Welcome to zk1\n" + strings.Repeat("x", 2*maxLine) + "zkdoctor m host Linux\nLast login"},
		} {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				h := h
				h.shell = shell
				if what == "a head of old" { // which knows no -c: the end of stdin is the program's end
					h.through = func(w io.Writer) io.Writer { return &closer{w.(io.WriteCloser), len(programs(t, "/bin/echo")[0].text)} }
				}
				arguments := []string{"it's", "$(id)", "a  b", "`id`", "--x=\\n", `"`, ""}
				out, steps, err := h.run(t, programs(t, "/bin/echo"), arguments...)
				if want := "collect " + strings.Join(arguments, " ") + "\n"; err != nil || out != want {
					t.Errorf("%q, %v; want %q", out, err, want)
				}
				if fmt.Sprint(steps) != fmt.Sprint([]Step{Sending, Running}) {
					t.Errorf("steps %v", steps)
				}
			})
		}
		t.Run(name+", listing", func(t *testing.T) {
			t.Parallel()
			h := host{shell: shell, tmp: t.TempDir()}
			if out, _, err := h.run(t, programs(t, "/bin/ls"), "-A", h.tmp); err != nil || out != h.tmp+":\n" && out != "" {
				t.Errorf("while it runs, there is %q, %v", out, err)
			}
		})
	}
}

// closer closes what it writes to after a program of so many bytes.
type closer struct {
	io.WriteCloser
	size int
}

func (c *closer) Write(p []byte) (int, error) {
	n, err := c.WriteCloser.Write(p)
	if len(p) == c.size {
		err = errors.Join(err, c.Close())
	}
	return n, err
}

// TestRunFails: what a host lacks, and what it or the way there does wrong, is one sentence, and nothing runs.
func TestRunFails(t *testing.T) {
	t.Parallel()
	short := func(w io.Writer) io.Writer { return &cut{w: w, left: 20_000} }
	for what, c := range map[string]struct {
		host
		want string
	}{
		"other architecture": {host{files: map[string]string{"uname": "#!/bin/sh\n[ $1 = -s ] && echo Linux || echo aarch64\n", "od": "#!/bin/sh\n"}}, "it runs Linux on aarch64: name a zkdoctor for linux arm64 with --push-binary"},
		"a uname that lies": {host{files: map[string]string{
			"od": "#!/bin/sh\necho ' 7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00'; echo ' 03 00 b7 00'\n",
		}}, "name a zkdoctor for linux arm64 with --push-binary"},
		"unknown machine":  {host{files: map[string]string{"uname": "#!/bin/sh\n[ $1 = -s ] && echo Linux || echo pdp11\n", "od": "#!/bin/sh\n"}}, "it runs Linux on pdp11: name a zkdoctor for linux pdp11"},
		"other system":     {host{files: map[string]string{"uname": "#!/bin/sh\necho FreeBSD\n"}}, "it runs FreeBSD, and zkdoctor reads processes and files on Linux only"},
		"escapes":          {host{files: map[string]string{"uname": "#!/bin/sh\nprintf 'Li\\033[2Jnux\\n'\n"}}, "it runs Li, and"},
		"little memory":    {host{files: map[string]string{"cat": "#!/bin/sh\necho 536870912; echo anon 500000000; echo file 3\n"}}, "the memory limit of its container leaves 35 MiB"},
		"little room":      {host{files: map[string]string{"df": "#!/bin/sh\necho f 1 2 4096 5% /\n"}}, "4096 KiB free of "},
		"changed":          {host{through: func(w io.Writer) io.Writer { return &flip{w: w} }}, "the program arrived changed"},
		"lost on the way":  {host{through: short}, "bytes of the program arrived, and not all"},
		"a flood":          {host{before: strings.Repeat("y\n", maxTalk)}, "it wrote more than 64 KiB before zkdoctor ran there"},
		"no words at all":  {host{env: []string{"ENV=/dev/null"}, through: func(w io.Writer) io.Writer { return &cut{w: w} }}, ErrNoAnswer.Error()},
		"nothing writable": {host{files: map[string]string{"mktemp": "#!/bin/sh\nexit 1\n", "mkdir": "#!/bin/sh\nexit 1\n"}}, "/tmp: not writable, /var/tmp: not writable): TMPDIR may name one"},
		// Both links lead to what is somebody else's.
		"a link to a file": {host{files: map[string]string{
			"mktemp": "#!/bin/sh\nmkdir \"$0.d\"; echo text >\"$0.d/victim\"; chmod 644 \"$0.d/victim\"; ln -s victim \"$0.d/zkdoctor\"; echo \"$0.d\"\n",
		}}, "not writable"},
		"a link to a device": {host{files: map[string]string{
			"mktemp": "#!/bin/sh\nmkdir \"$0.d\"; mknod \"$0.d/victim\" c 1 3; chmod 644 \"$0.d/victim\"; ln -s victim \"$0.d/zkdoctor\"; echo \"$0.d\"\n",
		}}, "not writable"},
	} {
		for name, shell := range shells(t) {
			if name == "busybox" && len(c.files) > 0 {
				continue // it has its own commands
			}
			t.Run(what+", "+name, func(t *testing.T) {
				t.Parallel()
				h := c.host
				h.shell = shell
				out, steps, err := h.run(t, programs(t, "/bin/echo"))
				if err == nil || !strings.Contains(err.Error(), c.want) || strings.ContainsAny(err.Error(), "\n\x1b") {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if out != "" || len(steps) > 1 {
					t.Errorf("it ran: %q, %v", out, steps)
				}
			})
		}
	}
}

// cut closes what it writes to after some bytes, as a connection that is lost.
type cut struct {
	w    io.Writer
	left int
}

func (c *cut) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		p = p[:max(0, len(p)+c.left)]
		defer c.w.(io.Closer).Close()
	}
	return c.w.Write(p)
}

// flip changes a byte of what is long.
type flip struct{ w io.Writer }

func (f *flip) Write(p []byte) (int, error) {
	if p = bytes.Clone(p); len(p) > 20_000 {
		p[10_000] ^= 1
	}
	return f.w.Write(p)
}

// TestPrograms: what is no zkdoctor for Linux is not sent.
func TestPrograms(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("/bin/echo")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewNamedProgram(text, "example.org/zkdoctor"); err == nil || err.Error() != "not zkdoctor" {
		t.Errorf("echo: %v", err)
	}
	if _, err := NewProgram([]byte("#!/bin/sh\n")); !errors.Is(err, ErrNotLinux) {
		t.Errorf("a script: %v", err)
	}
	for _, n := range named {
		for _, name := range n.uname {
			if a, ok := byUname(name); !ok || a.String() != n.goes {
				t.Errorf("%s is %v", name, a)
			}
		}
	}
	if a, ok := byHeader(strings.Fields("7f 45 4c 46 02 02 01 00 00 00 00 00 00 00 00 00 00 02 00 16")); !ok || a.String() != "s390x" {
		t.Errorf("a big-endian header is %v, %v", a, ok)
	}
	for _, head := range []string{"", "7f", "23 21 2f 62 69 6e 2f 73 68 0a 00 00 00 00 00 00 00 00 00 00", "x"} {
		if a, ok := byHeader(strings.Fields(head)); ok {
			t.Errorf("%q is %v", head, a)
		}
	}
}
