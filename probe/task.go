package probe

import (
	"crypto/tls"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// task is a question whose servers are known.
type task struct {
	Question
	plan snapshot.Plan
	// names are those that were looked up already, so that nobody does twice; nil for none.
	names names
	// running are all servers of this host, of whatever ensemble, as a scan found them.
	running []snapshot.Local
	// earlier are the servers of the look before this one, by name; nil for none. earlierAt is when
	// that began, and confAge how old its replies to conf are.
	earlier   map[string]*snapshot.Server
	earlierAt time.Time
	confAge   time.Duration
	// own is the configuration that this host has, or that the user named: nil where there is
	// none whose owner would tell who may start its server.
	own *snapshot.Local
	// others are the processes of this host that only look like servers of the ensemble.
	others snapshot.Others
}

// host is the one that zkdoctor runs on.
func (t *task) host() thishost.Host { return thishost.Host{Door: t.Door} }

// admitted asks whether the servers may be looked at now.
func (t *task) admitted() error {
	if t.Admit == nil {
		return nil
	}
	return t.Admit(t.places())
}

// places are where its servers take clients, as far as their names were looked up.
func (t *task) places() []netip.AddrPort {
	var at []netip.AddrPort
	for _, target := range t.plan.Targets {
		for _, addr := range t.names[target.Host].Value {
			at = append(at, netip.AddrPortFrom(addr, uint16(target.Port))) //nolint:gosec // 1 to 65535 by construction
		}
	}
	return at
}

// serverTask is one server of a task. Two goroutines write to the server: askWords fills what
// the client port reports, probePorts the two PortLooks.
type serverTask struct {
	*task
	server *snapshot.Server
	share  *wire.Share
	admin  adminDoor
	// confKept is set where the reply to conf is that of the earlier look, and confLate where that
	// was so when mntr was asked.
	confKept, confLate bool
	// shared: another target has the same host, so that the peer ports of this server
	// cannot be assumed where its own are not known: the default ones are its neighbour's.
	shared bool
}

// serverTasks are the servers of a snapshot, which the task has named; all is what their answers
// may have together.
func (t *task) serverTasks(s *snapshot.Snapshot, all *wire.Allowance) []*serverTask {
	out := make([]*serverTask, len(s.Servers))
	shared, admin := sharedHosts(t.plan.Targets), adminDoorOf(&t.plan)
	for i := range s.Servers {
		out[i] = &serverTask{
			task: t, server: &s.Servers[i], share: all.Share(),
			admin: admin, shared: shared[strings.ToLower(s.Servers[i].Host)],
		}
	}
	return out
}

// transport is how the server is spoken to.
func (a *serverTask) transport() wire.Transport {
	how := a.plain(a.Timeout)
	if how.TLS = a.TLS; how.TLS == nil && a.server.Secure {
		how.TLS = new(tls.Config)
	}
	return how.To(a.server.Given().Host)
}

// plain is how it is spoken to without TLS.
func (a *serverTask) plain(timeout time.Duration) wire.Transport {
	return wire.Transport{Timeout: timeout, Namespaces: a.Namespaces, Share: a.share}
}

// newSnapshot is a snapshot with the servers of the task, none of them looked at.
func (t *task) newSnapshot() *snapshot.Snapshot {
	s := &snapshot.Snapshot{
		Format:  snapshot.SnapshotFormat,
		Tool:    t.Tool,
		Started: time.Now().UTC(),
		Plan:    t.plan,
		Others:  t.others,
		Servers: make([]snapshot.Server, len(t.plan.Targets)),
	}
	s.Vantage.Host, _ = os.Hostname() // an empty name is shown as such
	for i, target := range t.plan.Targets {
		s.Servers[i].Target, s.Servers[i].Name = target, nameOf(target)
	}
	return s
}
