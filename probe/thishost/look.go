package thishost

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Look looks at every ZooKeeper process of this host: its configuration and its
// addresses, and of those that are wanted its myid, its data, its sockets and its log,
// each as that process has them. That a host runs many, of other ensembles, must cost
// little. The result is in ascending order of PID; nil when none runs. wanted decides by
// configuration and addresses, nil wants all; earlier is what an earlier look found, nil
// for none.
func Look(ctx context.Context, earlier []snapshot.Local, wanted func(snapshot.Local) bool) []snapshot.Local {
	var local []snapshot.Local
	for _, p := range findProcesses(ctx) {
		files := p.files()
		l := snapshot.Local{Process: &p.Process, ConfigSource: "process", ConfigPath: p.configPath}
		l.Config = processConfig(p, files)
		l.Addrs = addrsOf(procOf(p.PID))
		if wanted != nil && !wanted(l) {
			local = append(local, l)
			continue
		}
		l.ConfigAccess = readAccess(files, p.configPath)
		if p.Unit != "" && files.root == "" {
			l.Service = askSystemd(ctx, busSocket, p.Unit)
		}
		lookAtDisk(ctx, &l, files, sameProcess(earlier, p.PID))
		l.Listeners = listenersOf(procOf(p.PID))
		l.Links = linksOf(p.PID, peerPorts(l.Config))
		l.Log = readLog(files, logsOf(p))
		if p.ended() && files.root == "" && !p.OtherNetwork && l.Config.Seen() {
			// It was on its way out, as in a loop of restarts, and a part of this was seen
			// no more: its files stay.
			l = lookFile(ctx, l.Config.Value.Path, "a process that has just ended", nil)
		}
		local = append(local, l)
	}
	return local
}

// LookAgain is the second look at what the first one found on this host. A
// server whose process has ended meanwhile is looked at by its files.
func LookAgain(ctx context.Context, first []snapshot.Local) []snapshot.Local {
	if len(first) == 0 {
		return nil // this host may have to be left alone
	}
	now := Look(ctx, first, func(n snapshot.Local) bool {
		return slices.ContainsFunc(first, func(l snapshot.Local) bool { return sameLocal(l, n) })
	})
	var again []snapshot.Local
	for f, l := range first {
		resolved, logPath := l.Resolved, l.LogPath // names are looked up once a run
		i := slices.IndexFunc(now, func(n snapshot.Local) bool { return sameLocal(l, n) })
		switch {
		case i >= 0:
			l = now[i]
		case l.Process != nil && (l.Process.Container || !l.Config.Seen()):
			continue // its files went with it
		case l.Config.Seen():
			l = lookFile(ctx, l.Config.Value.Path, l.ConfigSource, &first[f])
		default:
			l = lookFile(ctx, l.ConfigPath, l.ConfigSource, &first[f])
		}
		l.Resolved, l.Named, l.LogPath = resolved, first[f].Named, logPath
		ReadNamedLog(&l)
		again = append(again, l)
	}
	return again
}

// sameProcess finds the earlier look at a process, or nil.
func sameProcess(earlier []snapshot.Local, pid int) *snapshot.Local {
	for i := range earlier {
		if p := earlier[i].Process; p != nil && p.PID == pid {
			return &earlier[i]
		}
	}
	return nil
}

// sameLocal tells a server of this host by its process, or by its configuration
// when it was started anew, or has ended while it was looked at.
func sameLocal(a, b snapshot.Local) bool {
	if a.Process != nil && b.Process != nil && b.Process.PID == a.Process.PID {
		return true
	}
	contained := func(l snapshot.Local) bool { return l.Process != nil && l.Process.Container }
	if contained(a) || contained(b) {
		return false // the same path in two containers is two files
	}
	return a.Config.Seen() && b.Config.Seen() && a.Config.Value.Path == b.Config.Value.Path
}

// LookFile is what this host's files tell of a server that does not run. path is its
// zoo.cfg, source what led to it, earlier what an earlier look found on this host.
func LookFile(ctx context.Context, path, source string, earlier []snapshot.Local) snapshot.Local {
	for i := range earlier {
		if earlier[i].Process == nil && earlier[i].ConfigPath == path {
			return lookFile(ctx, path, source, &earlier[i])
		}
	}
	return lookFile(ctx, path, source, nil)
}

// lookFile is what this host's files tell of a server that does not run. path
// is its zoo.cfg, source what led to it, earlier an earlier look at it, or nil.
func lookFile(ctx context.Context, path, source string, earlier *snapshot.Local) snapshot.Local {
	l := snapshot.Local{ConfigSource: source, ConfigPath: path}
	files := hostFiles{}
	l.Config = readConfig(files, path)
	l.ConfigAccess = readAccess(files, path)
	lookAtStart(ctx, &l, files)
	lookAtDisk(ctx, &l, files, earlier)
	l.Addrs = Addrs()
	l.Listeners = listenersOf(ourselves)
	l.Log = readLog(files, logsBeside(files, path))
	return l
}

// lookAtStart looks at how this host would start a server that does not run: by the
// unit whose command leads to its configuration, or else by any that leads to one;
// and with the ZooKeeper that lies there.
func lookAtStart(ctx context.Context, l *snapshot.Local, files hostFiles) {
	path, err := filepath.Abs(l.ConfigPath)
	if err != nil {
		return
	}
	root := os.DirFS("/")
	l.Unit = findUnit(root, func(u snapshot.Unit) bool { return u.Config == path })
	if l.Unit != nil {
		l.Service = askSystemd(ctx, busSocket, l.Unit.Name)
	} else {
		l.Unit = findUnit(root, func(u snapshot.Unit) bool { return u.Config != "" })
	}
	if l.Unit != nil {
		l.Unit.ConfigFailure = readConfig(files, l.Unit.Config).Failure
		l.Unit.Credentials = userCredentials(l.Unit.User)
	}
	l.Install = lookInstall(path, l.Unit)
	if l.Config.FailedAs(snapshot.Absent) {
		l.Beside = files.configsBeside(path)
	}
}
