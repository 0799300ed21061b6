package probe

import (
	"context"
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// listTargets fills in the servers that the configuration of the plan lists. What their hosts
// resolve to tells which of them the servers of this host are.
func (t *task) listTargets(ctx context.Context, local []snapshot.Local) {
	config, overTLS := t.plan.Config, t.TLS != nil
	t.names = lookUp(ctx, t.Timeout, hostsOf(configTargets(config, nil, overTLS), nil))
	t.plan.Targets = configTargets(config, claims(config, t.names, local), overTLS)
}

// claims maps members of config to the configurations of their servers on this host, which
// say where clients reach them. Of several that claim one member the most trusted counts;
// where that does not decide, whose the member is is the question.
func claims(config *zoocfg.Config, hosts names, local []snapshot.Local) map[int64]*zoocfg.Config {
	ours := slices.DeleteFunc(slices.Clone(local), func(l snapshot.Local) bool {
		return l.Process == nil || !l.Config.Seen() || !sameEnsemble(config, l.Config.Value)
	})
	users := map[uint32]bool{}
	for _, l := range ours {
		if l.Listening() == snapshot.Listens && l.Process.Credentials.Seen() {
			users[l.Process.Credentials.Value.UID] = true
		}
	}
	claimed, trusted, reporting := map[int64]*zoocfg.Config{}, map[int64]int{}, map[int64]bool{}
	for i := range ours {
		l := &ours[i]
		id, ok := memberOf(config, hosts, l, runsWith(l, config))
		trust := trustIn(l, config, users)
		listens := l.Listening() == snapshot.Listens
		switch {
		case ok && listens && reporting[id]:
			claimed[id], trusted[id] = nil, trust // two that listen have one id
		case !ok, trust == 0, trust < trusted[id]:
		case trust > trusted[id]:
			claimed[id], trusted[id] = l.Config.Value, trust
		default:
			claimed[id] = nil
		}
		reporting[id] = reporting[id] || ok && listens
	}
	return claimed
}

// trustIn says how far a process is believed, 0 for not at all: any user may start one that
// claims anything. It is where it listens, or starts beside one of its user that does, and
// most where it runs with config itself.
func trustIn(l *snapshot.Local, config *zoocfg.Config, listening map[uint32]bool) int {
	trust := 0
	if runsWith(l, config) {
		trust = 3
	}
	switch c := l.Process.Credentials; l.Listening() {
	case snapshot.Listens:
		return trust + 2
	case snapshot.ListensNot:
		if c.Seen() && listening[c.Value.UID] {
			return trust + 1
		}
	case snapshot.AnotherListens:
		return 0
	case snapshot.ListeningUnknown:
	}
	return trust
}

// runsWith reports whether a process runs with that very configuration. The same path in a
// container is another file.
func runsWith(l *snapshot.Local, config *zoocfg.Config) bool {
	return l.Config.Value == config || l.ConfigAccess.Tried && l.Config.Value.Path == config.Path
}

// memberOf finds the member of config that a process is. It is one at the addresses of its
// host, whatever its myid says: that may be another server's. Where several are there myid
// decides, and where addresses tell nothing: on loopback, and for the server of config
// itself, own, whose line has a name or address that others reach it by.
func memberOf(config *zoocfg.Config, hosts names, l *snapshot.Local, own bool) (int64, bool) {
	id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes)
	if err != nil || !l.MyID.Seen() {
		return 0, false
	}
	isHere := func(a netip.Addr) bool {
		return a.IsUnspecified() || !a.IsLoopback() && slices.Contains(l.Addrs.Value, a)
	}
	bound, _ := netip.ParseAddr(l.Config.Value.ClientPortAddress.Value)
	var here []int64
	allLoopback, boundThere := true, false
	for _, m := range config.Servers {
		addrs := hosts.of(&m)
		if slices.ContainsFunc(addrs, isHere) {
			here = append(here, m.ID)
		}
		allLoopback = allLoopback && slices.ContainsFunc(addrs, netip.Addr.IsLoopback)
		boundThere = boundThere || m.ID == id && bound.IsLoopback() && slices.Contains(addrs, bound)
	}
	switch {
	case len(here) == 1:
		return here[0], true
	case len(here) > 1:
		return id, slices.Contains(here, id)
	}
	return id, own || allLoopback || boundThere
}

// of are the addresses of a member's peer ports.
func (n names) of(m *zoocfg.Server) []netip.Addr {
	var addrs []netip.Addr
	for _, a := range m.Addresses {
		addrs = append(addrs, n[a.Host].Value...)
	}
	return addrs
}
