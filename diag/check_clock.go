package diag

import (
	"fmt"
	"slices"
	"time"
)

// checkClockSkew compares the clocks of servers with one another, as their AdminServers
// show them, and not with this host's, which may be the wrong one.
func checkClockSkew(e *ensemble, limits Limits) result {
	var told []*server
	out := e.each(toldClock, func(s *server, _ *result) {
		if s.twin == nil {
			told = append(told, s)
		}
	})
	if len(told) < 2 {
		out.skips = append(out.skips, Skip{Kind: SkipNotTold, Reason: "fewer than two servers told the time"})
		return out
	}
	usual := median(told)
	f := Finding{Severity: Info, Certainty: Proven}
	for _, s := range told {
		f.Evidence = append(f.Evidence, Evidence{Source: sourceAdmin, Server: s.Name, Key: "clock", Value: s.Admin.Clock.Value.String() + " ahead of this host's"})
		off := (s.Admin.Clock.Value - usual).Abs()
		if off <= limits.Skew {
			continue
		}
		f.Servers = append(f.Servers, s.Name)
		if off > limits.MuchSkew {
			f.Severity = Warning
		}
	}
	if len(f.Servers) == 0 {
		return out
	}
	if len(told) == 2 {
		f.Servers = names(told) // which of both is wrong is not known
	}
	f.Summary = fmt.Sprintf("the clocks are up to %s apart. ZooKeeper itself measures time another way, but its logs cannot be laid side by side, and certificates and Kerberos tickets are judged by the clock.", spread(told))
	for _, name := range f.Servers {
		f.Fix = append(f.Fix, Fix{Host: name, Command: "timedatectl; chronyc tracking", Note: "see whether it follows a time server, and start what should (chrony, systemd-timesyncd)", Risk: "none"})
	}
	out.findings = []Finding{f}
	return out
}

// toldClock tells why a server's clock is not known; nil when it is.
func toldClock(s *server) *Skip {
	if s.Admin.Clock.Seen() {
		return nil
	}
	if why := s.answered(); why != nil {
		return why
	}
	return &Skip{Kind: SkipNotTold, Reason: "it told no time: AdminServers do, and are asked only where words are not allowed"}
}

// median is the clock in the middle: of three, one that is wrong is never it.
func median(servers []*server) time.Duration {
	clocks := sortedClocks(servers)
	return clocks[(len(clocks)-1)/2]
}

// spread is how far the clocks are apart.
func spread(servers []*server) time.Duration {
	clocks := sortedClocks(servers)
	return clocks[len(clocks)-1] - clocks[0]
}

func sortedClocks(servers []*server) []time.Duration {
	var clocks []time.Duration
	for _, s := range servers {
		clocks = append(clocks, s.Admin.Clock.Value)
	}
	slices.Sort(clocks)
	return clocks
}
