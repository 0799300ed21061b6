package probe

import (
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// maxAddresses bounds the addresses of one name that are looked at: more than any ensemble has
// servers, and no more than a name may cost.
const maxAddresses = 16

// expand makes a target of each address of the names that were given and have several, as a
// headless service has them: each is a server. before is the look before this one, nil for none.
func (t *task) expand(before *snapshot.Snapshot) {
	slots := slotsOf(before)
	var targets []snapshot.Target
	for _, target := range t.plan.Targets {
		addrs := serversAt(t.names[target.Host].Value)
		if target.Member != nil || len(addrs) < 2 {
			targets = append(targets, target)
			continue
		}
		asked := addrs[:min(len(addrs), maxAddresses)]
		if left := len(addrs) - len(asked); left > 0 {
			t.plan.Unasked = append(t.plan.Unasked, snapshot.Unasked{Host: target.Host, Addresses: left})
		}
		targets = append(targets, t.each(target, asked, slots)...)
	}
	t.plan.Targets = targets
}

// serversAt are the addresses of a name that are a server each. A host has one IPv4 and one IPv6
// address as a rule, so those of the family with fewer are no further servers; and loopback beside
// other addresses is this host once more.
func serversAt(addrs []netip.Addr) []netip.Addr {
	if slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !a.IsLoopback() }) {
		addrs = slices.DeleteFunc(slices.Clone(addrs), netip.Addr.IsLoopback)
	}
	four := len(addrs) // IPv4 comes first
	if i := slices.IndexFunc(addrs, netip.Addr.Is6); i >= 0 {
		four = i
	}
	if len(addrs)-four > four {
		return addrs[four:]
	}
	return addrs[:four]
}

// each are the targets that one is, at each of its addresses.
func (t *task) each(target snapshot.Target, addrs []netip.Addr, slots map[snapshot.Target]int) []snapshot.Target {
	out, taken := make([]snapshot.Target, len(addrs)), map[int]bool{}
	for i, addr := range addrs {
		out[i] = snapshot.Target{Host: addr.String(), Port: target.Port, Of: target.Host}
		t.names[out[i].Host] = snapshot.Saw([]netip.Addr{addr}, t.names[target.Host].Took)
		if slot := slots[out[i]]; slot > 0 && slot <= maxAddresses {
			out[i].Slot, taken[slot] = slot, true
		}
	}
	next := 1
	for i := range out {
		if out[i].Slot > 0 {
			continue
		}
		for taken[next] {
			next++
		}
		out[i].Slot, taken[next] = next, true
	}
	return out
}

// slotsOf are the slots that the addresses of a name had in a look, by their targets without one.
func slotsOf(s *snapshot.Snapshot) map[snapshot.Target]int {
	if s == nil {
		return nil
	}
	slots := map[snapshot.Target]int{}
	for _, target := range s.Plan.Targets {
		if slot := target.Slot; slot > 0 {
			target.Slot = 0
			slots[target] = slot
		}
	}
	return slots
}
