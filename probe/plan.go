package probe

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// ZooKeeper's documented ports, used where nothing better is known.
const (
	DefaultClientPort   = 2181
	DefaultQuorumPort   = 2888
	DefaultElectionPort = 3888
)

// DefaultTimeout bounds one look. A healthy server answers srvr within
// milliseconds; two seconds leave room for one lost SYN, which Linux sends again
// after one second.
const DefaultTimeout = 2 * time.Second

// Source says where the servers to look at come from.
type Source string

const (
	// FromTargets: the user named the servers.
	FromTargets Source = "targets"
	// FromFile: a configuration file that the user named lists them.
	FromFile Source = "file"
	// FromHost: this host's own ZooKeeper lists them.
	FromHost Source = "host"
)

// Asked is the question as the snapshot keeps it: which servers to look at, and how.
type Asked struct {
	Source  Source   `json:"source"`
	Targets []Target `json:"targets"`
	// Config is the file that the targets come from; nil with FromTargets.
	Config *zoocfg.Config `json:"config,omitempty"`
	// Timeout bounds one look; 0 means DefaultTimeout.
	Timeout time.Duration `json:"timeout_ns"`
	// Secure is set when TLS was spoken to the client ports.
	Secure bool `json:"tls,omitempty"`
	// Unverified says that the certificates of servers were not judged.
	Unverified bool `json:"tls_unverified,omitempty"`
	// PeerPorts is false when the quorum and election ports are to be left alone.
	PeerPorts bool `json:"peer_ports"`
	// QuorumHello is set when the election ports of servers on this host are to be greeted
	// in TLS, where their configuration says that they speak it: on a plain one the bytes
	// would be taken for a server's id.
	QuorumHello bool `json:"quorum_tls_hello,omitempty"`
	// Session is set when a session is to be opened with each server, and closed: two
	// transactions each.
	Session bool `json:"session,omitempty"`
	// Admin is false when AdminServers are not to be asked (3.5+, HTTP); AdminPort is
	// theirs, 0 for what the configuration says, or else 8080.
	Admin     bool `json:"admin,omitempty"`
	AdminPort int  `json:"admin_port,omitempty"`
	// Local is false when this host's own files and processes are to be left
	// alone.
	Local bool `json:"local"`
}

// Plan is the question with what only the looking needs.
type Plan struct {
	Asked
	// TLS is how to speak TLS to the client ports; nil for plain text.
	TLS *tls.Config
	// Sockets is false when the connections of this host are not to be counted,
	// which takes long where it has many.
	Sockets bool
	// Tool names the program and its version in the snapshot.
	Tool string
	// names are those that Prepare looked up, so that nobody does twice.
	names names
}

// transport is how one of its servers is spoken to.
func (p *Plan) transport(t Target) Transport {
	how := Transport{Timeout: p.Timeout, TLS: p.TLS}
	if how.TLS == nil && t.Secure {
		how.TLS = new(tls.Config)
	}
	return how.to(t.Host)
}

// Target is one server to look at.
type Target struct {
	// Host is a name or an address, IPv6 without brackets.
	Host string `json:"host"`
	Port int    `json:"port"`
	// Assumed is set when Port is the default and nobody said so: another server
	// of the ensemble may well use another one.
	Assumed bool `json:"assumed,omitempty"`
	// Secure is set when Port is one for TLS alone, as the configuration says.
	Secure bool `json:"secure,omitempty"`
	// Member is the server.N line; nil when the target was named by hand.
	Member *zoocfg.Server `json:"member,omitempty"`
}

// name is how the target is shown.
func (t Target) name() string {
	if t.Port == DefaultClientPort {
		return t.Host
	}
	return net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
}

// ParseTargets reads servers as a user writes them: host, host:port, [v6]:port,
// a bare IPv6 address, or a client connect string a:2181,b:2181/chroot. The
// errors are sentences for the user.
func ParseTargets(args []string) ([]Target, error) {
	var targets []Target
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

func parseTarget(s string) (Target, error) {
	if s == "" {
		return Target{}, errors.New("an empty host name; is there a comma too many?")
	}
	bare := s
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		bare = s[1 : len(s)-1]
	}
	if addr, err := netip.ParseAddr(bare); err == nil {
		return Target{Host: addr.String(), Port: DefaultClientPort}, nil
	}
	if !strings.Contains(s, ":") {
		return checkedTarget(s, DefaultClientPort)
	}
	host, portText, err := net.SplitHostPort(s)
	if err != nil {
		return Target{}, fmt.Errorf("%q is neither host:port nor [v6]:port", s)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 1 || port > 65535 {
		return Target{}, fmt.Errorf("port %q is not a number from 1 to 65535", portText)
	}
	return checkedTarget(host, port)
}

// checkedTarget refuses host names that no resolver takes, so that a typo such
// as a stray blank or an URL is named before anything is sent.
func checkedTarget(host string, port int) (Target, error) {
	if host == "" {
		return Target{}, errors.New("the host name is empty")
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return Target{Host: addr.String(), Port: port}, nil
	}
	if host[0] == '-' || strings.ContainsFunc(host, unicode.IsControl) || strings.ContainsAny(host, " @/\\?#%<>\"'`(){}|;,=*:") {
		return Target{}, fmt.Errorf("%q is not a host name", host)
	}
	if len(host) > 253 {
		return Target{}, fmt.Errorf("the host name is %d characters long, DNS allows 253", len(host))
	}
	return Target{Host: host, Port: port}, nil
}
