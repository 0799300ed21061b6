package probe

import (
	"context"
	"net/netip"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// helloElectionPorts says hello in TLS to the election port of each running server of
// this host whose own configuration has sslQuorum=true, to see its certificate. A plain
// port would take the bytes for a server's id: so no other server is asked.
func helloElectionPorts(ctx context.Context, t *task, s *snapshot.Snapshot) {
	for i := range s.Local {
		l := &s.Local[i]
		if l.Process == nil || l.Process.OtherNetwork || !speaksQuorumTLS(l) || !l.MyID.Seen() {
			continue
		}
		id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes)
		if err != nil {
			continue
		}
		for k := range s.Servers {
			server := &s.Servers[k]
			reported, addrs := server.ReportedID(), server.PeerAddrs()
			if reported == nil || *reported != id || server.Election.Number == 0 || !addrs.Seen() || len(addrs.Value) == 0 {
				continue
			}
			addr := netip.AddrPortFrom(addrs.Value[0], uint16(server.Election.Number)) //nolint:gosec // a port
			look := wire.Hello(ctx, addr, server.PeerHost(), t.Timeout)
			look.Fault = ""
			server.QuorumTLS = look
		}
	}
}

// speaksQuorumTLS reports whether a server's configuration has TLS between servers, and
// on nothing but TLS.
func speaksQuorumTLS(l *snapshot.Local) bool {
	if !l.Config.Seen() {
		return false
	}
	on, _ := l.Config.Value.Property("sslQuorum")
	both, _ := l.Config.Value.Property("portUnification")
	return strings.EqualFold(strings.TrimSpace(on.Value), "true") &&
		!strings.EqualFold(strings.TrimSpace(both.Value), "true")
}
