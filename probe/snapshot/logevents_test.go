package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const followerFails = `2026-11-30 13:09:06,847 [myid:1] - INFO  [main:X@1] - nothing
2026-11-30 13:09:06,888 [myid:1] - WARN  [QuorumPeer[myid=1]:Follower@129] - Exception when following the leader
java.lang.IllegalArgumentException: at connect 17
	at org.apache.zookeeper.server.quorum.Learner.connectToLeader(Learner.java:371)
Caused by: java.net.SocketException: closed
	at java.base/java.net.Socket.a(Socket.java:1)
Caused by: java.io.IOException: the innermost of 0x1f
2026-11-30 13:09:07,888 [myid:1] - WARN  [QuorumPeer[myid=1]:Follower@129] - Exception when following the leader
java.lang.IllegalArgumentException: at connect 18
Caused by: java.io.IOException: the innermost of 0x20
2026-11-30 13:09:08,000 [myid:1] - ERROR [main:Y@3] - ends with 7
`

// looked are lines that looks leave in a log, and one alike.
const looked = `[main] WARN o.QuorumCnxManager - Exception reading or writing challenge: java.io.EOFException
[main] WARN o.QuorumCnxManager - Exception reading or writing challenge
java.io.EOFException
	at java.base/java.io.DataInputStream.readFully(DataInputStream.java:202)
[qtp] WARN o.a.z.s.a.JettyAdminServer - This ZooKeeper instance is not currently serving requests for command stat
[main] WARN o.e.j.s.SecurityHandler - o.e.j.s.ServletContextHandler@1{/,null,STARTING} has uncovered http methods for path: /*
[main] WARN o.a.z.s.ZooKeeperServer - Connection request from old client /192.0.2.1:50001; will be dropped if server is in r-o mode
[main] WARN o.QuorumCnxManager - Exception reading or writing challenge
java.net.SocketTimeoutException: Read timed out
`

const exits = "[main] ERROR o.ServiceUtils - Exiting JVM with code 4\n"

