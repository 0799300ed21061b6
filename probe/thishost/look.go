package thishost

import (
	"context"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// looksAtOnce bounds the processes that are looked at together. Each waits for the disk of
// its own server, and not for those of others.
const looksAtOnce = 8

// Scanned are the ZooKeeper processes of this host, with what it takes to say which ensemble
// each is of: its configuration, its addresses and its listeners.
type Scanned struct {
	// Servers are in ascending order of PID; nil when none runs.
	Servers []snapshot.Local
	// Others are the processes that are not looked at, of those that look like servers.
	Others    snapshot.Others
	processes []localProcess
	host      Host
}

// Scan finds the ZooKeeper processes of this host.
func (h Host) Scan(ctx context.Context, asked Asked) *Scanned {
	h.descriptors = newDescriptors()
	s := &Scanned{host: h}
	s.processes, s.Others = h.findProcesses(ctx, asked)
	if len(s.processes) == 0 {
		return s
	}
	s.Servers = make([]snapshot.Local, len(s.processes))
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	turns := s.inTurns(s.all())
	for _, i := range turns {
		group.Go(func() error { s.Servers[i] = h.scan(ctx, &s.processes[i]); return nil })
	}
	_ = group.Wait() // what failed is in the looks
	listeners := listenerTables{}
	for _, i := range turns {
		listeners.look(ctx, h, &s.Servers[i])
	}
	return s
}

// all are the numbers of its processes.
func (s *Scanned) all() []int {
	all := make([]int, len(s.processes))
	for i := range all {
		all[i] = i
	}
	return all
}

func (h Host) scan(ctx context.Context, p *localProcess) snapshot.Local {
	files := h.processFiles(ctx, *p)
	return snapshot.Local{
		Process: &p.Process, ConfigSource: snapshot.ConfigOfProcess, ConfigPath: p.configPath, ReadAs: files.readAs(),
		Config: h.processConfig(ctx, *p, files), Addrs: addrsOf(procOf(p.PID)),
	}
}

// Look looks at those of the processes that nothing speaks against: at the myid, the data, the
// connections and the log, each as its process has them. That a host runs many, of other
// ensembles, must cost little: of them nothing is kept but who they are. earlier is what an
// earlier look found, nil for none.
func (s *Scanned) Look(
	ctx context.Context, earlier []snapshot.Local, unwanted func(snapshot.Local) snapshot.OtherReason,
) ([]snapshot.Local, snapshot.Others) {
	others := s.Others
	others.Processes = slices.Clone(others.Processes)
	var chosen []int
	for i, l := range s.Servers {
		if why := unwanted(l); why != "" {
			others.Add(s.processes[i].other(why))
			continue
		}
		chosen = append(chosen, i)
	}
	chosen, left := s.fewSilent(chosen)
	for _, i := range left {
		others.Add(s.processes[i].other(snapshot.BeyondLimit))
	}
	var local []snapshot.Local
	for _, i := range chosen {
		local = append(local, s.Servers[i])
	}
	var group errgroup.Group
	group.SetLimit(looksAtOnce)
	for _, i := range s.inTurns(chosen) {
		group.Go(func() error { s.host.lookCloser(ctx, s.processes[chosen[i]], &local[i], earlier); return nil })
	}
	_ = group.Wait() // what failed is in the looks
	return local, others
}

// maxSilent is how many processes that do not listen are looked at closer: more than a host
// has servers of one ensemble that start at a time.
const maxSilent = 16

// fewSilent leaves out what is beyond maxSilent: of those that do not listen, it keeps the
// ones of users whose servers do before others'.
func (s *Scanned) fewSilent(chosen []int) (kept, left []int) {
	users := map[string]bool{}
	var ofUsers, ofOthers []int
	for _, i := range chosen {
		if s.Servers[i].Listening() == snapshot.Listens {
			users[s.processes[i].User] = true
			kept = append(kept, i)
		}
	}
	for _, i := range chosen {
		switch {
		case slices.Contains(kept, i):
		case users[s.processes[i].User]:
			ofUsers = append(ofUsers, i)
		default:
			ofOthers = append(ofOthers, i)
		}
	}
	silent := slices.Concat(ofUsers, ofOthers)
	n := min(len(silent), maxSilent)
	kept = slices.Sorted(slices.Values(slices.Concat(kept, silent[:n])))
	return kept, silent[n:]
}

// lookCloser looks at a process that is wanted, with its rights.
func (h Host) lookCloser(ctx context.Context, p localProcess, l *snapshot.Local, earlier []snapshot.Local) {
	files := h.processFiles(ctx, p)
	l.ConfigAccess = h.readAccess(ctx, files, p.configPath)
	if p.Unit != "" && files.root == "" {
		l.Service = askSystemd(ctx, busSocket, p.Unit)
	}
	h.lookAtNextStart(ctx, l, files, &p)
	h.lookAtDisk(ctx, l, files, sameProcess(earlier, p.PID))
	l.Links = h.linksOf(ctx, p.PID, peerPorts(l.Config))
	h.lookAtOwners(ctx, l)
	if l.LimitsClients() {
		l.Clients = clientsOf(ctx, p.PID, l.ClientPorts())
	}
	logs := logsOf(p)
	l.Log = h.readLog(ctx, files, func(hostFiles) []string { return logs })
	if p.ended() && files.root == "" && !p.OtherNetwork && l.Config.Seen() {
		// It was on its way out, as in a loop of restarts, and a part of this was seen
		// no more: its files stay, and so do its rights.
		*l = h.lookFile(ctx, l.Config.Value.Path, snapshot.ConfigOfEnded, nil, files)
	}
}

// LookAgain is the second look at what the first one found on this host. A
// server whose process has ended meanwhile is looked at by its files.
func (h Host) LookAgain(ctx context.Context, first []snapshot.Local) []snapshot.Local {
	if len(first) == 0 {
		return nil // this host may have to be left alone
	}
	scanned := h.Scan(ctx, seenBefore(first))
	h = scanned.host
	now, others := scanned.Look(ctx, first, func(n snapshot.Local) snapshot.OtherReason {
		i := slices.IndexFunc(first, func(l snapshot.Local) bool { return sameLocal(l, n) })
		switch {
		case i < 0:
			return snapshot.OtherEnsemble
		case first[i].Process == nil && !MayBe(n, first[i]):
			return snapshot.NotOwner
		}
		return ""
	})
	var again []snapshot.Local
	for f, l := range first {
		resolved, logPath := l.Resolved, l.LogPath // names are looked up once a run
		i := slices.IndexFunc(now, func(n snapshot.Local) bool { return sameLocal(l, n) })
		switch {
		case i >= 0:
			l = now[i]
		case l.Process != nil && !others.All() && !(localProcess{Process: *l.Process}).ended():
			// It runs, and was left out this time: what was seen of it stands.
		case l.Process != nil && (l.Process.Container || !l.Config.Seen()):
			continue // its files went with it
		case l.Config.Seen():
			l = h.lookFile(ctx, l.Config.Value.Path, l.ConfigSource, &first[f], filesOf(l.ReadAs))
		default:
			l = h.lookFile(ctx, l.ConfigPath, l.ConfigSource, &first[f], filesOf(l.ReadAs))
		}
		l.MayRun = l.Process == nil && !others.All()
		l.Resolved, l.Named, l.LogPath = resolved, first[f].Named, logPath
		h.ReadNamedLog(ctx, &l)
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

// Named is the source of a file that the user of zkdoctor named.
const Named = "--config"

// LookFile is what this host's files tell of a server that does not run. path is its
// zoo.cfg, source what led to it, earlier what an earlier look found on this host.
func (h Host) LookFile(ctx context.Context, path, source string, earlier []snapshot.Local) snapshot.Local {
	files := hostFiles{}
	if source != Named {
		files = h.asOwner(ctx, files, filepath.Dir(path))
	}
	for i := range earlier {
		if earlier[i].Process == nil && earlier[i].ConfigPath == path {
			return h.lookFile(ctx, path, source, &earlier[i], files)
		}
	}
	return h.lookFile(ctx, path, source, nil, files)
}

// lookFile is what this host's files tell of a server that does not run. path
// is its zoo.cfg, source what led to it, earlier an earlier look at it, or nil.
func (h Host) lookFile(
	ctx context.Context, path, source string, earlier *snapshot.Local, files hostFiles,
) snapshot.Local {
	l := snapshot.Local{ConfigSource: source, ConfigPath: path, ReadAs: files.readAs()}
	config, named := h.readConfig(ctx, files, path)
	l.Config = config
	l.ConfigAccess = h.readAccess(ctx, files, path)
	h.lookAtStart(ctx, &l, files)
	h.lookAtDisk(ctx, &l, named, earlier)
	l.Addrs = Addrs()
	l.Listeners = listenersOf(ctx, ourselves)
	h.lookAtOwners(ctx, &l)
	dir := logDir(files.absolute(path))
	l.Log = h.readLog(ctx, h.asOwner(ctx, named, dir), func(f hostFiles) []string { return logsIn(f, dir) })
	return l
}

// start is how this host would start a server that does not run.
type start struct {
	unit *snapshot.Unit
	// leads: the unit's command leads to the server's configuration.
	leads   bool
	install snapshot.Obs[snapshot.Install]
	beside  []string
}

// lookAtStart looks at how this host would start a server that does not run: by the
// unit whose command leads to its configuration, or else by any that leads to one;
// and with the ZooKeeper that lies there.
func (h Host) lookAtStart(ctx context.Context, l *snapshot.Local, files hostFiles) {
	path, err := filepath.Abs(l.ConfigPath)
	if err != nil {
		return
	}
	absent := l.Config.FailedAs(snapshot.Absent)
	s, _ := see(ctx, h, files, "its start script", func(f hostFiles) start { return f.lookStart(path, absent) },
		func(failure *snapshot.Failure) start {
			return start{install: snapshot.Failed[snapshot.Install](failure, 0)}
		})
	l.Unit, l.Install, l.Beside = s.unit, s.install, s.beside
	if s.unit != nil {
		config, _ := h.readConfig(ctx, h.asOwner(ctx, files, filepath.Dir(s.unit.Config)), s.unit.Config)
		s.unit.ConfigFailure = config.Failure
	}
	if s.leads {
		l.Service = askSystemd(ctx, busSocket, l.Unit.Name)
	}
}

// lookStart does that for the configuration at path, which may be absent.
func (f hostFiles) lookStart(path string, absent bool) start {
	root := f.fs.Tree()
	s := start{unit: findUnit(root, func(u snapshot.Unit) bool { return u.Config == path })}
	if s.leads = s.unit != nil; !s.leads {
		s.unit = findUnit(root, func(u snapshot.Unit) bool { return u.Config != "" })
	}
	if s.unit != nil {
		s.unit.Credentials = userCredentials(s.unit.User)
	}
	s.install = f.lookInstall(path, s.unit)
	if absent {
		s.beside = f.configsBeside(path)
	}
	return s
}
