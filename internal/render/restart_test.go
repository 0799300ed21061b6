package render

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/restart"
)

// askedOf is the answer about servers of which all is fine.
func askedOf(names ...string) *restart.Answer {
	a := &restart.Answer{
		SchemaVersion: restart.SchemaVersion, Tool: report.Tool{Name: "zkdoctor", Version: "1.2.3"},
		GeneratedAt: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC), TookMs: 3021, Answer: restart.OK,
		Summary: names[0] + " may be restarted now.", Order: []restart.Server{}, Next: names[0], Checks: []restart.Check{},
	}
	for i, name := range names {
		s := restart.Server{Name: name, Role: report.Follower, Version: "3.9.5", Answer: restart.OK}
		if i == len(names)-1 && i > 0 {
			s.Role = report.Leader
		}
		for _, topic := range []restart.Topic{restart.Stop, restart.ComeBack, restart.Missed} {
			s.Questions = append(s.Questions, restart.Answered{Topic: topic, Answer: restart.OK})
		}
		a.Order = append(a.Order, s)
		a.Checks = append(a.Checks,
			restart.Check{Name: "two-checks", Topic: restart.Stop, Server: name, Result: restart.OK, Text: "two checks, 2.5 s apart"},
			restart.Check{Name: "quorum-left", Topic: restart.Stop, Server: name, Result: restart.OK, Text: "of 3 voters 2 are needed, and 2 others serve"},
			restart.Check{
				Name: "settings", Topic: restart.ComeBack, Server: name, Result: restart.OK, Text: "a restart changes settings",
				Evidence: []report.Evidence{{Source: "zoo.cfg", Key: "tickTime", Value: "3000", Wanted: "2000, as it runs", File: "/opt/zookeeper/conf/zoo.cfg", Line: 3}},
			},
			restart.Check{
				Name: "ephemerals", Topic: restart.Missed, Server: name, Result: restart.OK,
				Text: "ephemeral znodes of the whole ensemble: 12 (which are of its own clients is not reported); each stays where its client reaches another server within its session timeout, 4 to 40 s",
			},
		)
	}
	return a
}

// refused is an answer with one check that decides it.
func refused(a *restart.Answer, result restart.Result, c restart.Check) *restart.Answer {
	c.Result = result
	a.Answer, a.ExitCode, a.Order[0].Answer = result, restart.ExitNotOK, result
	if result == restart.NotKnown {
		a.ExitCode = restart.ExitNotKnown
	}
	for i := range a.Order[0].Questions {
		if q := &a.Order[0].Questions[i]; q.Topic == c.Topic {
			q.Answer = result
		}
	}
	a.Checks = append([]restart.Check{c}, a.Checks...)
	return a
}

func restartAnswers() map[string]*restart.Answer {
	java := restart.Check{
		Name: "java", Topic: restart.ComeBack, Server: "zk1", Text: "ZooKeeper 3.9.5 needs Java 8, and its start takes Java 1.7.0_80", Finding: "java-missing-or-wrong",
		Evidence: []report.Evidence{{Source: "java", Server: "zk1", Key: "JAVA_VERSION", Value: "1.7.0_80", Wanted: "8 or newer", File: "/usr/lib/jvm/java-7/bin/java"}},
		Do: []report.Fix{
			{Host: "zk1", Note: "install a newer Java, and name it in java.env beside zoo.cfg: JAVA_HOME=/usr/lib/jvm/NAME"},
			{Host: "zk1", Command: "readlink -f /usr/bin/java; ls -d /usr/lib/jvm/*", Note: "see which Java there is", Risk: "none"},
		},
	}
	notOK := refused(askedOf("zk1"), restart.NotOK, java)
	notOK.Summary, notOK.ZooKeeper = "do not restart zk1, it would not come back as it is: ZooKeeper 3.9.5 needs Java 8, and its start takes Java 1.7.0_80.", "3.9.5"
	notKnown := refused(askedOf("zk1"), restart.NotKnown, restart.Check{
		Name: "host-seen", Topic: restart.ComeBack, Server: "zk1", Text: "its own host was not checked",
		Do: []report.Fix{{Host: "zk1", Command: "zkdoctor ok-to-restart", Note: "run it on that host, as root or as the user of ZooKeeper", Risk: "none"}, {Note: "or let it get there: --via 'ssh {host} --'"}},
	})
	notKnown.Summary = "whether zk1 would come back: its own host was not checked."
	several := refused(askedOf("zk1.example.com", "zk2.example.com", "zk3.example.com"), restart.NotOK, restart.Check{Name: "disk-room", Topic: restart.ComeBack, Server: "zk1.example.com", Text: "/var/lib/zookeeper has room for 20 MiB, and a start writes 300 MiB: a snapshot and a log"})
	several.Summary = "do not restart zk1.example.com, it would not come back as it is: /var/lib/zookeeper has room for 20 MiB, and a start writes 300 MiB: a snapshot and a log."
	ignored := askedOf("zk1")
	ignored.Checks = slices.Insert(ignored.Checks, 3, restart.Check{Name: "sync-time", Topic: restart.ComeBack, Server: "zk1", Result: restart.NotOK, Ignored: true, Text: "the longest sync took 25.0 s"})
	hostileText := refused(askedOf(hostileText), restart.NotOK, restart.Check{
		Name: hostileText, Topic: restart.Stop, Server: hostileText, Text: hostileText, Finding: hostileText,
		Evidence: []report.Evidence{{Source: hostileText, Server: hostileText, Key: hostileText, Value: hostileText, Wanted: hostileText, File: hostileText}},
		Do:       []report.Fix{{Host: hostileText, Command: hostileText, Note: hostileText, Risk: hostileText}},
	})
	return map[string]*restart.Answer{
		"ok": askedOf("zk1"), "ok-several": askedOf("zk1", "zk2", "zk3"), "not-ok": notOK, "not-known": notKnown,
		"several": several, "ignored": ignored, "hostile": hostileText,
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	for name, a := range restartAnswers() {
		var text, js, order strings.Builder
		if err := RestartText(&text, a, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := RestartJSON(&js, a); err != nil {
			t.Fatal(err)
		}
		if err := RestartOrder(&order, a); err != nil {
			t.Fatal(err)
		}
		golden(t, "restart-"+name, text.String())
		golden(t, "restart-"+name+"-json", js.String())
		for line := range strings.Lines(text.String() + order.String()) {
			wide := len(line) > 81 && name != "hostile" // a command stays whole
			if line = strings.TrimSuffix(line, "\n"); !plain(line) || wide {
				t.Errorf("%s: %q", name, line)
			}
		}
		if strings.Count(order.String(), "\n") != len(a.Order) {
			t.Errorf("%s: the order is %q", name, order.String())
		}
	}
}

// TestEvent: a line of watch as JSON.
func TestEvent(t *testing.T) {
	t.Parallel()
	for _, c := range restarted().Changes {
		if c.Kind != report.LeaderChanged && c.Kind != report.FindingCame {
			continue
		}
		var js strings.Builder
		if err := EventJSON(&js, &report.Event{At: restarted().After.At, After: restarted().Before.At, Change: c}); err != nil {
			t.Fatal(err)
		}
		golden(t, "event-"+string(c.Kind)+"-json", js.String())
	}
}
