package main

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"
)

// alwaysAnother answers each question otherwise than the one before: in another role, of another
// version, with numbers that no server has.
func alwaysAnother(t *testing.T) (target string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-served })
	var asked atomic.Int64
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			lie(conn, int(asked.Add(1)))
			conn.Close()
		}
	}()
	return l.Addr().String()
}

func lie(conn net.Conn, n int) {
	_ = conn.SetDeadline(time.Now().Add(patience))
	word := make([]byte, 4)
	if _, err := io.ReadFull(conn, word); err != nil {
		return
	}
	of := func(all ...string) string { return all[n%len(all)] }
	number := of("-1", "18446744073709551616", "9223372036854775807", "-9223372036854775808", "1e400", "NaN", "0x"+strings.Repeat("f", 40), "\xff\xfe", "")
	version := of("3.4.10-1, built on 1", "3.9.5-1, built on 1", "99999999999999999999.0.0", "-3.-4", "\x1b[2J\xc3\x28")
	mode := of("leader", "follower", "observer", "standalone", "looking", "\x1b]0;owned\a", "")
	switch string(word) {
	case "srvr", "stat":
		fmt.Fprintf(conn, "Zookeeper version: %s\nLatency min/avg/max: %[2]s/%[2]s/%[2]s\nReceived: %[2]s\nSent: %[2]s\nConnections: %[2]s\nOutstanding: %[2]s\nZxid: %[2]s\nMode: %[3]s\nNode count: %[2]s\nProposal sizes last/min/max: %[2]s/%[2]s/%[2]s\n", version, number, mode)
	case "conf":
		fmt.Fprintf(conn, "clientPort=%[1]s\ndataDir=\x1b[2J\ndataLogDir=/d\ntickTime=%[1]s\nmaxClientCnxns=%[1]s\nminSessionTimeout=%[1]s\nmaxSessionTimeout=%[1]s\nserverId=%[1]s\ninitLimit=%[1]s\nsyncLimit=%[1]s\nelectionAlg=%[1]s\nelectionPort=%[1]s\nquorumPort=%[1]s\npeerType=%[1]s\nmembership: \nserver.%[1]s=127.0.0.1:%[1]s:%[1]s:participant;%[1]s\nserver.%[2]d=127.0.0.1:1:1\nversion=%[1]s", number, n)
	case "mntr":
		fmt.Fprintf(conn, "zk_version\t%s\nzk_server_state\t%s\n", version, mode)
		for _, key := range []string{"avg_latency", "max_latency", "packets_received", "num_alive_connections", "outstanding_requests", "znode_count", "watch_count", "approximate_data_size", "open_file_descriptor_count", "max_file_descriptor_count", "followers", "learners", "synced_followers", "pending_syncs", "quorum_size", "uptime", "last_proposal_size"} {
			fmt.Fprintf(conn, "zk_%s\t%s\n", key, number)
		}
	default:
		_, _ = io.WriteString(conn, number)
	}
}

// TestChangingAnswers: servers that say something else each time make no run fail, and nothing
// of theirs reaches a terminal.
func TestChangingAnswers(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	for _, output := range []string{"text", "json", "nagios"} {
		t.Run(output, func(t *testing.T) {
			t.Parallel()
			args := []string{"check", "-o", output, "--no-local", "--timeout=1s", "--deadline=4s", alwaysAnother(t), alwaysAnother(t), alwaysAnother(t)}
			for range 2 {
				out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
				if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() > 3) { //nolint:errorlint // as Run returns it
					t.Errorf("%v: %s", err, out)
				}
				if !utf8.Valid(out) || strings.ContainsAny(string(out), "\x1b\a\x00") || strings.Contains(string(out), "goroutine ") {
					t.Errorf("got %q", out)
				}
			}
		})
	}
}
