package wire

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

const (
	// ownShare is what every server may answer, whatever the others do. Honest ones need
	// half of it; who needs more takes it from what is there for all.
	ownShare = 96 << 10
	// sharedByAll is what the answers of all servers of a look may have together beyond that.
	sharedByAll = 48 << 20
	// perLine is what a line takes up as a key and a value, beside its text.
	perLine = 32
)

// errSpent is the error of an answer for which nothing is left.
var errSpent = errors.New("too much of all answers together")

// Allowance bounds the answers of all servers of a look together: what they take up in memory.
type Allowance struct {
	mu    sync.Mutex
	left  int64
	spent bool
	// pool is what is there for all looks together, and taken what this one has of it; nil for a
	// look that is alone.
	pool  *Pool
	taken int64
}

// NewAllowance is that of one look.
func NewAllowance() *Allowance { return &Allowance{left: sharedByAll} }

// Spent reports whether an answer was given up because of the others.
func (a *Allowance) Spent() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.spent
}

// take takes what an answer needs beyond its server's own share. Where that is not there, the
// answer is given up, and what it has taken so far is there for the others at once: of many
// that grow side by side some are read to their end.
func (a *Allowance) take(n, soFar int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n > a.left || !a.pool.take(n) {
		a.spent = true
		a.left += soFar
		a.taken -= soFar
		a.pool.giveBack(soFar)
		return false
	}
	a.left -= n
	a.taken += n
	return true
}

// GiveBack gives back to the pool what was taken of it, once the answers are let go of. Whatever
// is read after that is taken anew.
func (a *Allowance) GiveBack() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pool.giveBack(a.taken)
	a.taken = 0
}

// Pool is what the answers of several looks may have together: of those under way, and of those
// that are kept. None has more than a part of it.
type Pool struct {
	left atomic.Int64
	each int64
}

// poolParts is how many looks it takes to spend a pool.
const poolParts = 4

// NewPool is one of so many bytes.
func NewPool(size int64) *Pool {
	p := &Pool{each: size / poolParts}
	p.left.Store(size)
	return p
}

// NewAllowance is that of one of the looks.
func (p *Pool) NewAllowance() *Allowance {
	return &Allowance{pool: p, left: p.each}
}

func (p *Pool) take(n int64) bool {
	if p == nil {
		return true
	}
	if p.left.Add(-n) < 0 {
		p.left.Add(n)
		return false
	}
	return true
}

func (p *Pool) giveBack(n int64) {
	if p != nil {
		p.left.Add(n)
	}
}

// Share is what one server may answer, whose words are asked one after the other.
func (a *Allowance) Share() *Share { return &Share{own: ownShare, all: a} }

// Share is a server's own part of an allowance, and the way to the rest.
type Share struct {
	own int
	all *Allowance
}

// sharedReader is a connection whose answer is taken off a share.
type sharedReader struct {
	io.Reader
	share *Share
	// beyond is what this answer has taken of what is there for all.
	beyond int64
}

// Read implements io.Reader.
func (r *sharedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if !r.take(n + perLine*bytes.Count(p[:n], []byte{'\n'})) {
		return n, errSpent
	}
	return n, err
}

// take takes of the server's own share first.
func (r *sharedReader) take(n int) bool {
	own := min(n, r.share.own)
	r.share.own -= own
	more := int64(n - own)
	if more == 0 {
		return true
	}
	if !r.share.all.take(more, r.beyond) {
		r.beyond = 0
		return false
	}
	r.beyond += more
	return true
}
