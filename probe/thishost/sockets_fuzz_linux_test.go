package thishost

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzSockets: whatever stands in /proc/net/tcp and tcp6, as that of another process's
// network namespace, it is an error or a list of addresses.
func FuzzSockets(f *testing.F) {
	const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	f.Add([]byte(head+"   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 20 1 0 100 0 0 10 0\n"), []byte(head))
	f.Add([]byte(head), []byte(head+"   0: 0000000000000000FFFF00000100007F:0885 0000000000000000FFFF00000100007F:C350 01 00000000:00000000 02:000004D2 00000000  1000        0 99 2 0 20 4 30 10 -1\n"))
	f.Add([]byte("x"), []byte(nil))
	proc := f.TempDir()
	if err := os.Mkdir(filepath.Join(proc, "net"), 0o700); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, four, six []byte) {
		for name, data := range map[string][]byte{"tcp": four, "tcp6": six} {
			if err := os.WriteFile(filepath.Join(proc, "net", name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		listeners := listenersOf(t.Context(), proc)
		for _, at := range listeners.Value {
			if at.Addr().Is4In6() {
				t.Errorf("an IPv4 address in another's clothes: %v", at)
			}
		}
	})
}
