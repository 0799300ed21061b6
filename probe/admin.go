package probe

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// DefaultAdminPort is admin.serverPort where nobody has set it (3.5+).
const DefaultAdminPort = 8080

// adminDial is how long an AdminServer may take to accept a connection, unless the
// client port took a tenth of more.
const adminDial = 200 * time.Millisecond

// adminPort is where the AdminServers listen; 0 where they are off, or are not to be
// asked.
func adminPort(p *snapshot.Plan) (port int, assumed bool) {
	switch {
	case !p.Admin:
		return 0, false
	case p.AdminPort != 0:
		return p.AdminPort, false
	case p.Config == nil:
		return DefaultAdminPort, true
	}
	if set, ok := p.Config.Property("admin.enableServer"); ok && strings.EqualFold(set.Value, "false") {
		return 0, false
	}
	if set, ok := p.Config.Property("admin.serverPort"); ok {
		port, err := strconv.Atoi(set.Value)
		if err != nil || port < 1 || port > 65535 {
			return 0, false
		}
		return port, false
	}
	return DefaultAdminPort, true
}

// adminPath is where the commands are.
func adminPath(p *snapshot.Plan) string {
	if p.Config != nil {
		if set, ok := p.Config.Property("admin.commandURL"); ok && strings.HasPrefix(set.Value, "/") && !strings.ContainsAny(set.Value, " \r\n") {
			return strings.TrimSuffix(set.Value, "/")
		}
	}
	return "/commands"
}

// admin is the AdminServer of one server, as one run asks it.
type admin struct {
	addr netip.AddrPort
	// path is admin.commandURL.
	path string
	// dial bounds the time until the port has answered at all: a firewall before it
	// must not cost a whole look. transport bounds each answer; secure is for one that
	// wants HTTPS.
	dial              time.Duration
	transport, secure Transport
	look              *snapshot.AdminLook
}

// askAdmin asks an AdminServer one command, by HTTP/1.1 over a connection of its own,
// and reads the answer with parse, one of the ParseAdmin functions. clock is how far
// the server's clock is ahead.
func askAdmin[T any](ctx context.Context, a admin, command string, parse func([]byte) (T, error)) (answer snapshot.Obs[T], clock snapshot.Obs[time.Duration]) {
	l := newLook(ctx, a.addr, a.transport.Timeout)
	l.what, l.tls, l.room = command, a.transport.TLS, 32<<10
	d := l
	d.until = l.started.Add(min(a.dial, l.until.Sub(l.started)))
	d.runFirst = l.runFirst && d.until.Equal(l.until)
	conn, _, failure := d.dial(ctx)
	if failure != nil {
		return snapshot.Failed[T](failure, l.took()), clock
	}
	request := "GET " + a.path + "/" + command + " HTTP/1.1\r\nHost: " + a.addr.String() + "\r\nUser-Agent: zkdoctor\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
	reply, failure := l.exchange(ctx, conn, []byte(request))
	if failure != nil {
		return snapshot.Failed[T](failure, l.took()), clock
	}
	head, body, failure := l.readHTTP(reply.Data)
	if failure != nil {
		return snapshot.Failed[T](failure, l.took()), clock
	}
	value, err := parse(body)
	if _, told := errors.AsType[snapshot.AdminError](err); err != nil && !told {
		return snapshot.Failed[T](l.fail(snapshot.Protocol, "what answers is no AdminServer: %v", err), l.took()), clock
	}
	if date, err := http.ParseTime(head.Get("Date")); err == nil {
		clock = snapshot.Saw(ahead(date, l.started, time.Now()), l.took())
	}
	if err != nil {
		return snapshot.Failed[T](l.adminFailure(err), l.took()), clock
	}
	return snapshot.Saw(value, l.took()), clock
}

// ahead is how far a clock is ahead that showed date, cut to the second, at some
// moment between asked and answered. 0 where it may have been right.
func ahead(date, asked, answered time.Time) time.Duration {
	switch {
	case date.Add(time.Second).Before(asked):
		return date.Add(time.Second).Sub(asked).Truncate(time.Second)
	case date.After(answered):
		return date.Sub(answered).Truncate(time.Second)
	}
	return 0
}

