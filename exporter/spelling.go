package exporter

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// canonical is the one spelling of a server, however a request spells it: the host in
// lower case and without the dot that ends an absolute name, an address in its shortest
// form, IPv4 as such. A chroot or a repetition is no part of it.
func canonical(t snapshot.Target) snapshot.Target {
	host := strings.ToLower(strings.TrimRight(t.Host, "."))
	if addr, err := netip.ParseAddr(host); err == nil {
		host = addr.Unmap().String()
	}
	return snapshot.Target{Host: host, Port: t.Port}
}

// canonicalSet are servers in their one spelling, each once, in one order.
func canonicalSet(targets []snapshot.Target) []snapshot.Target {
	set := canonicalAll(targets)
	slices.SortFunc(set, func(a, b snapshot.Target) int {
		return cmp.Or(strings.Compare(a.Host, b.Host), cmp.Compare(a.Port, b.Port))
	})
	return slices.CompactFunc(set, same)
}

func canonicalAll(targets []snapshot.Target) []snapshot.Target {
	out := make([]snapshot.Target, len(targets))
	for i, t := range targets {
		out[i] = canonical(t)
	}
	return out
}

func same(a, b snapshot.Target) bool { return a.Host == b.Host && a.Port == b.Port }

// members are the servers of an ensemble.
type members struct {
	// spelled is as configured, and so the labels are; canonical has the same order.
	spelled, canonical []snapshot.Target
}

// newMembers are those of a look: the addresses of a name are looked at, and the name is given.
func newMembers(targets []snapshot.Target) members {
	var given []snapshot.Target
	for i, t := range targets {
		if t = t.Given(); i == 0 || t != given[len(given)-1] || t == targets[i] {
			given = append(given, t)
		}
	}
	return members{given, canonicalAll(given)}
}

// find is a server as configured, by its canonical spelling.
func (m members) find(t snapshot.Target) (spelled snapshot.Target, ok bool) {
	i := slices.IndexFunc(m.canonical, func(own snapshot.Target) bool { return same(own, t) })
	if i < 0 {
		return t, false
	}
	return m.spelled[i], true
}

// are reports whether a canonical set is all of the members.
func (m members) are(set []snapshot.Target) bool {
	return slices.EqualFunc(canonicalSet(m.canonical), set, same)
}
