package snapshot

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// Obs is one look at one thing. It has three outcomes and never a fourth:
// not looked at (the zero value), failed (Failure says how), or seen (Value
// holds what was seen).
type Obs[T any] struct {
	// Tried is false when nobody looked; Failure and Value then say nothing.
	Tried bool `json:"tried"`
	// Took is how long the look lasted, failed or not.
	Took time.Duration `json:"took_ns,omitempty"`
	// Failure is nil when the thing was seen.
	Failure *Failure `json:"failure,omitempty"`
	// Value is meaningful only when Seen reports true.
	Value T `json:"value,omitzero"`
}

// Seen reports whether the look succeeded, so that Value may be read.
func (o Obs[T]) Seen() bool { return o.Tried && o.Failure == nil }

// FailedAs reports whether the look was made and failed with this kind.
func (o Obs[T]) FailedAs(kind FailureKind) bool {
	return o.Tried && o.Failure != nil && o.Failure.Kind == kind
}

// Saw is the outcome of a look that succeeded.
func Saw[T any](value T, took time.Duration) Obs[T] {
	return Obs[T]{Tried: true, Took: took, Value: value}
}

// Failed is the outcome of a look that did not succeed.
func Failed[T any](failure *Failure, took time.Duration) Obs[T] {
	return Obs[T]{Tried: true, Took: took, Failure: failure}
}

// Failure says why a look did not succeed. It is data, not an error: an
// unreachable server is what a doctor is called for.
type Failure struct {
	Kind FailureKind `json:"kind"`
	// Text is for people: what was tried and what came back, one line, with
	// nothing in it that could be a secret.
	Text string `json:"text,omitempty"`
}

// FailureKind is the closed list of ways in which a look can fail.
type FailureKind string

const (
	// Refused: the host answered the SYN with an RST; nothing listens there, or
	// a firewall rejects in the name of the host.
	Refused FailureKind = "refused"
	// Filtered: no answer to the SYN in time, or an ICMP "prohibited" that Linux
	// reports as EHOSTUNREACH/EACCES within milliseconds.
	Filtered FailureKind = "filtered"
	// Unreachable: no route to the host or its network, or ARP got no answer.
	Unreachable FailureKind = "unreachable"
	// Reset: the connection was made and then torn down with an RST.
	Reset FailureKind = "reset"
	// Silent: the connection was made, and no complete answer came in time.
	Silent FailureKind = "silent"
	// Empty: the peer closed the connection without having sent a byte.
	Empty FailureKind = "empty"
	// Resolve: the name has no address.
	Resolve FailureKind = "resolve"
	// TLS: the port speaks TLS, and was spoken to in plain text, or the handshake
	// failed.
	TLS FailureKind = "tls"
	// NotAllowed: the four-letter word is not in the server's whitelist.
	NotAllowed FailureKind = "not-allowed"
	// NotServing: the server says that it is not currently serving requests.
	NotServing FailureKind = "not-serving"
	// Protocol: an answer came, and it is not what ZooKeeper says.
	Protocol FailureKind = "protocol"
	// Denied: the operating system forbids the look.
	Denied FailureKind = "denied"
	// Absent: the file, process or setting does not exist.
	Absent FailureKind = "absent"
	// TooLarge: the answer or file is larger than zkdoctor is willing to read.
	TooLarge FailureKind = "too-large"
	// Cancelled: the run ended (deadline, Ctrl-C) before the look did.
	Cancelled FailureKind = "cancelled"
	// NoDescriptors, NoPorts and NoMemory: this host gave zkdoctor no file descriptor
	// (EMFILE, ENFILE), no local port (EADDRNOTAVAIL) or no memory (ENOMEM, ENOBUFS) to
	// look with.
	NoDescriptors FailureKind = "no-descriptors"
	NoPorts       FailureKind = "no-local-ports"
	NoMemory      FailureKind = "no-memory"
	// NoTime: the time of the run was over before the look could begin.
	NoTime FailureKind = "no-time"
)

// Troubles are the kinds of failure that are zkdoctor's own trouble.
func Troubles() []FailureKind { return []FailureKind{NoDescriptors, NoPorts, NoMemory, NoTime} }

// Trouble reports a failure that is zkdoctor's own, and no fact about what was looked at.
func (k FailureKind) Trouble() bool { return slices.Contains(Troubles(), k) }

// Unmade reports a look that was not made, or not to its end, for reasons that are not in
// what was looked at: the run ended, or zkdoctor had trouble of its own.
func (o Obs[T]) Unmade() bool {
	return o.Tried && o.Failure != nil && (o.Failure.Kind == Cancelled || o.Failure.Kind.Trouble())
}

// failureKinds lists every kind, for decoding.
var failureKinds = map[FailureKind]bool{
	Refused: true, Filtered: true, Unreachable: true, Reset: true, Silent: true,
	Empty: true, Resolve: true, TLS: true, NotAllowed: true, NotServing: true,
	Protocol: true, Denied: true, Absent: true, TooLarge: true, Cancelled: true,
	NoDescriptors: true, NoPorts: true, NoMemory: true, NoTime: true,
}

// UnmarshalJSON keeps a snapshot from another version honest: a kind this
// binary does not know becomes Protocol, never the empty kind.
func (k *FailureKind) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*k = FailureKind(s)
	if !failureKinds[*k] {
		*k = Protocol
	}
	return nil
}

// FailureAt is a sentence about what one address did.
func FailureAt(addr netip.AddrPort, kind FailureKind, format string, args ...any) *Failure {
	return &Failure{Kind: kind, Text: addr.String() + ": " + fmt.Sprintf(format, args...)}
}
