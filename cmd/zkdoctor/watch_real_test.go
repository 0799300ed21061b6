package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// watching is zkdoctor watch at work on an ensemble.
type watching struct {
	ens     *zktest.Ensemble
	command *zktest.Command
	// read is how many events of it the test has had.
	read int
}

func startWatch(t *testing.T, ens *zktest.Ensemble, args ...string) *watching {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	command := append([]string{program, "watch", "-o", "json", "--interval", "500ms", "--timeout", "4s"}, args...)
	for _, s := range ens.Servers {
		command = append(command, s.Addr)
	}
	w := &watching{ens: ens}
	w.command, err = ens.Client.StartCommand(command...)
	must(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s%s", w.command.Stdout(), w.command.Stderr())
		}
	})
	return w
}

// events are all so far.
func (w *watching) events(t *testing.T) []report.Event {
	t.Helper()
	var all []report.Event
	for line := range bytes.Lines(w.command.Stdout()) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // it is being written
		}
		var e report.Event
		must(t, json.Unmarshal(line, &e))
		all = append(all, e)
	}
	return all
}

// until waits for changes, "kind server" each, and returns all that came since the last call. None
// of those may come more than once, and their order is that of the list.
func (w *watching) until(t *testing.T, want ...string) []report.Event {
	t.Helper()
	begun := w.read
	names := func(e report.Event) []string {
		if len(e.Servers) == 0 {
			return []string{string(e.Kind) + " " + e.To}
		}
		var out []string
		for _, s := range e.Servers {
			out = append(out, string(e.Kind)+" "+s)
		}
		return out
	}
	var got []string
	var since []report.Event
	must(t, w.ens.Wait(t.Context(), strings.Join(want, ", "), func() bool {
		since, got = w.events(t)[begun:], nil
		for _, e := range since {
			got = append(got, names(e)...)
		}
		return !slices.ContainsFunc(want, func(one string) bool { return !slices.Contains(got, one) })
	}))
	w.read = begun + len(since)
	var order []string
	for _, one := range got {
		if slices.Contains(want, one) {
			order = append(order, one)
		}
	}
	if !slices.Equal(order, want) {
		t.Errorf("got %q in this order, want %q; all: %q", order, want, got)
	}
	return since
}

// happened fails the test where a change is not told as of the time at which it was made.
func happened(t *testing.T, events []report.Event, kind report.ChangeKind, server string, began, ended time.Time) {
	t.Helper()
	i := slices.IndexFunc(events, func(e report.Event) bool { return e.Kind == kind && slices.Contains(e.Servers, server) })
	if i < 0 {
		t.Fatalf("no %s of %s", kind, server)
	}
	if e := events[i]; e.At.Before(began) || e.After.After(ended) || e.At.Sub(e.After) > 15*time.Second {
		t.Errorf("%s of %s is told as between %s and %s, and was between %s and %s", kind, server, e.After, e.At, began, ended)
	}
}

// TestRealWatch: each change once, in order, and with a right time.
func TestRealWatch(t *testing.T) {
	t.Parallel()
	c := shape{name: "watched", options: zktest.Options{Hosts: zktest.Namespaces}}
	for _, version := range c.versions() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			ens := c.start(t, version).ens
			w := startWatch(t, ens)
			w.until(t, "verdict serving")
			leader, err := ens.Leader(t.Context())
			must(t, err)
			i := slices.IndexFunc(ens.Servers, func(s *zktest.Server) bool { return s != leader })
			follower := ens.Servers[i]
			name := follower.Addr

			began := time.Now()
			must(t, follower.Kill())
			ended := time.Now()
			got := w.until(t, "server-out "+name, "verdict degraded")
			happened(t, got, report.ServerWentOut, name, began, ended)
			must(t, follower.Start(t.Context()))
			w.until(t, "server-back "+name, "verdict serving")

			began = time.Now()
			must(t, follower.Pause())
			got = w.until(t, "server-out "+name, "verdict degraded") // its leader has lost it
			happened(t, got[:1], got[0].Kind, name, began, time.Now())
			must(t, follower.Resume())
			w.until(t, "server-back "+name, "verdict serving")
			must(t, ens.WaitServing(t.Context()))

			must(t, follower.Host.Cut(t.Context(), others(ens, follower)...))
			w.until(t, "server-out "+name, "verdict degraded")
			must(t, follower.Host.Restore(t.Context()))
			w.until(t, "server-back "+name, "verdict serving")
			must(t, ens.WaitServing(t.Context()))

			began = time.Now()
			must(t, leader.Kill())
			ended = time.Now()
			got = w.until(t, "server-out "+leader.Addr)
			happened(t, got, report.ServerWentOut, leader.Addr, began, ended)
			var next *zktest.Server
			must(t, ens.Wait(t.Context(), "another leader", func() bool {
				next, err = ens.Leader(t.Context())
				return err == nil && next != leader
			}))
			must(t, leader.Start(t.Context()))
			w.until(t, "server-back "+leader.Addr)
			all := w.events(t)
			if !slices.ContainsFunc(all, func(e report.Event) bool { return e.Kind == report.LeaderChanged && e.To == next.Addr }) {
				t.Errorf("%s leads, and watch does not say so", next.Addr)
			}
			must(t, w.command.Signal(t.Context(), syscall.SIGINT))
			result, err := w.command.Wait(t.Context())
			must(t, err)
			if len(result.Stderr) > 0 || result.ExitCode > 1 {
				t.Errorf("it ended with %d: %s", result.ExitCode, result.Stderr)
			}
			for _, e := range all {
				t.Logf("%s %s %v %s %s -> %s %v", e.At.Format(time.TimeOnly), e.Kind, e.Servers, e.Key, e.From, e.To, e.When)
			}
		})
	}
}

