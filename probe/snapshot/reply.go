package snapshot

import (
	"errors"
	"net/netip"
)

// MaxReply is the most that is kept of any answer. The largest honest one, mntr of 3.6+, is 17 KiB, and
// grows by 200 to 500 bytes for each top-level znode, which are not all kept (wire.Transport).
const MaxReply = 4 << 20

// MaxLines is the most that is read of an answer of a few lines, as all are but those to mntr,
// conf and envi; MaxEnvi of that to envi, which has the class path.
const (
	MaxLines = 64 << 10
	MaxEnvi  = 1 << 20
)

// Reply is what came back until the peer closed the connection.
type Reply struct {
	// From is who answered.
	From netip.AddrPort
	Data []byte
	// LeftOut counts the lines about single top-level znodes that were not kept of mntr.
	LeftOut int
	// Reset: the peer ended with an RST and not a FIN, so Data may be cut short
	// although a server may well do so after a whole answer.
	Reset bool
	// Nudged: a newline had followed the word when it ended.
	Nudged bool
}

// errCut is wrapped by what the parsers say of an answer that ends too early.
var errCut = errors.New("cut short")

// Interpret reads the reply to word. A server that does not serve, or does not
// allow the word, is NotServing or NotAllowed; what is not ZooKeeper's is
// Protocol, with a text that says what it looks like; TLS where it is that. An
// answer that ended with an RST is used if it is whole, and is Reset otherwise,
// as is one that ended in the middle.
func Interpret[T any](reply Obs[Reply], word Word, parse func([]byte) (T, error)) Obs[T] {
	if !reply.Seen() {
		return Obs[T]{Tried: reply.Tried, Took: reply.Took, Failure: reply.Failure}
	}
	r := reply.Value
	if kind, text := generic(word, r.Data); kind != "" {
		return Failed[T](FailureAt(r.From, kind, "%s", text), reply.Took)
	}
	value, err := parse(r.Data)
	switch {
	case err == nil:
		return Saw(value, reply.Took)
	case errors.Is(err, ErrTooLarge):
		return Failed[T](FailureAt(r.From, TooLarge, "the answer to %s has %v", word, err), reply.Took)
	case r.Reset, errors.Is(err, errCut):
		return Failed[T](FailureAt(r.From, Reset, "the connection ended in the middle of the answer to %s: %v", word, err), reply.Took)
	}
	return Failed[T](FailureAt(r.From, Protocol, "the answer to %s is not ZooKeeper's: %v", word, err), reply.Took)
}

// ErrTooLarge is the error of an answer that is longer than what is read of it, and wrapped by
// that of a list of more than MaxMembers.
var ErrTooLarge = errors.New("too large")
