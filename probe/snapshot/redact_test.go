package snapshot

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

func TestRedacted(t *testing.T) {
	const pass = "hunter2"
	for _, line := range []string{
		"https://admin:hunter2@zk1:8080/commands", "connect to jdbc:mysql://u:hunter2@db/x failed",
		"Environment:java.opts=-Dzookeeper.ssl.keyStore.password=hunter2 -Dx=y", `{"password": "hunter2", "a": 1}`,
		"password : 'hunter2'", `Client { required username="bob" password="hun\"ter2 hunter2"; };`, `user_super="hunter2" user_bob="hunter2";`,
		"zookeeper.DigestAuthenticationProvider.superDigest=super:hunter2", "for digest:super:hunter2=, and", "acl 'digest,'bob:hunter2=",
		"Authorization: Basic hunter2==", "authorization=Bearer hunter2.hunter2", "sent Bearer hunter2hunter2", "token=hunter2&x=1", "my_secret_key=hunter2",
		"ssl.trustStore.passwd=hunter2", "--password=hunter2,", "AWS_SECRET_ACCESS_KEY=hunter2", `PASSWORD="hunter2`,
	} {
		got := redacted(line)
		if strings.Contains(got, pass) || !strings.Contains(got, withheld) {
			t.Errorf("%q is %q", line, got)
		}
		if again := redacted(got); strings.Count(again, withheld) != strings.Count(got, withheld) {
			t.Errorf("%q is %q the second time", got, again)
		}
	}
	for _, line := range []string{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "key AKIAIOSFODNN7EXAMPLE here"} {
		if got := redacted(line); !strings.Contains(got, withheld) || len(got) > len(withheld)+len("key  here") {
			t.Errorf("%q is %q", line, got)
		}
	}
}

// TestRedactedKeepsMeaning: no line that zkdoctor judges by loses a word of it.
func TestRedactedKeepsMeaning(t *testing.T) {
	for _, row := range logline.Rows() {
		for _, text := range row.Texts {
			line := "2026-11-25 12:35:43,025 [myid:1] - ERROR [main] - " + strings.ReplaceAll(text, logline.Gap, "x")
			if got := redacted(line); got != line {
				t.Errorf("%q is %q", line, got)
			}
		}
	}
}

// TestLogIsRedacted: what a snapshot keeps of a log has no password, wherever a line is cut.
func TestLogIsRedacted(t *testing.T) {
	text := "2026-11-25 12:35:43,025 [myid:1] - ERROR [main:QuorumPeerMain@98] - Invalid config, exiting abnormally: -Dssl.keyStore.password=hunter2 " +
		strings.Repeat("x", MaxLogText) + "\n" +
		"2026-11-25 12:35:43,026 [myid:1] - WARN [x] - Cannot open channel to 2 at election address zk2/192.0.2.2:3888 via https://u:hunter2@proxy\n"
	tail := ScanLog([]byte(text), false)
	if len(tail.Lines) == 0 {
		t.Fatal("no line is kept")
	}
	for _, l := range tail.Lines {
		if strings.Contains(l.Text, "hunter2") || !strings.Contains(l.Text, withheld) {
			t.Errorf("%s: %q", l.Sign, l.Text)
		}
	}
}
