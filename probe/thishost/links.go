package thishost

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxLinks is how many connections are kept. An ensemble of 7 with 20 observers has
// some 50; what is above that is somebody else's, and the number alone tells it.
const maxLinks = 256

// peerPorts are the quorum and election ports that a configuration lists.
func peerPorts(config snapshot.Obs[*zoocfg.Config]) []uint16 {
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
