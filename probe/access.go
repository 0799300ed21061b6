package probe

import (
	"os/user"
	"slices"
	"strconv"
)

// Access is who may open a file: its owner and permissions, and those of all the
// directories on the way to it, from the root.
type Access []AccessStep

// AccessStep is a directory on the way, or the file itself, which is the last.
type AccessStep struct {
	Path string `json:"path"`
	Owner
}

// userCredentials are those of a user of this host, as a process that a unit starts
// as that user has them. "" is root.
func userCredentials(name string) Obs[Credentials] {
	if name == "" {
		return Saw(Credentials{WritesAll: true}, 0)
	}
	failure := &Failure{Absent, "user " + name + " is not in /etc/passwd"}
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.LookupId(name); err != nil {
			return Failed[Credentials](failure, 0)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return Failed[Credentials](failure, 0)
	}
	c := Credentials{UID: uint32(uid), WritesAll: uid == 0}
	groups, err := u.GroupIds()
	if err != nil {
		return Failed[Credentials](&Failure{Absent, "the groups of user " + name + " were not found out"}, 0)
	}
	for _, group := range groups {
		if gid, err := strconv.ParseUint(group, 10, 32); err == nil {
			c.Groups = append(c.Groups, uint32(gid))
		}
	}
	slices.Sort(c.Groups)
	return Saw(c, 0)
}
