package diag

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// row is one line of the grid: what is seen, and everything that must be
// concluded from it. A finding that is not written there must not appear.
type row struct {
	name  string
	scene scene
	// verdict is as verdictLine has it.
	verdict string
	// findings are as findingLine has them, those shown in order.
	findings []string
}

func runGrid(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			got := r.scene.report()
			if got.Checks.Crashed != 0 {
				t.Errorf("%d rules crashed", got.Checks.Crashed)
			}
			if diff := cmp.Diff(append([]string{r.verdict}, r.findings...), digest(got)); diff != "" {
				t.Errorf("%s\n-want +got\n%s", got.Verdict.Summary, diff)
			}
		})
	}
}

// digest is all that a report says but the remark on releases, which most scenes are not
// about: they have the releases of which replies were recorded.
func digest(r *report.Report) []string {
	out := []string{verdictLine(r)}
	for _, f := range r.Findings {
		if f.Code != KnownBadVersion || f.Severity != report.Info {
			out = append(out, findingLine(f, false))
		}
	}
	for _, f := range r.Folded {
		out = append(out, findingLine(f, true))
	}
	return out
}

// verdictLine is "degraded 1: 2 of 3 by conf, need 2, spare 0", with "again"
// when a second look is asked for.
func verdictLine(r *report.Report) string {
	v := r.Verdict
	spare := "?"
	if v.Spare != nil {
		spare = fmt.Sprint(*v.Spare)
	}
	line := fmt.Sprintf("%s %d: %d of %d by %s, need %d, spare %s", v.State, v.ExitCode, v.ServingVoters, v.Voters, v.VotersSource, v.QuorumNeeded, spare)
	if r.LookAgain {
		line += ", again"
	}
	return line
}

// findingLine is "root process-down warning likely zk3": root, show or fold, then
// the finding.
func findingLine(f report.Finding, folded bool) string {
	mark := "show"
	switch {
	case folded:
		mark = "fold"
	case f.Root:
		mark = "root"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", mark, f.Code, f.Severity, f.Certainty, strings.Join(f.Servers, " ")))
}

func findings(lines ...string) []string { return lines }
