package probe

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// lookLocal looks at every ZooKeeper process of this host: its configuration and its
// addresses, and of those that are wanted its myid, its data, its sockets and its log,
// each as that process has them. That a host runs many, of other ensembles, must cost
// little. The result is in ascending order of PID; nil when none runs. wanted decides by
// configuration and addresses, nil wants all; earlier is what an earlier look found, nil
// for none.
func lookLocal(ctx context.Context, earlier []snapshot.Local, wanted func(snapshot.Local) bool) []snapshot.Local {
	var local []snapshot.Local
	for _, p := range findProcesses(ctx) {
		files := p.files()
		l := snapshot.Local{Process: &p.Process, ConfigSource: "process", ConfigPath: p.configPath}
		l.Config = p.readConfig(files)
		l.Addrs = namespaceAddrs(p.PID)
		if wanted != nil && !wanted(l) {
			local = append(local, l)
			continue
		}
		l.ConfigAccess = files.access(p.configPath)
		if p.Unit != "" && files.root == "" {
			l.Service = askSystemd(ctx, busSocket, p.Unit)
		}
		lookAtDisk(&l, ctx, files, sameProcess(earlier, p.PID))
		l.Listeners = namespaceListeners(p.PID)
		l.Links = linksOf(p.PID, peerPorts(l.Config))
		l.Log = files.readLog(p.logs())
		if p.ended() && files.root == "" && !p.OtherNetwork && l.Config.Seen() {
			// It was on its way out, as in a loop of restarts, and a part of this was seen
			// no more: its files stay.
			l = lookConfig(ctx, l.Config.Value.Path, "a process that has just ended", nil)
		}
		local = append(local, l)
	}
	return local
}

// LookLocalAgain is the second look at what the first one found on this host. A
// server whose process has ended meanwhile is looked at by its files.
func LookLocalAgain(ctx context.Context, first []snapshot.Local) []snapshot.Local {
	now := lookLocal(ctx, first, func(n snapshot.Local) bool {
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
			l = lookConfig(ctx, l.Config.Value.Path, l.ConfigSource, &first[f])
		default:
			l = lookConfig(ctx, l.ConfigPath, l.ConfigSource, &first[f])
		}
		l.Resolved, l.Named, l.LogPath = resolved, first[f].Named, logPath
		lookAtNamedLog(&l)
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

// sameFile finds the earlier look at a server that did not run, or nil.
func sameFile(earlier []snapshot.Local, path string) *snapshot.Local {
	for i := range earlier {
		if earlier[i].Process == nil && earlier[i].ConfigPath == path {
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

// lookConfig is what this host's files tell of a server that does not run. path
// is its zoo.cfg, source what led to it, earlier an earlier look at it, or nil.
func lookConfig(ctx context.Context, path, source string, earlier *snapshot.Local) snapshot.Local {
	l := snapshot.Local{ConfigSource: source, ConfigPath: path}
	files := hostFiles{}
	l.Config = files.readConfig(path)
	l.ConfigAccess = files.access(path)
	lookAtStart(&l, ctx, files)
	lookAtDisk(&l, ctx, files, earlier)
	l.Addrs = ownAddrs()
	l.Listeners = ownListeners()
	l.Log = files.readLog(files.logsBeside(path))
	return l
}

// lookAtStart looks at how this host would start a server that does not run: by the
// unit whose command leads to its configuration, or else by any that leads to one;
// and with the ZooKeeper that lies there.
func lookAtStart(l *snapshot.Local, ctx context.Context, files hostFiles) {
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
		l.Unit.ConfigFailure = files.readConfig(l.Unit.Config).Failure
		l.Unit.Credentials = userCredentials(l.Unit.User)
	}
	l.Install = lookInstall(path, l.Unit)
	if l.Config.FailedAs(snapshot.Absent) {
		l.Beside = files.configsBeside(path)
	}
}

// lookScripts asks srvr where zkServer.sh status would ask it, for every process
// of this host. Where that is the address of a server already looked at, its
// answer serves, and the server is not asked twice.
func lookScripts(ctx context.Context, plan Plan, s *snapshot.Snapshot) {
	for i := range s.Local {
		l := &s.Local[i]
		if l.Process == nil || l.Process.Container || l.Process.OtherNetwork || !l.Config.Seen() {
			continue
		}
		host, port := scriptAddr(l)
		if port == 0 {
			continue
		}
		l.ScriptAddr = net.JoinHostPort(host, strconv.Itoa(port))
		addrs := lookUp(ctx, plan.Timeout, []string{host})[host]
		if !addrs.Seen() {
			l.Script = snapshot.Failed[snapshot.Srvr](addrs.Failure, addrs.Took)
			continue
		}
		addr := netip.AddrPortFrom(addrs.Value[0], uint16(port)) //nolint:gosec // a port
		if known := answered(s.Servers, addr); known != nil && plan.TLS == nil {
			l.Script = *known
			continue
		}
		l.Script = Ask(ctx, addr, snapshot.WordSrvr, Transport{Timeout: plan.Timeout}, snapshot.ParseSrvr)
	}
}

// scriptAddr is the address that zkServer.sh status asks: clientPortAddress, or
// else localhost (3.4.10 to 3.9; from 3.5.3 on the client part of the server's
// own line where zoo.cfg has no clientPort).
func scriptAddr(l *snapshot.Local) (host string, port int) {
	c := l.Config.Value
	host, port = c.ClientPortAddress.Value, c.ClientPort.Value
	if id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes); port == 0 && l.MyID.Seen() && err == nil {
		if m := c.Find(id); m != nil && m.Client != nil {
			host, port = m.Client.Host, m.Client.Port
		}
	}
	if host == "" || host == "0.0.0.0" {
		host = "localhost"
	}
	return host, port
}

// answered finds the outcome of srvr at that address, or nil.
func answered(servers []snapshot.Server, addr netip.AddrPort) *snapshot.Obs[snapshot.Srvr] {
	for i := range servers {
		s := &servers[i]
		if s.Client.Seen() && s.Client.Value.Remote == addr {
			return &s.Srvr
		}
	}
	return nil
}
