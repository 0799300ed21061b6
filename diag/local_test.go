package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// localHost describes what a server's own host shows: server id, in good health
// unless changed.
type localHost struct {
	id      int
	config  string // "" for zoo with a line for every server of the scene
	changes []func(*snapshot.Local)
}

// on adds the own side of server id: zkdoctor ran on its host.
func (s scene) on(id int, changes ...func(*snapshot.Local)) scene {
	s.hosts = append(append([]localHost{}, s.hosts...), localHost{id: id, changes: changes})
	return s
}

// onWith is on with another zoo.cfg.
func (s scene) onWith(id int, config string, changes ...func(*snapshot.Local)) scene {
	s.hosts = append(append([]localHost{}, s.hosts...), localHost{id, config, changes})
	return s
}

func (h localHost) local(snap *snapshot.Snapshot, servers int) snapshot.Local {
	text := h.config
	if text == "" {
		text = zoo(servers)
	}
	config := zoocfg.Parse("/etc/zookeeper/zoo.cfg", []byte(text))
	l := snapshot.Local{
		Process: &snapshot.Process{
			PID: 1000 + h.id, Main: "QuorumPeerMain", User: "zookeeper",
			Started: now().Add(-time.Hour), State: "S",
			Credentials: snapshot.Saw(snapshot.Credentials{UID: 1000, Groups: []uint32{1000}}, quick),
		},
		ConfigSource: "process", ConfigPath: "/etc/zookeeper/zoo.cfg",
		Config:  snapshot.Saw(config, quick),
		DataDir: snapshot.Saw(true, quick),
		Data:    snapshot.Saw(healthyData(), quick), Looked: now(),
		Addrs: snapshot.Saw(append(addrs("127.0.0.1", "::1"), addrOf(h.id)), quick),
		Listeners: snapshot.Saw([]netip.AddrPort{
			netip.MustParseAddrPort("[::]:2181"), netip.AddrPortFrom(addrOf(h.id), 3888),
		}, quick),
		Links:      snapshot.Saw(snapshot.Links{Owners: snapshot.Saw(true, quick)}, quick),
		ScriptAddr: "localhost:2181",
	}
	myid(fmt.Sprintf("%d\n", h.id))(&l)
	for _, m := range config.Servers {
		r := snapshot.ResolvedHost{ID: m.ID, Host: m.Addresses[0].Host}
		if a, err := netip.ParseAddr(r.Host); err == nil {
			r.Addrs = snapshot.Saw([]netip.Addr{a}, quick)
		} else {
			id := int(m.ID)
			if n, err := strconv.Atoi(strings.TrimPrefix(r.Host, "zk")); err == nil {
				id = n
			}
			r.Addrs = snapshot.Saw([]netip.Addr{addrOf(id)}, quick)
		}
		l.Resolved = append(l.Resolved, r)
	}
	for _, m := range config.Servers {
		peer, id := int(m.ID), h.id
		switch { // the higher id calls
		case peer > id:
			linked(fmt.Sprintf("%s:3888 %s:%d", addrOf(id), addrOf(peer), 40000+id))(&l)
		case peer < id:
			linked(fmt.Sprintf("%s:%d %s:3888", addrOf(id), 40000+peer, addrOf(peer)))(&l)
		}
	}
	for i := range snap.Servers {
		if s := &snap.Servers[i]; s.Resolve.Seen() && s.Resolve.Value[0] == addrOf(h.id) {
			l.Script = s.Srvr
		}
	}
	for _, change := range h.changes {
		change(&l)
	}
	if l.Process != nil && l.Listeners.Seen() && !l.Process.Listens.Tried {
		l.Process.Program, l.Process.Listens = snapshot.Saw("/usr/lib/jvm/bin/java", quick), l.Listeners
	}
	return l
}

// linked adds connections of the server's own, as "local remote", and what follows:
// calling, waiting, foreign, or "unacked=43/5": bytes, and retries.
func linked(links ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		for _, text := range links {
			words := strings.Fields(text)
			link := snapshot.Link{Local: netip.MustParseAddrPort(words[0]), Remote: netip.MustParseAddrPort(words[1])}
			link.Calling, link.Waiting = slices.Contains(words, "calling"), slices.Contains(words, "waiting")
			link.Own = !link.Waiting && !slices.Contains(words, "foreign")
			for _, word := range words[2:] {
				_, _ = fmt.Sscanf(word, "unacked=%d/%d", &link.Unacked, &link.Retries)
			}
			l.Links.Value.Sockets = append(l.Links.Value.Sockets, link)
			l.Links.Value.Total++
		}
	}
}

// unlinked takes away the connections with an address.
func unlinked(remote string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Links.Value.Sockets = slices.DeleteFunc(l.Links.Value.Sockets, func(k snapshot.Link) bool { return k.Remote.Addr() == addr(remote) })
		l.Links.Value.Total = len(l.Links.Value.Sockets)
	}
}

// unseenLinks are connections that could not be looked at.
func unseenLinks(l *snapshot.Local) {
	l.Links = snapshot.Failed[snapshot.Links](&snapshot.Failure{Kind: snapshot.Denied, Text: "/proc/1001/net/tcp: permission denied"}, quick)
}

