package probe

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// chooseServer finds out which ensemble a question that names none is about: that of the
// servers of this host, of those that listen before those that do not. It returns one of its
// servers. The error is a sentence for the user; there must be a server.
func chooseServer(servers []snapshot.Local) (snapshot.Local, error) {
	var listening, silent []snapshot.Local // one of each of two ensembles: more is not asked
	for _, l := range servers {
		kind := &silent
		if l.Listening() == snapshot.Listens {
			kind = &listening
		}
		known := func(o snapshot.Local) bool { return sameEnsemble(o.Config.Value, l.Config.Value) }
		if l.Config.Seen() && len(*kind) < 2 && !slices.ContainsFunc(*kind, known) {
			*kind = append(*kind, l)
		}
	}
	of := listening
	if len(of) == 0 {
		of = silent
	}
	switch len(of) {
	case 0:
		return snapshot.Local{}, unreadHost(servers[0])
	case 1:
		return of[0], nil
	}
	return snapshot.Local{}, fmt.Errorf("this host runs servers of more than one ensemble; choose one with -c FILE:\n%s\n%s",
		describeEnsemble(of[0]), describeEnsemble(of[1]))
}
