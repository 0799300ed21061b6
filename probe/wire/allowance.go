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
}

// NewAllowance is that of one look.
func NewAllowance() *Allowance {
	a := new(Allowance)
	a.left.Store(sharedByAll)
	return a
}

// Spent reports whether an answer was given up because of the others.
func (a *Allowance) Spent() bool { return a.spent.Load() }

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
	if n > own && s.all.left.Add(int64(own-n)) < 0 {
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
