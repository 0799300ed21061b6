package probe

import (
	"net/netip"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxLinks is how many connections are kept. An ensemble of 7 with 20 observers has
// some 50; what is above that is somebody else's, and the number alone tells it.
const maxLinks = 256

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
}

func (l Link) compare(o Link) int {
	if c := l.Local.Compare(o.Local); c != 0 {
		return c
	}
	return l.Remote.Compare(o.Remote)
}

// peerPorts are the quorum and election ports that a configuration lists.
func peerPorts(config Obs[*zoocfg.Config]) []uint16 {
	var ports []uint16
	if !config.Seen() {
		return nil
	}
	for _, m := range config.Value.Servers {
		for _, a := range m.Addresses {
			for _, port := range []int{a.QuorumPort, a.ElectionPort} {
				if port > 0 && port <= 65535 && !slices.Contains(ports, uint16(port)) {
					ports = append(ports, uint16(port))
				}
			}
		}
	}
	return ports
}
