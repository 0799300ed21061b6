package snapshot

import "net/netip"

// Links are the TCP connections on and to the quorum and election ports of an ensemble's
// members, as the kernel of one member has them. Its listeners are not among them.
type Links struct {
	// Sockets are the connections, at most 256 of them, sorted.
	Sockets []Link `json:"sockets,omitempty"`
	// Total is how many there are.
	Total int `json:"total"`
	// Owners tells whether it could be found out which of them the server's own
	// process has; without it Own is false for all. Only root and its user may see it.
	Owners Obs[bool] `json:"owners"`
}

// Link is one TCP connection.
type Link struct {
	Local  netip.AddrPort `json:"local"`
	Remote netip.AddrPort `json:"remote"`
	// Calling is set while no answer has come (SYN-SENT); else it is established.
	Calling bool `json:"calling,omitempty"`
	// Waiting is set while the listening process has not accepted it.
	Waiting bool `json:"waiting,omitempty"`
	// Own is set when the server's own process has it.
	Own bool `json:"own,omitempty"`
	// Unacked are the bytes written to it that the other end has not acknowledged, and Retries
	// how often the kernel has sent them again, or probed, since the other end last answered.
	Unacked uint64 `json:"unacked,omitempty"`
	Retries uint64 `json:"retries,omitempty"`
}

// Compare orders connections by their ends.
func (l Link) Compare(o Link) int {
	if c := l.Local.Compare(o.Local); c != 0 {
		return c
	}
	return l.Remote.Compare(o.Remote)
}
