package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// notRunning is what "zkServer.sh status" of 3.4.10 prints when the answer to
// its srvr has no "Mode" in it.
const notRunning = "Error contacting service. It is probably not running."

// play is the whole demo. When it returns, nothing of it is left.
func (d *demo) play(ctx context.Context) error {
	started := time.Now()
	d.say(`zkdoctor demo: a ZooKeeper ensemble is installed, broken twice and fixed,
here on this machine. It takes some 20 seconds; there is nothing to press.`)
	remove, err := d.prepare(ctx, zktest.Oldest)
	if err != nil {
		return err
	}
	defer remove()
	d.ens, err = zktest.Start(ctx, zktest.Options{
		Version: zktest.Oldest, Dir: d.dir, Whitelist: zktest.WhitelistDefault,
	})
	if err != nil {
		return err
	}
	defer d.ens.Close()
	for _, scene := range []func(context.Context) error{d.healthy, d.alone, d.wrongID} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	d.ens.Close() // before the last words, which say so
	d.end(time.Since(started))
	return nil
}

func (d *demo) healthy(ctx context.Context) error {
	d.heading("1 of 4: a healthy ensemble")
	d.say(`The install guide has been followed: three servers of ZooKeeper %s, each
with its own myid and these lines in zoo.cfg. Loopback addresses stand for
the guide's three machines. All files are below
%s until the demo ends.
`, d.ens.Version(), d.ens.Dir)
	for _, line := range d.ens.Servers[0].ServerLines {
		d.say("  %s", line)
	}
	d.say(`
Watch the first line: can clients write, and how many more servers may fail?
`)
	if err := d.ens.WaitServing(ctx); err != nil {
		return err
	}
	_, err := d.check(ctx, outcome{scene: "healthy"})
	return err
}

// alone is the guide's own symptom.
func (d *demo) alone(ctx context.Context) error {
	d.heading("2 of 4: the process runs, and the script says it does not")
	d.say(`Servers 2 and 3 are stopped. Server 1 is alone now and contradicts itself, as
at the end of the install guide:
`)
	for _, s := range d.ens.Servers[1:] {
		if err := s.Stop(ctx); err != nil {
			return err
		}
	}
	one := d.ens.Servers[0]
	if err := d.ens.WaitMode(ctx, one, ""); err != nil {
		return err
	}
	if err := d.symptom(ctx, one); err != nil {
		return err
	}
	d.say(`
(The script asks srvr and takes an answer without "Mode" for none. Maven's jars
come without the script, so the demo has asked in its place.)

Watch ROOT CAUSE: it is not server 1, and "do" says where to go.
`)
	_, err := d.check(ctx, outcome{"one server left", 2, "process-down"})
	return err
}

// symptom shows what an operator sees of a server that runs but does not serve.
func (d *demo) symptom(ctx context.Context, s *zktest.Server) error {
	status, err := statusScript(ctx, s)
	if err != nil {
		return err
	}
	if status != notRunning {
		return fmt.Errorf("zkServer.sh status of server.%d would print %q, want %q", s.ID, status, notRunning)
	}
	d.say("  process             pid %d, QuorumPeerMain: it runs", s.PID())
	for _, word := range []struct{ word, want string }{
		{"ruok", "imok"},
		{"srvr", "This ZooKeeper instance is not currently serving requests"},
	} {
		reply, err := s.Word(ctx, word.word)
		if err != nil {
			return err
		}
		if reply = strings.TrimSpace(reply); reply != word.want {
			return fmt.Errorf("server.%d answers %s with %q, want %q", s.ID, word.word, reply, word.want)
		}
		d.say("  %s                %s", word.word, reply)
	}
	d.say("  zkServer.sh status  %s", status)
	return nil
}

// statusScript does what "zkServer.sh status" of 3.4.10 does, which the jars do
// not include, and returns what it would print.
func statusScript(ctx context.Context, s *zktest.Server) (string, error) {
	jars, err := zktest.Jars(ctx, zktest.Oldest)
	if err != nil {
		return "", err
	}
	asked, err := s.Run(ctx, "java", "-cp", strings.Join(jars, ":"),
		"org.apache.zookeeper.client.FourLetterWordMain", s.Addr, strconv.Itoa(s.ClientPort), "srvr")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(asked.Stdout)) {
		if strings.Contains(line, "Mode") {
			return strings.TrimSpace(line), nil
		}
	}
	return notRunning, nil
}

