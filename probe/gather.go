package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxServersAtOnce bounds the goroutines and sockets of one run. Ensembles have
// 3 to 7 voters and rarely 20 observers, so in practice all are asked at once.
const maxServersAtOnce = 64

// Gather looks at every target at once, and at the rest of what the plan asks
// for. local is what was found on this host. It ends when all looks have
// ended or ctx has, whichever comes first, and leaves nothing running.
func Gather(ctx context.Context, plan Plan, local []snapshot.Local) *snapshot.Snapshot {
	return gather(ctx, plan, local, nil)
}

// GatherAgain is the second look at what before looked at. Peer ports are not
// probed again: once per run is all that an election listener is to be bothered
// with, so their looks are carried over.
func GatherAgain(ctx context.Context, plan Plan, local []snapshot.Local, before *snapshot.Snapshot) *snapshot.Snapshot {
	plan.PeerPorts = false
	first := *before
	first.Before = nil
	s := gather(ctx, plan, local, &first)
	for i := range s.Servers {
		s.Servers[i].Quorum = before.Servers[i].Quorum
		s.Servers[i].Election = before.Servers[i].Election
		s.Servers[i].QuorumTLS = before.Servers[i].QuorumTLS
	}
	s.Plan.PeerPorts = before.Plan.PeerPorts
	s.Known = before.Members()
	return s
}

func gather(ctx context.Context, plan Plan, local []snapshot.Local, before *snapshot.Snapshot) *snapshot.Snapshot {
	if plan.Timeout <= 0 {
		plan.Timeout = snapshot.DefaultTimeout
	}
	plan.Secure = plan.TLS != nil
	plan.Unverified = plan.TLS != nil && plan.TLS.InsecureSkipVerify
	started := time.Now()
	s := &snapshot.Snapshot{
		Format:  snapshot.SnapshotFormat,
		Tool:    plan.Tool,
		Started: started.UTC(),
		Plan:    plan.Plan,
		Servers: make([]snapshot.Server, len(plan.Targets)),
		Local:   local,
		Before:  before,
	}
	s.Vantage.Host, _ = os.Hostname() // an empty name is shown as such
	if plan.Local {
		s.Vantage.Addrs = ownAddrs()
	}

	var group errgroup.Group
	group.SetLimit(maxServersAtOnce)
	for i, target := range plan.Targets {
		g := gatherer{plan: plan, server: &s.Servers[i], shared: sharesHost(plan.Targets, i)}
		g.server.Target, g.server.Name = target, nameOf(target)
		if i == len(plan.Targets)-1 {
			g.run(ctx) // this goroutine would only wait
			break
		}
		group.Go(func() error { g.run(ctx); return nil })
	}
	_ = group.Wait() // no look returns an error: failures are data
	if plan.Sockets {
		countHeld(pointers(s.Servers))
	}
	lookScripts(ctx, plan, s)
	if plan.QuorumHello && before == nil {
		greetElectionPorts(ctx, plan, s)
	}
	s.Took = time.Since(started)
	s.Incomplete = whyIncomplete(s, ctx)
	return s
}

func pointers(servers []snapshot.Server) []*snapshot.Server {
	out := make([]*snapshot.Server, len(servers))
	for i := range servers {
		out[i] = &servers[i]
	}
	return out
}

// incomplete says why looking ended early. A look that ends with the run notices
// that by its own clock, a moment before ctx does.
func whyIncomplete(s *snapshot.Snapshot, ctx context.Context) string {
	if by := EndedBy(ctx); by != "" {
		return by
	}
	for i := range s.Servers {
		if s.Servers[i].Cancelled() {
			return "deadline"
		}
	}
	return ""
}

// EndedBy says what ended ctx, in the words of Snapshot.Incomplete: "deadline",
// "interrupted", or nothing.
func EndedBy(ctx context.Context) string {
	switch {
	case ctx.Err() == nil:
		return ""
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "deadline"
	}
	return "interrupted"
}

// sharesHost reports whether another target has the same host: the peer ports
// of a server whose own are not known cannot then be assumed, for the default
// ones are its neighbour's.
func sharesHost(targets []snapshot.Target, i int) bool {
	for j, t := range targets {
		if j != i && strings.EqualFold(t.Host, targets[i].Host) {
			return true
		}
	}
	return false
}

// gatherer looks at one server. Two goroutines write to it: words fills what the
// client port tells, ports the two PortLooks.
type gatherer struct {
	plan   Plan
	server *snapshot.Server
	shared bool
}

