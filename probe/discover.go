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

// discover adds the members that the servers list and the question does not name. The
// servers are asked for that, and their peer ports left alone. It reports whether any server
// gave a list. local are this host's servers of the ensemble, running or not.
func (t *task) discover(ctx context.Context, local []snapshot.Local) bool {
	s := t.newSnapshot()
	s.Local = slices.Concat(local, t.running)
	lookAtServers(ctx, t.serverTasks(s, t.allowance()), false)
	if s.Members() == nil {
		return false
	}
	reported := findReported(ctx, t.Timeout, t.names, s, func(snapshot.Target) bool { return true })
	t.plan.Targets = append(slices.Clip(t.plan.Targets), reported.Targets...)
	t.plan.Unvisited, t.names = reported.Unvisited, reported.names
	return true
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
