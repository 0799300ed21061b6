package main

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// distinguished are the snapshots of the hosts that were reached, and this host's own unless it
// is one of theirs. Hosts that have one hostname, as clones do, are told apart by the names
// by which they were reached. A host that was reached by two names counts once.
func distinguished(reached []visit, own *snapshot.Snapshot) []*snapshot.Snapshot {
	var hosts []visit
	for _, v := range reached {
		if !slices.ContainsFunc(hosts, func(h visit) bool { return oneMachine(h.snap, v.snap) }) {
			hosts = append(hosts, v)
		}
	}
	if !slices.ContainsFunc(hosts, func(h visit) bool { return mayBeOne(h.snap, own) }) {
		hosts = append(hosts, visit{host: "this host", snap: own})
	}
	named := map[string]int{}
	for _, h := range hosts {
		named[h.snap.Vantage.Host]++
	}
	var snaps []*snapshot.Snapshot
	for _, h := range hosts {
		if name := h.snap.Vantage.Host; named[name] > 1 {
			h.snap.Vantage.Host = fmt.Sprintf("%s (%s)", name, h.host)
		}
		snaps = append(snaps, h.snap)
	}
	return snaps
}

// oneMachine reports whether two snapshots with one hostname were taken on one host: it has
// the same addresses, and others than those that every host has.
func oneMachine(a, b *snapshot.Snapshot) bool {
	x, y := a.Vantage.Addrs, b.Vantage.Addrs
	return a.Vantage.Host == b.Vantage.Host && x.Seen() && y.Seen() &&
		slices.ContainsFunc(x.Value, isOwn) && slices.Equal(sorted(x.Value), sorted(y.Value))
}

func sorted(addrs []netip.Addr) []netip.Addr {
	return slices.SortedFunc(slices.Values(addrs), netip.Addr.Compare)
}

func isOwn(a netip.Addr) bool { return !a.IsLoopback() && !a.IsLinkLocalUnicast() }

// mayBeOne is oneMachine where that can be told, and else goes by the hostname.
func mayBeOne(a, own *snapshot.Snapshot) bool {
	if a.Vantage.Addrs.Seen() && own.Vantage.Addrs.Seen() {
		return oneMachine(a, own)
	}
	return a.Vantage.Host == own.Vantage.Host
}
