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
		_, err := readAll(sharedReader{strings.NewReader(answer), share}, 0, snapshot.MaxReply)
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
	if err := read(honest, strings.Repeat("\n", 1000)); !errors.Is(err, errSpent) {
		t.Errorf("lines take up nothing: %v", err)
	}
	fresh := NewAllowance()
	if err := read(fresh.Share(), large[:ownShare]); err != nil || fresh.left.Load() != sharedByAll || fresh.Spent() {
		t.Errorf("an own share: %v, %d are left", err, fresh.left.Load())
	}
	failing := sharedReader{iotest.ErrReader(io.ErrClosedPipe), fresh.Share()}
	if _, err := readAll(failing, 0, 10); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

// TestPool: of what is there for several looks none has more than its part, and what one gives
// back others may have.
func TestPool(t *testing.T) {
	t.Parallel()
	const size = 40 << 10
	pool := NewPool(size)
	take := func(a *Allowance, n int) bool { return a.Share().take(ownShare+n) == nil }
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
