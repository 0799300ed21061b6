package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// memoryFaults are servers that have too little of it, or are allowed too much.
func memoryFaults() []fault {
	return []fault{
		{
			shape: shape{
				name: "its heap is exhausted", options: zktest.Options{Edit: func(s *zktest.Server) {
					if s.ID == 1 {
						s.JVM = append(s.JVM, "-Xmx24m")
					}
				}},
				do: exhaust(1), args: []string{"-c", "@c1"},
			},
			root: diag.HeapPressure, servers: []int64{1}, shows: "java.lang.OutOfMemoryError", exit: 1,
		},
		{
			shape: shape{name: "its heap may outgrow its control group", do: func(t *testing.T, ens *zktest.Ensemble) {
				limitMemory(t, ens.Server(1), 120<<20)
			}, args: []string{"-c", "@c1"}},
			root: diag.HeapPressure, servers: []int64{1}, shows: "of 120 MiB", state: report.Serving, exit: 1,
		},
	}
}

// exhaust writes by way of another server until one that has little memory says that
// it has none.
func exhaust(id int) func(*testing.T, *zktest.Ensemble) {
	return func(t *testing.T, ens *zktest.Ensemble) {
		session, err := ens.Server(2).OpenSession(t.Context(), 20*time.Second)
		must(t, err)
		n, s := 0, ens.Server(id)
		must(t, ens.Wait(t.Context(), "it to run out of memory", func() bool {
			n++
			must(t, session.Create(t.Context(), fmt.Sprintf("/fill%d", n), make([]byte, 500_000), false))
			return strings.Contains(s.Log(), "java.lang.OutOfMemoryError")
		}))
		// 3.4 lives on without the threads that died, and joins again; later ones end.
		must(t, ens.Wait(t.Context(), "what comes of that", func() bool { return !s.Running() || s.Mode(t.Context()) != "" }))
	}
}

// limitMemory puts a server into a control group with a limit, of either version.
func limitMemory(t *testing.T, s *zktest.Server, limit int) {
	t.Helper()
	root, file := "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
	if _, err := os.Stat(root); errors.Is(err, os.ErrNotExist) {
		root, file = "/sys/fs/cgroup", "memory.max"
	}
	group := filepath.Join(root, "zkdoctor-test-"+strconv.Itoa(s.PID()))
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skipf("no control group can be made here: %v", err)
	}
	t.Cleanup(func() {
		_ = s.Kill() // a group with a process in it cannot be removed
		must(t, os.Remove(group))
	})
	if err := os.WriteFile(filepath.Join(group, file), []byte(strconv.Itoa(limit)), 0o644); err != nil {
		t.Skipf("no control group with a limit can be made here: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(group, "cgroup.procs"), []byte(strconv.Itoa(s.PID())), 0o644))
}
