//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// patience is more than any run here may take, on a machine with other work.
const patience = time.Minute

// ended is what became of a run of the whole program.
type ended struct {
	report.Report
	took, cpu time.Duration
}

// checked runs check -o json.
func checked(t *testing.T, args ...string) ended {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	run := exec.CommandContext(ctx, program, append([]string{"check", "-o", "json", "--no-local"}, args...)...)
	var out, stderr bytes.Buffer
	run.Stdout, run.Stderr = &out, &stderr
	started := time.Now()
	err = run.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited || ctx.Err() != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	e := ended{took: time.Since(started), cpu: run.ProcessState.UserTime() + run.ProcessState.SystemTime()}
	if err := json.Unmarshal(out.Bytes(), &e.Report); err != nil {
		t.Fatalf("%v: %.300s%s", err, out.String(), stderr.String())
	}
	t.Logf("%v: took %v, %v of CPU", args[:1], e.took, e.cpu)
	return e
}

// finds reports whether a run found that.
func (e *ended) finds(code report.Code) bool {
	for _, f := range append(e.Findings, e.Folded...) {
		if f.Code == code {
			return true
		}
	}
	return false
}

// crowdOf starts n servers that accept and say nothing, and returns their ports.
func crowdOf(t *testing.T, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel accepts for it
		must(t, err)
		t.Cleanup(func() { _ = l.Close() })
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// lister starts a follower that lists these members, and counts its connections.
func lister(t *testing.T, members []string) (target string, asked *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var running sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		running.Wait()
	})
	asked = new(atomic.Int64)
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			running.Go(func() { answerList(conn, members) })
		}
	})
	return l.Addr().String(), asked
}

func answerList(conn net.Conn, members []string) {
	defer conn.Close()
	word := make([]byte, 4)
	_, _ = io.ReadFull(conn, word)
	switch string(word) {
	case "srvr":
		_, _ = io.WriteString(conn, "Zookeeper version: 3.9.5-1, built on 2026-01-01 00:00 UTC\nLatency min/avg/max: 0/0.0/0\nReceived: 1\nSent: 1\nConnections: 1\nOutstanding: 0\nZxid: 0x100000001\nMode: follower\nNode count: 5\n")
	case "conf":
		_, _ = io.WriteString(conn, "clientPort=2181\ndataDir=/d\ntickTime=2000\nserverId=1\ninitLimit=10\nsyncLimit=5\nelectionPort=3888\nquorumPort=2888\npeerType=0\nmembership: \n"+strings.Join(members, "\n")+"\nversion=1")
	case "mntr":
		_, _ = io.WriteString(conn, "zk_version\t3.9.5-1\nzk_server_state\tfollower\n")
	}
}

// TestManyReportedMembers: however many members a server lists, and whatever they do, a run ends
// by its deadline.
func TestManyReportedMembers(t *testing.T) {
	t.Parallel()
	silent := crowdOf(t, 200)
	line := func(id, port int) string {
		return fmt.Sprintf("server.%d=127.0.0.1:%d:%d:participant;127.0.0.1:%d", id, 10_000+id, 20_000+id, port)
	}
	for _, n := range []int{1000, 10_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			members := []string{line(1, 1)}
			for id := 2; id <= n; id++ {
				members = append(members, line(id, silent[id%len(silent)]))
			}
			target, asked := lister(t, members)
			e := checked(t, "--discover", "--deadline=6s", target)
			if e.took > 6*time.Second+patience/2 {
				t.Errorf("took %v", e.took)
			}
			tooLong := n > 1000
			if e.finds(diag.MembershipTooLarge) != tooLong || (len(e.Servers) > 1) == tooLong || asked.Load() > 20 {
				t.Errorf("%d servers, %d connections to the one that lists them", len(e.Servers), asked.Load())
			}
			if !tooLong && e.Incomplete != "deadline" {
				t.Errorf("incomplete: %q", e.Incomplete)
			}
		})
	}
}

// TestLargeSnapshot: a snapshot of 3 MB, of some 13,000 servers that lead, is judged in seconds.
func TestLargeSnapshot(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"format":1,"tool":"test","started":"2026-11-22T03:04:05Z","plan":{"source":"targets","targets":[],"timeout_ns":1},"vantage":{"host":"v","addrs":{"tried":false}},"servers":[`)
	for i := 0; b.Len() < 3<<20; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"zk%d","host":"zk%d","port":2181,"srvr":{"tried":true,"value":{"mode":"leader"}},"conf":{"tried":true,"value":{"server_id":%d,"init_limit":10,"peer_type":0}}}`, i, i, i)
	}
	b.WriteString("]}")
	file := filepath.Join(t.TempDir(), "large.json")
	must(t, os.WriteFile(file, []byte(b.String()), 0o600))
	if e := checked(t, "--deadline=60s", "--from", file); e.cpu > 10*time.Second {
		t.Errorf("%v of CPU", e.cpu)
	}
}
