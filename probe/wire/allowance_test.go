package wire

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestAllowance: what a server says beyond its own share is taken from what is there for all,
// by bytes and lines; when that is spent, each still has its own.
func TestAllowance(t *testing.T) {
	t.Parallel()
	all := NewAllowance()
	read := func(share *Share, answer string) error {
		_, err := readAll(&sharedReader{Reader: strings.NewReader(answer), share: share}, 0, snapshot.MaxReply)
		return err
	}
	large := strings.Repeat("x", snapshot.MaxReply)
	answers := 0
	for range 100 {
		if err := read(all.Share(), large); err == nil {
			answers++
		} else if !errors.Is(err, errSpent) {
			t.Fatal(err)
		}
	}
	if want := sharedByAll / (snapshot.MaxReply - ownShare); answers != want || !all.Spent() {
		t.Errorf("%d answers are read, want %d", answers, want)
	}
	honest := all.Share()
	for range 3 {
		if err := read(honest, strings.Repeat(strings.Repeat("x", 34)+"\n", 400)); err != nil {
			t.Errorf("an answer of 13 KiB and 400 lines: %v", err)
		}
	}
	if err := read(honest, strings.Repeat("\n", int(all.left)/perLine)); !errors.Is(err, errSpent) {
		t.Errorf("lines take up nothing: %v", err)
	}
	fresh := NewAllowance()
	if err := read(fresh.Share(), large[:ownShare]); err != nil || fresh.left != sharedByAll || fresh.Spent() {
		t.Errorf("an own share: %v, %d are left", err, fresh.left)
	}
	failing := &sharedReader{Reader: iotest.ErrReader(io.ErrClosedPipe), share: fresh.Share()}
	if _, err := readAll(failing, 0, 10); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// TestAllowanceSideBySide: of answers that grow side by side, and are too large together, as many
// are read as there is room for: those that are given up make room.
func TestAllowanceSideBySide(t *testing.T) {
	t.Parallel()
	const each, chunk, answers = 4 << 20, 64 << 10, 40
	all := NewAllowance()
	readers := make([]*sharedReader, answers)
	for i := range readers {
		readers[i] = &sharedReader{share: all.Share()}
	}
	given := map[int]bool{}
	for range (each + ownShare) / chunk {
		for i, r := range readers {
			if !given[i] && !r.take(chunk) {
				given[i] = true
			}
		}
	}
	if got, want := answers-len(given), sharedByAll/each; got != want || !all.Spent() {
		t.Errorf("%d answers are read, want %d", got, want)
	}
}

// TestPool: of what is there for several looks none has more than its part, and what one gives
// back others may have.
func TestPool(t *testing.T) {
	t.Parallel()
	const size = 40 << 10
	pool := NewPool(size)
	take := func(a *Allowance, n int) bool { return (&sharedReader{share: a.Share()}).take(ownShare + n) }
	var looks []*Allowance
	for range poolParts {
		a := pool.NewAllowance()
		if looks = append(looks, a); !take(a, size/poolParts) || take(a, 1) || !a.Spent() {
			t.Error("a look has its part of the pool, and no more")
		}
	}
	last := pool.NewAllowance()
	if take(last, 1) || !take(last, 0) {
		t.Error("of a pool that is spent a look has its own shares, and no more")
	}
	looks[0].GiveBack()
	looks[0].GiveBack()
	if !take(pool.NewAllowance(), size/poolParts) || take(pool.NewAllowance(), 1) {
		t.Error("what is given back is there once")
	}
}

// TestLimits: words that have a few lines are read to that.
func TestLimits(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(conn *net.TCPConn) {
		readWord(conn)
		for range 2 * snapshot.MaxReply >> 10 {
			if _, err := conn.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	for word, limit := range map[snapshot.Word]string{
		snapshot.WordSrvr: "64 KiB", snapshot.WordRuok: "64 KiB", snapshot.WordIsro: "64 KiB",
		snapshot.WordConf: "256 KiB", snapshot.WordEnvi: "1024 KiB", snapshot.WordMntr: "4096 KiB",
	} {
		reply, _ := AskWord(t.Context(), addr, word, Transport{Timeout: long})
		checkKind(t, reply, snapshot.TooLarge, limit)
	}
}
