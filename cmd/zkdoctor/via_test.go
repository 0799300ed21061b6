package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

func TestViaCommand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ template, host, want string }{
		{"ssh {host} --", "zk1.example", "ssh|zk1.example|--|zkdoctor|collect|--x"},
		{"kubectl exec zk-{n} --", "zk-0.zk-headless.ns.svc", "kubectl|exec|zk-0|--|zkdoctor|collect|--x"},
		{"kubectl exec {name} -c zookeeper --", "zk-12.zk-headless", "kubectl|exec|zk-12|-c|zookeeper|--|zkdoctor|collect|--x"},
		{`ssh -o "User zk" {host} 'sudo -n'`, "10.0.0.1", "ssh|-o|User zk|10.0.0.1|sudo -n|zkdoctor|collect|--x"},
		{"docker exec {host}", "zk_1", "docker|exec|zk_1|zkdoctor|collect|--x"},
	} {
		v, err := newVia(c.template, []string{"--x"}, time.Second)
		must(t, err)
		got, err := v.command(c.host)
		if text := strings.Join(got, "|"); err != nil || text != c.want {
			t.Errorf("%s: %s, %v; want %s", c.template, text, err, c.want)
		}
	}
	for template, want := range map[string]string{
		"":                  "is empty",
		"   ":               "is empty",
		"ssh zk1 --":        "leads to the same host each time",
		"ssh '{host} --":    "the quotation mark ' has no end",
		`ssh {host} "sudo `: `the quotation mark " has no end`,
	} {
		if _, err := newVia(template, nil, time.Second); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", template, err, want)
		}
	}
	v, err := newVia("ssh {host} -- # {n}", nil, time.Second)
	must(t, err)
	// A name may come out of a file, and a shell at the other end reads it again.
	for _, host := range []string{"-oProxyCommand=x", "zk1;id", "$(id)", "zk1 zk2", "zk1\n", "`id`", "zk&1", "", "~root", "zk"} {
		if got, err := v.command(host); err == nil {
			t.Errorf("%q became %q", host, got)
		}
	}
}

// TestViaGoesWrong: whatever the command does, there is one sentence, in time, and
// nothing is left running.
func TestViaGoesWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	marks := filepath.Join(dir, "marks")
	must(t, os.Mkdir(marks, 0o755))
	script := func(name, text string) string {
		path := filepath.Join(dir, name)
		zktest.WriteProgram(t, path, "#!/bin/sh\n"+text+"\n")
		return path
	}
	for name, c := range map[string]struct{ command, want string }{
		"no such command":  {filepath.Join(dir, "none") + " {host}", "could not be started"},
		"fails":            {script("fails", "echo one >&2; echo 'ssh: connect to host zk1 port 22: Connection refused' >&2; exit 255") + " {host}", "ended with exit code 255: ssh: connect to host zk1 port 22: Connection refused"},
		"no zkdoctor":      {script("absent", "echo 'sh: zkdoctor: not found' >&2; exit 127") + " {host}", "zkdoctor was not found there (exit code 127: sh: zkdoctor: not found)"},
		"hangs":            {script("hangs", "sleep 600 & echo $! >"+marks+"/$1; echo waiting >&2; wait") + " {host}", "gave no snapshot in 1s: waiting; does it wait for a password?"},
		"asks":             {script("asks", "read -r answer </dev/tty && sleep 600; echo 'no terminal' >&2; exit 1") + " {host}", "ended with exit code 1: no terminal"},
		"reads":            {script("reads", "read -r answer || { echo 'nothing to read' >&2; exit 1; }; sleep 600") + " {host}", "exit code 1: nothing to read"},
		"a banner":         {script("banner", "echo 'Welcome to zk1'; echo '{'; echo '\"format\": 1}'") + " {host}", `it begins with "Welcome to zk1 { \"format\": 1}": keep greetings out of non-interactive shells`},
		"says nothing":     {script("mute", "exit 0") + " {host}", "what came is empty"},
		"leaves a master":  {script("leaves", "sleep 5 & echo '{\"a\": 1}'") + " {host}", "is JSON, and no snapshot of zkdoctor"},
		"another's JSON":   {script("json", "echo '{\"a\": 1}'") + " {host}", "is JSON, and no snapshot of zkdoctor"},
		"a report":         {script("report", "echo '{\"schema_version\": 1}'") + " {host}", "is a report"},
		"never ends":       {script("floods", "exec yes") + " {host}", "wrote more than 48 MiB, the limit for each of the hosts"},
		"a flood of words": {script("talks", "exec yes >&2") + " {host}", "wrote more than 1 MiB to stderr: "},
		"terminal escapes": {script("escapes", "printf '\\033[2Jboo\\n' >&2; exit 3") + " {host}", "exit code 3:  [2Jboo"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := time.Second
			if name != "hangs" {
				limit = 30 * time.Second
			}
			v, err := newVia(c.command, nil, limit)
			must(t, err)
			visits := v.visit(t.Context(), []string{"zk1"})
			text := ""
			if visits[0].err != nil {
				text = visits[0].err.Error()
			}
			if !strings.Contains(text, strings.ReplaceAll(c.want, ":  [", ": [")) || strings.ContainsAny(text, "\n\x1b") {
				t.Errorf("got %q, want %q", text, c.want)
			}
			if name != "hangs" {
				return
			}
			pid, err := os.ReadFile(filepath.Join(marks, "zk1"))
			must(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			for {
				status, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
				if err != nil || slices.Contains(strings.Fields(string(status)), "Z") {
					return // gone, or nobody's child that nobody has waited for yet
				}
				if ctx.Err() != nil {
					t.Fatal("what the command started still runs")
				}
			}
		})
	}
}
