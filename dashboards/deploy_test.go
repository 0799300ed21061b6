package dashboards

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/scenes"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const deployPage = "../docs/deploy.md"

// away is what was seen, without what only the hosts of servers know: as a central exporter
// sees it.
func away(s *snapshot.Snapshot) *snapshot.Snapshot {
	for p := s; p != nil; p = p.Before {
		p.Local, p.Vantage = nil, snapshot.Vantage{Host: "monitor"}
	}
	return s
}

// raised counts the recorded faults in which a finding is one that has an alert.
func raised(t *testing.T, look func(*snapshot.Snapshot) *snapshot.Snapshot) map[report.Code]int {
	t.Helper()
	all, err := scenes.All()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[report.Code]int{}
	for _, scene := range all {
		if scene.Version != all[len(all)-1].Version {
			continue // the newest has all kinds of faults
		}
		var s snapshot.Snapshot
		if err := json.Unmarshal(scene.Snapshot, &s); err != nil {
			t.Fatal(err)
		}
		r := diag.Diagnose(look(&s), diag.Options{})
		seen := map[report.Code]bool{}
		for _, f := range slices.Concat(r.Findings, r.Folded) {
			if f.Severity != report.Info && !seen[f.Code] {
				seen[f.Code] = true
				counts[f.Code]++
			}
		}
	}
	return counts
}

// onHostOnly are the findings whose checks are skipped, on a healthy ensemble, for want of
// the server's own files.
func onHostOnly(t *testing.T) map[report.Code]bool {
	t.Helper()
	text, err := os.ReadFile("../docs/examples/healthy.json")
	if err != nil {
		t.Fatal(err)
	}
	var s snapshot.Snapshot
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	out := map[report.Code]bool{}
	for _, skip := range diag.Diagnose(away(&s), diag.Options{}).Checks.Skips {
		out[skip.Check] = out[skip.Check] || skip.Kind == report.SkipLocalFiles
	}
	return out
}

// TestDeployPage: the table of docs/deploy.md is what the rules say.
func TestDeployPage(t *testing.T) {
	t.Parallel()
	hosts, central := raised(t, func(s *snapshot.Snapshot) *snapshot.Snapshot { return s }), raised(t, away)
	local, needs := onHostOnly(t), map[report.Code]string{}
	for _, c := range diag.Catalogue() {
		needs[c.Code] = c.Needs
	}
	var table strings.Builder
	table.WriteString("| alert | severity | central | on each server |\n|---|---|---|---|\n")
	none := 0
	for _, a := range all() {
		// A case or two more are those that only the host decides.
		few := hosts[a.code] > 0 && 10*central[a.code] < 9*hosts[a.code]
		from, beside := "yes", "yes"
		switch {
		case local[a.code] && strings.Contains(needs[a.code], ", or "):
			from, beside = "in part", "yes"
		case local[a.code], hosts[a.code] > 0 && central[a.code] == 0:
			from, beside = "no", "own"
			none++
		case few:
			from = "in part"
		}
		if central[a.code] > 0 && from == "no" {
			t.Errorf("%s: its check is said to need a host, and %d faults show it without", a.name, central[a.code])
		}
		// What the alert itself tells people must be the same.
		if says := strings.Contains(a.description, "Only an exporter"); says && from == "yes" {
			t.Errorf("%s says that only an exporter on the server sees it", a.name)
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", a.name, cmp.Or(string(a.severity)), from, beside)
	}
	fmt.Fprintf(&table, "\n%d of %d alerts need an exporter on the server.\n", none, len(all()))
	page, err := os.ReadFile(deployPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(page), "<!-- alerts -->\n")
	_, after, ok := strings.Cut(rest, "<!-- end -->")
	want := before + "<!-- alerts -->\n" + table.String() + "<!-- end -->" + after
	if !ok {
		t.Fatal("the page has no place for the table")
	}
	if *update {
		if err := os.WriteFile(deployPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(page) {
		t.Errorf("%s: write it anew with go test ./dashboards -run TestDeployPage -update:\n%s", deployPage, table.String())
	}
}
