package probe

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxNamesAtOnce bounds the questions to DNS at a time.
const maxNamesAtOnce = 64

// names are the hosts of one run, each looked up once.
type names map[string]snapshot.Obs[[]netip.Addr]

// lookUp looks up all hosts at once, within timeout: DNS that does not answer
// costs one timeout, however many names there are.
func lookUp(ctx context.Context, timeout time.Duration, hosts []string) names {
	if timeout <= 0 {
		timeout = snapshot.DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	found := names{}
	for _, host := range hosts {
		found[host] = snapshot.Obs[[]netip.Addr]{}
	}
	distinct := slices.Collect(maps.Keys(found))
	looks := make([]snapshot.Obs[[]netip.Addr], len(distinct))
	var group errgroup.Group
	group.SetLimit(maxNamesAtOnce)
	for i, host := range distinct {
		group.Go(func() error { looks[i] = wire.Resolve(ctx, host); return nil })
	}
	_ = group.Wait() // no look returns an error: failures are data
	for i, host := range distinct {
		found[host] = looks[i]
	}
	return found
}

// lookUpMore looks up those of the hosts that are not known yet.
func lookUpMore(ctx context.Context, timeout time.Duration, known names, hosts []string) names {
	hosts = slices.DeleteFunc(hosts, func(host string) bool { _, ok := known[host]; return ok })
	found := lookUp(ctx, timeout, hosts)
	maps.Copy(found, known)
	return found
}

// hostsOf are the hosts that targets and the configurations of this host name.
func hostsOf(targets []snapshot.Target, local []snapshot.Local) []string {
	var hosts []string
	members := func(servers []zoocfg.Server) {
		for _, s := range servers {
			for _, a := range s.Addresses {
				hosts = append(hosts, a.Host)
			}
		}
	}
	for _, t := range targets {
		hosts = append(hosts, t.Host)
		if t.Member != nil {
			members([]zoocfg.Server{*t.Member})
		}
	}
	for _, l := range local {
		if l.Config.Seen() {
			members(l.Config.Value.Servers)
		}
	}
	return hosts
}

// resolveMembers notes what the hosts of the server.N lines mean on this host. A
// container has names of its own.
func resolveMembers(known names, l *snapshot.Local) {
	if !l.Config.Seen() || l.Process != nil && l.Process.Container {
		return
	}
	for _, s := range l.Config.Value.Servers {
		for _, a := range s.Addresses {
			l.Resolved = append(l.Resolved, snapshot.ResolvedHost{ID: s.ID, Host: a.Host, Addrs: known[a.Host]})
		}
	}
}
