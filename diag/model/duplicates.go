package model

import (
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// identity is a sign by which two targets are known to be one server.
type identity struct {
	kind, what string
	port       int
}

// findDuplicates finds for each target the first one before it that is the same server: the
// same port at the same name, or at the same address, be it the one that answered or,
// where either did not, all that the name resolves to; or it counts what that one is asked.
func findDuplicates(e *Ensemble) {
	first := map[identity]int{}
	for i, s := range e.Servers {
		if s.Port == 0 {
			continue
		}
		kind, host := "silent", identity{"host", strings.ToLower(s.Host), s.Port}
		like, own := []identity{host}, []identity{host}
		if s.Client.Seen() {
			remote := identity{"remote", s.Client.Value.Remote.String(), s.Port}
			kind, like, own = "seen", append(like, remote), append(own, remote)
		}
		if len(s.Resolve.Value) > 0 {
			addrs := fmt.Sprint(s.Resolve.Value)
			own = append(own, identity{kind, addrs, s.Port})
			like = append(like, identity{"silent", addrs, s.Port})
			if !s.Client.Seen() {
				like = append(like, identity{"seen", addrs, s.Port})
			}
		}
		same := i
		for _, sign := range like {
			if at, ok := first[sign]; ok {
				same = min(same, at)
			}
		}
		same = snapshot.FirstOne(s.Server, same, func(at int) *snapshot.Server { return e.Servers[at].Server })
		if same < i && len(s.InTurn) > 0 && s.SaysOwnLine() && !e.Servers[same].SaysOwnLine() {
			e.Servers[same].DuplicateOf = s
		} else if same < i {
			s.DuplicateOf = e.Servers[same]
		}
		for _, sign := range own {
			if _, known := first[sign]; !known {
				first[sign] = i
			}
		}
	}
}
