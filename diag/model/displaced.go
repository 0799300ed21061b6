package model

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Displaced are the peer addresses to which two of the lists give different ids, in the order of
// the first of them: the hosts of two members are swapped in one, say. Each server may well write
// addresses in its own way, so that one which a list alone has shows nothing.
func Displaced(lists ...*OwnList) []zoocfg.Address {
	ids := map[zoocfg.Address]int64{} // by the list that has the address first
	known := map[*OwnList]bool{}
	var out []zoocfg.Address
	for _, l := range lists {
		if known[l] {
			continue
		}
		known[l] = true
		own := map[zoocfg.Address]bool{}
		for _, m := range l.Servers {
			for _, a := range m.Addresses {
				at, tells := endpointOf(a)
				if !tells || own[at] {
					continue
				}
				own[at] = true
				switch id, before := ids[at]; {
				case !before:
					ids[at] = m.ID
				case id != m.ID && !slices.Contains(out, at):
					out = append(out, at)
				}
			}
		}
	}
	return out
}

// endpointOf is an address in one form; tells is not set where it means another host on each.
func endpointOf(a zoocfg.Address) (at zoocfg.Address, tells bool) {
	a.Host = strings.ToLower(a.Host)
	if addr, err := netip.ParseAddr(a.Host); err == nil {
		a.Host = addr.Unmap().String()
		return a, !addr.IsUnspecified() && !addr.IsLoopback()
	}
	return a, a.Host != "" && a.Host != "localhost"
}