// others are the hosts of all other servers.
func others(ens *zktest.Ensemble, but *zktest.Server) []*zktest.Host {
	var out []*zktest.Host
	for _, s := range ens.Servers {
		if s != but {
			out = append(out, s.Host)
		}
	}
	return out
}

// TestRealOnceWatchSplit: two leaders are told once, and when they are over.
func TestRealOnceWatchSplit(t *testing.T) {
	t.Parallel()
	c := shape{name: "split, watched", options: zktest.Options{Servers: 5, NoWait: true, Edit: halfExpansion}, do: waitTwoLeaders}
	ens := c.start(t, zktest.Newest).ens
	w := startWatch(t, ens)
	w.until(t, "verdict split")
	began := time.Now()
	must(t, ens.Server(5).Kill())
	got := w.until(t, "server-out "+ens.Server(5).Addr)
	happened(t, got, report.ServerWentOut, ens.Server(5).Addr, began, time.Now())
	must(t, ens.Server(5).Start(t.Context()))
	w.until(t, "verdict split")
}

// TestRealDiff: two snapshots of a healthy ensemble have no difference, and those around a restart
// and an outage have that one.
func TestRealDiff(t *testing.T) {
	t.Parallel()
	c := shape{name: "compared"}
	for _, version := range c.versions() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			ens := c.start(t, version).ens
			program, err := builtProgram()
			must(t, err)
			dir := t.TempDir()
			collect := func(name string) string {
				file := filepath.Join(dir, name+".json")
				command := []string{program, "collect", "--no-local", "--timeout", "5s", "--deadline", "30s", "--out", file}
				for _, s := range ens.Servers {
					command = append(command, s.Addr)
				}
				result, err := ens.Client.Run(t.Context(), command...)
				must(t, err)
				if result.ExitCode != 0 {
					t.Fatalf("collect: %s", result.Stderr)
				}
				return file
			}
			diff := func(before, after string, exit int, want ...report.ChangeKind) {
				t.Helper()
				result, err := ens.Client.Run(t.Context(), program, "diff", "-o", "json", before, after)
				must(t, err)
				var got report.Changes
				must(t, json.Unmarshal(result.Stdout, &got))
				var kinds []report.ChangeKind
				for _, one := range got.Changes {
					kinds = append(kinds, one.Kind)
				}
				missing := func(k report.ChangeKind) bool { return !slices.Contains(kinds, k) }
				if result.ExitCode != exit || slices.ContainsFunc(want, missing) || len(want) == 0 && len(kinds) > 0 {
					t.Errorf("exit %d, want %d with %v: %s%s", result.ExitCode, exit, want, result.Stdout, result.Stderr)
				}
			}
			// A new process is known by counters that are less: on a quick machine its own
			// start may be asked as often as that of the first.
			for _, s := range ens.Servers {
				for range 100 {
					_, err := s.Word(t.Context(), "ruok")
					must(t, err)
				}
			}
			first := collect("first")
			diff(first, collect("again"), 0)
			leader, err := ens.Leader(t.Context())
			must(t, err)
			must(t, leader.Kill())
			must(t, ens.Wait(t.Context(), "another leader", func() bool {
				next, err := ens.Leader(t.Context())
				return err == nil && next != leader
			}))
			diff(first, collect("out"), 1, report.ServerWentOut, report.LeaderChanged, report.EpochChanged, report.VerdictChanged, report.FindingCame)
			must(t, leader.Start(t.Context()))
			must(t, ens.WaitServing(t.Context()))
			restarted := []report.ChangeKind{report.LeaderChanged, report.EpochChanged}
			if version != "3.4.10" && !strings.HasPrefix(version, "3.5.") { // its counters show no process
				restarted = append(restarted, report.ServerRestarted)
			}
			diff(first, collect("back"), 1, restarted...)
		})
	}
}