// TestEvents: lines that differ in numbers are one event, with the innermost cause.
func TestEvents(t *testing.T) {
	t.Parallel()
	twice := LogEvent{
		Level: "WARN", Text: "Exception when following the leader", Cause: "java.io.IOException: the innermost of 0x20", Count: 2,
		First: "2026-11-30 13:09:06", Last: "2026-11-30 13:09:07",
	}
	last := LogEvent{Level: "ERROR", Text: "ends with 7", Count: 1, First: "2026-11-30 13:09:08", Last: "2026-11-30 13:09:08"}
	for name, c := range map[string]struct {
		log  string
		want []LogEvent
	}{
		"log4j and logback": {followerFails, []LogEvent{last, twice}},
		"kubectl logs":      {prefixed("2026-11-30T13:09:09.123456789Z ", followerFails), []LogEvent{last, twice}},
		"a container's own file": {
			prefixed("2026-11-30T13:09:09.123456789+01:00 stderr F ", followerFails), []LogEvent{last, twice},
		},
		"the journal": {
			"Nov 25 12:35:43 zk1 java[812]: 2026-11-30 13:09:08,000 [myid:1] - ERROR [main:Y@3] - ends with 7\n", []LogEvent{last},
		},
		"slf4j-simple": {
			"[main] INFO org.X - fine\n[main] WARN org.X - 3 lost\njava.io.EOFException: x\n[main] WARN org.X - 4 lost\njava.io.EOFException: x\n",
			[]LogEvent{{Level: "WARN", Text: "4 lost", Cause: "java.io.EOFException: x", Count: 2}},
		},
		"JSON": {
			`{"@timestamp":"T","level":"ERROR","message":"m","stack_trace":"java.io.IOException: a\n\tat b\nCaused by: java.net.BindException: c\n"}` + "\n",
			[]LogEvent{{Level: "ERROR", Text: "m", Cause: "java.net.BindException: c", Count: 1, First: "T", Last: "T"}},
		},
		"Java's own, before and after its server's": {
			"Error: Could not find or load main class org.X\nCaused by: java.lang.ClassNotFoundException: org.X\n" + followerFails +
				"Terminating due to java.lang.OutOfMemoryError: Java heap space\n",
			[]LogEvent{
				{Level: "ERROR", Text: "Terminating due to java.lang.OutOfMemoryError: Java heap space", Count: 1},
				twice,
				{Level: "ERROR", Text: "Error: Could not find or load main class org.X", Cause: "java.lang.ClassNotFoundException: org.X", Count: 1},
				last,
			},
		},
		"no memory, of an event and of none": {
			"[main] WARN org.X - ends\njava.lang.OutOfMemoryError: a\n[main] INFO org.X - goes on\njava.lang.OutOfMemoryError: b\n\tat c\n",
			[]LogEvent{
				{Level: "ERROR", Text: "java.lang.OutOfMemoryError: b", Count: 1},
				{Level: "WARN", Text: "ends", Cause: "java.lang.OutOfMemoryError: a", Count: 1},
			},
		},
		"Java's warnings": {
			"[0.1s][warning][os,thread] Failed to start thread: EAGAIN\n[0.1s][info][gc] Using Serial\n" +
				"OpenJDK 64-Bit Server VM warning: ignoring option PermSize\n",
			[]LogEvent{{Level: "WARN", Text: "[0.1s][warning][os,thread] Failed to start thread: EAGAIN", Count: 1}},
		},
		"secrets": {
			"[main] WARN org.X - login with password=hunter2 failed\njava.io.IOException: digest:super:abcdef=\n",
			[]LogEvent{{Level: "WARN", Text: "login with password=" + withheld + " failed", Cause: "java.io.IOException: digest:" + withheld, Count: 1}},
		},
		"what a look leaves behind": {looked, []LogEvent{
			{Level: "WARN", Text: "Exception reading or writing challenge", Cause: "java.net.SocketTimeoutException: Read timed out", Count: 1},
		}},
		"the exit alone": {exits, []LogEvent{{Level: "ERROR", Text: "Exiting JVM with code 4", Count: 1}}},
		"an error before the exit": {"[main] ERROR o.Y - no space\n[main] WARN o.Y - again\n" + exits, []LogEvent{
			{Level: "ERROR", Text: "no space", Count: 1},
			{Level: "ERROR", Text: "Exiting JVM with code 4", Count: 1},
			{Level: "WARN", Text: "again", Count: 1},
		}},
		"nothing at WARN": {"2026-11-30 13:09:06,847 [myid:1] - INFO  [main:X@1] - ERROR is a word\n", nil},
		"no log at all":   {"a\nb\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, ScanLog([]byte(c.log), false).Events); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func prefixed(prefix, log string) string {
	var b strings.Builder
	for line := range strings.Lines(log) {
		b.WriteString(prefix + line)
	}
	return b.String()
}

// TestEventsAreBounded: however many different ones there are, a few are kept.
func TestEventsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 2000 {
		b.WriteString("[main] WARN org.X - " + strings.Repeat("x", i) + "\n")
	}
	got := ScanLog([]byte(b.String()), false).Events
	if len(got) != maxEvents {
		t.Errorf("%d events, want %d", len(got), maxEvents)
	}
	for _, e := range got {
		if len(e.Text) > MaxLogText {
			t.Errorf("%d bytes", len(e.Text))
		}
	}
}

func FuzzEvents(f *testing.F) {
	f.Add(followerFails)
	f.Add(`{"level":"ERROR","message":"m","stack_trace":"Caused by: x"}`)
	f.Fuzz(func(t *testing.T, log string) {
		for _, e := range ScanLog([]byte(log), false).Events {
			if e.Count < 1 || e.Level == "" || len(e.Text) > MaxLogText || len(e.Cause) > MaxLogText {
				t.Errorf("%+v", e)
			}
		}
	})
}
