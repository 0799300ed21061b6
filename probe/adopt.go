package probe

import (
	"context"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// adopt asks a member that was named without a port at the client port that the configuration of
// this host's servers gives it: on a host with several servers each has its own.
func (t *task) adopt(ctx context.Context, local []snapshot.Local) {
	var config *zoocfg.Config
	for _, l := range local {
		if l.Config.Seen() && l.Process != nil && len(l.Config.Value.Servers) > 1 {
			config = l.Config.Value
			break
		}
	}
	if config == nil {
		return
	}
	members := configTargets(config, claims(config, t.names, local), t.TLS != nil)
	t.plan.Targets = slices.Clone(t.plan.Targets) // they are the caller's
	for i, target := range t.plan.Targets {
		if !target.Assumed {
			continue
		}
		var own []snapshot.Target
		for _, m := range members {
			if strings.EqualFold(m.Member.Addresses[0].Host, target.Host) {
				own = append(own, m)
			}
		}
		if len(own) == 1 && own[0].Port != 0 && own[0].Port != target.Port {
			t.plan.Targets[i] = own[0]
		}
	}
	t.names = lookUpMore(ctx, t.Timeout, t.names, hostsOf(t.plan.Targets, nil))
}