func (g *gatherer) run(ctx context.Context) {
	s := g.server
	hosts := g.plan.names
	if hosts == nil {
		hosts = lookUp(ctx, g.plan.Timeout, []string{s.Host, s.PeerHost()})
	}
	s.Resolve = hosts[s.Host]
	if s.PeerHost() != s.Host {
		s.PeerResolve = hosts[s.PeerHost()]
	}
	known := make(chan peerNumbers, 1) // what conf says of the peer ports
	if !g.plan.PeerPorts {
		g.words(ctx, known)
		g.askAdmin(ctx)
		g.numberPorts(g.numbers(ctx, known))
		return
	}
	var group errgroup.Group
	group.Go(func() error { g.ports(ctx, known); return nil })
	g.words(ctx, known)
	g.askAdmin(ctx)
	_ = group.Wait()
}

// words asks over the client port, one connection at a time. A server that does
// not answer srvr costs one timeout, not one a word.
func (g *gatherer) words(ctx context.Context, known chan<- peerNumbers) {
	defer close(known)
	s := g.server
	if !s.Resolve.Seen() {
		return
	}
	t := g.plan.transport(s.Target)
	addr := g.askSrvr(ctx, t)
	if s.Cut() {
		// A server that loses its leader closes all connections, and then says that it does
		// not serve. Others close the next one too.
		g.hearSrvr(ctx, addr, t)
	}
	defer g.tellTLS(ctx, addr, t)
	switch {
	case s.Srvr.Seen():
		s.Conf = Ask(ctx, addr, snapshot.WordConf, t, snapshot.ParseConf)
		if n := confNumbers(s.Conf); n.quorum != 0 {
			if g.isElsewhere() {
				n = peerNumbers{}
			}
			known <- n
		}
		s.Mntr = Ask(ctx, addr, snapshot.WordMntr, t, snapshot.ParseMntr)
	case s.Srvr.FailedAs(snapshot.NotServing):
		// mntr and conf would say the same again; these three still answer.
		s.Envi = Ask(ctx, addr, snapshot.WordEnvi, t, snapshot.ParseEnvi)
		s.Ruok = Ask(ctx, addr, snapshot.WordRuok, t, snapshot.ParseRuok)
		s.Isro = Ask(ctx, addr, snapshot.WordIsro, t, snapshot.ParseIsro)
	case s.Cut(), s.Srvr.FailedAs(snapshot.NotAllowed):
		s.Session = AskSession(ctx, addr, t)
	}
	if g.plan.Session && (s.Srvr.Seen() || s.Session.Seen()) {
		s.Opened = OpenSession(ctx, addr, t)
	}
}

// plainAfterTLS is how long a port that has answered by TLS may take to answer in plain
// text, which costs it less, before it is taken not to speak that.
const plainAfterTLS = 100 * time.Millisecond

// tellTLS finds out whether a port that said nothing in plain text speaks TLS, or the
// other way round; and whether one that speaks TLS speaks plain text too.
func (g *gatherer) tellTLS(ctx context.Context, addr netip.AddrPort, t Transport) {
	s := g.server
	seen := &s.Client.Value.TLS
	// A server that cannot join, or takes no more connections, closes without waiting for
	// a fifth byte, and a greeting in TLS would be left in its log.
	waited := s.Cut() && s.Client.Value.Nudged
	switch {
	case t.TLS == nil && (s.Srvr.FailedAs(snapshot.TLS) || waited && s.Session.Tried && !s.Session.Seen() && !s.Session.FailedAs(snapshot.Silent)):
		// An answer in TLS's own form tells enough, with or without a certificate.
		if look := greet(ctx, addr, s.Host, t.Timeout); look.Certificate != nil || s.Srvr.FailedAs(snapshot.TLS) {
			wasNotAskedTLS(s, addr, look)
		}
	case t.TLS != nil && (s.Srvr.Seen() || s.Cut() || seen.Fault == snapshot.TLSPlainText):
		if speaks := g.speaksPlain(ctx, addr, t.Timeout); speaks && s.Srvr.Seen() {
			seen.PlainToo = true
		} else if speaks {
			seen.Fault = snapshot.TLSPlainText
			s.Srvr.Failure = snapshot.FailureAt(addr, snapshot.TLS, notTLS)
		}
	}
}

