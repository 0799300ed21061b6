package restart

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What a start needs of its host.

// ownPorts: what it will listen on is its own now, or nobody's.
func ownPorts(s *subject) []Check {
	h := s.host()
	switch {
	case h == nil || h.Settings == nil || h.Process == nil:
		return nil
	case !h.Listeners.Seen():
		return notKnown("which ports are taken on its host was not seen", do(s.s.Name, "run it as root on that host"))
	}
	var out []Check
	for _, p := range portsOf(h) {
		if !s.taken(p) {
			continue
		}
		if h.Process.Sockets() == nil {
			out = append(out, notKnown(fmt.Sprintf("whether what listens on %d is this server was not seen", p.number), do(s.s.Name, "run it as root on that host"))...)
			continue
		}
		out = append(out, Check{
			Result: NotOK, Text: fmt.Sprintf("another program listens on %d, which its file has for %s", p.number, p.key),
			Evidence: []report.Evidence{{
				Source: "sockets", Server: s.s.Name, Key: "listening on " + strconv.Itoa(p.number),
				Value: "another process", Wanted: "free, or its own",
			}},
			Do: []report.Fix{inspect(s.s.Name, fmt.Sprintf("sudo ss -ltnp 'sport = :%d'", p.number), "which program it is; stop or move it, or correct the file")},
		})
	}
	if out == nil {
		return ok("the ports in its file are free or its own")
	}
	return out
}

// taken reports whether something else than the server listens where that would. It is itself what
// answers at the port that was asked.
func (s *subject) taken(p port) bool {
	own := s.host().Process.Sockets()
	if own == nil && (p.number == s.s.Port && s.s.Srvr.Seen() || p.number == s.s.Election.Number) {
		return false
	}
	return slices.ContainsFunc(s.host().Listeners.Value, func(l netip.AddrPort) bool {
		return int(l.Port()) == p.number && meets(l.Addr(), p.address) && !slices.Contains(own, l)
	})
}

// port is one that a configuration has a server listen on; an empty address means all.
type port struct {
	key     string
	number  int
	address string
}

// portsOf are those of the file on disk. Its quorum port is for leaders alone, and a rule has it.
func portsOf(h *model.Host) []port {
	c := h.Settings
	all := []port{
		{"clientPort", c.ClientPort.Value, c.ClientPortAddress.Value},
		{"secureClientPort", c.SecureClientPort.Value, c.SecureClientPortAddress.Value},
	}
	if m := c.Find(h.ID); h.HasID && m != nil {
		for _, a := range m.Addresses {
			all = append(all, port{fmt.Sprintf("server.%d", m.ID), a.ElectionPort, a.Host})
		}
		if m.Client != nil {
			all = append(all, port{fmt.Sprintf("server.%d", m.ID), m.Client.Port, m.Client.Host})
		}
	}
	return slices.DeleteFunc(all, func(p port) bool { return p.number <= 0 })
}

// meets reports whether a listener is in the way of one at an address. What is a name may be
// any address: a listener at all of them is in its way.
func meets(listener netip.Addr, address string) bool {
	own, err := netip.ParseAddr(address)
	switch {
	case listener.IsUnspecified(), address == "", err == nil && own.IsUnspecified():
		return true
	case err != nil:
		return false
	}
	return listener.Unmap() == own.Unmap()
}

// newLog is the space of a new transaction log (zookeeper.preAllocSize, 64 MiB).
const newLog = 64 << 20

// diskRoom: a start writes a snapshot of all data, and a log.
func diskRoom(s *subject) []Check {
	h := s.host()
	if h == nil || h.Settings == nil {
		return nil
	}
	if !h.Data.Seen() {
		return notKnown("what its data directory holds was not seen", do(s.s.Name, "run it as root on that host"))
	}
	var snapshotSize uint64
	for _, f := range h.Data.Value.Dir.Snapshots.Value.Newest {
		snapshotSize = max(snapshotSize, uint64(max(f.Size, 0)))
	}
	least := uint64(1) << 62
	for _, d := range []*snapshot.DataDir{&h.Data.Value.Dir, h.Data.Value.Logs()} {
		if !d.Volume.Seen() {
			return notKnown("how much room "+d.Path+" has was not seen",
				do(s.s.Name, "compare what df -h shows of it with its newest snapshot; then leave this check out: --ignore disk-room"))
		}
		least = min(least, d.Volume.Value.FreeBytes)
		if need := snapshotSize + newLog; d.Volume.Value.FreeBytes < need {
			c := notOK(fmt.Sprintf("%s has room for %s, and a start writes %s: a snapshot and a log", d.Path, size(d.Volume.Value.FreeBytes), size(need)),
				do(s.s.Name, "make room first"))
			c[0].Finding = "disk-full"
			return c
		}
	}
	return ok("its disk has %s free, and a start writes %s", size(least), size(snapshotSize+newLog))
}

// certificates: those that its ports have shown are valid now.
func certificates(s *subject) []Check {
	now := s.e.Snap.Started
	shown := false
	for _, c := range []struct {
		whose string
		cert  *snapshot.Certificate
	}{{"for clients", s.s.Client.Value.TLS.Certificate}, {"for servers", s.s.QuorumTLS.Certificate}} {
		if c.cert == nil {
			continue
		}
		shown = true
		if now.After(c.cert.NotAfter) || now.Before(c.cert.NotBefore) {
			check := notOK("its certificate "+c.whose+" is not valid today: after a restart, peers and clients that verify it do not connect",
				do(s.s.Name, "put a valid one into its key store first"))
			check[0].Finding = "certificate-expiring"
			return check
		}
	}
	if h := s.host(); h != nil && h.Settings != nil && h.Settings.SSLQuorum.Value && s.s.QuorumTLS.Certificate == nil {
		return notKnown("its certificate for the other servers was not seen", do("", "run it on that host with --quorum-tls-hello; the server logs a warning for it"))
	}
	if !shown {
		return nil
	}
	return ok("its certificates are valid")
}
