package diag

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	pages "github.com/zkdoctor/zkdoctor/docs/findings"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestNothingLookedAt: what was not looked at passes no rule.
func TestNothingLookedAt(t *testing.T) {
	t.Parallel()
	blank := func(l *snapshot.Local) { *l = snapshot.Local{} }
	for name, s := range map[string]scene{
		"servers":           unvisited(),
		"two looks":         unvisited().twice(),
		"all was cut short": look(cancelled, cancelled, cancelled).edit(cutResolve),
		"a host":            unvisited().on(1, blank),
		"a host, denied":    unvisited().on(1, unreadable),
		"no server":         look(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.report()
			if len(r.Checks.PassedCodes) > 0 || r.Checks.Passed > 0 {
				t.Errorf("passed %v", r.Checks.PassedCodes)
			}
			if len(r.Findings)+len(r.Folded) > 0 {
				t.Errorf("found %v", digest(r))
			}
			if r.Verdict.State != report.Unknown || r.Verdict.ExitCode != report.ExitUnknown {
				t.Errorf("verdict %s", verdictLine(r))
			}
		})
	}
}

func cutResolve(s *snapshot.Snapshot) {
	for i := range s.Servers {
		s.Servers[i].Resolve.Failure = &snapshot.Failure{Kind: snapshot.Cancelled}
	}
}

// everyScene is each scene of the tables of rules.
func everyScene() map[string]scene {
	all := map[string]scene{}
	for _, r := range allRules() {
		for _, c := range r.fires {
			all[string(r.code)+" fires: "+c.name] = c.scene
		}
		for _, c := range r.alikes {
			all[string(r.code)+" alike: "+c.name] = c.scene
		}
		for _, c := range r.blinds {
			all[string(r.code)+" blind: "+c.name] = c.scene
		}
	}
	return all
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPure: the same snapshot gives the same report, byte for byte; it is not
// changed by that; and neither the way through a file nor the order of the
// servers changes what is found.
func TestPure(t *testing.T) {
	t.Parallel()
	for name, s := range everyScene() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			snap := s.snap()
			first := Diagnose(snap, Options{})
			want := asJSON(t, first)
			if got := asJSON(t, Diagnose(snap, Options{})); got != want {
				t.Errorf("a second time:\n%s\n%s", want, got)
			}
			if !reflect.DeepEqual(snap, s.snap()) {
				t.Error("the snapshot was changed")
			}
			var replayed snapshot.Snapshot
			if err := json.Unmarshal([]byte(asJSON(t, snap)), &replayed); err != nil {
				t.Fatal(err)
			}
			if got := asJSON(t, Diagnose(&replayed, Options{})); got != want {
				t.Errorf("replayed from JSON:\n%s\n%s", want, got)
			}
			turned := s.snap()
			turn(turned)
			got := Diagnose(turned, Options{})
			if diff := cmp.Diff(codesIn(first), codesIn(got)); diff != "" && !orderMatters[name] {
				t.Errorf("servers in another order:\n%s", diff)
			}
			checkReport(t, got)
		})
	}
}

// orderMatters are the scenes in which the order of the servers decides, for a
// reason.
var orderMatters = map[string]bool{
	// Two leaders have two lists, and the verdict counts by one of them.
	"split-brain fires: five servers, two lists":            true,
	"membership-divergent fires: half a growth from 3 to 5": true,
}

// turn reverses the order of the servers.
func turn(s *snapshot.Snapshot) {
	slices.Reverse(s.Servers)
	slices.Reverse(s.Plan.Targets)
	if s.Before != nil {
		turn(s.Before)
	}
}

// codesIn is the findings as a set, and the verdict.
func codesIn(r *report.Report) []string {
	out := digest(r)
	for i, line := range out {
		words := strings.Fields(line)
		if i > 0 {
			slices.Sort(words[4:])
		}
		out[i] = strings.Join(words, " ")
	}
	slices.Sort(out[1:])
	return out
}

