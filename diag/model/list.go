package model

import (
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// QuorumPortsOf are those of a line.
func QuorumPortsOf(m *zoocfg.Server) []uint16 {
	var ports []uint16
	for _, a := range m.Addresses {
		ports = append(ports, uint16(a.QuorumPort)) //nolint:gosec // a port
	}
	return ports
}
