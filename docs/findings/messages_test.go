package findings

import (
	"os"
	"strings"
	"testing"
)

// messagesOfZooKeeper are the texts that the server's classes log at WARN and above, in 3.4.10,
// 3.5.10, 3.6.4, 3.7.2, 3.8.6 and 3.9.5, taken out of the sources by internal/zktest/messages.
func messagesOfZooKeeper(t *testing.T) []matchTest {
	t.Helper()
	table, err := os.ReadFile("testdata/messages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []matchTest
	for line := range strings.Lines(string(table)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		head := "2026-11-22 03:12:07,220 [myid:1] - " + f[0] + " [main:" + f[1] + "@300] - "
		all = append(all, matchTest{name: f[1], line: head + strings.ReplaceAll(f[2], "{}", "7")})
	}
	return all
}

// TestMessagesOfZooKeeper counts how many of them are answered.
func TestMessagesOfZooKeeper(t *testing.T) {
	t.Parallel()
	all := messagesOfZooKeeper(t)
	answered := 0
	for _, m := range all {
		if len(MatchLine(m.line)) > 0 {
			answered++
		} else {
			t.Logf("not known: %s", m.line)
		}
	}
	t.Logf("%d of %d messages are answered", answered, len(all))
	if answered*100 < len(all)*98 {
		t.Errorf("%d of %d messages are answered, want 98 of 100", answered, len(all))
	}
}
