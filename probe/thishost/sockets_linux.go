package thishost

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
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
func HeldConnections(ctx context.Context) snapshot.Obs[map[netip.AddrPort]int] {
	started := time.Now()
	held := map[netip.AddrPort]int{}
	err := eachSocket(ctx, ourselves, func(s socket) {
		if s.state == tcpEstablished {
			held[s.remote]++
		}
	})
	if err != nil {
		return snapshot.Failed[map[netip.AddrPort]int](fileFailure(ourselves+"/net/tcp", err), time.Since(started))
	}
	return snapshot.Saw(held, time.Since(started))
}
