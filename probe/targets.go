package probe

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ParseTargets reads servers as a user writes them: host, host:port, [v6]:port,
// a bare IPv6 address, or a client connect string a:2181,b:2181/chroot. The
// errors are sentences for the user.
func ParseTargets(args []string) ([]snapshot.Target, error) {
	var targets []snapshot.Target
	for _, arg := range args {
		if scheme, rest, ok := strings.Cut(arg, "://"); ok {
			host, _, _ := strings.Cut(rest, "/")
			host = host[strings.LastIndexByte(host, '@')+1:]
			if host == "" {
				return nil, fmt.Errorf("target %q is a URL and names no server: write host, host:port or a:2181,b:2181", arg)
			}
			return nil, fmt.Errorf("target %q is a URL: write %s without %s://", arg, host, scheme)
		}
		hosts, chroot, _ := strings.Cut(arg, "/")
		if _, hidden, ok := strings.Cut(chroot, ","); ok {
			return nil, fmt.Errorf("target %q: the chroot comes last, and %s stands behind it", arg, hidden)
		}
		if hosts == "" {
			return nil, fmt.Errorf("target %q names no server: write host, host:port or a:2181,b:2181", arg)
		}
		for host := range strings.SplitSeq(hosts, ",") {
			t, err := parseTarget(strings.TrimSpace(host))
			if err != nil {
				return nil, fmt.Errorf("target %q: %w", arg, err)
			}
			targets = append(targets, t)
		}
	}
	return targets, nil
}

func parseTarget(s string) (snapshot.Target, error) {
	if s == "" {
		return snapshot.Target{}, errors.New("an empty host name; is there a comma too many?")
	}
	bare := s
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		bare = s[1 : len(s)-1]
	}
	if addr, err := netip.ParseAddr(bare); err == nil {
		return snapshot.Target{Host: addr.String(), Port: snapshot.DefaultClientPort, Assumed: true}, nil
	}
	if !strings.Contains(s, ":") {
		t, err := checkedTarget(s, snapshot.DefaultClientPort)
		t.Assumed = err == nil
		return t, err
	}
	host, portText, err := net.SplitHostPort(s)
	if err != nil {
		return snapshot.Target{}, fmt.Errorf("%q is neither host:port nor [v6]:port", s)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 1 || port > 65535 {
		return snapshot.Target{}, fmt.Errorf("port %q is not a number from 1 to 65535", portText)
	}
	return checkedTarget(host, port)
}

// checkedTarget refuses host names that no resolver takes, so that a typo such
// as a stray blank or an URL is named before anything is sent.
func checkedTarget(host string, port int) (snapshot.Target, error) {
	if host == "" {
		return snapshot.Target{}, errors.New("the host name is empty")
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return snapshot.Target{Host: addr.String(), Port: port}, nil
	}
	if host[0] == '-' || strings.ContainsFunc(host, unicode.IsControl) ||
		strings.ContainsAny(host, " @/\\?#%<>\"'`(){}|;,=*:") {
		return snapshot.Target{}, fmt.Errorf("%q is not a host name", host)
	}
	if len(host) > 253 {
		return snapshot.Target{}, fmt.Errorf("the host name is %d characters long, DNS allows 253", len(host))
	}
	return snapshot.Target{Host: host, Port: port}, nil
}

// nameOf is how the target is shown.
func nameOf(t snapshot.Target) string {
	if t.Of != "" {
		return nameOf(t.Given()) + " (" + t.Host + ")"
	}
	switch {
	case t.Port == 0 && t.Member != nil: // several are at this host, and which port is its own is not known
		return fmt.Sprintf("%s (server.%d)", t.Host, t.Member.ID)
	case t.Port == snapshot.DefaultClientPort:
		return t.Host
	}
	return t.Address()
}

// sharedHosts are the hosts that several targets have, in lower case: the peer ports
// of a server there whose own are not known cannot be assumed, for the default
// ones are its neighbour's.
func sharedHosts(targets []snapshot.Target) map[string]bool {
	shared := make(map[string]bool, len(targets))
	for _, t := range targets {
		host := strings.ToLower(t.Host)
		_, known := shared[host]
		shared[host] = known
	}
	return shared
}
