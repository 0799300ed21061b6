//go:build linux

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestPushEnds: a host that takes the program slowly or not at all, or writes without end, ends with its time or
// with a signal, and a way there that is lost ends the shell at the other end. Nothing is left behind.
func TestPushEnds(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	// A byte at a time: twenty million of them.
	const slow = "#!/bin/sh\necho >\"$MARK\"\nexec dd bs=1 2>/dev/null\n"
	// One that says what the script would say, as any host can, and then what it likes.
	says := func(then string) string {
		return "#!/bin/sh\nread -r line; m=${line#m=}; m=${m%%;*}\n" +
			"echo; echo zkdoctor $m memory max; echo zkdoctor $m host Linux $(uname -m)\necho zkdoctor $m send\necho >\"$MARK\"\n" + then + "\n"
	}
	for name, c := range map[string]struct {
		head, sh string
		args     []string
		signal   syscall.Signal
		says     string
	}{
		"too slow":                  {head: slow, args: []string{"--push-timeout=2s"}, says: "did not take zkdoctor in 2s: --push-timeout gives it longer"},
		"SIGINT":                    {head: slow, signal: syscall.SIGINT, says: "interrupted"},
		"SIGTERM":                   {head: slow, signal: syscall.SIGTERM, says: "interrupted"},
		"SIGKILL":                   {head: slow, signal: syscall.SIGKILL},
		"takes nothing":             {sh: says("exec sleep 600"), args: []string{"--push-timeout=2s"}, says: "did not take zkdoctor in 2s"},
		"takes nothing, and SIGINT": {sh: says("exec sleep 600"), signal: syscall.SIGINT, says: "interrupted"},
		"a flood":                   {sh: says("exec yes"), says: "it wrote more than 64 KiB before zkdoctor ran there"},
		"a flood at last":           {sh: says("head -c 1000000 >/dev/null; echo zkdoctor $m run; exec yes"), says: "wrote more than 48 MiB"},
		"silent at last":            {sh: says("cat >/dev/null & echo zkdoctor $m run; exec sleep 600"), args: []string{"--deadline=2s"}, says: "gave no snapshot in 2s"},
		"no end of lines":           {sh: says("exec tr '\\0' x </dev/zero"), says: "it wrote more than 64 KiB before zkdoctor ran there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			tmp, bin, mark, shell := filepath.Join(dir, "tmp"), filepath.Join(dir, "bin"), filepath.Join(dir, "mark"), filepath.Join(dir, "pid")
			must(t, os.Mkdir(bin, 0o755))
			must(t, os.Mkdir(tmp, 0o755))
			must(t, os.Symlink(tmp, filepath.Join(dir, "link"))) // as /tmp may be one
			for file, text := range map[string]string{"head": c.head, "sh": c.sh} {
				if text != "" {
					zktest.WriteProgram(t, filepath.Join(bin, file), text)
				}
			}
			// In a session of its own, as at the other end of a connection: what ends here does not end it.
			way := filepath.Join(dir, "way")
			zktest.WriteProgram(t, way, "#!/bin/sh\nshift\nexec setsid -w /bin/sh -c 'echo $$ >\""+shell+"\"; exec \"$@\"' sh \"$@\"\n")
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, program, append([]string{
				"check", "--no-local", "--no-peer-ports", "--timeout=500ms", "--deadline=20s", "--push", "--via", way + " {host}", "127.0.0.251:1",
			}, c.args...)...)
			cmd.Env = append(os.Environ(), "TMPDIR="+filepath.Join(dir, "link"), "MARK="+mark, "PATH="+bin+":"+os.Getenv("PATH"))
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			cmd.WaitDelay = time.Second
			must(t, cmd.Start())
			if c.signal != 0 {
				must(t, waitUntil(t, "the sending", func() bool { _, err := os.Stat(mark); return err == nil }))
				must(t, cmd.Process.Signal(c.signal))
			}
			_ = cmd.Wait() // what it said counts
			if ctx.Err() != nil || !strings.Contains(said.String(), c.says) {
				t.Errorf("%v; got %q, want %q", ctx.Err(), said.String(), c.says)
			}
			pid, err := os.ReadFile(shell)
			must(t, err)
			ended := func() bool { _, err := os.Stat("/proc/" + strings.TrimSpace(string(pid))); return err != nil }
			if c.sh != "" { // it does not end by itself, as an honest one
				ended = func() bool { return true }
				defer func() { _ = exec.Command("kill", strings.TrimSpace(string(pid))).Run() }()
			}
			must(t, waitUntil(t, "the end of the shell", ended))
			left, err := os.ReadDir(tmp)
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
