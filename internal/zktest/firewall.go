package zktest

import (
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
)

// Rejection is how Reject answers.
type Rejection string

// The ways to turn a connection away, as firewalls do: connect fails with
// ECONNREFUSED for the first two, and for the last with EHOSTUNREACH (IPv4) or
// EACCES (IPv6).
const (
	TCPReset        Rejection = "tcp reset"
	PortUnreachable Rejection = "icmpx type port-unreachable"
	AdminProhibited Rejection = "icmpx type admin-prohibited"
)

// AnyPort in place of a port means all packets, of all protocols.
const AnyPort = 0

// DropIn loses what comes in for the port: from the hosts, or from all.
// Connections that are already there are cut as well; those that this host
// opens to others are not, nor is its traffic with itself.
func (h *Host) DropIn(ctx context.Context, port int, from ...*Host) error {
	return h.rule(ctx, "input", match("iifname", "saddr", port, from), "drop")
}

// DropOut loses what goes out to the port: to the hosts, or to all.
func (h *Host) DropOut(ctx context.Context, port int, to ...*Host) error {
	return h.rule(ctx, "output", match("oifname", "daddr", port, to), "drop")
}

// Cut loses all packets between this host and the peers, both ways; without
// peers it cuts this host off.
func (h *Host) Cut(ctx context.Context, peers ...*Host) error {
	if err := h.DropIn(ctx, AnyPort, peers...); err != nil {
		return err
	}
	return h.DropOut(ctx, AnyPort, peers...)
}

// Reject turns away what comes in for the port: from the hosts, or from all.
func (h *Host) Reject(ctx context.Context, port int, how Rejection, from ...*Host) error {
	return h.rule(ctx, "input", match("iifname", "saddr", port, from), "reject with "+string(how))
}

// Forward has what this host sends to a port of an address go to another host's port, as
// NAT and port-forwards do.
func (h *Host) Forward(ctx context.Context, addr string, port int, to *Host, toPort int) error {
	return h.nft(ctx, fmt.Sprintf(`add table inet zktest
add chain inet zktest forward { type nat hook output priority -100; }
add rule inet zktest forward ip daddr %s tcp dport %d dnat ip to %s:%d
`, addr, port, to.Addr, toPort))
}

// Forget loses every packet of the connections that stand now on or to a port, both ways, as a
// firewall does that has forgotten them for being idle. New connections get through.
func (h *Host) Forget(ctx context.Context, port int) error {
	result, err := h.Run(ctx, "ss", "-Htn", "state", "established")
	if err != nil {
		return err
	}
	script := `add table inet zktest
add chain inet zktest input { type filter hook input priority 0; }
add chain inet zktest output { type filter hook output priority 0; }
`
	var rules []string
	for line := range strings.Lines(string(result.Stdout)) {
		fields := strings.Fields(line) // both queues, and both ends
		if len(fields) < 4 {
			continue
		}
		local, err := netip.ParseAddrPort(fields[2])
		remote, also := netip.ParseAddrPort(fields[3])
		if err != nil || also != nil || int(local.Port()) != port && int(remote.Port()) != port {
			continue
		}
		for chain, ends := range map[string][2]netip.AddrPort{"input": {remote, local}, "output": {local, remote}} {
			rules = append(rules, fmt.Sprintf("add rule inet zktest %s ip saddr %s tcp sport %d ip daddr %s tcp dport %d drop\n", chain,
				ends[0].Addr().Unmap(), ends[0].Port(), ends[1].Addr().Unmap(), ends[1].Port()))
		}
	}
	return h.nft(ctx, script+strings.Join(rules, ""))
}

// Restore takes back everything that the other methods did to this host.
func (h *Host) Restore(ctx context.Context) error {
	return h.nft(ctx, "add table inet zktest\ndelete table inet zktest\n")
}

// match is the nft condition for TCP packets to the port that cross the link.
func match(link, side string, port int, peers []*Host) string {
	condition := link + ` != "lo"`
	if len(peers) > 0 {
		family := "ip"
		var addrs []string
		for _, peer := range peers {
			addrs = append(addrs, peer.Addr)
			if strings.Contains(peer.Addr, ":") {
				family = "ip6"
			}
		}
		condition += fmt.Sprintf(" %s %s { %s }", family, side, strings.Join(addrs, ", "))
	}
	if port != AnyPort {
		condition += fmt.Sprintf(" tcp dport %d", port)
	}
	return condition
}

func (h *Host) rule(ctx context.Context, chain, condition, verdict string) error {
	return h.nft(ctx, fmt.Sprintf(`add table inet zktest
add chain inet zktest %[1]s { type filter hook %[1]s priority 0; }
add rule inet zktest %[1]s %[2]s %[3]s
`, chain, condition, verdict))
}

func (h *Host) nft(ctx context.Context, script string) error {
	if h.space == nil {
		return fmt.Errorf("%s: links of loopback hosts cannot be cut: use Namespaces", h.Name)
	}
	if _, err := exec.LookPath("nft"); err != nil {
		return fmt.Errorf("nft not found: install it (Debian: apt-get install nftables)")
	}
	return h.space.run(ctx, script, "nft", "-f", "-")
}
