package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRules measures a small module in which each figure has its one reason.
func TestRules(t *testing.T) {
	t.Parallel()
	figures := measure(t, "rules")
	for name, want := range map[string]float64{
		"files: diag":       7,  // no tests
		"lines: diag/model": 23, // what another system builds counts
		"files of rules":    3,  // not the function that makes a rule of its arguments
		// code.go and rule.go; down.go uses lost.go too.
		"files of its package that a rule uses, mean":    2.3,
		"files of its package that a rule uses, max":     3,
		"files of other packages that a rule uses, max":  2, // a method of a generic type counts
		"uses of one rule by another":                    1,
		"uses of a rule by what is none":                 1, // the catalogue is left out
		"largest cycle of files: diag/model":             2,
		"most methods of a type":                         2,
		"methods that one rule alone uses":               2, // Size is used by three, alone by nobody
		"modules that diag reaches":                      1,
		"clock, files and net that diag reaches":         2, // neither netip nor what fmt needs
		"places that name a code, beside its rule, mean": 1.7,
		"places that name a code, beside its rule, max":  3,
		"files outside diag that say a slug, mean":       0.3,
		"files outside diag that say a slug, max":        1,
		"longest function, lines":                        3,
		"files over 450 lines":                           0,
		"lines over 120 characters":                      1,
	} {
		f, ok := figures[name]
		if !ok || f.value != want {
			t.Errorf("%s: got %v (there: %t), want %v\n  %s", name, f.value, ok, want, strings.Join(f.parts, "\n  "))
		}
	}
	for name, want := range map[string][]string{
		"files of rules":                         {"diag/down.go", "diag/full.go", "diag/lost.go"},
		"uses of one rule by another":            {"diag/down.go -> diag/lost.go (half)"},
		"uses of a rule by what is none":         {"diag/fold.go -> diag/down.go (settled)"},
		"modules that diag reaches":              {"example.com/third"},
		"clock, files and net that diag reaches": {"diag/lint imports crypto/x509", "diag/lint/lint.go:12: time.Now"},
		"largest cycle of files: diag/model": {
			"diag/model/ensemble.go -> diag/model/host.go (host, Obs)",
			"diag/model/host.go -> diag/model/ensemble.go (Ensemble, Size)",
		},
		"methods that one rule alone uses": {
			"model.Ensemble.Voters of diag/model/ensemble.go, for diag/lost.go",
			"model.Obs.Seen of diag/model/host.go, for diag/down.go",
		},
	} {
		if got := figures[name].parts; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if _, ok := figures["largest cycle of files: diag"]; ok {
		t.Error("diag has a cycle, without the catalogue it has none")
	}
}

// TestChecks measures rules that are functions, named in a table.
func TestChecks(t *testing.T) {
	t.Parallel()
	figures := measure(t, "checks")
	want := []string{"diag/check_down.go", "diag/check_full.go", "diag/check_shared.go", "diag/state.go"}
	if got := figures["files of rules"].parts; !slices.Equal(got, want) {
		t.Errorf("rules: got %q, want %q", got, want)
	}
	// That of check_down.go: the codes' own files and the catalogue do not count.
	if got := figures["places that name a code, beside its rule, max"].value; got != 1 {
		t.Errorf("places that name a code: got %v, want 1", got)
	}
	if got := figures["uses of one rule by another"].value; got != 1 {
		t.Errorf("uses of one rule by another: got %v, want 1", got)
	}
}

func measure(t *testing.T, module string) map[string]figure {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("testdata", module))
	if err != nil {
		t.Fatal(err)
	}
	m, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]figure{}
	for _, f := range m.figures() {
		figures[f.name] = f
	}
	return figures
}

