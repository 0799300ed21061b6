//go:build !linux

package thishost

import (
	"context"
	"io/fs"
	"net/netip"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// This host is looked at on Linux only. Elsewhere every local look is one that
// was not made, and the rules that need it are skipped.

type localProcess struct {
	snapshot.Process
	configPath string
}

func (Host) findProcesses(context.Context, Asked) ([]localProcess, snapshot.Others) {
	return nil, snapshot.Others{}
}

func (Host) processFiles(context.Context, localProcess) hostFiles { return hostFiles{} }
func (*localProcess) other(snapshot.OtherReason) snapshot.OtherProcess {
	return snapshot.OtherProcess{}
}

type listenerTables struct{}

func (listenerTables) look(context.Context, Host, *snapshot.Local) {}

type descriptors struct{}

func newDescriptors() *descriptors { return nil }

func (s *Scanned) inTurns(chosen []int) []int {
	turns := make([]int, len(chosen))
	for n := range turns {
		turns[n] = n
	}
	return turns
}

func (Host) lookAtOwners(context.Context, *snapshot.Local) {}

func (Host) processConfig(context.Context, localProcess, hostFiles) snapshot.Obs[*zoocfg.Config] {
	return snapshot.Obs[*zoocfg.Config]{}
}

func (Host) asOwner(_ context.Context, f hostFiles, _ string) hostFiles { return f }
func (f hostFiles) namedBy(*hostfile.Rights) hostFiles                  { return f }
func ownerRights(fs.FileInfo) *hostfile.Rights                          { return nil }

func filesOf(*snapshot.Credentials) hostFiles   { return hostFiles{} }
func (hostFiles) readAs() *snapshot.Credentials { return nil }

func (Host) readAccess(context.Context, hostFiles, string) snapshot.Obs[snapshot.Access] {
	return snapshot.Obs[snapshot.Access]{}
}

func logsOf(localProcess) []string { return nil }
func (localProcess) ended() bool   { return false }

func Addrs() snapshot.Obs[[]netip.Addr]         { return snapshot.Obs[[]netip.Addr]{} }
func addrsOf(string) snapshot.Obs[[]netip.Addr] { return snapshot.Obs[[]netip.Addr]{} }
func listenersOf(context.Context, string) snapshot.Obs[[]netip.AddrPort] {
	return snapshot.Obs[[]netip.AddrPort]{}
}
func (Host) linksOf(context.Context, int, []uint16) snapshot.Obs[snapshot.Links] {
	return snapshot.Obs[snapshot.Links]{}
}
func clientsOf(context.Context, int, []uint16) snapshot.Obs[int] { return snapshot.Obs[int]{} }
func HeldConnections(context.Context) snapshot.Obs[map[netip.AddrPort]int] {
	return snapshot.Obs[map[netip.AddrPort]int]{}
}

func readDataDirs(hostFiles, *zoocfg.Config) snapshot.Obs[snapshot.Data] {
	return snapshot.Obs[snapshot.Data]{}
}