// speaksOtherwise reports whether what was asked by HTTP may be an AdminServer that speaks
// HTTPS alone: it closed, sent an alert of TLS, or sends elsewhere.
func speaksOtherwise(o snapshot.Obs[snapshot.Conf]) bool {
	return o.FailedAs(snapshot.TLS) || o.FailedAs(snapshot.Empty) || o.FailedAs(snapshot.Reset) || o.FailedAs(snapshot.Protocol) || o.FailedAs(snapshot.Denied)
}

// readHTTP takes an HTTP answer apart.
func (l look) readHTTP(data []byte) (http.Header, []byte, *snapshot.Failure) {
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), nil)
	if err != nil {
		if stranger := snapshot.Foreign(data); stranger != "" {
			return nil, nil, l.fail(snapshot.Protocol, "%s answered", stranger)
		}
		return nil, nil, l.fail(snapshot.Protocol, "no HTTP answer, it starts with %s", snapshot.Quoted(snapshot.FirstLine(data)))
	}
	defer response.Body.Close() //nolint:errcheck // it is in memory
	body, err := io.ReadAll(io.LimitReader(response.Body, snapshot.MaxReply))
	switch {
	case err != nil:
		return nil, nil, l.fail(snapshot.Reset, "the connection ended in the middle of the answer to %s", l.what)
	case response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden:
		return nil, nil, l.fail(snapshot.Denied, "the AdminServer refuses %s: %s", l.what, snapshot.Printable(response.Status, snapshot.MaxForeign))
	case response.StatusCode != http.StatusOK:
		return nil, nil, l.fail(snapshot.Protocol, "HTTP %s", snapshot.Printable(response.Status, snapshot.MaxForeign))
	}
	return response.Header, body, nil
}

// adminFailure sorts what an AdminServer says in place of an answer.
func (l look) adminFailure(err error) *snapshot.Failure {
	if said, ok := errors.AsType[snapshot.AdminError](err); ok && said.NotServing() {
		return l.fail(snapshot.NotServing, "the server runs, but is not currently serving requests")
	}
	return l.fail(snapshot.Absent, "%v", err)
}

// adminNeed is what the client port did not tell. clients is set when it may be that it
// takes no more connections.
type adminNeed struct{ stats, members, mntr, clients bool }

// ask fills the look. The settings come first, for they tell whose AdminServer it is:
// a host may have several. A port that does not give them, or gives another server's,
// is asked nothing else. own tells by the client ports, plain and TLS, -1 for none.
func (a admin) ask(ctx context.Context, need adminNeed, own func(plain, secure int) bool) {
	settings, clock := askAdmin(ctx, a, snapshot.AdminConf, snapshot.ParseAdminConf)
	if speaksOtherwise(settings) && a.secure.TLS != nil {
		https := a
		https.transport = a.secure
		// What HTTPS fails of tells more, unless it is that TLS is not spoken.
		if s, c := askAdmin(ctx, https, snapshot.AdminConf, snapshot.ParseAdminConf); s.Seen() || s.FailedAs(snapshot.NotServing) || s.FailedAs(snapshot.TLS) && !strings.HasSuffix(s.Failure.Text, notTLS) {
			a, settings, clock = https, s, c
			a.look.Secure = true
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
			settings = snapshot.Failed[snapshot.Conf](snapshot.FailureAt(a.addr, snapshot.Absent, "the AdminServer of another server, with the client port %d", plain), settings.Took)
		}
	}
	if a.look.Settings = settings; !settings.Seen() {
		return
	}
	a.look.Clock = clock
	if need.stats {
		a.look.Stats, _ = askAdmin(ctx, a, snapshot.AdminStats, snapshot.ParseAdminStats)
	}
	if need.members {
		a.look.Voters, _ = askAdmin(ctx, a, snapshot.AdminVoterView, snapshot.ParseAdminVoters)
		a.look.Leader, _ = askAdmin(ctx, a, snapshot.AdminWho, snapshot.ParseAdminLeader)
	}
	if need.mntr {
		a.look.Monitor, _ = askAdmin(ctx, a, snapshot.AdminMetrics, snapshot.ParseAdminMonitor)
	}
	if need.clients {
		a.look.Clients, _ = askAdmin(ctx, a, snapshot.AdminConnections, snapshot.ParseAdminClients)
	}
}