// TestRun goes the whole way: a record that is better fails, an update repairs it.
func TestRun(t *testing.T) {
	t.Parallel()
	record := filepath.Join(t.TempDir(), "figures.txt")
	args := []string{"-record", record, filepath.Join("testdata", "checks")}
	var out strings.Builder
	if err := run(&out, args); err == nil || !strings.Contains(err.Error(), "uses of one rule by another: 1, goal 0: a rule is a leaf") {
		t.Errorf("without a record: got %v", err)
	}
	if !strings.Contains(out.String(), "diag/check_full.go -> diag/check_shared.go (half)") {
		t.Errorf("the offender is not named:\n%s", &out)
	}
	if err := run(io.Discard, append([]string{"-update"}, args...)); err != nil {
		t.Errorf("update: %v", err)
	}
	if err := run(io.Discard, args); err != nil {
		t.Errorf("after the update: %v", err)
	}
	if err := run(io.Discard, nil); err == nil {
		t.Error("without a module: no error")
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	goals := []limit{{"cycle", 4, ""}, {"lines: model", 100, ""}}
	for _, tc := range []struct {
		name          string
		figure        string
		value         float64
		recorded      map[string]float64
		worse, better bool
	}{
		{"within the goal", "cycle: a", 4, nil, false, false},
		{"new and beyond the goal", "cycle: a", 5, nil, true, false},
		{"beyond the goal as recorded", "cycle: a", 9, map[string]float64{"cycle: a": 9}, false, false},
		{"worse than recorded", "cycle: a", 10, map[string]float64{"cycle: a": 9}, true, false},
		{"nearer to the goal", "cycle: a", 8, map[string]float64{"cycle: a": 9}, false, true},
		{"another's record", "cycle: b", 9, map[string]float64{"cycle: a": 9}, true, false},
		{"worse, and within the goal", "cycle: a", 4, map[string]float64{"cycle: a": 2}, false, false},
		{"a goal of its own", "lines: model", 101, nil, true, false},
		{"no goal", "lines: all", 1e6, map[string]float64{"lines: all": 1}, false, false},
	} {
		rows := judge([]figure{{name: tc.figure, value: tc.value}}, tc.recorded, goals)
		if got := rows[0]; got.worse() != tc.worse || got.better() != tc.better {
			t.Errorf("%s: worse %t, better %t; want %t, %t", tc.name, got.worse(), got.better(), tc.worse, tc.better)
		}
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "figures.txt")
	if got, err := readRecord(name); err != nil || len(got) != 0 {
		t.Errorf("no file: got %v, %v", got, err)
	}
	figures := []figure{{name: "files of its package that a rule uses, mean", value: 9.7}, {name: "files: diag", value: 64}}
	if _, err := writeRecord(name, figures); err != nil {
		t.Fatal(err)
	}
	got, err := readRecord(name)
	if err != nil || len(got) != 1 || got[figures[0].name] != 9.7 {
		t.Errorf("got %v, %v; want the one that has a goal", got, err)
	}
	for _, text := range []string{"nothing", "a figure and x"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readRecord(name); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestLargestCycle(t *testing.T) {
	t.Parallel()
	files := map[string]*file{}
	var order []*file
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		files[name] = &file{name: name}
		order = append(order, files[name])
	}
	for _, tc := range []struct{ name, edges, want string }{
		{"none: one file alone", "ab bc cd ac", "d"},
		{"two files", "ab ba bc", "ab"},
		{"the larger of two", "ab ba bc cd de ec", "cde"},
		{"two that share a file", "ab bc ca cd dc", "abcd"},
		{"back over a detour", "ab bc cd db af fa", "bcd"},
	} {
		graph := map[*file][]*file{}
		for edge := range strings.FieldsSeq(tc.edges) {
			from := files[edge[:1]]
			graph[from] = append(graph[from], files[edge[1:]])
		}
		var got []string
		for _, f := range largestCycle(order, graph) {
			got = append(got, f.name)
		}
		slices.Sort(got)
		if strings.Join(got, "") != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, got, tc.want)
		}
	}
}
