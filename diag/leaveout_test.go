package diag

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/scenes"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// standIns are causes that another rule names too, rightly, where the one that names them
// first is not there: then nothing is left unexplained.
var standIns = map[report.Code][]report.Code{
	CertificateExpiring:  {ClientTLSFailed},    // it has expired, and so TLS fails
	ClientPortConflict:   {NotZooKeeper},       // what has its port is not ZooKeeper
	MyidDuplicate:        {MyidWrongServer},    // the id is another's
	PeerNameUnresolvable: {TargetUnresolvable}, // nor has the name an address here
}

// TestWithoutTheRule makes the report on each real scene once more, without the rule that names
// its cause, as if nobody had written that yet. Then no other cause may take its place, and what
// is wrong must be said to be unexplained.
func TestWithoutTheRule(t *testing.T) {
	t.Parallel()
	all, err := scenes.All()
	if err != nil {
		t.Fatal(err)
	}
	honest, judged := 0, 0
	for _, scene := range all {
		snap := new(snapshot.Snapshot)
		if err := json.Unmarshal(scene.Snapshot, snap); err != nil {
			t.Fatalf("%s %s: %v", scene.Version, scene.Name, err)
		}
		causes := roots(Diagnose(snap, Options{}))
		if len(causes) == 0 {
			continue
		}
		judged++
		if why := dishonest(snap, causes); why != "" {
			t.Errorf("%s %s, without %s: %s", scene.Version, scene.Name, causes[0], why)
			continue
		}
		honest++
	}
	if judged == 0 {
		t.Error("no scene has a cause")
	}
	t.Logf("%d of %d honest", honest, judged)
}

// dishonest says what is wrong with the report that the first cause's rule has no part in; empty
// for nothing.
func dishonest(snap *snapshot.Snapshot, causes []report.Code) string {
	off := causes[0]
	r := diagnose(snap, Options{}, slices.DeleteFunc(Catalogue(), func(c Rule) bool { return c.Code == off }))
	named := false
	for _, code := range roots(r) {
		known := slices.Contains(causes, code) || slices.Contains(standIns[off], code)
		named = named || known
		if !known && !leavesOpen(code) {
			return string(code) + " is named as the cause"
		}
	}
	if r.Verdict.State != report.Serving && !named && len(r.Unexplained) == 0 && !sendsToLook(r) {
		return "nothing is said to be unexplained"
	}
	return ""
}

// sendsToLook reports whether a process that ended is all that is known, neither its log nor systemd
// saying more, and the report says where to look for why.
func sendsToLook(r *report.Report) bool {
	return slices.ContainsFunc(r.Findings, func(f report.Finding) bool {
		return f.Code == ProcessDown && f.Root && slices.ContainsFunc(f.Fix, func(fix report.Fix) bool {
			return strings.Contains(fix.Note, "find out why it stopped") || strings.Contains(fix.Note, "does not show why it stopped")
		})
	})
}

// leavesOpen reports whether a finding says what happened to a server and leaves open why.
func leavesOpen(code report.Code) bool {
	return kinds(Catalogue())[code].Proximate || code == SplitBrain
}

// roots are the findings that are causes, each once.
func roots(r *report.Report) []report.Code {
	var out []report.Code
	for _, f := range r.Findings {
		if f.Root && !slices.Contains(out, f.Code) {
			out = append(out, f.Code)
		}
	}
	return out
}
