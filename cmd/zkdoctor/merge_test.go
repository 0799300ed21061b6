package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceMerged: snapshots that were taken on every host of a real ensemble tell what
// one of them cannot.
func TestRealOnceMerged(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	must(t, err)
	for _, c := range []struct {
		name string
		do   func(t *testing.T, ens *zktest.Ensemble)
		// root and servers are the first root cause, empty for none; states are ways
		// that are not open, as FROM>TO port.
		root    report.Code
		servers []int64
		ways    []string
		exit    int
	}{
		{name: "healthy"},
		{
			// Only what server 1 sends to server 2 is lost: seen from 3 all is well.
			name: "one way blocked", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).DropIn(t.Context(), 3888, ens.Server(1).Host))
			},
			root: diag.LatentPortBlock, servers: []int64{2}, ways: []string{"1>2 filtered"}, exit: 1,
		},
		{
			name: "one pair cut off", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(1).Cut(t.Context(), ens.Server(2).Host))
			},
			root: diag.LatentPortBlock, servers: []int64{1, 2}, ways: []string{"1>2 filtered", "2>1 filtered"}, exit: 1,
		},
		{
			// What refuses may be dead: its own sockets say that it listens.
			name: "rejected in its name", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(2).Reject(t.Context(), 3888, zktest.TCPReset))
			},
			root: diag.LatentPortBlock, servers: []int64{2}, ways: []string{"1>2 refused", "3>2 refused"}, exit: 1,
		},
		{
			name: "blocked and out since its restart", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(1).DropIn(t.Context(), 3888))
				coldStart(1)(t, ens)
			},
			root: diag.QuorumPortFiltered, servers: []int64{1}, ways: []string{"2>1 filtered", "3>1 filtered"}, exit: 1,
		},
		{
			name: "a server down", do: func(t *testing.T, ens *zktest.Ensemble) {
				must(t, ens.Server(1).Kill())
				must(t, ens.WaitQuorum(t.Context()))
			},
			root: diag.ProcessDown, servers: []int64{1}, ways: []string{"2>1 refused", "3>1 refused"}, exit: 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			ens := zktest.StartT(t, zktest.Options{Hosts: zktest.Namespaces})
			if c.do != nil {
				c.do(t, ens)
			}
			args := []string{"check", "-o", "json", "--from"}
			for _, s := range ens.Servers {
				file := filepath.Join(t.TempDir(), s.Name+".json")
				got, err := s.Host.Run(t.Context(), program, "collect", "-c", s.ConfigFile, "--timeout", "500ms", "--out", file)
				if err != nil || got.ExitCode != 0 {
					t.Fatalf("collect on %s: exit %d, %v: %s", s.Name, got.ExitCode, err, got.Stderr)
				}
				args = append(args, file)
			}
			cmd := exec.Command(program, args...)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if code := cmd.ProcessState.ExitCode(); code != c.exit {
				t.Errorf("exit %d, want %d: %v", code, c.exit, err)
			}
			var got report.Report
			must(t, json.NewDecoder(bytes.NewReader(out)).Decode(&got))
			t.Cleanup(func() {
				text, _ := exec.Command(program, append([]string{"check", "--from"}, args[4:]...)...).Output()
				t.Logf("%s", text)
			})
			var root report.Finding
			if len(got.Findings) > 0 && got.Findings[0].Root {
				root = got.Findings[0]
			}
			if ids := idsOf(&got, root.Servers); root.Code != c.root || !slices.Equal(ids, c.servers) {
				t.Errorf("first root cause %q %v, want %q %v", root.Code, ids, c.root, c.servers)
			}
			var ways []string
			for _, w := range got.Reach {
				if w.Election != report.PortOpen {
					ways = append(ways, strings.Join([]string{idOf(ens, w.From), idOf(ens, w.To)}, ">")+" "+string(w.Election))
				}
			}
			if len(got.Reach) != 6 || !slices.Equal(ways, c.ways) {
				t.Errorf("of %d ways %q are not open, want %q", len(got.Reach), ways, c.ways)
			}
		})
	}
}

// idOf is the id of the server at an address.
func idOf(ens *zktest.Ensemble, addr string) string {
	for _, s := range ens.Servers {
		if s.Addr == addr {
			return string(rune('0' + s.ID))
		}
	}
	return addr
}
