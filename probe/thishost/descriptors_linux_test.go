package thishost

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestShareOfDescriptors: of the processes of one user no more open files are looked through than
// his share, what is not known then is not said to be absent, and what was looked through is not
// again.
func TestShareOfDescriptors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	own, at := os.Getpid(), netip.MustParseAddrPort(l.Addr().String())
	d := newDescriptors()
	if found, err := d.listening(t.Context(), own); err != nil || len(found.inodes) == 0 || found.more {
		t.Fatalf("got %+v, %v", found, err)
	}
	user := procOwner(own)
	read := d.ofUser[user]
	if _, err := d.listening(t.Context(), own); err != nil || read == 0 || d.ofUser[user] != read {
		t.Errorf("%d read, then %d: %v", read, d.ofUser[user], err)
	}
	spent := newDescriptors()
	spent.ofUser[user] = maxUserDescriptors
	if _, err := spent.sockets(t.Context(), own, 1); !errors.Is(err, errFilesOfUser) {
		t.Errorf("beyond the share: %v", err)
	}
	h := Host{descriptors: spent}
	if got := h.ownersOf(t.Context(), ourselves, []netip.AddrPort{at}, time.Now().Add(maxScan)); !got.FailedAs(snapshot.TooLarge) {
		t.Errorf("who listens, beyond the share: %+v", got)
	}
	if links := h.linksOf(t.Context(), own, []uint16{at.Port()}); !links.Seen() {
		t.Errorf("links: %+v", links)
	}
}

// TestEndedRun: nothing of the kernel's lists is read once the run has ended.
func TestEndedRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newDescriptors().sockets(ctx, os.Getpid(), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("open files: %v", err)
	}
	if got := listenersOf(ctx, ourselves); !got.FailedAs(snapshot.Cancelled) {
		t.Errorf("listeners: %+v", got)
	}
	if got := in(t).linksOf(ctx, os.Getpid(), []uint16{1}); !got.FailedAs(snapshot.Cancelled) {
		t.Errorf("links: %+v", got)
	}
}

// TestTurns: of each user one comes first, and of those who listen the ones whose socket it is.
func TestTurns(t *testing.T) {
	s := Scanned{processes: []localProcess{{owner: 7}, {owner: 7}, {owner: 7}, {owner: 9}}}
	if got, want := s.inTurns([]int{0, 1, 2, 3}), []int{0, 3, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := s.inTurns([]int{1, 3}), []int{0, 1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	own := int32(os.Getpid())
	users := map[uint64]bool{uint64(os.Geteuid()): true}
	if got := usersFirst([]int32{1 << 30, own}, users); !slices.Equal(got, []int32{own, 1 << 30}) {
		t.Errorf("got %v", got)
	}
}
