package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealWait: a state that was gone for a moment has not lasted, even where it is there again when the
// time is over.
func TestRealWait(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	for _, version := range zktest.UnderTest(t.Name()) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			c := shape{name: "waited for", options: namespaces()}
			ens := c.start(t, version).ens
			leader, err := ens.Leader(t.Context())
			must(t, err)
			waits := map[string]*zktest.Command{}
			for _, state := range []string{"serving", "leader", "in-sync=" + leader.Addr} {
				command := []string{program, "wait", "--for", state, "--interval", "500ms", "--stable", "10s", "--no-local"}
				for _, s := range ens.Servers {
					command = append(command, s.Addr)
				}
				waits[state], err = ens.Client.StartCommand(command...)
				must(t, err)
			}
			said := func(text string) func() bool {
				return func() bool {
					for _, w := range waits {
						if !bytes.Contains(w.Stderr(), []byte(text)) {
							return false
						}
					}
					return true
				}
			}
			must(t, ens.Wait(t.Context(), "the states to hold", said("; holds")))
			must(t, leader.Kill())
			must(t, leader.Start(t.Context()))
			for state, w := range waits {
				got, err := w.Wait(t.Context())
				must(t, err)
				if got.ExitCode != 0 || strings.Count(string(got.Stderr), "; holds") < 2 {
					t.Errorf("%s: exit %d, and its time did not begin again:\n%s%s", state, got.ExitCode, got.Stderr, got.Stdout)
				}
			}
		})
	}
}
