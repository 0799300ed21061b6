package render

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// lintReports are the reports of the goldens, by the golden's name.
func lintReports() map[string]*lint.Report {
	tool := report.Tool{Name: "zkdoctor", Version: "1.0.0"}
	return map[string]*lint.Report{
		"lint-good": {SchemaVersion: 1, Tool: tool, File: "/etc/zookeeper/conf/zoo.cfg", ZooKeeper: "3.9.5"},
		"lint-broken": {
			SchemaVersion: 1, Tool: tool, File: "zoo.cfg", Dynamic: "zoo.cfg.dynamic.100000000",
			Remarks: []lint.Remark{
				{Rule: "would-not-start", Severity: report.Critical, File: "zoo.cfg", Line: 4, Key: "clientPort", Found: "2181 #...", Recommended: "the value alone; a comment needs a line of its own", Why: `ZooKeeper exits at its start with: For input string: "2181 #..."`},
				{Rule: "would-not-start", Severity: report.Critical, File: "zoo.cfg.dynamic.100000000", Line: 1, Key: "server.1", Found: `"192.168.145.100:2888:3888 "`, Recommended: "no blanks at the end of the line", Why: "ZooKeeper exits at its start with: Address unresolved: 192.168.145.100:3888 ", Versions: "3.5+"},
				{Rule: "force-sync-off", Severity: report.Warning, File: "zoo.cfg", Line: 7, Key: "forceSync", Found: "no", Recommended: "leave it out", Why: "Writes are acknowledged before they are on the disk: if the power fails, servers lose acknowledged writes."},
				{Rule: "whitelist", Severity: report.Info, File: "zoo.cfg", Key: "4lw.commands.whitelist", Found: "not set: only srvr", Recommended: "srvr,ruok,mntr,conf,isro", Why: "Monitors read mntr, and zkdoctor compares the servers' lists by conf; without them some checks are skipped.", Versions: "3.5.3+"},
			},
			Counts: lint.Counts{Critical: 2, Warning: 1, Info: 8}, Omitted: 7, ExitCode: 2,
		},
		"lint-hostile": {
			SchemaVersion: 1, Tool: tool, File: "/" + strings.Repeat("very/long/", 20) + "zoo.cfg\x1b[2J",
			Remarks: []lint.Remark{{
				Rule: "no-effect", Severity: report.Warning, File: "/" + strings.Repeat("very/long/", 20) + "zoo.cfg\x1b[2J", Line: 12345,
				Key: "\x1b]0;owned\a\u202e" + strings.Repeat("k", 90), Found: "a\r\nb\x00\xff", Recommended: strings.Repeat("w", 300), Why: "ü", Versions: "3.5.0-3.5.7",
			}},
			Counts: lint.Counts{Warning: 1}, ExitCode: 1,
		},
	}
}

func TestLintText(t *testing.T) {
	for name, r := range lintReports() {
		for _, width := range []int{0, 60, 92} {
			o := Options{Width: width}
			var b strings.Builder
			if err := LintText(&b, r, o); err != nil {
				t.Fatal(err)
			}
			tidy(t, &report.Report{}, o, b.String())
			if width == 0 {
				golden(t, name, b.String())
			}
			painted := strings.Builder{}
			if err := LintText(&painted, r, Options{Width: width, Color: true}); err != nil {
				t.Fatal(err)
			}
			bare := strings.NewReplacer("\x1b[1m", "", "\x1b[31;1m", "", "\x1b[36m", "", "\x1b[0;22m", "", "\x1b[22m", "", "\x1b[33m", "", "\x1b[0m", "").Replace(painted.String())
			if d := cmp.Diff(b.String(), bare); d != "" {
				t.Errorf("%s: colour changes the words:\n%s", name, d)
			}
		}
	}
}

func TestLintJSON(t *testing.T) {
	for name, r := range lintReports() {
		var b bytes.Buffer
		if err := LintJSON(&b, r); err != nil {
			t.Fatal(err)
		}
		golden(t, name+"-json", b.String())
		var back lint.Report
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || back.Remarks == nil || back.Counts != r.Counts {
			t.Errorf("%s: %v, %+v", name, err, back)
		}
		if !plain(strings.ReplaceAll(b.String(), "\n", "")) {
			t.Errorf("%s: not ASCII", name)
		}
	}
}