// speaksPlain reports whether a port that was asked by TLS answers in plain text.
func (g *gatherer) speaksPlain(ctx context.Context, addr netip.AddrPort, timeout time.Duration) bool {
	if srvr := g.server.Srvr; srvr.Seen() { // if it speaks TLS alone it says nothing
		ruok := Ask(ctx, addr, snapshot.WordRuok, Transport{Timeout: min(timeout, max(plainAfterTLS, 3*srvr.Took))}, snapshot.ParseRuok)
		return ruok.Seen() || ruok.FailedAs(snapshot.NotAllowed)
	}
	srvr := Ask(ctx, addr, snapshot.WordSrvr, Transport{Timeout: timeout}, snapshot.ParseSrvr)
	return srvr.Seen() || srvr.FailedAs(snapshot.NotServing) || srvr.FailedAs(snapshot.NotAllowed)
}

// wasNotAskedTLS is the outcome for a server that shows a certificate, and nothing to
// who speaks plain text.
func wasNotAskedTLS(s *snapshot.Server, addr netip.AddrPort, look snapshot.TLSLook) {
	s.Client.Value.TLS = look
	s.Srvr.Failure = snapshot.FailureAt(addr, snapshot.TLS, "it speaks TLS, and was asked in plain text")
}

// askAdmin asks the AdminServer for what the client port would not tell. Before 3.5
// there is none.
func (g *gatherer) askAdmin(ctx context.Context) {
	s := g.server
	need := adminNeed{stats: true, members: true, mntr: true, clients: s.Cut()}
	switch {
	case s.Srvr.Seen():
		need = adminNeed{members: s.Conf.FailedAs(snapshot.NotAllowed), mntr: s.Mntr.FailedAs(snapshot.NotAllowed)}
		if need == (adminNeed{}) || !s.Srvr.Value.Version.AtLeast(3, 5, 0) {
			return
		}
	case s.Envi.Seen() && !s.Envi.Value.Version.AtLeast(3, 5, 0):
		return
	case s.Cut(), s.Srvr.FailedAs(snapshot.NotServing), s.Srvr.FailedAs(snapshot.NotAllowed), s.Srvr.FailedAs(snapshot.TLS), s.Srvr.FailedAs(snapshot.Refused):
	default: // out of reach, hung, another program, or not asked
		return
	}
	port, assumed := adminPort(&g.plan.Plan)
	if port == 0 || g.shared {
		return
	}
	addr := s.Resolve.Value[0]
	if s.Client.Seen() {
		addr = s.Client.Value.Remote.Addr()
	}
	s.Admin.Port, s.Admin.Assumed = port, assumed
	a := admin{
		addr: netip.AddrPortFrom(addr, uint16(port)), path: adminPath(&g.plan.Plan), look: &s.Admin, //nolint:gosec // a port
		dial: max(adminDial, 10*s.Client.Took), transport: Transport{Timeout: g.plan.Timeout}, secure: g.plan.transport(s.Target),
	}
	if g.plan.TLS == nil {
		// Nobody has named whom to trust. By HTTP it would be taken at its word as well,
		// and nothing is sent that is a secret.
		a.secure.TLS = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as by HTTP
	}
	a.ask(ctx, need, func(plain, secure int) bool {
		// A leader that serves no clients says -1 for its client port.
		// And so does a server whose only client port is one for TLS (3.9.5: of that
		// port it says nothing).
		none := plain == -1 && secure == -1
		return plain == s.Port || secure == s.Port || plain == -1 && s.Srvr.FailedAs(snapshot.NotServing) || none && g.plan.transport(s.Target).TLS != nil
	})
}

// countHeld counts this host's connections to the servers that close new ones
// without a word. All sockets of the host are read for that, once.
func countHeld(servers []*snapshot.Server) {
	closing := slices.DeleteFunc(servers, func(s *snapshot.Server) bool { return !s.Session.Tried || s.Session.Seen() })
	if len(closing) == 0 {
		return
	}
	held := heldConnections()
	for _, s := range closing {
		s.Held = snapshot.Obs[int]{Tried: held.Tried, Took: held.Took, Failure: held.Failure, Value: held.Value[s.Client.Value.Remote]}
	}
}

// askSrvr asks srvr at one address after the other until one accepts the
// connection, all within one timeout, and returns the address that counts.
func (g *gatherer) askSrvr(ctx context.Context, t Transport) netip.AddrPort {
	s := g.server
	started := time.Now()
	var addr netip.AddrPort
	addrs := s.Resolve.Value
	for i, a := range addrs {
		left := g.plan.Timeout - time.Since(started)
		if left <= 0 {
			break
		}
		addr = netip.AddrPortFrom(a, uint16(s.Port)) //nolint:gosec // 1 to 65535 by construction
		t.Timeout = left / time.Duration(len(addrs)-i)
		if g.hearSrvr(ctx, addr, t); s.Client.Seen() {
			break
		}
	}
	return addr
}