// checkReport is what holds of every report.
func checkReport(t testing.TB, r *report.Report) {
	t.Helper()
	if r.Checks.Crashed > 0 {
		t.Errorf("%d rules crashed", r.Checks.Crashed)
	}
	if c := r.Checks; c.Total != len(Catalogue()) || c.Passed+c.Finding+c.Skipped+c.Crashed != c.Total || c.Passed != len(c.PassedCodes) {
		t.Errorf("rules do not add up: %+v", c)
	}
	if r.Verdict.Summary == "" {
		t.Error("no summary")
	}
	for _, f := range slices.Concat(r.Findings, r.Folded) {
		checkFinding(t, f)
	}
	if len(r.Folded) > 0 && !slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return len(f.Explains) > 0 }) {
		t.Error("something is folded and nothing says that it explains it")
	}
	checkExit(t, r)
}

func checkFinding(t testing.TB, f report.Finding) {
	t.Helper()
	line := findingLine(f, false)
	if f.Certainty == report.Possible && (f.Severity != report.Info || f.Root) {
		t.Errorf("%s: only possible, and an alarm or a root", line)
	}
	if f.Root && (f.Severity == report.Info || kinds(Catalogue())[f.Code].NeverRoot) {
		t.Errorf("%s: a root", line)
	}
	if f.Title == "" || f.Docs == "" || !slices.Contains([]report.Certainty{report.Proven, report.Likely, report.Possible}, f.Certainty) {
		t.Errorf("%s: title %q, docs %q", line, f.Title, f.Docs)
	}
	if f.Severity != report.Info && (len(f.Evidence) == 0 || len(f.Fix) == 0 || f.Summary == "") {
		t.Errorf("%s: %d evidence, %d steps, summary %q", line, len(f.Evidence), len(f.Fix), f.Summary)
	}
	for _, e := range f.Evidence {
		if e.Value == string(report.PortNotProbed) {
			t.Errorf("%s: a port that was not tried is evidence", line)
		}
	}
	for _, step := range f.Fix {
		if step.Command != "" && step.Host == "" {
			t.Errorf("%s: where to run %q?", line, step.Command)
		}
		if step.Command == "" && step.Note == "" {
			t.Errorf("%s: an empty step", line)
		}
	}
}

func checkExit(t testing.TB, r *report.Report) {
	t.Helper()
	has := func(s report.Severity) bool {
		return slices.ContainsFunc(slices.Concat(r.Findings, r.Folded), func(f report.Finding) bool { return f.Severity == s })
	}
	want := report.ExitOK
	switch state := r.Verdict.State; {
	case state == report.Split || state == report.Down || has(report.Critical):
		want = report.ExitCritical
	case state == report.Unknown:
		want = report.ExitUnknown
	case state == report.Degraded || has(report.Warning) || len(r.Verdict.Unseen) > 0:
		want = report.ExitWarning
	}
	if r.Verdict.ExitCode != want {
		t.Errorf("exit %d, want %d: %v", r.Verdict.ExitCode, want, digest(r))
	}
}

// TestGraph: no cycle, no code that does not exist, and every symptom has a cause.
func TestGraph(t *testing.T) {
	t.Parallel()
	codes := map[report.Code]bool{}
	for _, c := range Catalogue() {
		codes[c.Code] = true
	}
	graph, traits := map[report.Code][]report.Code{}, kinds(Catalogue())
	for code, kind := range traits {
		graph[code] = kind.Explains
	}
	explained := map[report.Code]bool{}
	for from, to := range graph {
		for _, code := range append(slices.Clone(to), from) {
			if !codes[code] {
				t.Errorf("%s is not in the catalogue", code)
			}
		}
		for _, code := range to {
			explained[code] = true
		}
		if len(slices.Compact(slices.Sorted(slices.Values(to)))) != len(to) {
			t.Errorf("%s explains one code twice: %v", from, to)
		}
	}
	for code := range codes {
		// An election is a symptom that passes by itself: it has no cause here. Nor has a
		// setting that somebody chose.
		if traits[code].NeverRoot && !explained[code] && code != ElectionInProgress && code != ForceSyncOff {
			t.Errorf("%s is never a root, and nothing explains it", code)
		}
		walk(t, graph, code, nil)
	}
}

