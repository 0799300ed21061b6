package thishost

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/procfs"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// States of a TCP socket in /proc/net/tcp (include/net/tcp_states.h).
const (
	tcpEstablished = 0x01
	tcpSynSent     = 0x02
	tcpListen      = 0x0A
)

// Addrs are the addresses of this host, as our own network namespace has them.
func Addrs() snapshot.Obs[[]netip.Addr] { return addrsOf(ourselves) }

// addrsOf reads the addresses of the network namespace of a process from its fib_trie,
// where every address of the host is the prefix of a "host LOCAL" line, and from
// if_inet6. Asking the kernel (netlink) would show our own namespace only.
func addrsOf(proc string) snapshot.Obs[[]netip.Addr] {
	started, dir := time.Now(), filepath.Join(proc, "net")
	trie, err := os.ReadFile(filepath.Join(dir, "fib_trie"))
	if err != nil {
		return snapshot.Failed[[]netip.Addr](fileFailure(filepath.Join(dir, "fib_trie"), err), time.Since(started))
	}
	addrs := parseFibTrie(trie)
	if inet6, err := os.ReadFile(filepath.Join(dir, "if_inet6")); err == nil { // absent without IPv6
		addrs = append(addrs, parseIfInet6(inet6)...)
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	return snapshot.Saw(slices.Compact(addrs), time.Since(started))
}

// parseFibTrie reads lines of the form "|-- 10.0.0.1" that are followed by
// "/32 host LOCAL" (net/ipv4/fib_trie.c, fib_trie_seq_show).
func parseFibTrie(data []byte) []netip.Addr {
	var addrs []netip.Addr
	var last netip.Addr
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if prefix, ok := strings.CutPrefix(line, "|-- "); ok {
			last, _ = netip.ParseAddr(prefix)
		} else if strings.HasPrefix(line, "/32 host LOCAL") && last.IsValid() {
			addrs = append(addrs, last)
		}
	}
	return addrs
}

// parseIfInet6 reads lines that begin with 32 hexadecimal digits.
func parseIfInet6(data []byte) []netip.Addr {
	var addrs []netip.Addr
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		digits, _, _ := strings.Cut(lines.Text(), " ")
		raw, err := hex.DecodeString(digits)
		if err != nil {
			continue
		}
		if addr, ok := netip.AddrFromSlice(raw); ok {
			addrs = append(addrs, addr)
		}
	}
	return addrs
}

// HeldConnections counts the established connections from this host, by their
// other end.
func HeldConnections() snapshot.Obs[map[netip.AddrPort]int] {
	started := time.Now()
	held := map[netip.AddrPort]int{}
	err := eachSocket(ourselves, func(s socket) {
		if s.state == tcpEstablished {
			held[s.remote]++
		}
	})
	if err != nil {
		return snapshot.Failed[map[netip.AddrPort]int](fileFailure(ourselves+"/net/tcp", err), time.Since(started))
	}
	return snapshot.Saw(held, time.Since(started))
}

// socket is a line of /proc/net/tcp or tcp6.
type socket struct {
	// state is one of the tcp constants, and inode the socket's; 0 while it belongs to
	// no process. uid is the user's.
	state, inode  uint64
	uid           uint64
	local, remote netip.AddrPort
}

// eachSocket visits the TCP sockets of the network namespace of a /proc entry.
// The error is that of the IPv4 list; a kernel without IPv6 has no other.
func eachSocket(proc string, visit func(socket)) error {
	dir, err := procfs.NewFS(proc)
	if err != nil {
		return err
	}
	sockets, err := dir.NetTCP() //nolint:staticcheck // netlink has no way into another process's namespace; its /proc has
	if err != nil {
		return err
	}
	if six, err := dir.NetTCP6(); err == nil { //nolint:staticcheck // likewise
		sockets = append(sockets, six...)
	}
	for _, s := range sockets {
		visit(socket{s.St, s.Inode, s.UID, socketAddr(s.LocalAddr, s.LocalPort), socketAddr(s.RemAddr, s.RemPort)})
	}
	return nil
}

// socketAddr turns Java's IPv4-mapped addresses (::ffff:10.0.0.1) into IPv4.
func socketAddr(ip net.IP, port uint64) netip.AddrPort {
	addr, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)) //nolint:gosec // a port
}
