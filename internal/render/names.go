package render

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

const (
	// longName is the length from which on names make the table suffer, so that
	// their common domain is left out.
	longName = 16
	// maxName is the most a name may take in the table.
	maxName = 28
	// minName still tells servers apart that differ in a number at the end.
	minName = 12
)

// names knows how servers are called on the screen.
type names struct {
	// suffix is the domain left out of all names, with its leading dot; empty
	// when none is.
	suffix string
	// port is the ":2181" that all names end in and that is left out as well: the
	// head of the port column says it.
	port  string
	full  []string // hosts that end in suffix, the longest first
	short map[string]string
	// most is how long a name may be that is not in short.
	most int
}

// wholeNames are for where there is room: every name stays as it is.
func wholeNames() *names { return &names{most: maxValue} }

// newNames chooses short, distinct names for the servers, of at most limit
// characters where that can be done.
func newNames(servers []report.ServerView, limit int) *names {
	n := &names{suffix: commonDomain(servers), port: commonPort(servers), short: map[string]string{}, most: maxWord}
	taken := map[string]bool{}
	for i := range servers {
		name := servers[i].Name
		if _, ok := n.short[name]; ok {
			continue
		}
		if n.suffix != "" {
			n.full = append(n.full, hostOf(name))
		}
		s := n.distinct(n.strip(clean(name, maxValue)), limit, taken)
		taken[s] = true
		n.short[name] = s
	}
	slices.SortFunc(n.full, func(a, b string) int { return len(b) - len(a) })
	return n
}

// distinct cuts s to limit characters, or a few more where other names would
// look the same, and numbers it where that does not help.
func (n *names) distinct(s string, limit int, taken map[string]bool) string {
	for l := limit; l <= limit+8; l += 2 {
		if c := cut(s, l); !taken[c] {
			return c
		}
	}
	for i := 2; ; i++ {
		no := fmt.Sprintf("(%d)", i)
		if c := cut(s, limit-len(no)) + no; !taken[c] {
			return c
		}
	}
}

// of returns the name of a server as the screen has it.
func (n *names) of(name string) string {
	if s, ok := n.short[name]; ok {
		return s
	}
	return cut(n.strip(clean(name, maxProse)), n.most)
}

// host returns where to take a step: a server's name, or words such as "zk1 or
// zk2".
func (n *names) host(s string) string {
	if short, ok := n.short[s]; ok {
		return short
	}
	return n.prose(s)
}

// list returns several names as the screen has them.
func (n *names) list(all []string) []string {
	out := make([]string, 0, len(all))
	for _, s := range all {
		out = append(out, n.of(s))
	}
	return out
}

// prose cleans a sentence and calls the servers in it as the screen does.
func (n *names) prose(s string) string {
	s = clean(s, maxProse)
	for _, f := range n.full {
		s = strings.ReplaceAll(s, f, strings.TrimSuffix(f, n.suffix))
	}
	return s
}

// strip leaves the common domain and port out of host or host:port.
func (n *names) strip(name string) string {
	name = strings.TrimSuffix(name, n.port)
	if n.suffix == "" {
		return name
	}
	host := hostOf(name)
	return strings.TrimSuffix(host, n.suffix) + name[len(host):]
}

// hostOf returns the host of host, host:port or [v6]:port.
func hostOf(name string) string {
	if h, _, err := net.SplitHostPort(name); err == nil && !strings.HasPrefix(name, "[") {
		return h
	}
	return name
}

// commonDomain returns the domain that all servers share, ".zk.svc.local", when
// leaving it out is worth a line of explanation; else nothing.
func commonDomain(servers []report.ServerView) string {
	var common []string
	long := false
	for i := range servers {
		host := hostOf(servers[i].Name)
		if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || strings.HasPrefix(host, "[") || !plain(host) {
			return ""
		}
		long = long || len(host) > longName
		labels := strings.Split(host, ".")[1:]
		if i == 0 {
			common = labels
			continue
		}
		k := 0
		for k < len(labels) && k < len(common) && labels[len(labels)-1-k] == common[len(common)-1-k] {
			k++
		}
		common = common[len(common)-k:]
	}
	if !long || len(servers) < 2 || len(common) == 0 {
		return ""
	}
	return "." + strings.Join(common, ".")
}

// commonPort returns the ":2181" that all names of several servers end in.
func commonPort(servers []report.ServerView) string {
	common := ""
	for i := range servers {
		_, port, err := net.SplitHostPort(servers[i].Name)
		if err != nil || port == "" || !plain(port) || (i > 0 && ":"+port != common) {
			return ""
		}
		if p := servers[i].Ports.Client.Port; itoa(p) != port {
			return ""
		}
		common = ":" + port
	}
	if len(servers) < 2 {
		return ""
	}
	return common
}
