package zktest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// newServer makes a server with all its fields set, and touches no file.
func newServer(e *Ensemble, host *Host, id int) *Server {
	dir := filepath.Join(e.Dir, "zk"+strconv.Itoa(id))
	return &Server{
		Host: host, ID: id, Observer: id > e.options.Servers, Version: e.options.Version,
		ClientPort: 2181, QuorumPort: 2888, ElectionPort: 3888,
		Dir: dir, DataDir: filepath.Join(dir, "data"), DataLogDir: filepath.Join(dir, "data", "datalogs"),
		LogDir: filepath.Join(dir, "logs"), LogFile: filepath.Join(dir, "logs", "zookeeper.out"),
		ConfigFile: filepath.Join(dir, "conf", "zoo.cfg"),
		MyID:       []byte(strconv.Itoa(id) + "\n"),
		ensemble:   e,
	}
}

// command is the server's command line, in zkServer.sh's order, but that the folder of
// the configuration, of which it wants the logging's, is last in the class path:
// class-data archives are of jars, and their class path has to begin with those.
func (s *Server) command(jars []string, archive string) []string {
	classPath := append(slices.Clone(jars), filepath.Dir(s.ConfigFile))
	command := []string{
		s.ensemble.java,
		"-Dzookeeper.log.dir=" + s.LogDir,
		"-Dzookeeper.log.file=zookeeper.log",
		"-Dzookeeper.root.logger=INFO,CONSOLE",
		"-Djava.io.tmpdir=" + s.tmpDir(),
		"-cp", strings.Join(classPath, ":"),
	}
	if archive != "" {
		command = append(command, "-XX:SharedArchiveFile="+archive, "-Xshare:auto")
	}
	command = append(command, s.JVM...)
	return append(command, "org.apache.zookeeper.server.quorum.QuorumPeerMain", s.ConfigFile)
}

// Start starts the server's process and returns when it runs, which is before
// it serves. The process outlives ctx. The console is appended to LogFile.
func (s *Server) Start(ctx context.Context) error {
	jars, archive, err := s.ensemble.classes(ctx, s.Version)
	if err != nil {
		return err
	}
	return s.start(ctx, jars, archive)
}

// start does that with these jars, and that class-data archive, "" for none.
func (s *Server) start(ctx context.Context, jars []string, archive string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil && s.process.running() {
		return fmt.Errorf("server.%d is already running", s.ID)
	}
	log, err := os.OpenFile(s.LogFile, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	args := s.inside(s.Dir, s.command(jars, archive))
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Dir, log, log
	p, err := run(s.ensemble.starter, cmd)
	if err != nil {
		return fmt.Errorf("server.%d: %w", s.ID, err)
	}
	s.process, s.stopped, s.paused = p, false, false
	err = s.find(ctx, p)
	if err != nil {
		p.kill()
	}
	return err
}

// Stop sends SIGTERM, as zkServer.sh stop does, and waits for the end.
func (s *Server) Stop(ctx context.Context) error {
	p, err := s.end(syscall.SIGTERM)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop server.%d: %w", s.ID, context.Cause(ctx))
	case <-time.After(pollFor):
		return fmt.Errorf("stop server.%d: still running after %s", s.ID, pollFor)
	}
}

// Kill sends SIGKILL and waits for the end.
func (s *Server) Kill() error {
	p, err := s.end(syscall.SIGKILL)
	if err != nil {
		return err
	}
	p.kill()
	return nil
}

func (s *Server) end(sig syscall.Signal) (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil, fmt.Errorf("server.%d was never started", s.ID)
	}
	s.stopped, s.paused = true, false
	if err := s.process.signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return nil, err
	}
	return s.process, nil
}

// Pause stops the process where it is (SIGSTOP): its ports stay open and the
// kernel still accepts connections, but nothing answers.
func (s *Server) Pause() error { return s.pause(true, syscall.SIGSTOP) }

// Resume lets a paused process go on (SIGCONT).
func (s *Server) Resume() error { return s.pause(false, syscall.SIGCONT) }

func (s *Server) pause(paused bool, sig syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return fmt.Errorf("server.%d was never started", s.ID)
	}
	if err := s.process.signal(sig); err != nil {
		return err
	}
	s.paused = paused
	if own := s.process.cmd.Process.Pid; !paused && own != s.process.pid {
		return syscall.Kill(own, sig) // nsenter stopped with its child
	}
	return nil
}

// Paused reports whether Pause was the last thing done to the process.
func (s *Server) Paused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paused
}

// Running reports whether the process is there, serving or not, paused or not.
func (s *Server) Running() bool {
	p := s.current()
	return p != nil && p.running()
}

// PID is the process id as this process sees it, 0 when it does not run.
func (s *Server) PID() int {
	if p := s.current(); p != nil && p.running() {
		return p.pid
	}
	return 0
}

// ExitCode returns how the last process ended: its code, or 128 + n for signal
// n. It is false while it runs, or was never started.
func (s *Server) ExitCode() (int, bool) {
	p := s.current()
	if p == nil || p.running() {
		return 0, false
	}
	return p.code, true
}

func (s *Server) current() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process
}

func (s *Server) exitedByItself() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process != nil && !s.process.running() && !s.stopped
}

// Log returns what the server has logged so far.
func (s *Server) Log() string {
	text, err := os.ReadFile(s.LogFile)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// LogTail returns the last n lines of the log.
func (s *Server) LogTail(n int) string { return tail(s.Log(), n) }
