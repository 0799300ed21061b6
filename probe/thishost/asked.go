package thishost

import (
	"context"
	"net/netip"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Asked is what a scan is for. Where this host has more processes than are looked at, those
// that it means come first. The zero value means none.
type Asked struct {
	// At returns where the servers asked about take clients; an unspecified address stands for
	// any. It is called only where there are too many processes; nil for nowhere.
	At func() []netip.AddrPort
	// Seen are the processes that an earlier look has found.
	Seen []int
}

func (a Asked) at() []netip.AddrPort {
	if a.At == nil {
		return nil
	}
	return a.At()
}

// seenBefore asks for the processes of an earlier look.
func seenBefore(first []snapshot.Local) Asked {
	var asked Asked
	for i := range first {
		if p := first[i].Process; p != nil {
			asked.Seen = append(asked.Seen, p.PID)
		}
	}
	return asked
}

// InFile are where the servers of a configuration of this host take clients, for Asked.
func (h Host) InFile(ctx context.Context, path string) []netip.AddrPort {
	config := h.ReadFile(ctx, path)
	if !config.Seen() {
		return nil
	}
	return clientPlaces(config.Value)
}

// clientPlaces are where the servers of a configuration take clients; an unspecified address
// stands for any, or for what is not known.
func clientPlaces(c *zoocfg.Config) []netip.AddrPort {
	var at []netip.AddrPort
	add := func(host string, port int) {
		if port <= 0 || port > 1<<16-1 {
			return
		}
		addr, err := netip.ParseAddr(host)
		if err != nil {
			addr = netip.IPv6Unspecified()
		}
		at = append(at, netip.AddrPortFrom(addr.Unmap(), uint16(port)))
	}
	add(c.ClientPortAddress.Value, c.ClientPort.Value)
	add(c.SecureClientPortAddress.Value, c.SecureClientPort.Value)
	for _, s := range c.Servers {
		for _, client := range s.Clients() {
			add(client.Host, client.Port)
		}
	}
	return at
}
