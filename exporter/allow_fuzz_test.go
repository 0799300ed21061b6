package exporter

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe"
)

// FuzzAllow: a rule is an error, or allows what it names, and one that names networks
// allows no name.
func FuzzAllow(f *testing.F) {
	for rule, target := range map[string]string{
		"zk1": "ZK1.", "zk-*.example.org:2181": "zk-1.example.org", "192.0.2.0/24:*": "192.0.2.1:1", "[2001:db8::/32]:2181": "2001:db8::1",
		"::ffff:192.0.2.1": "192.0.2.1", "[a-z]*:1": "q:1", "zk[": "zk", "[::1]:2181": "::1", "*": "x", "0.0.0.0/0": "1.2.3.4", "a:b:c": "a",
	} {
		f.Add(rule, target)
	}
	f.Fuzz(func(t *testing.T, rule, target string) {
		list, err := newAllowList([]string{rule})
		targets, bad := probe.ParseTargets([]string{target})
		if err != nil || bad != nil || len(targets) == 0 {
			return
		}
		one := canonical(targets[0])
		if canonical(one) != one {
			t.Fatalf("%v has two canonical spellings", one)
		}
		allowed := list.allows(one)
		_, noAddr := netip.ParseAddr(one.Host)
		if allowed && list.rules[0].prefix.IsValid() && noAddr != nil {
			t.Errorf("%q allows the name %q", rule, one.Host)
		}
		if allowed && list.rules[0].port != 0 && list.rules[0].port != one.Port {
			t.Errorf("%q allows the port %d", rule, one.Port)
		}
		if !strings.ContainsAny(rule, "*?[\\/") && rule == target && list.rules[0].glob != "" && !allowed {
			t.Errorf("%q does not allow itself", rule)
		}
	})
}
