package wire

import (
	"bytes"
	"errors"
	"io"
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
	left  atomic.Int64
	spent atomic.Bool
	// pool is what is there for all looks together, and taken what this one has of it; nil for a
	// look that is alone.
	pool  *Pool
	taken atomic.Int64
}

// NewAllowance is that of one look.
func NewAllowance() *Allowance {
	a := new(Allowance)
	a.left.Store(sharedByAll)
	return a
}

// Spent reports whether an answer was given up because of the others.
func (a *Allowance) Spent() bool { return a.spent.Load() }

// take takes what a server needs beyond its own share.
func (a *Allowance) take(n int64) bool {
	if a.left.Add(-n) < 0 || !a.pool.take(n) {
		return false
	}
	a.taken.Add(n)
	return true
}

// GiveBack gives back to the pool what was taken of it, once the answers are let go of. Whatever
// is read after that is taken anew.
func (a *Allowance) GiveBack() { a.pool.giveBack(a.taken.Swap(0)) }

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
	a := &Allowance{pool: p}
	a.left.Store(p.each)
	return a
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

// take takes of its own first.
func (s *Share) take(n int) error {
	own := min(n, s.own)
	s.own -= own
	if n > own && !s.all.take(int64(n-own)) {
		s.all.spent.Store(true)
		return errSpent
	}
	return nil
}

// sharedReader is a connection whose answer is taken off a share.
type sharedReader struct {
	io.Reader
	share *Share
}

// Read implements io.Reader.
func (r sharedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if spent := r.share.take(n + perLine*bytes.Count(p[:n], []byte{'\n'})); spent != nil {
		return n, spent
	}
	return n, err
}
