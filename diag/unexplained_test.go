package diag

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestUnexplained: what is wrong and follows from nothing that was found is told as that, and
// what follows from something is not.
func TestUnexplained(t *testing.T) {
	t.Parallel()
	logged := func(l *snapshot.Local) {
		l.Log = snapshot.Saw(snapshot.LogTail{Path: "/var/log/zookeeper.log", Events: []snapshot.LogEvent{
			{Level: "ERROR", Text: "fails", Cause: "java.io.IOException: innermost", Count: 1, Last: "2026-11-22 03:04:00"},
			{Level: "WARN", Text: "again", Count: 7, First: "2026-11-22 03:00:00", Last: "2026-11-22 03:04:00"},
		}}, quick)
	}
	pinged := func(ago time.Duration) func(l *snapshot.Local) {
		return func(l *snapshot.Local) {
			last := now()
			l.Log = snapshot.Saw(snapshot.LogTail{
				Path: "/var/log/zookeeper.log", Modified: last, Last: last.Format(time.DateTime),
				Events: []snapshot.LogEvent{{
					Level: "WARN", Text: "Exception when following the leader", Cause: "java.lang.IllegalArgumentException",
					Count: 9, Last: last.Add(-ago).Format(time.DateTime),
				}},
			}, quick)
		}
	}
	blocked := peers(snapshot.Filtered, snapshot.Filtered)
	for name, c := range map[string]struct {
		scene scene
		want  []string // symptom and servers
		not   string   // in what is ruled out
		tells string   // in what tells most
		next  string
	}{
		"healthy":                     {scene: healthy()},
		"one of three is down":        {scene: look(follower, leader, down)},
		"two of three are down":       {scene: look(looking, down, down)},
		"one of three, and no quorum": {look(looking, looking, down).twice(), []string{"quorum-lost"}, "process-down alone: without zk3", "not-serving", "--via"},
		"a cause that names one that is not known to be out": {
			look(but(hung, blocked), but(down, blocked), looking).on(3).file(zoo(3)).twice(),
			[]string{"quorum-lost"},
			"quorum-port-filtered alone: without zk1 the others", "", "--via",
		},
		"all run, and no quorum":    {look(looking, looking, looking).twice(), []string{"quorum-lost"}, "a server that does not respond: zk1, zk2, zk3", "", "--via"},
		"one is out, and all run":   {look(follower, leader, looking).twice(), []string{"server-not-serving zk3"}, "a server that does not respond: zk3", "", "--via"},
		"its log repeats something": {look(follower, leader, looking).on(3, logged).twice(), []string{"server-not-serving zk3"}, "", "7 times, since 2026-11-22 03:00:00: WARN again", "collect"},
		"its log repeats what a fault of its release writes": {
			look(follower, leader, but(looking, runs("3.6.0"))).on(3, pinged(time.Second)).twice(),
			[]string{"server-not-serving zk3"},
			"", "IllegalArgumentException", "advisories ZOOKEEPER-3758",
		},
		"another release": {
			look(follower, leader, but(looking, runs("3.6.1"))).on(3, pinged(time.Second)).twice(),
			[]string{"server-not-serving zk3"},
			"", "IllegalArgumentException", "collect",
		},
		"it has not written that for long": {
			look(follower, leader, but(looking, runs("3.6.0"))).on(3, pinged(time.Hour)).twice(),
			[]string{"server-not-serving zk3"},
			"", "IllegalArgumentException", "collect",
		},
		"the fault's setting is off": {
			look(follower, leader, but(looking, runs("3.6.0"))).onWith(3, zoo(3, "multiAddress.reachabilityCheckEnabled=false"), pinged(time.Second)).twice(),
			[]string{"server-not-serving zk3"},
			"", "IllegalArgumentException", "collect",
		},
		"it has ended, and its log's last line": {
			look(follower, leader, down).on(3, stopped, logged),
			[]string{"process-down zk3"},
			"", "ERROR fails: java.io.IOException: innermost", "collect",
		},
		"it has ended, and its log is unread": {scene: look(follower, leader, down).on(3, stopped)},
		"it was stopped":                      {scene: look(follower, leader, down).on(3, stopped, ended("exit-code", 1, 143))},
		"it was killed":                       {scene: look(follower, leader, down).on(3, stopped, ended("signal", 2, 9))},
		"it ended by itself":                  {look(follower, leader, down).on(3, stopped, ended("exit-code", 1, 4)), []string{"process-down zk3"}, "", "exit code 4", "--log FILE"},
		"it crashed":                          {look(follower, leader, down).on(3, stopped, ended("core-dump", 3, 6)), []string{"process-down zk3"}, "", "signal 6", "--log FILE"},
		"in one look":                         {scene: look(looking, looking, looking)},
		"two of three hang":                   {scene: look(hung, leader, hung).membership(three...).twice()},
		"a leader whose voters do not follow": {look(leader, looking, looking).twice(), []string{"quorum-lost"}, "", "", "--via"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := c.scene.report()
			var got []string
			for _, s := range r.Unexplained {
				got = append(got, strings.TrimSpace(string(s.Symptom)+" "+strings.Join(s.Servers, " ")))
			}
			if !slices.Equal(got, c.want) {
				t.Fatalf("got %q, want %q; %q", got, c.want, digest(r))
			}
			if len(c.want) == 0 {
				return
			}
			s := r.Unexplained[0]
			if !strings.Contains(strings.Join(s.RuledOut, "\n"), c.not) {
				t.Errorf("ruled out %q, want %q", s.RuledOut, c.not)
			}
			if !slices.ContainsFunc(s.Telling, func(e report.Evidence) bool { return strings.Contains(e.Value, c.tells) }) && c.tells != "" {
				t.Errorf("telling %v, want %q", s.Telling, c.tells)
			}
			if !strings.Contains(s.Next.Command, c.next) {
				t.Errorf("next %+v, want %q", s.Next, c.next)
			}
		})
	}
}

// TestOneLineOnce: a line that is the finding's evidence and an event of the log stands once.
func TestOneLineOnce(t *testing.T) {
	t.Parallel()
	const ends = "Unexpected exception, exiting abnormally"
	r := Diagnose(look(follower, leader, down).on(3, func(l *snapshot.Local) {
		l.Process = nil
		l.Log = snapshot.Saw(snapshot.LogTail{
			Path:  "/var/log/zookeeper.log",
			Lines: []snapshot.LogLine{{Sign: logline.Exit, Text: ends, At: "2026-11-22 03:04:00"}},
			Events: []snapshot.LogEvent{
				{Level: "ERROR", Text: ends, Cause: "java.io.IOException: why", Count: 1, Last: "2026-11-22 03:04:00"},
			},
		}, quick)
	}).snap(), Options{})
	var lines []string
	for _, s := range r.Unexplained {
		for _, e := range s.Telling {
			if e.Source == "log" {
				lines = append(lines, e.Value)
			}
		}
	}
	if want := []string{"ERROR " + ends + ": java.io.IOException: why"}; !slices.Equal(lines, want) {
		t.Errorf("got %q, want %q", lines, want)
	}
}
