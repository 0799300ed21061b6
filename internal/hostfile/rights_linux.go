package hostfile

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func isMainThread() bool { return unix.Gettid() == unix.Getpid() }

// take gives these rights to the calling thread alone, which must be of no other use
// afterwards. Where that fails, the thread has neither these nor all of its own.
func (r *Rights) take() error {
	denied := func(err error) error {
		return fmt.Errorf("%w: zkdoctor cannot take on the rights of user %d: %w", ErrRights, r.UID, err)
	}
	groups := make([]int, len(r.Groups))
	for i, g := range r.Groups {
		groups[i] = int(g)
	}
	if err := unix.Setgroups(groups); err != nil { // x/sys has this of the thread alone
		return denied(err)
	}
	// Neither call reports an error: what the next one returns is what holds. -1 is no id.
	_ = unix.Setfsgid(int(r.GID))
	_ = unix.Setfsuid(int(r.UID))
	gid, _ := unix.SetfsgidRetGid(-1)
	uid, _ := unix.SetfsuidRetUid(-1)
	if uint32(gid) != r.GID || uint32(uid) != r.UID { //nolint:gosec // ids have 32 bits
		return denied(unix.EPERM)
	}
	return r.dropCapabilities(denied)
}

// dropCapabilities leaves the thread those that the process has too. The change of the user
// has taken those for files already, and not others that lead to files, as that to look into
// other processes.
func (r *Rights) dropCapabilities(denied func(error) error) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return denied(err)
	}
	data[0].Effective &= uint32(r.Capabilities) //nolint:gosec // the lower half
	data[1].Effective &= uint32(r.Capabilities >> 32)
	if err := unix.Capset(&header, &data[0]); err != nil {
		return denied(err)
	}
	return nil
}