func walk(t *testing.T, graph map[report.Code][]report.Code, code report.Code, path []report.Code) {
	t.Helper()
	if slices.Contains(path, code) {
		t.Fatalf("a cycle: %v", append(path, code))
	}
	for _, next := range graph[code] {
		walk(t, graph, next, append(slices.Clone(path), code))
	}
}

// TestPages: every code has a page, and every page a code.
func TestPages(t *testing.T) {
	t.Parallel()
	var codes []string
	for _, c := range Catalogue() {
		codes = append(codes, string(c.Code))
		if c.Title == "" || c.Needs == "" {
			t.Errorf("%s: title %q, needs %q", c.Code, c.Title, c.Needs)
		}
		if pages.Title(string(c.Code)) == "" {
			t.Errorf("%s: its page has no title", c.Code)
		}
	}
	slices.Sort(codes)
	if diff := cmp.Diff(pages.Slugs(), codes); diff != "" {
		t.Errorf("-pages +codes\n%s", diff)
	}
	if got := len(slices.Collect(maps.Keys(everyScene()))); got < 42*3 {
		t.Errorf("%d scenes", got)
	}
}

// TestCrash: a rule that panics is counted and named with what it panicked with, and what it
// left behind is not used.
func TestCrash(t *testing.T) {
	t.Parallel()
	var none []int
	for _, c := range []struct {
		name string
		eval func(*model.Ensemble) Outcome
		want string
	}{
		{"text", func(*model.Ensemble) Outcome { panic("a bug") }, "a bug"},
		{"of Go", func(e *model.Ensemble) Outcome { return undecided(strconv.Itoa(none[len(e.Servers)])) }, "runtime error: index out of range [0] with length 0"},
		{"no line", func(*model.Ensemble) Outcome { panic(errors.New("a\n\x1b[31mbug\xff\u202e")) }, "a  [31mbug\ufffd "},
		{"long", func(*model.Ensemble) Outcome { panic(strings.Repeat("ü", 3*longestCrash)) }, strings.Repeat("ü", longestCrash)},
	} {
		out, crash := run(Rule{Code: QuorumLost, Eval: c.eval}, &model.Ensemble{})
		if diff := cmp.Diff(&report.Crash{Code: QuorumLost, Text: c.want}, crash); diff != "" || out.findings != nil || out.skips != nil || out.again {
			t.Errorf("%s: got %+v, -want +got\n%s", c.name, out, diff)
			continue
		}
		var got report.Checks
		countRule(&got, QuorumLost, out, crash)
		want := report.Checks{Total: 1, Crashed: 1, Crashes: []report.Crash{*crash}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

// TestOptions: what the reader wants to see decides findings and exit code.
func TestOptions(t *testing.T) {
	t.Parallel()
	snap := look(follower, leader, down).snap()
	for _, c := range []struct {
		name string
		o    Options
		want []string
	}{
		{"all", Options{}, []string{"degraded 1: 2 of 3 by conf, need 2, spare 0", "root process-down warning likely zk3", "fold degraded-no-spare warning proven"}},
		{"ignore the cause", Options{Ignore: []report.Code{ProcessDown}}, []string{"degraded 1: 2 of 3 by conf, need 2, spare 0", "show degraded-no-spare warning proven"}},
		{"only the cause", Options{Only: []report.Code{ProcessDown}}, []string{"degraded 1: 2 of 3 by conf, need 2, spare 0", "root process-down warning likely zk3"}},
		{"only another", Options{Only: []report.Code{SplitBrain}}, []string{"degraded 1: 2 of 3 by conf, need 2, spare 0"}},
		{"fail on critical", Options{FailOn: report.Critical, Only: []report.Code{SplitBrain}}, []string{"degraded 0: 2 of 3 by conf, need 2, spare 0"}},
	} {
		if diff := cmp.Diff(c.want, digest(Diagnose(snap, c.o))); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
	for _, c := range []struct {
		scene scene
		want  int
	}{
		{look(down, down, down), report.ExitCritical}, {look(gone, gone, gone), report.ExitUnknown}, {look(follower, leader, standalone), report.ExitCritical},
	} {
		if got := Diagnose(c.scene.snap(), Options{FailOn: report.Critical}).Verdict.ExitCode; got != c.want {
			t.Errorf("fail on critical: exit %d, want %d", got, c.want)
		}
	}
}
