package probe

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Discover adds to a plan the members that its servers list and it does not name. The
// servers are asked for that, and their peer ports left alone. told is false when no
// server gave a list.
func Discover(ctx context.Context, plan Plan) (completed Plan, told bool) {
	ask := plan
	ask.PeerPorts, ask.Local, ask.Sockets = false, false, false
	snap := Gather(ctx, ask, nil)
	members := snap.Members()
	if members == nil {
		return plan, false
	}
	for i, named := range snap.NamedAs(members.Servers) {
		if named != nil {
			continue
		}
		member := &members.Servers[i]
		if t, ok := ReachedAt(member, members.ClientPort); ok {
			target := snapshot.Target{Host: t.Host, Port: t.Port, Assumed: member.Client == nil, Member: member}
			plan.Targets = append(slices.Clip(plan.Targets), target)
			plan.names = nil // they are looked up with the looks
		}
	}
	return plan, true
}

// ReachedAt is where clients reach a member, as far as its line tells: port is for one
// that names none, and 0 the documented one. ok is false when that is no address; a server could write anything
// there.
func ReachedAt(m *zoocfg.Server, port int) (t snapshot.Target, ok bool) {
	host := ""
	port = cmp.Or(port, snapshot.DefaultClientPort)
	if len(m.Addresses) > 0 {
		host = m.Addresses[0].Host
	}
	if m.Client != nil {
		port = m.Client.Port
		addr, err := netip.ParseAddr(m.Client.Host)
		if m.Client.Host != "" && (err != nil || !addr.IsUnspecified()) {
			host = m.Client.Host
		}
	}
	if strings.ContainsAny(host, "/,") { // in a connect string these end a host
		return snapshot.Target{}, false
	}
	targets, err := ParseTargets([]string{net.JoinHostPort(host, strconv.Itoa(port))})
	if err != nil || len(targets) != 1 {
		return snapshot.Target{}, false
	}
	return targets[0], true
}
