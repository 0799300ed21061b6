package render

import (
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// restarted is what differs after the leader was restarted with a new release, and one follower
// was lost.
func restarted() *report.Changes {
	at := time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	when := at.Add(9 * time.Minute)
	changes := []report.Change{
		{Kind: report.ServerAdded, Servers: []string{"zk4"}, To: "observer"},
		{Kind: report.ServerRemoved, Servers: []string{"zk5"}, From: "observer"},
		{Kind: report.ServerWentOut, Servers: []string{"zk1", "zk6"}, From: "follower", To: "down"},
		{Kind: report.ServerNotJudged, Servers: []string{"zk7"}, From: "follower", To: "unknown"},
		{Kind: report.ServerBack, Servers: []string{"zk8"}, From: "not-serving", To: "follower", When: &when},
		{Kind: report.ServerRestarted, Servers: []string{"zk3"}, From: "pid 812", To: "pid 4711", When: &when},
		{Kind: report.ServerRestarted, Servers: []string{"zk8"}},
		{Kind: report.ServerRejoined, Servers: []string{"zk9"}, From: "follower", To: "follower", When: &when},
		{Kind: report.CountersRestarted, Servers: []string{"zk2"}},
		{Kind: report.RoleChanged, Servers: []string{"zk9"}, From: "follower", To: "observer"},
		{Kind: report.LeaderChanged, From: "zk3", To: "zk2", When: &when, TookMs: new(int64(245))},
		{Kind: report.EpochChanged, From: "1", To: "2"},
		{Kind: report.VerdictChanged, From: "serving", To: "degraded"},
		{Kind: report.VersionChanged, Servers: []string{"zk3"}, From: "3.8.6", To: "3.9.5"},
		{Kind: report.MemberAdded, Key: "server.4", To: "zk4:2888:3888:observer;2181"},
		{Kind: report.MemberRemoved, Key: "server.5", From: "zk5:2888:3888:observer;2181"},
		{Kind: report.MemberChanged, Key: "server.1", Servers: []string{"zk2"}, From: "zk1:2888:3888:participant", To: "zk1b:2888:3888:participant"},
		{Kind: report.ConfigChanged, Servers: []string{"zk3"}, Key: "maxClientCnxns", From: "60", To: "100", Text: "conf"},
		{Kind: report.ConfigChanged, Key: "superDigest", From: "(not shown)", To: "(not shown)", Text: "/etc/zookeeper/conf/zoo.cfg"},
		{Kind: report.FindingCame, Servers: []string{"zk1"}, Key: "process-down", Text: "ZooKeeper is not running", Severity: report.Warning},
		{Kind: report.FindingSeverity, Servers: []string{"zk1"}, Key: "clock-skew", From: "info", To: "warning", Severity: report.Warning},
		{Kind: report.FindingWent, Key: "degraded-no-spare", Text: "no spare server", Severity: report.Warning},
		{Kind: report.FindingNotJudged, Servers: []string{"zk1"}, Key: "swap-used", Text: "the server could not be reached", Severity: report.Warning},
		{Kind: report.CounterJumped, Servers: []string{"zk2"}, Key: "connection_rejected", From: "0", To: "17", Text: "connections rejected by a limit"},
	}
	return &report.Changes{
		SchemaVersion: 1, Tool: report.Tool{Name: "zkdoctor", Version: "1"}, Changed: true, Changes: changes,
		Before: report.Moment{At: at, Host: "bastion", State: report.Serving, Summary: "3 of 3 voters. Leader zk3. Can lose 1 more."},
		After: report.Moment{
			At: at.Add(10 * time.Minute), Host: "bastion", State: report.Degraded, ExitCode: 1,
			Summary: "2 of 3 voters. Leader zk2. Out: zk1. Can lose 0 more.",
		},
	}
}

// unchanged is where nothing is different, seen from two hosts, and once in part.
func unchanged() *report.Changes {
	c := restarted()
	c.Changed, c.Changes, c.After = false, nil, c.Before
	c.After.Host, c.After.Incomplete = "zk1", "deadline"
	return c
}

// hostileChanges have what a server, or who wrote a snapshot, may say.
func hostileChanges(text string) *report.Changes {
	c := restarted()
	for i := range c.Changes {
		one := &c.Changes[i]
		one.Key, one.From, one.To, one.Text, one.Servers = text, text, text, text, []string{text, text}
	}
	c.Before.Host, c.After.Host, c.After.Summary, c.After.Incomplete = text, text+"2", text, text
	return c
}

// hostileText would clear a terminal, and break out of a table, a quotation, a code block and a page.
const hostileText = "zk1\x1b[2J`` ``` ~~~ | </details><img src=x> [a](http://b.example) @here **x** _y_\n# CRIT\n```\n\u202e"

func TestChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*report.Changes{
		"changed": restarted(), "unchanged": unchanged(), "hostile": hostileChanges(hostileText),
	} {
		var text, js strings.Builder
		if err := ChangesText(&text, c, Options{}); err != nil {
			t.Fatal(err)
		}
		if err := ChangesJSON(&js, c); err != nil {
			t.Fatal(err)
		}
		golden(t, "changes-"+name, text.String())
		golden(t, "changes-"+name+"-json", js.String())
		for line := range strings.Lines(text.String()) {
			if line = strings.TrimSuffix(line, "\n"); len(line) > 80 || !plain(line) {
				t.Errorf("%s: %q", name, line)
			}
		}
	}
	kinds := map[report.ChangeKind]bool{}
	for _, c := range restarted().Changes {
		kinds[c.Kind] = true
		line := EventLine(&report.Event{At: restarted().Before.At, Change: c})
		if !plain(line) || !strings.HasPrefix(line, "2026-11-22T03:04:05Z  ") {
			t.Errorf("%q", line)
		}
	}
	for _, k := range report.ChangeKinds() {
		if !kinds[k] {
			t.Errorf("no golden has the kind %s", k)
		}
	}
}
