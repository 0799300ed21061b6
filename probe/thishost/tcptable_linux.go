package thishost

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// States of a TCP socket in /proc/net/tcp (include/net/tcp_states.h).
const (
	tcpEstablished = 0x01
	tcpSynSent     = 0x02
	tcpListen      = 0x0A
)

// Timers of a socket (net/ipv4/tcp_ipv4.c, get_tcp4_sock): it waits for an acknowledgement and
// sends again, or it could send nothing, for want of room at the other end or because this host
// itself has dropped it, and probes.
const (
	retransmitTimer = 1
	probeTimer      = 4
)

// socket is a line of /proc/net/tcp or tcp6.
type socket struct {
	// state is one of the tcp constants, and inode the socket's; 0 while it belongs to
	// no process. uid is the user's.
	state, inode, uid uint64
	local, remote     netip.AddrPort
	// unacked are the bytes that the other end has not acknowledged. retries is how often they
	// were sent again, or it was probed, without any answer.
	unacked, retries uint64
}

// eachSocket visits the TCP sockets of the network namespace of a /proc entry. procfs, which
// reads these lists too, leaves out the timer.
//
// A kernel without IPv6 has the first list alone. So has, for a reader who comes as it ends, a
// process: its sockets, which are Java's and in the second list, are not none then, but unknown.
func eachSocket(ctx context.Context, proc string, visit func(socket)) error {
	first := filepath.Join(proc, "net", "tcp")
	if err := eachLine(ctx, first, visit); err != nil {
		return err
	}
	err := eachLine(ctx, filepath.Join(proc, "net", "tcp6"), visit)
	if !os.IsNotExist(err) {
		return err
	}
	_, ended := os.Stat(first)
	return ended
}

// linesAtOnce is how many are read before the clock is looked at: anybody may open sockets.
const linesAtOnce = 1024

func eachLine(ctx context.Context, path string, visit func(socket)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read from
	lines := bufio.NewScanner(file)
	lines.Scan() // the heading
	for n := 0; lines.Scan(); n++ {
		if n%linesAtOnce == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		s, err := parseSocket(lines.Text())
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		visit(s)
	}
	return lines.Err()
}

// parseSocket reads a line: number, local and remote address, state, tx_queue:rx_queue,
// timer:when, retransmits, uid, probes without an answer (headed timeout), inode; more may follow.
func parseSocket(line string) (socket, error) {
	fields := strings.Fields(line)
	if len(fields) < 10 {
		return socket{}, fmt.Errorf("no socket: %.80q", line)
	}
	var s socket
	var timer, retransmits, probes uint64
	unacked, _, _ := strings.Cut(fields[4], ":")
	running, _, _ := strings.Cut(fields[5], ":")
	for _, number := range []struct {
		to   *uint64
		text string
		base int
	}{
		{&s.state, fields[3], 16},
		{&s.unacked, unacked, 16},
		{&timer, running, 16},
		{&retransmits, fields[6], 16},
		{&s.uid, fields[7], 10},
		{&probes, fields[8], 10},
		{&s.inode, fields[9], 10},
	} {
		var err error
		if *number.to, err = strconv.ParseUint(number.text, number.base, 64); err != nil {
			return socket{}, fmt.Errorf("no socket: %.80q", line)
		}
	}
	local, ok := parseSocketAddr(fields[1])
	remote, also := parseSocketAddr(fields[2])
	if !ok || !also {
		return socket{}, fmt.Errorf("no addresses of a socket: %.80q", line)
	}
	switch timer {
	case retransmitTimer:
		s.retries = retransmits
	case probeTimer:
		s.retries = probes
	}
	s.local, s.remote = local, remote
	return s, nil
}

// parseSocketAddr reads "0100007F:0CEA": the words of an address as numbers of this machine,
// and the port. Java's IPv4-mapped addresses (::ffff:10.0.0.1) become IPv4.
func parseSocketAddr(text string) (addr netip.AddrPort, ok bool) {
	digits, portText, _ := strings.Cut(text, ":")
	port, err := strconv.ParseUint(portText, 16, 16)
	if err != nil || len(digits) != 8 && len(digits) != 32 {
		return netip.AddrPort{}, false
	}
	var raw []byte
	for ; digits != ""; digits = digits[8:] {
		word, err := strconv.ParseUint(digits[:8], 16, 32)
		if err != nil {
			return netip.AddrPort{}, false
		}
		raw = binary.NativeEndian.AppendUint32(raw, uint32(word))
	}
	ip, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip.Unmap(), uint16(port)), ok
}
