package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Permits reports whether permissions let a user read (4), write (2) or pass (1). The
// group's bits may be a mask over an access list, so they prove something only
// where they are not set, or where it is the user's own group.
func Permits(o snapshot.Owner, what, uid uint32, groups []uint32) Truth {
	switch {
	case o.UID == uid:
		return TruthOf(o.Mode>>6&what != 0)
	case slices.Contains(groups, o.GID):
		return TruthOf(o.Mode>>3&what != 0)
	case o.Mode&what != 0:
		return Yes
	case o.Mode>>3&what != 0:
		return Unknown
	}
	return No
}
