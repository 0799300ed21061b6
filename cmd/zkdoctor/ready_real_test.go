package main

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceReady: of three servers all are ready, one that is stopped or paused is not, nor
// the last one, without a quorum. It takes 20 ms on an idle machine; a busy one gets more.
func TestRealOnceReady(t *testing.T) {
	t.Parallel()
	program, err := builtProgram()
	if err != nil {
		t.Fatal(err)
	}
	ens := zktest.StartT(t, zktest.Options{Servers: 3})
	ready := func(s *zktest.Server) (code int, said string, took time.Duration) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		started := time.Now()
		out, err := exec.CommandContext(ctx, program, "ready", "--timeout=5s", "--fail=open", clientAddress(s)).CombinedOutput()
		took = time.Since(started)
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		return code, string(out), took
	}
	fastest := time.Minute
	for _, s := range ens.Servers {
		for range 3 {
			code, said, took := ready(s)
			if code != 0 || !strings.HasPrefix(said, "ready: ") {
				t.Errorf("server.%d: exit code %d, %q", s.ID, code, said)
			}
			fastest = min(fastest, took)
		}
	}
	t.Logf("the fastest answer took %v", fastest)
	if fastest > 300*time.Millisecond {
		t.Errorf("the fastest answer took %v", fastest)
	}
	if err := ens.Servers[0].Pause(); err != nil {
		t.Fatal(err)
	}
	if err := ens.Servers[1].Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range ens.Servers {
		if err := ens.Wait(t.Context(), "server not to be ready", func() bool {
			code, said, _ := ready(s)
			return code == 1 && strings.HasPrefix(said, "not ready: ")
		}); err != nil {
			t.Error(err)
		}
	}
}
