package thishost

import (
	"os/user"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// userCredentials are those of a user of this host, as a process that a unit starts
// as that user has them. "" is root.
func userCredentials(name string) snapshot.Obs[snapshot.Credentials] {
	if name == "" {
		return snapshot.Saw(snapshot.Credentials{WritesAll: true}, 0)
	}
	failure := &snapshot.Failure{Kind: snapshot.Absent, Text: "user " + name + " is not in /etc/passwd"}
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.LookupId(name); err != nil {
			return snapshot.Failed[snapshot.Credentials](failure, 0)
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return snapshot.Failed[snapshot.Credentials](failure, 0)
	}
	c := snapshot.Credentials{UID: uint32(uid), WritesAll: uid == 0}
	groups, err := u.GroupIds()
	if err != nil {
		return snapshot.Failed[snapshot.Credentials](&snapshot.Failure{
			Kind: snapshot.Absent, Text: "the groups of user " + name + " were not found out",
		}, 0)
	}
	for _, group := range groups {
		if gid, err := strconv.ParseUint(group, 10, 32); err == nil {
			c.Groups = append(c.Groups, uint32(gid))
		}
	}
	slices.Sort(c.Groups)
	return snapshot.Saw(c, 0)
}
