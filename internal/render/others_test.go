package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// TestOtherProcesses: each reason has a sentence, which names the first processes.
func TestOtherProcesses(t *testing.T) {
	t.Parallel()
	listed := []report.OtherProcess{
		{PID: 92, User: "nobody", Config: "/srv/zoo.cfg", Why: report.WhyAnotherListens},
		{PID: 94, User: "nobody", Why: report.WhyBeyondLimit},
		{PID: 101, User: "nobody", Why: report.WhyNotJava},
		{PID: 102, User: "nobody\x1b[2J", Why: report.WhyNotJava},
		{PID: 103, User: "nobody", Why: report.WhyNotJava},
		{PID: 104, User: "nobody", Why: report.WhyNotJava},
		{PID: 105, User: "nobody", Why: report.WhyNotJava},
		{PID: 110, User: "zk", Config: "/etc/other.cfg", Why: report.WhyOtherEnsemble},
		{PID: 111, User: "nobody", Why: report.WhyOtherUser},
		{PID: 115, User: "zk", Why: report.WhyOwnNamespace},
		{PID: 112, User: "zk", Why: report.WhyProgramNotSeen},
		{PID: 113, User: "zk", Why: "of a later version"},
	}
	r := sampleOf(verdict(report.Serving, 0, 3, 3, 1, "3 of 3 voters."), serving("zk1", 1, report.Leader))
	r.Others = &report.Others{Found: 170, Listed: listed, More: 12, Unscanned: 7000}
	var text, data bytes.Buffer
	if err := Text(&text, r, Options{Deterministic: true}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"More than 64 processes on this host have ZooKeeper's name: 170.",
		"Not all processes of this host were checked: 7000 were not read in time. It is not proven that no server runs here.",
		"Ignored, because another process listens on the client port of their configuration: pid 92 (user nobody, config /srv/zoo.cfg).",
		"Not checked, because there are too many: pid 94 (user nobody).",
		"but no Java virtual machine: pid 101 (user nobody), pid 102 (user ",
		", pid 103 (user nobody), 2 more.",
		"their configuration is of another ensemble (check it with -c FILE): pid 110 (user zk, config /etc/other.cfg).",
		"run as another user than its servers: pid 111 (user nobody).",
		"where they can have any address: pid 115 (user zk).",
		"(run zkdoctor as root): pid 112 (user zk).",
		"Ignored: pid 113 (user zk).",
		"12 more of them are not listed.",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text.String()), " "), want) {
			t.Errorf("%q is not in\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), "\x1b[2J") {
		t.Error("a user's name reaches the terminal as it is")
	}
	if err := JSON(&data, r); err != nil || !strings.Contains(data.String(), `"other_processes": {`) || !strings.Contains(data.String(), `"why": "not-java"`) {
		t.Errorf("%v, %s", err, data.String())
	}
	r.Others = nil
	text.Reset()
	if err := Text(&text, r, Options{Deterministic: true}); err != nil || strings.Contains(text.String(), "Ignored") {
		t.Errorf("%v, %s", err, text.String())
	}
}