// wrongID gives server 2 the id of server 3, and has zkdoctor's own command repair
// it.
func (d *demo) wrongID(ctx context.Context) error {
	d.heading("3 of 4: a server with its neighbour's myid")
	d.say(`Servers 2 and 3 come back. Then server 2 is restarted with 3 in its myid file,
as happens when server 3's disk is copied. ZooKeeper %s accepts that: the
process stays up, and after some seconds without its election port takes no
more part. Only its log says so.
`, d.ens.Version())
	two := d.ens.Server(2)
	if err := d.mistake(ctx, two); err != nil {
		return err
	}
	d.say(`Watch the column id, and the command under "do".
`)
	r, err := d.check(ctx, outcome{"two servers, one id", 2, "myid-duplicate"})
	if err != nil {
		return err
	}
	d.say("The whole story: zkdoctor explain myid-duplicate")

	command, err := r.command(filepath.Join(two.DataDir, "myid"))
	if err != nil {
		return err
	}
	d.heading("4 of 4: fixed")
	d.say(`Server 2 is stopped, the command from the screen above is run as it stands,
and server 2 is started again:

  %s
`, command)
	if err := d.restore(ctx, two, command); err != nil {
		return err
	}
	_, err = d.check(ctx, outcome{scene: "healed"})
	return err
}

// mistake brings all servers back and then restarts two with the id 3.
func (d *demo) mistake(ctx context.Context, two *zktest.Server) error {
	for _, s := range d.ens.Servers[1:] {
		if err := s.Start(ctx); err != nil {
			return err
		}
	}
	if err := d.ens.WaitServing(ctx); err != nil {
		return err
	}
	if err := two.Stop(ctx); err != nil {
		return err
	}
	if err := two.SetMyID([]byte("3\n")); err != nil {
		return err
	}
	if err := d.ens.WaitQuorum(ctx); err != nil { // of 1 and 3, should 2 have led
		return err
	}
	before := len(two.Log())
	if err := two.Start(ctx); err != nil {
		return err
	}
	// Three times it tries to take the election port that server 3 has (3.4.10:
	// QuorumCnxManager.Listener).
	return d.ens.Wait(ctx, "server.2 to give up its election port", func() bool {
		return strings.Contains(two.Log()[before:], "As I'm leaving the listener thread")
	})
}

// command is the one command of the first root cause. It must write file.
func (r *report) command(file string) (string, error) {
	var commands []string
	for _, fix := range r.Findings[0].Fix {
		if fix.Command != "" {
			commands = append(commands, fix.Command)
		}
	}
	if len(commands) != 1 || !strings.HasPrefix(commands[0], "echo 2 > ") || !strings.Contains(commands[0], file) {
		return "", fmt.Errorf("zkdoctor should say to write 2 to %s; its commands are %q", file, commands)
	}
	return commands[0], nil
}

// restore does what zkdoctor said: stop the server, run the command, start it.
func (d *demo) restore(ctx context.Context, s *zktest.Server, command string) error {
	if err := s.Stop(ctx); err != nil {
		return err
	}
	done, err := s.Run(ctx, "sh", "-c", command)
	if err != nil {
		return err
	}
	if done.ExitCode != 0 {
		return fmt.Errorf("%s: exit code %d\n%s", command, done.ExitCode, done.Stderr)
	}
	if err := s.Start(ctx); err != nil {
		return err
	}
	return d.ens.WaitServing(ctx)
}

// end sums up and says where to go.
func (d *demo) end(took time.Duration) {
	d.heading("the end, after %.0f s", took.Seconds())
	for i, o := range d.seen {
		cause := o.cause
		if cause == "" {
			cause = "no root cause"
		}
		d.say("  %d  %-20s  exit code %d  %s", i+1, o.scene, o.code, cause)
	}
	d.say(`
zkdoctor only read; the demo broke and fixed the servers. They are
stopped, and their files removed. Where to go from here:

  go build ./cmd/zkdoctor          then, on a server of yours: ./zkdoctor check
  ./zkdoctor check zk1 zk2 zk3     the same from any other machine
  ./zkdoctor explain process-down  what a finding means and what to do
  README.md                        everything else`)
}
