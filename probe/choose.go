package probe

import (
	"context"
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
)

// chooseServer finds out which ensemble a question that names none is about: that of the
// servers of this host, of those that listen before those that do not. It returns one of its
// servers, the first of the user with the lowest number. The error is a sentence for the user;
// there must be a server.
func chooseServer(servers []snapshot.Local) (snapshot.Local, error) {
	var listening, silent []snapshot.Local // one of each of two ensembles: more is not asked
	for _, l := range servers {
		kind := &silent
		if l.Listening() == snapshot.Listens {
			kind = &listening
		}
		if !l.Config.Seen() {
			continue
		}
		known := slices.IndexFunc(*kind, func(o snapshot.Local) bool { return sameEnsemble(o.Config.Value, l.Config.Value) })
		switch {
		case known >= 0 && isOfLowerUser(l, (*kind)[known]):
			(*kind)[known] = l
		case known < 0 && len(*kind) < 2:
			*kind = append(*kind, l)
		}
	}
	// One that has sockets and cannot be read goes before what only says that it is a server.
	unread := slices.IndexFunc(servers, unreadWithSockets)
	of := listening
	if len(of) == 0 && unread < 0 {
		of = silent
	}
	switch len(of) {
	case 0:
		return snapshot.Local{}, unreadHost(servers[max(unread, 0)])
	case 1:
		return of[0], nil
	}
	return snapshot.Local{}, fmt.Errorf("this host has servers of more than one ensemble; choose one with -c FILE:\n%s\n%s",
		describeEnsemble(of[0]), describeEnsemble(of[1]))
}

// unreadWithSockets reports whether a process listens somewhere and its configuration, which
// would tell whether it listens as a server, cannot be read.
func unreadWithSockets(l snapshot.Local) bool {
	return !l.Config.Seen() && l.Process != nil && !l.Process.OtherUsers &&
		len(l.Process.Listens.Value)+len(l.Process.UserListens) > 0
}

// hostServers are the servers that a question which names none may be about. Where no process
// listens, the host's own configuration goes before those that any user may have started: of
// them only those of its owner, or of root, are left beside it.
func (t *task) hostServers(ctx context.Context, running, earlier []snapshot.Local) []snapshot.Local {
	if slices.ContainsFunc(running, func(l snapshot.Local) bool {
		return l.Listening() == snapshot.Listens || unreadWithSockets(l)
	}) {
		return running
	}
	path, source := t.host().FindConfig(ctx)
	if path == "" {
		return running
	}
	file := t.host().LookFile(ctx, path, source, earlier)
	if len(running) > 0 && !file.Config.Seen() {
		return running
	}
	t.own = &file
	servers := []snapshot.Local{file}
	for _, l := range running {
		if thishost.IsOfOwner(l, file) {
			servers = append(servers, l)
		}
	}
	return servers
}

// isOfLowerUser reports whether a process is of a user with a lower number than another:
// those of the system have lower ones than those of people, and nobody has one of the highest.
func isOfLowerUser(a, b snapshot.Local) bool {
	if a.Process == nil || b.Process == nil || !a.Process.Credentials.Seen() || !b.Process.Credentials.Seen() {
		return false
	}
	return a.Process.Credentials.Value.UID < b.Process.Credentials.Value.UID
}
