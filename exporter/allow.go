package exporter

import (
	"fmt"
	"net"
	"net/netip"
	"path"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// allowList says which targets /probe may look at. An exporter that looks at
// whatever it is asked to is a port scanner for whoever reaches it.
type allowList struct {
	rules []allowRule
}

// allowRule is one host, glob or network, with a port, or any when that is 0.
type allowRule struct {
	glob   string
	prefix netip.Prefix // valid for networks and addresses
	port   int
}

// newAllowList reads the rules: HOST, HOST:PORT, GLOB, GLOB:PORT, CIDR,
// CIDR:PORT or [v6-CIDR]:PORT. Without a port the rule allows 2181 alone; * in
// its place allows any.
func newAllowList(rules []string) (allowList, error) {
	var list allowList
	for _, text := range rules {
		rule, err := parseAllowRule(text)
		if err != nil {
			return allowList{}, fmt.Errorf("probe.allow: %q: %w", text, err)
		}
		list.rules = append(list.rules, rule)
	}
	return list, nil
}

func parseAllowRule(text string) (allowRule, error) {
	rule := allowRule{port: snapshot.DefaultClientPort}
	host := text
	if _, err := netip.ParsePrefix(text); err != nil && strings.Contains(text, ":") {
		if _, err := netip.ParseAddr(text); err != nil {
			h, port, err := net.SplitHostPort(text)
			if err != nil {
				return rule, fmt.Errorf("neither HOST:PORT nor NETWORK:PORT")
			}
			if host = h; port == "*" {
				rule.port = 0
			} else if rule.port, err = strconv.Atoi(port); err != nil || rule.port < 1 || rule.port > 65535 {
				return rule, fmt.Errorf("port %q is neither a number from 1 to 65535 nor *", port)
			}
		}
	}
	if prefix, err := netip.ParsePrefix(host); err == nil {
		const mapped = 96 // of ::ffff:192.0.2.0/120 that is 192.0.2.0/24
		if prefix.Addr().Is4In6() && prefix.Bits() >= mapped {
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-mapped)
		}
		rule.prefix = prefix.Masked()
		return rule, nil
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		rule.prefix = netip.PrefixFrom(addr, addr.BitLen())
		return rule, nil
	}
	rule.glob = strings.ToLower(strings.TrimRight(host, "."))
	if _, err := path.Match(rule.glob, ""); err != nil || rule.glob == "" {
		return rule, fmt.Errorf("not a host name, glob or network")
	}
	return rule, nil
}

// allows reports whether a target, in its canonical spelling, is on the list. Networks allow addresses only:
// a name that resolves into one may resolve elsewhere a moment later.
func (l allowList) allows(t snapshot.Target) bool {
	addr, err := netip.ParseAddr(t.Host)
	for _, r := range l.rules {
		if r.port != 0 && r.port != t.Port {
			continue
		}
		if r.prefix.IsValid() {
			if err == nil && r.prefix.Contains(addr) {
				return true
			}
			continue
		}
		if ok, _ := path.Match(r.glob, t.Host); ok { // the pattern was checked
			return true
		}
	}
	return false
}