// owned are sockets that another program has: "address pid program", and jvm for one in Java.
func owned(sockets ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		for _, text := range sockets {
			words := strings.Fields(text)
			o := snapshot.SocketOwner{
				Addr: netip.MustParseAddrPort(words[0]), Program: words[2], JVM: slices.Contains(words, "jvm"),
				User: "root", Started: now().Add(-time.Minute),
			}
			_, _ = fmt.Sscan(words[1], &o.PID)
			l.Owners = snapshot.Saw(append(l.Owners.Value, o), quick)
			if !slices.Contains(l.Listeners.Value, o.Addr) {
				l.Listeners.Value = append(slices.Clone(l.Listeners.Value), o.Addr)
			}
		}
	}
}

// kept runs without its election listener: it has its client port alone.
func kept(l *snapshot.Local) { bound("[::]:2181")(l) }

// unownedPorts: which program listens on a port of the server's could not be seen.
func unownedPorts(l *snapshot.Local) {
	l.Owners = snapshot.Failed[[]snapshot.SocketOwner](&snapshot.Failure{Kind: snapshot.Denied, Text: "only root may see which program listens there"}, quick)
}

// bound are the listening sockets of its process, and no others.
func bound(sockets ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Process.Program = snapshot.Saw("/usr/lib/jvm/bin/java", quick)
		l.Process.Listens = snapshot.Saw([]netip.AddrPort{}, quick)
		for _, s := range sockets {
			l.Process.Listens.Value = append(l.Process.Listens.Value, netip.MustParseAddrPort(s))
		}
	}
}

// ownersDenied: whose a connection is was not to be seen.
func ownersDenied(l *snapshot.Local) {
	l.Links.Value.Owners = snapshot.Failed[bool](&snapshot.Failure{Kind: snapshot.Denied, Text: "/proc/1001/fd: permission denied"}, quick)
	for i := range l.Links.Value.Sockets {
		l.Links.Value.Sockets[i].Own = false
	}
}

// myid sets the bytes of the file.
func myid(text string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.MyID = snapshot.Saw(snapshot.MyID{Path: "/var/lib/zookeeper/myid", Bytes: []byte(text)}, quick)
	}
}

// noMyid fails the look at the file.
func noMyid(kind snapshot.FailureKind) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.MyID = snapshot.Failed[snapshot.MyID](&snapshot.Failure{Kind: kind, Text: "/var/lib/zookeeper/myid: " + string(kind)}, quick)
	}
}

// unreadMyid was not checked.
func unreadMyid(l *snapshot.Local) { l.MyID = snapshot.Obs[snapshot.MyID]{} }

// stopped: no process runs.
func stopped(l *snapshot.Local) {
	l.Process, l.ConfigSource, l.Script = nil, "/etc/zookeeper/zoo.cfg", snapshot.Obs[snapshot.Srvr]{}
	l.Listeners = snapshot.Saw([]netip.AddrPort{}, quick)
}

// mayRun: not all processes of the host were looked at.
func mayRun(l *snapshot.Local) { l.MayRun = true }

// young is a process that started this long ago.
func young(age time.Duration) func(*snapshot.Local) {
	return func(l *snapshot.Local) { l.Process.Started = now().Add(-age) }
}

// edited: its zoo.cfg was changed long after the start of its process.
func edited(l *snapshot.Local) { l.Config.Value.Modified = l.Process.Started.Add(30 * time.Minute) }

// justEdited changes the zoo.cfg soon after the start of its process.
func justEdited(l *snapshot.Local) { l.Config.Value.Modified = l.Process.Started.Add(30 * time.Second) }

// exchanged is a zoo.cfg with the hosts of two members swapped.
func exchanged(a, b int, more ...string) string {
	return strings.NewReplacer("="+name(a)+":", "="+name(b)+":", "="+name(b)+":", "="+name(a)+":").Replace(zoo(3, more...))
}

// withListeners sets the listening sockets.
func withListeners(listeners ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Listeners = snapshot.Saw([]netip.AddrPort{}, quick)
		for _, text := range listeners {
			l.Listeners.Value = append(l.Listeners.Value, netip.MustParseAddrPort(text))
		}
	}
}

// has sets the addresses of the host, beside loopback.
func has(list ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		l.Addrs = snapshot.Saw(append(addrs("127.0.0.1", "::1"), addrs(list...)...), quick)
	}
}

// resolves sets what the name of server id means on the host.
func resolves(id int64, to ...string) func(*snapshot.Local) {
	return func(l *snapshot.Local) {
		for i := range l.Resolved {
			if l.Resolved[i].ID == id {
				l.Resolved[i].Addrs = snapshot.Saw(addrs(to...), quick)
			}
		}
	}
}

// unresolved: no name was looked up.
func unresolved(l *snapshot.Local) { l.Resolved = nil }

// unreadable is a configuration that may not be read.
func unreadable(l *snapshot.Local) {
	l.Config = snapshot.Failed[*zoocfg.Config](&snapshot.Failure{Kind: snapshot.Denied, Text: "/etc/zookeeper/zoo.cfg: permission denied"}, quick)
	l.MyID, l.DataDir, l.Data = snapshot.Obs[snapshot.MyID]{}, snapshot.Obs[bool]{}, snapshot.Obs[snapshot.Data]{}
}

// contained lives in a container.
func contained(l *snapshot.Local) {
	l.Process.Container, l.Resolved, l.Script = true, nil, snapshot.Obs[snapshot.Srvr]{}
}
