package probe

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// lookScripts asks srvr where zkServer.sh status would ask it, for every process
// of this host. Where that is the address of a server already looked at, its
// answer serves, and the server is not asked twice.
func lookScripts(ctx context.Context, t *task, s *snapshot.Snapshot) {
	for i := range s.Local {
		l := &s.Local[i]
		if l.Process == nil || l.Process.Container || l.Process.OtherNetwork || !l.Config.Seen() {
			continue
		}
		host, port := scriptAddr(l)
		if port == 0 {
			continue
		}
		l.ScriptAddr = net.JoinHostPort(host, strconv.Itoa(port))
		addrs := lookUp(ctx, t.Timeout, []string{host})[host]
		if !addrs.Seen() {
			l.Script = snapshot.Failed[snapshot.Srvr](addrs.Failure, addrs.Took)
			continue
		}
		addr := netip.AddrPortFrom(addrs.Value[0], uint16(port)) //nolint:gosec // a port
		if !mayAsk(l, addr) {
			continue
		}
		if known := answered(s.Servers, addr); known != nil && t.TLS == nil {
			l.Script = *known
			continue
		}
		l.Script = wire.Ask(ctx, addr, snapshot.WordSrvr, wire.Transport{Timeout: t.Timeout}, snapshot.ParseSrvr)
	}
}

// mayAsk reports whether what the configuration of a process names may be asked: it is at an
// address of its host, or the process serves, and no other program listens there. Any user
// may start a process whose configuration names another service.
func mayAsk(l *snapshot.Local, addr netip.AddrPort) bool {
	if l.Process.OtherUsers {
		return false
	}
	if !addr.Addr().IsLoopback() && !slices.Contains(l.Addrs.Value, addr.Addr()) {
		// It serves, and its file is what the script reads.
		return l.Listening() == snapshot.Listens && !addr.Addr().IsLinkLocalUnicast()
	}
	isThere := func(s netip.AddrPort) bool {
		return s.Port() == addr.Port() && (s.Addr().IsUnspecified() || s.Addr() == addr.Addr())
	}
	return slices.ContainsFunc(l.Process.Sockets(), isThere) || !slices.ContainsFunc(l.Listeners.Value, isThere)
}

// scriptAddr is the address that zkServer.sh status asks: clientPortAddress, or
// else localhost (3.4.10 to 3.9; from 3.5.3 on the client part of the server's
// own line where zoo.cfg has no clientPort).
func scriptAddr(l *snapshot.Local) (host string, port int) {
	c := l.Config.Value
	host, port = c.ClientPortAddress.Value, c.ClientPort.Value
	if id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes); port == 0 && l.MyID.Seen() && err == nil {
		if m := c.Find(id); m != nil && m.Client != nil {
			host, port = m.Client.Host, m.Client.Port
		}
	}
	if host == "" || host == "0.0.0.0" {
		host = "localhost"
	}
	return host, port
}

// answered finds the outcome of srvr at that address, or nil.
func answered(servers []snapshot.Server, addr netip.AddrPort) *snapshot.Obs[snapshot.Srvr] {
	for i := range servers {
		s := &servers[i]
		if s.Client.Seen() && s.Client.Value.Remote == addr {
			return &s.Srvr
		}
	}
	return nil
}
