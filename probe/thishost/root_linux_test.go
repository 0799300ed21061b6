package thishost

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestChroot: a process that has another root directory in our mount namespace is read below that one;
// where its root was not to be seen, a file that is missing is not known to be.
func TestChroot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root may chroot")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "zoo.cfg"), []byte("dataDir=/data\nclientPort=2181\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	perl, err := exec.LookPath("perl")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(perl)
	if err != nil {
		t.Fatal(err)
	}
	java := filepath.Join(t.TempDir(), "java") // what runs as root is read for no other program
	zktest.WriteProgram(t, java, string(program))
	cmd := started(t, exec.CommandContext(t.Context(), java, "-e", "chroot shift or die; <STDIN>", dir))
	pid := cmd.Process.Pid
	for end := time.Now().Add(10 * time.Second); ; {
		if root, _ := os.Readlink(procOf(pid) + "/root"); root == dir {
			break
		}
		if time.Now().After(end) {
			t.Fatal("it has not changed its root")
		}
	}
	if other, known := otherRoot(pid, false); !other || !known {
		t.Errorf("another root: %v, known: %v", other, known)
	}
	if other, known := otherRoot(os.Getpid(), false); other || !known {
		t.Errorf("our own root is another: %v, known: %v", other, known)
	}
	line, err := os.ReadFile(procOf(pid) + "/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	p := localProcess{configPath: "/zoo.cfg", command: splitArgs(line)}
	p.PID = pid
	files := in(t).processFiles(t.Context(), p)
	if got := in(t).processConfig(t.Context(), p, files); !got.Seen() || got.Value.ClientPort.Value != 2181 {
		t.Errorf("%+v: %v", got, got.Failure)
	}
	if got := in(t).processConfig(t.Context(), p, hostFiles{rootUnknown: true}); !got.FailedAs(snapshot.Denied) {
		t.Errorf("its root was not seen: %+v", got)
	}
}
