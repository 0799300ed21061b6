package hostfile

import "errors"

// ErrRights is why a look was not made: its rights cannot be taken on.
var ErrRights = errors.New("not read")

// Rights are what the kernel judges a process by when it opens a file.
type Rights struct {
	UID, GID uint32
	// Groups are its supplementary groups.
	Groups []uint32
	// Capabilities are those that it has on this host, a bit each (capabilities(7)); 0 for
	// none, as for a process whose capabilities are those of a user namespace.
	Capabilities uint64
}
