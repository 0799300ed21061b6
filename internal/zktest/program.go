package zktest

import (
	"os"
	"syscall"
	"testing"
)

// WriteProgram writes a program that may be run at once: meanwhile this process starts no other. One that is
// started while the file is open for writing inherits that, and until it runs its own program the kernel runs
// the file for nobody ("text file busy", ETXTBSY).
func WriteProgram(t testing.TB, path, text string) {
	t.Helper()
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, []byte(text), 0o755)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
}
