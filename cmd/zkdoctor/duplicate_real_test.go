package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceDuplicate does what the finding of one id on two serving servers says: the risk of its
// stop is as it is said, and after its steps all is well.
func TestRealOnceDuplicate(t *testing.T) {
	t.Parallel()
	c := shape{
		name: "one id twice and all serve, corrected", from: 2, args: []string{"-c", "@c2"}, do: serveAsDuplicates,
		options: zktest.Options{
			Hosts: zktest.Namespaces, NoWait: true, NoStart: true,
			Config: map[string]string{"quorumListenOnAllIPs": "true"}, Edit: sameID,
		},
	}
	p := c.start(t, zktest.Newest)
	wrong := p.ens.Server(2)
	got := p.ask(t)
	i := slices.IndexFunc(got.Findings, func(f report.Finding) bool { return f.Code == diag.MyidDuplicate })
	if i < 0 {
		t.Fatalf("not found: %s", joinCodes(codesOf(got)))
	}
	f := got.Findings[i]
	if want := wrong.Addr + " has the wrong one"; !strings.Contains(f.Title, want) {
		t.Errorf("title %q, want %q in it", f.Title, want)
	}
	var stop, write string
	for _, step := range f.Fix {
		if strings.HasPrefix(step.Note, "stop it") {
			stop = step.Risk
		}
		if step.Command != "" {
			write = step.Command
		}
	}
	leads := wrong.Mode(t.Context()) == "leader"
	if leads != strings.Contains(stop, "it leads") || !leads && !strings.Contains(stop, "serve as a quorum without it") {
		t.Errorf("it leads: %v, and the risk is %q", leads, stop)
	}
	must(t, wrong.Stop(t.Context()))
	must(t, p.ens.WaitQuorum(t.Context()))
	if !leads { // a session is a write
		if _, err := p.ens.Server(1).OpenSession(t.Context(), 10*time.Second); err != nil {
			t.Errorf("no session while it is stopped: %v", err)
		}
	}
	runOn(t, wrong.Host, "sh", "-c", write)
	must(t, wrong.Start(t.Context()))
	must(t, p.ens.WaitServing(t.Context()))
	wantHealthy(t, p.ask(t), nil)
}
