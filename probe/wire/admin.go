package wire

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// AdminServer is the AdminServer of one server, as one run asks it.
type AdminServer struct {
	Addr netip.AddrPort
	// Path is admin.commandURL.
	Path string
	// Dial bounds the time until the port has answered at all: a firewall before it
	// must not cost a whole look. Transport bounds each answer; Secure is for one that
	// wants HTTPS, without TLS where that is not to be tried.
	Dial              time.Duration
	Transport, Secure Transport
	// Look is what is filled.
	Look *snapshot.AdminLook
}

// AdminNeed is what the client port did not report. Clients is set when it may be that it
// takes no more connections.
type AdminNeed struct{ Stats, Members, Mntr, Clients bool }

// Ask fills the look. The settings come first, for they tell whose AdminServer it is:
// a host may have several. A port that does not give them, or gives another server's,
// is asked nothing else. own tells by the client ports, plain and TLS, -1 for none.
func (a AdminServer) Ask(ctx context.Context, need AdminNeed, own func(plain, secure int) bool) {
	settings, clock := askAdmin(ctx, a, snapshot.AdminConf, snapshot.ParseAdminConf)
	if speaksOtherwise(settings) && a.Secure.TLS != nil {
		https := a
		https.Transport = a.Secure
		// What HTTPS fails of tells more, unless it is that TLS is not spoken.
		s, c := askAdmin(ctx, https, snapshot.AdminConf, snapshot.ParseAdminConf)
		if s.Seen() || s.FailedAs(snapshot.NotServing) ||
			s.FailedAs(snapshot.TLS) && !strings.HasSuffix(s.Failure.Text, NotTLS) {
			a, settings, clock = https, s, c
			a.Look.Secure = true
		}
	}
	if c := settings.Value; settings.Seen() {
		plain, secure := -1, -1
		if c.ClientPort != nil {
			plain = *c.ClientPort
		}
		if c.SecureClientPort != nil {
			secure = *c.SecureClientPort
		}
		if !own(plain, secure) {
			settings = snapshot.Failed[snapshot.Conf](snapshot.FailureAt(a.Addr, snapshot.Absent, "the AdminServer of another server, with the client port %d", plain), settings.Took)
		}
	}
	if a.Look.Settings = settings; !settings.Seen() {
		return
	}
	a.Look.Clock = clock
	if need.Stats {
		a.Look.Stats, _ = askAdmin(ctx, a, snapshot.AdminStats, snapshot.ParseAdminStats)
	}
	if need.Members {
		a.Look.Voters, _ = askAdmin(ctx, a, snapshot.AdminVoterView, snapshot.ParseAdminVoters)
		a.Look.Leader, _ = askAdmin(ctx, a, snapshot.AdminWho, snapshot.ParseAdminLeader)
	}
	if need.Mntr {
		a.Look.Monitor, _ = askAdmin(ctx, a, snapshot.AdminMetrics, snapshot.ParseAdminMonitor)
	}
	if need.Clients {
		a.Look.Clients, _ = askAdmin(ctx, a, snapshot.AdminConnections, snapshot.ParseAdminClients)
	}
}

// speaksOtherwise reports whether what was asked by HTTP may be an AdminServer that speaks
// HTTPS alone: it closed, sent an alert of TLS, or sends elsewhere.
func speaksOtherwise(o snapshot.Obs[snapshot.Conf]) bool {
	return o.FailedAs(snapshot.TLS) || o.FailedAs(snapshot.Empty) ||
		o.FailedAs(snapshot.Reset) || o.FailedAs(snapshot.Protocol) || o.FailedAs(snapshot.Denied)
}
