package peerports

import (
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Budget bounds how often an address is connected to, whoever asks for it and by
// whatever name.
type Budget struct {
	// most connections, or looks, may begin within any such time.
	most   int
	within time.Duration

	mu    sync.Mutex
	used  map[netip.AddrPort][]time.Time
	swept time.Time
}

// maxBudgeted bounds the addresses that a budget knows at a time. To one more it gives
// nothing: what is forgotten could be spent again.
const maxBudgeted = 1 << 16

// NewBudget allows an address so many within a time.
func NewBudget(most int, within time.Duration) *Budget {
	return &Budget{most: most, within: within, used: map[netip.AddrPort][]time.Time{}}
}

// Take takes one of each of the addresses, or none where one of them has nothing left; it
// returns that one.
func (b *Budget) Take(now time.Time, addrs []netip.AddrPort) (spent netip.AddrPort, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep(now)
	for i, addr := range addrs {
		used, known := b.used[addr]
		used = slices.DeleteFunc(used, func(t time.Time) bool { return now.Sub(t) >= b.within })
		if known {
			b.used[addr] = used
		}
		if !known && len(b.used) >= maxBudgeted || len(used) >= b.most {
			b.giveBack(addrs[:i])
			return addr, false
		}
		b.used[addr] = append(used, now)
	}
	return netip.AddrPort{}, true
}

// giveBack undoes what was taken last.
func (b *Budget) giveBack(addrs []netip.AddrPort) {
	for _, addr := range addrs {
		b.used[addr] = b.used[addr][:len(b.used[addr])-1]
	}
}

// sweep forgets what is used no more, once in a while.
func (b *Budget) sweep(now time.Time) {
	if now.Sub(b.swept) < b.within {
		return
	}
	b.swept = now
	for addr, used := range b.used {
		if len(used) == 0 || now.Sub(used[len(used)-1]) >= b.within {
			delete(b.used, addr)
		}
	}
}
