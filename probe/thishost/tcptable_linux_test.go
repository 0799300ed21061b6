package thishost

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
)

// TestParseSocket: as Linux 6 has shown them, of a connection whose packets were dropped on the
// way, and before they left.
func TestParseSocket(t *testing.T) {
	t.Parallel()
	here, there := netip.MustParseAddrPort("10.98.0.1:56296"), netip.MustParseAddrPort("10.98.0.2:3888")
	ends := socket{state: tcpEstablished, local: here, remote: there}
	for _, c := range []struct {
		name, line string
		want       socket
	}{
		{"sent again", "0: 0100620A:DBE8 0200620A:0F30 01 00000056:00000000 01:00000106 00000004     0        0 1042627 2 000000006b99e56d 326 0 0 1 -1", socket{inode: 1042627, unacked: 86, retries: 4}},
		{"not yet", "0: 0100620A:DBE8 0200620A:0F30 01 0000002B:00000000 01:0000000B 00000000   104        0 1042627 2 000000006b99e56d 20 0 0 10 -1", socket{inode: 1042627, uid: 104, unacked: 43}},
		{"probed", "0: 0100620A:DBE8 0200620A:0F30 01 0000002B:00000000 04:000000F5 00000000     0        4 1037625 2 00000000f87de014 20 0 0 10 -1", socket{inode: 1037625, unacked: 43, retries: 4}},
		{"idle, kept alive", "0: 0100620A:DBE8 0200620A:0F30 01 00000000:00000000 02:000004D2 00000000     0        0 99 2 0 20 4 30 10 -1", socket{inode: 99}},
		{"IPv4 on an IPv6 socket", "0: 0000000000000000FFFF00000100620A:DBE8 0000000000000000FFFF00000200620A:0F30 01 00000000:00000000 00:00000000 00000000     0        0 7", socket{inode: 7}},
	} {
		want := ends
		want.inode, want.uid, want.unacked, want.retries = c.want.inode, c.want.uid, c.want.unacked, c.want.retries
		if got, err := parseSocket(c.line); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", c.name, got, err, want)
		}
	}
	for _, bad := range []string{
		"", "0: 0100620A:DBE8 0200620A:0F30 01 00000056:00000000 01:00000106 00000004 0 0",
		"0: 0100620A 0200620A:0F30 01 00000000:00000000 00:00000000 00000000 0 0 7",
		"0: 0100620A:DBE8 0200620A:0F30 zz 00000000:00000000 00:00000000 00000000 0 0 7",
	} {
		if got, err := parseSocket(bad); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, got)
		}
	}
}

// TestEndedAmidItsSockets: a process that ends while its sockets are read has no second list,
// which means nothing, and a kernel without IPv6 none either.
func TestEndedAmidItsSockets(t *testing.T) {
	t.Parallel()
	const heading = "  sl  local_address rem_address   st\n"
	const line = "0: 0100620A:0F30 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7\n"
	for _, ends := range []bool{false, true} {
		proc := t.TempDir()
		if err := os.Mkdir(filepath.Join(proc, "net"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(proc, "net", "tcp"), []byte(heading+line), 0o600); err != nil {
			t.Fatal(err)
		}
		err := eachSocket(t.Context(), proc, func(socket) {
			if ends {
				if err := os.RemoveAll(filepath.Join(proc, "net")); err != nil {
					t.Error(err)
				}
			}
		})
		if got := err != nil; got != ends {
			t.Errorf("ends %t: %v", ends, err)
		}
	}
}
