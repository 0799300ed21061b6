package diag

import (
	"strings"
	"testing"
)

// TestEditedAfterStart: a zoo.cfg that was changed since its server was started is not what runs.
func TestEditedAfterStart(t *testing.T) {
	t.Parallel()
	grown := look(follower, but(leader, insync(2)), follower, down, nameless).as(oldest).file(zoo(5))
	renamed := strings.Replace(zoo(3), "=zk3:", "=zk9:", 1)
	unknown := look(follower, but(leader, insync(2)), nameless).as(oldest).file(renamed)
	runGrid(t, []row{
		{
			"two members added", grown.onWith(1, zoo(5), edited).twice(),
			"serving 1: 3 of 5 by targets, need 3, spare ?",
			findings("root process-down warning likely zk4", "root target-unresolvable warning proven zk5"),
		},
		{
			"two members that are out, of a file that runs", grown.onWith(1, zoo(5)).twice(),
			"degraded 1: 3 of 5 by file, need 3, spare 0",
			findings("root target-unresolvable warning proven zk5", "root process-down warning likely zk4", "fold degraded-no-spare warning proven"),
		},
		{
			"a name that nobody has", unknown.onWith(1, renamed, edited).twice(),
			"serving 1: 2 of 3 by targets, need 2, spare ?",
			findings("root target-unresolvable warning proven zk3"),
		},
	})
	for _, f := range unknown.onWith(1, renamed, edited).twice().report().Findings {
		if strings.Contains(f.Summary, "in sync") {
			t.Errorf("%s says that a name nobody has is in sync: %s", f.Code, f.Summary)
		}
	}
	if got := grown.onWith(1, zoo(5), edited).report().Verdict.Summary; !strings.Contains(got, "edited after the start") {
		t.Errorf("got %q, want it to say that the file was edited", got)
	}
}
