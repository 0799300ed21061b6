package probe

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// belongs reports whether a server of this host is of the ensemble asked about:
// their configurations share an address, or a target is among its server.N
// lines, or a target is its own client port.
func (t *task) belongs(l snapshot.Local) bool {
	config := l.Config.Value
	if !l.Config.Seen() {
		return false
	}
	if t.plan.Config != nil && sameEnsemble(t.plan.Config, config) {
		return true
	}
	for _, target := range t.plan.Targets {
		addrs := t.names[target.Host].Value
		for _, s := range config.Servers {
			for _, a := range s.Addresses {
				addr, _ := netip.ParseAddr(a.Host)
				if strings.EqualFold(a.Host, target.Host) || slices.Contains(addrs, addr) {
					return true
				}
			}
		}
		if target.Port == config.ClientPort.Value && slices.ContainsFunc(addrs, binds(&l, config.ClientPortAddress.Value)) ||
			target.Port == config.SecureClientPort.Value &&
				slices.ContainsFunc(addrs, binds(&l, config.SecureClientPortAddress.Value)) {
			return true
		}
	}
	return false
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
	for _, l := range local {
		if !wanted || !t.belongs(l) && !(alone && t.standsFor(l)) {
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

// sameEnsemble reports whether two configurations list a common peer address.
// One common address is enough: divergent lists are a finding, not two ensembles.
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
	return slices.ContainsFunc(b.Servers, func(t zoocfg.Server) bool {
		return slices.ContainsFunc(t.Addresses, func(x zoocfg.Address) bool { return listed[x] })
	})
}

// unlessRunning is the configuration file as a server of this host that does not
// run, or nothing: when a process runs with that file, or when nothing ties the
// file to this host (its dataDir is not here, and none of its servers is).
func unlessRunning(local []snapshot.Local, file snapshot.Local) []snapshot.Local {
	for _, l := range local {
		// One whose process has just ended is that server too.
		if l.Config.Seen() && l.Config.Value.Path == file.Config.Value.Path || thishost.RunsFor(&l, file) {
			return nil
		}
	}
	if file.DataDir.Seen() && file.DataDir.Value || listsAddr(file.Config.Value, file.Addrs.Value) {
		return []snapshot.Local{file}
	}
	return nil
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
