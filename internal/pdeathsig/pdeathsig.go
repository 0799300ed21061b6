// Package pdeathsig starts processes that cannot outlive this one (PR_SET_PDEATHSIG).
package pdeathsig

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// Starter starts processes that the kernel kills when this process dies. The
// kernel ties PR_SET_PDEATHSIG to the thread that forked, and Go may end a
// thread at any time; so one goroutine, bound to its thread, starts them all
// and stays until Close.
type Starter struct {
	work chan func()
	once sync.Once
}

// New returns a Starter. Close must be called.
func New() *Starter {
	s := &Starter{work: make(chan func())}
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		for f := range s.work {
			f()
		}
	}()
	return s
}

// Close ends the thread; the kernel kills what it started and still runs.
func (s *Starter) Close() { s.once.Do(func() { close(s.work) }) }

// Start starts cmd in a process group of its own, so that a Ctrl-C on the
// terminal reaches only this process, which then closes in order.
func (s *Starter) Start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	done := make(chan error)
	s.work <- func() { done <- cmd.Start() }
	return <-done
}
