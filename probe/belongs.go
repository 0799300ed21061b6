package probe

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// ensembleOf tells which of this host's servers are of the ensemble asked about. Those that
// are it by their ports draw in what shares an address with them, ports and all, and nothing
// else: a host may well carry servers of several ensembles, with the same ids. Only where
// none is, a name that a configuration lists is enough.
func (t *task) ensembleOf(servers []snapshot.Local) func(snapshot.Local) bool {
	var surely []*zoocfg.Config
	for _, l := range servers {
		if t.isAskedAbout(l) {
			surely = append(surely, l.Config.Value)
		}
	}
	return func(l snapshot.Local) bool {
		switch {
		case !l.Config.Seen():
			return false
		case len(surely) == 0:
			return t.isAskedAbout(l) || t.listsTarget(l)
		}
		return slices.ContainsFunc(surely, func(c *zoocfg.Config) bool { return sameEnsemble(c, l.Config.Value) })
	}
}

// isAskedAbout reports whether a server of this host is of the ensemble asked about by its
// ports: it shares a peer address with the configuration that was named, or a target is its
// own client port.
func (t *task) isAskedAbout(l snapshot.Local) bool {
	config := l.Config.Value
	if !l.Config.Seen() {
		return false
	}
	if t.plan.Config != nil && sameEnsemble(t.plan.Config, config) {
		return true
	}
	return slices.ContainsFunc(t.plan.Targets, func(target snapshot.Target) bool {
		listens := func(port int, address string) bool {
			return target.Port == port && slices.ContainsFunc(t.names[target.Host].Value, binds(&l, address))
		}
		return listens(config.ClientPort.Value, config.ClientPortAddress.Value) ||
			listens(config.SecureClientPort.Value, config.SecureClientPortAddress.Value)
	})
}

// listsTarget reports whether a target is among the server.N lines of a server of this host,
// by its name or address alone.
func (t *task) listsTarget(l snapshot.Local) bool {
	return slices.ContainsFunc(t.plan.Targets, func(target snapshot.Target) bool {
		addrs := t.names[target.Host].Value
		return slices.ContainsFunc(l.Config.Value.Servers, func(s zoocfg.Server) bool {
			return slices.ContainsFunc(s.Addresses, func(a zoocfg.Address) bool {
				addr, _ := netip.ParseAddr(a.Host)
				return strings.EqualFold(a.Host, target.Host) || slices.Contains(addrs, addr)
			})
		})
	})
}

// standsFor reports whether the only server of this host, whose configuration cannot
// be read, is of the ensemble asked about: just one target is at an address of this
// host, loopback apart.
func (t *task) standsFor(l snapshot.Local) bool {
	if l.Config.Seen() || !l.Addrs.Seen() {
		return false
	}
	here := 0
	for _, target := range t.plan.Targets {
		if slices.ContainsFunc(t.names[target.Host].Value, func(a netip.Addr) bool {
			return !a.IsLoopback() && slices.Contains(l.Addrs.Value, a)
		}) {
			here++
		}
	}
	return here == 1
}

// binds reports whether a client address is one at which the server of this host
// listens, by the address that it is told to bind: empty for all.
func binds(l *snapshot.Local, address string) func(netip.Addr) bool {
	bound, err := netip.ParseAddr(address)
	return func(addr netip.Addr) bool {
		switch {
		case err == nil && !bound.IsUnspecified():
			return addr == bound
		case addr.IsLoopback():
			return l.Process == nil || !l.Process.OtherNetwork
		}
		return slices.Contains(l.Addrs.Value, addr)
	}
}

// concerned keeps what belongs to the ensemble asked about. A host may well ask
// about another ensemble than the one it is a member of.
func (t *task) concerned(local []snapshot.Local, wanted bool) []snapshot.Local {
	var kept []snapshot.Local
	alone := len(local) == 1 && !slices.ContainsFunc(t.others.Processes, func(p snapshot.OtherProcess) bool {
		return p.Why == snapshot.OtherEnsemble
	})
	belongs := t.ensembleOf(local)
	for _, l := range local {
		if !wanted || !belongs(l) && !(alone && t.standsFor(l)) {
			continue
		}
		resolveMembers(t.names, &l)
		kept = append(kept, l)
	}
	return kept
}

// mayMean reports whether two configurations may be about one server: they share an
// address, or the directory of the data.
func mayMean(a, b *zoocfg.Config) bool {
	return sameEnsemble(a, b) || a.DataDir.IsSet() && a.DataDir.Value == b.DataDir.Value
}

// sameEnsemble reports whether two configurations list at least half of the shorter list of
// servers alike, by their peer addresses. Not all: divergent lists are a finding, not two
// ensembles. And more than one of many: a line that was left behind, or copied, stands in the
// lists of two ensembles without making them one.
func sameEnsemble(a, b *zoocfg.Config) bool {
	if a.Path == b.Path {
		return true
	}
	listed := map[zoocfg.Address]bool{}
	for _, s := range a.Servers {
		for _, x := range s.Addresses {
			listed[x] = true
		}
	}
	common := 0
	for _, s := range b.Servers {
		if slices.ContainsFunc(s.Addresses, func(x zoocfg.Address) bool { return listed[x] }) {
			common++
		}
	}
	return common > 0 && 2*common >= min(len(a.Servers), len(b.Servers))
}

// unlessRunning is the configuration file as a server of this host that does not
// run, or nothing: when a process runs with that file, or when nothing ties the
// file to this host (its dataDir is not here, and none of its servers is).
func unlessRunning(local []snapshot.Local, file snapshot.Local) []snapshot.Local {
	if isRunning(local, file) {
		return nil
	}
	if file.DataDir.Seen() && file.DataDir.Value || listsAddr(file.Config.Value, file.Addrs.Value) {
		return []snapshot.Local{file}
	}
	return nil
}

// isRunning reports whether one of the servers is that of the file. One whose process has
// just ended is that server too.
func isRunning(local []snapshot.Local, file snapshot.Local) bool {
	return slices.ContainsFunc(local, func(l snapshot.Local) bool {
		return l.Config.Seen() && l.Config.Value.Path == file.Config.Value.Path || thishost.RunsFor(&l, file)
	})
}

// listsAddr reports whether a server.N line has one of these addresses,
// loopback apart: that is everybody's.
func listsAddr(config *zoocfg.Config, addrs []netip.Addr) bool {
	for _, s := range config.Servers {
		for _, a := range s.Addresses {
			if addr, err := netip.ParseAddr(a.Host); err == nil && !addr.IsLoopback() && slices.Contains(addrs, addr) {
				return true
			}
		}
	}
	return false
}
