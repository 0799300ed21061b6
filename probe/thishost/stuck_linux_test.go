package thishost

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

// withoutAnswer makes this test a process whose memory the kernel does not get at.
const withoutAnswer = "ZKDOCTOR_TEST_WITHOUT_ANSWER"

// TestWithoutAnswer is that process, when it is told so. It mounts a file system that does not
// answer: one thread reads a page of its file, and another one maps the file past the cache,
// for which the kernel holds all that is mapped, and waits for the page.
func TestWithoutAnswer(t *testing.T) {
	dir := os.Getenv(withoutAnswer)
	if dir == "" {
		t.Skip("for TestNoAnswer")
	}
	check := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	check(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	check(unix.Mount("fuse", dir, "fuse", unix.MS_NOSUID|unix.MS_NODEV, "fd=3,rootmode=40000,user_id=0,group_id=0"))
	check(unix.Close(3)) // with the other end of it all of this ends
	fmt.Println("mounted")
	var fds [2]int
	for i := range fds {
		fd, err := unix.Open(filepath.Join(dir, "file"), unix.O_RDONLY, 0)
		check(err)
		fds[i] = fd
	}
	check(syscall.Setgid(nobody))
	check(syscall.Setuid(nobody))
	go unix.Read(fds[0], make([]byte, 1))
	_, err := os.Stdin.Read(make([]byte, 1))
	check(err)
	_, err = unix.Mmap(fds[1], 0, 4096, unix.PROT_READ, unix.MAP_PRIVATE)
	check(err)
}

// startWithoutAnswer starts such a process of nobody, with the command line of a server.
func startWithoutAnswer(t *testing.T) int {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	f := newFuse(t)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Args = []string{"java", "-test.run=^TestWithoutAnswer$", "--", mainClasses[0], "/srv/zoo.cfg"}
	cmd.Env = append(os.Environ(), withoutAnswer+"="+dir)
	// The child must not have the kernel's end: with the test it ends, and what waits for it.
	fd, err := unix.FcntlInt(uintptr(f.device), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		t.Fatal(err)
	}
	own := os.NewFile(uintptr(fd), "fuse")
	cmd.ExtraFiles = []*os.File{own}
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	err = cmd.Start()
	own.Close()
	if err != nil {
		t.Skipf("no mounts here: %v", err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	device := os.NewFile(uintptr(f.device), "fuse")
	t.Cleanup(func() {
		device.Close()
		in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // that it failed says nothing
		<-f.served
	})
	go f.serve(device)
	if line != "mounted\n" {
		t.Skipf("no FUSE here: %s", line)
	}
	limit := time.After(30 * time.Second)
	select {
	case <-f.read:
	case <-limit:
		t.Fatal("nothing is read")
	}
	if _, err := in.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	for !waitsInKernel(cmd.Process.Pid) {
		select {
		case <-limit:
			t.Fatal("it does not wait in the kernel")
		default:
		}
	}
	return cmd.Process.Pid
}

// waitsInKernel reports whether a thread of a process waits for what cannot be interrupted.
func waitsInKernel(pid int) bool {
	files, _ := filepath.Glob(procOf(pid) + "/task/*/stat")
	for _, file := range files {
		stat, _ := os.ReadFile(file) // gone by now: no
		if strings.Contains(string(stat), ") D ") {
			return true
		}
	}
	return false
}

// TestNoAnswer: processes that keep the kernel from telling their command lines are left out
// and counted; those of others are found, in time.
func TestNoAnswer(t *testing.T) {
	if os.Getenv("ZKTEST_STUCK") == "" {
		t.Skip("ps(1) and other tests' scans would wait with it: run it alone, with ZKTEST_STUCK=1")
	}
	var all []owned
	for range 6 { // two more than may be asked for of one user
		pid := startWithoutAnswer(t)
		all = append(all, owned{pid, procOwner(pid)})
		if owner := all[0].owner; owner != nobody {
			t.Errorf("its owner is %d", owner)
		}
	}
	stuck := len(all)
	honest := startedAs(t, mainClasses[0], "/srv/honest.cfg").Process.Pid
	all = append(all, owned{honest, procOwner(honest)})
	h := in(t)
	s := newScan(h)
	started := time.Now()
	s.scan(t.Context(), all)
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if s.others.Unscanned != stuck || s.others.Found != 1 {
		t.Errorf("got %+v, want %d unscanned", s.others, stuck)
	}
	if _, failure := h.processRights(t.Context(), all[0], nil); failure == nil {
		t.Error("the files of one are read")
	}
}

// TestStuckOfOne: when too much has been asked in vain of one user's processes, no more are
// asked, and are counted; another user's are.
func TestStuckOfOne(t *testing.T) {
	h := in(t)
	release := make(chan struct{})
	var ends []<-chan struct{}
	for {
		_, err := askKernel(t.Context(), h, askLimit, nobody, func() (int, error) { <-release; return 0, nil })
		ended, silent := noAnswer(err)
		if !silent {
			t.Fatalf("got %v", err)
		}
		if ended == nil {
			break
		}
		ends = append(ends, ended)
	}
	server := startedAs(t, mainClasses[0], "/srv/zoo.cfg").Process.Pid
	s := newScan(h)
	s.scan(t.Context(), []owned{{server, nobody}, {server, zookeeper}})
	if s.others.Unscanned != 1 || s.others.Found != 1 || s.others.All() {
		t.Errorf("got %+v", s.others)
	}
	close(release)
	for _, ended := range ends {
		<-ended
	}
}

// TestLateAnswer: what the kernel tells after a while is told then.
func TestLateAnswer(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "maps")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	h := in(t)
	_, err := askKernel(t.Context(), h, askLimit, nobody, func() (bool, error) { return mapsMachine(fifo) })
	ended, silent := noAnswer(err)
	if !silent || ended == nil {
		t.Fatalf("got %v", err)
	}
	writer, err := os.OpenFile(fifo, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	writer.Close()
	<-ended
	if _, silent := noAnswer(hostfile.ErrStuck); !silent {
		t.Error("one that is not asked counts as seen")
	}
}
