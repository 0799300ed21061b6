package zktest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/zkdoctor/zkdoctor/internal/pdeathsig"
)

// process is a started command and what became of it.
type process struct {
	cmd *exec.Cmd
	// pid is the process that signals go to: the command's, or that of the
	// child it made in other namespaces.
	pid  int
	done chan struct{} // closed after the end
	code int           // after done: exit code, 128 + n for signal n
}

func run(starter *pdeathsig.Starter, cmd *exec.Cmd) (*process, error) {
	if err := starter.Start(cmd); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, pid: cmd.Process.Pid, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended is in ProcessState
		p.code = exitCode(cmd.ProcessState)
		close(p.done)
	}()
	return p, nil
}

// exitCode is the shell's view of an end.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

func (p *process) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// signal sends the signal to the process, if it still runs.
func (p *process) signal(sig syscall.Signal) error {
	if !p.running() {
		return fmt.Errorf("%s: %w", sig, os.ErrProcessDone)
	}
	if err := syscall.Kill(p.pid, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("%s to process %d: %w", sig, p.pid, err)
	}
	return nil
}

// kill ends the process for sure and waits for that.
func (p *process) kill() {
	if !p.running() {
		return
	}
	_ = p.signal(syscall.SIGKILL)
	if p.pid != p.cmd.Process.Pid {
		// nsenter and unshare stop when their child stops: wake them, so that
		// they pass on how it ended.
		_ = syscall.Kill(p.cmd.Process.Pid, syscall.SIGCONT)
	}
	<-p.done
}

// childOf returns the process whose parent is pid, 0 when there is none.
func childOf(pid int) int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// pid (comm) state ppid ...; comm may hold anything, even ")".
		_, rest, _ := strings.Cut(string(raw[strings.LastIndex(string(raw), ")")+1:]), " ")
		fields := strings.Fields(rest)
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			return child
		}
	}
	return 0
}
