//go:build !linux

package probe

import (
	"context"
	"net/netip"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// This host is looked at on Linux only. Elsewhere every local look is one that
// was not made, and the rules that need it are skipped.

type localProcess struct {
	Process
	configPath string
}

func findProcesses(context.Context) []localProcess { return nil }
func (localProcess) files() hostFiles              { return hostFiles{} }

func (localProcess) readConfig(hostFiles) Obs[*zoocfg.Config] { return Obs[*zoocfg.Config]{} }

func (hostFiles) access(string) Obs[Access] { return Obs[Access]{} }

func (localProcess) logs() []string { return nil }
func (localProcess) ended() bool    { return false }

func ownAddrs() Obs[[]netip.Addr]                  { return Obs[[]netip.Addr]{} }
func ownListeners() Obs[[]netip.AddrPort]          { return Obs[[]netip.AddrPort]{} }
func namespaceAddrs(int) Obs[[]netip.Addr]         { return Obs[[]netip.Addr]{} }
func namespaceListeners(int) Obs[[]netip.AddrPort] { return Obs[[]netip.AddrPort]{} }
func linksOf(int, []uint16) Obs[Links]             { return Obs[Links]{} }
func heldConnections() Obs[map[netip.AddrPort]int] { return Obs[map[netip.AddrPort]int]{} }

func (hostFiles) readData(*zoocfg.Config) Obs[Data] { return Obs[Data]{} }