// hearSrvr asks srvr at one address.
func (g *gatherer) hearSrvr(ctx context.Context, addr netip.AddrPort, t Transport) {
	s := g.server
	reply, connected := AskWord(ctx, addr, snapshot.WordSrvr, t)
	s.Client, s.Srvr = connected, snapshot.Interpret(reply, snapshot.WordSrvr, snapshot.ParseSrvr)
	s.Keeper = snapshot.ParseKeeper(reply.Value.Data)
}

// peerNumbers are the numbers of the quorum and election ports.
type peerNumbers struct {
	quorum, election int
	assumed          bool
}

func confNumbers(conf snapshot.Obs[snapshot.Conf]) peerNumbers {
	c := conf.Value
	if !conf.Seen() || len(c.QuorumPorts) == 0 || len(c.ElectionPorts) == 0 {
		return peerNumbers{}
	}
	return peerNumbers{quorum: c.QuorumPorts[0], election: c.ElectionPorts[0]}
}

// isElsewhere reports whether the peer ports that conf tells are at another address than
// the one that was asked: behind NAT or a port-forward, in a container, or on a second
// interface, what answers there is somebody else. Where conf tells no address (3.4), a
// host that is several servers is taken for such a forward.
func (g *gatherer) isElsewhere() bool {
	s, c := g.server, &g.server.Conf.Value
	var own *zoocfg.Server
	if c.Membership != nil && c.ServerID != nil {
		own = c.Membership.Find(*c.ServerID)
	}
	if own == nil || len(own.Addresses) == 0 {
		return g.shared
	}
	for _, a := range own.Addresses {
		addr, err := netip.ParseAddr(a.Host)
		switch {
		case err != nil && (!g.shared || strings.EqualFold(a.Host, s.Host)):
			return false // another name may mean the same host
		case err == nil && (addr.IsUnspecified() || slices.Contains(s.Resolve.Value, addr.Unmap())):
			return false
		}
	}
	return true
}

// ports looks at the quorum and election port, once each. Where the
// configuration does not tell their numbers, conf is given a quarter of the
// timeout to tell; then the documented ones are assumed, so that a server that
// hangs or is filtered costs one timeout and not two.
func (g *gatherer) ports(ctx context.Context, known <-chan peerNumbers) {
	s := g.server
	started := time.Now()
	n := g.numbers(ctx, known)
	g.numberPorts(n)
	addrs := s.PeerAddrs()
	if n.quorum == 0 || !addrs.Seen() || len(addrs.Value) == 0 {
		return
	}
	left := g.plan.Timeout - time.Since(started)
	var group errgroup.Group
	group.Go(func() error { s.Quorum.Look = knockFirst(ctx, addrs.Value, n.quorum, left); return nil })
	if n.election != 0 {
		group.Go(func() error { s.Election.Look = knockFirst(ctx, addrs.Value, n.election, left); return nil })
	}
	_ = group.Wait()
}

func (g *gatherer) numberPorts(n peerNumbers) {
	g.server.Quorum = snapshot.PortLook{Number: n.quorum, Assumed: n.assumed}
	g.server.Election = snapshot.PortLook{Number: n.election, Assumed: n.assumed}
}

func (g *gatherer) numbers(ctx context.Context, known <-chan peerNumbers) peerNumbers {
	if m := g.server.Member; m != nil && len(m.Addresses) > 0 {
		return peerNumbers{quorum: m.Addresses[0].QuorumPort, election: m.Addresses[0].ElectionPort}
	}
	assumed := peerNumbers{quorum: snapshot.DefaultQuorumPort, election: snapshot.DefaultElectionPort, assumed: true}
	if g.shared {
		assumed = peerNumbers{}
	}
	wait := time.NewTimer(g.plan.Timeout / 4)
	defer wait.Stop()
	select {
	case n, told := <-known:
		if told {
			return n
		}
	case <-wait.C:
	case <-ctx.Done():
	}
	return assumed
}

// knockFirst tries one address after the other until one accepts, all within
// timeout, and returns the look that counts.
func knockFirst(ctx context.Context, addrs []netip.Addr, port int, timeout time.Duration) snapshot.Obs[snapshot.Dial] {
	started := time.Now()
	var look snapshot.Obs[snapshot.Dial]
	for i, a := range addrs {
		left := timeout - time.Since(started)
		if left <= 0 {
			break
		}
		look = Knock(ctx, netip.AddrPortFrom(a, uint16(port)), left/time.Duration(len(addrs)-i)) //nolint:gosec // a port
		if look.Seen() {
			break
		}
	}
	return look
}
