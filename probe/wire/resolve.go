package wire

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Resolve looks up all addresses of a host, IPv4 first, sorted, without
// repetition. A literal address needs no look-up. The look ends with ctx.
//
// Every failure of the look-up is of kind Resolve and its text says which: no
// such name, no answer from the DNS server, or its refusal. Only a cancelled
// ctx (not one whose deadline passed) gives Cancelled, and only trouble of this host's own
// gives one of snapshot.Troubles.
func Resolve(ctx context.Context, host string) snapshot.Obs[[]netip.Addr] {
	started := time.Now()
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return snapshot.Saw([]netip.Addr{addr.Unmap()}, time.Since(started))
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	took := time.Since(started)
	if err != nil {
		return snapshot.Failed[[]netip.Addr](resolveFailure(ctx, host, err), took)
	}
	for i, addr := range addrs {
		addrs[i] = addr.Unmap()
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	return snapshot.Saw(slices.Compact(addrs), took)
}

func resolveFailure(ctx context.Context, host string, err error) *snapshot.Failure {
	name := snapshot.Printable(host, snapshot.MaxForeign)
	if errors.Is(ctx.Err(), context.Canceled) {
		return &snapshot.Failure{Kind: snapshot.Cancelled, Text: name + ": the run ended before the look-up did"}
	}
	kind := trouble(err)
	if kind == "" {
		kind = trouble(oneFile())
	}
	if kind != "" {
		return &snapshot.Failure{Kind: kind, Text: name + ": zkdoctor could not resolve it: " + lookupReason(err)}
	}
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, isEmpty := errors.AsType[*net.AddrError](err) // records, but no address among them
	switch {
	case isEmpty, isDNS && dns.IsNotFound:
		return &snapshot.Failure{Kind: snapshot.Resolve, Text: name + ": this name has no address"}
	case isTimeout(err):
		return &snapshot.Failure{Kind: snapshot.Resolve, Text: name + ": no answer from DNS in time"}
	}
	return &snapshot.Failure{Kind: snapshot.Resolve, Text: name + ": the look-up failed: " + lookupReason(err)}
}

func lookupReason(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return snapshot.Printable(dns.Err, snapshot.MaxForeign)
	}
	return reason(err)
}

// oneFile tries whether this process gets one more descriptor. A resolver that gets none
// cannot read /etc/hosts, and says that there is no such name, or gives no answer in time.
func oneFile() error {
	file, err := os.Open(os.DevNull) //nolint:forbidigo // no file is read, and this device does not hang
	if err == nil {
		_ = file.Close()
	}
	return err
}
