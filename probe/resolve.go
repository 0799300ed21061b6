package probe

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// ResolveHost looks up all addresses of a host, IPv4 first, sorted, without
// repetition. A literal address needs no look-up. The look ends with ctx.
//
// Every failure of the look-up is of kind Resolve and its text says which: no
// such name, no answer from the DNS server, or its refusal. Only a cancelled
// ctx (not one whose deadline passed) gives Cancelled.
func ResolveHost(ctx context.Context, host string) Obs[[]netip.Addr] {
	started := time.Now()
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return Saw([]netip.Addr{addr.Unmap()}, time.Since(started))
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	took := time.Since(started)
	if err != nil {
		return Failed[[]netip.Addr](resolveFailure(ctx, host, err), took)
	}
	for i, addr := range addrs {
		addrs[i] = addr.Unmap()
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	return Saw(slices.Compact(addrs), took)
}

func resolveFailure(ctx context.Context, host string, err error) *Failure {
	name := printable(host, maxForeign)
	if errors.Is(ctx.Err(), context.Canceled) {
		return &Failure{Cancelled, name + ": the run ended before the look-up did"}
	}
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, isEmpty := errors.AsType[*net.AddrError](err) // records, but no address among them
	switch {
	case isEmpty, isDNS && dns.IsNotFound:
		return &Failure{Resolve, name + ": this name has no address"}
	case isTimeout(err):
		return &Failure{Resolve, name + ": no answer from DNS in time"}
	}
	return &Failure{Resolve, name + ": the look-up failed: " + lookupReason(err)}
}

func lookupReason(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return printable(dns.Err, maxForeign)
	}
	return reason(err)
}
