package probe

import (
	"context"
	"crypto/tls"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// defaultAdminPort is admin.serverPort where nobody has set it (3.5+).
const defaultAdminPort = 8080

// adminDial is how long an AdminServer may take to accept a connection, unless the
// client port took a tenth of more.
const adminDial = 200 * time.Millisecond

// adminDoor is where and how the AdminServers of a run are asked.
type adminDoor struct {
	// port is 0 where they are not; assumed, where nobody has said which it is.
	port    int
	assumed bool
	path    string
}

func adminDoorOf(p *snapshot.Plan) adminDoor {
	port, assumed := adminPort(p)
	return adminDoor{port, assumed, adminPath(p)}
}

// adminPort is where the AdminServers listen; 0 where they are off, or are not to be
// asked.
func adminPort(p *snapshot.Plan) (port int, assumed bool) {
	switch {
	case !p.Admin:
		return 0, false
	case p.AdminPort != 0:
		return p.AdminPort, false
	case p.Config == nil:
		return defaultAdminPort, true
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
	return defaultAdminPort, true
}

// adminPath is where the commands are.
func adminPath(p *snapshot.Plan) string {
	if p.Config != nil {
		if set, ok := p.Config.Property("admin.commandURL"); ok &&
			strings.HasPrefix(set.Value, "/") && !strings.ContainsAny(set.Value, " \r\n") {
			return strings.TrimSuffix(set.Value, "/")
		}
	}
	return "/commands"
}

// askAdmin asks the AdminServer for what the client port would not tell. Before 3.5
// there is none.
func askAdmin(ctx context.Context, a *serverTask) {
	s := a.server
	need := wire.AdminNeed{Stats: true, Members: true, Mntr: true, Clients: s.Cut()}
	switch {
	case s.Srvr.Seen():
		need = wire.AdminNeed{Members: s.Conf.FailedAs(snapshot.NotAllowed), Mntr: s.Mntr.FailedAs(snapshot.NotAllowed)}
		if need == (wire.AdminNeed{}) || !s.Srvr.Value.Version.AtLeast(3, 5, 0) {
			return
		}
	case s.Envi.Seen() && !s.Envi.Value.Version.AtLeast(3, 5, 0):
		return
	case s.Cut(), s.Srvr.FailedAs(snapshot.NotServing), s.Srvr.FailedAs(snapshot.NotAllowed),
		s.Srvr.FailedAs(snapshot.TLS), s.Srvr.FailedAs(snapshot.Refused):
	default: // out of reach, hung, another program, or not asked
		return
	}
	port := a.admin.port
	if port == 0 || a.shared {
		return
	}
	addr := s.Resolve.Value[0]
	if s.Client.Seen() {
		addr = s.Client.Value.Remote.Addr()
	}
	s.Admin.Port, s.Admin.Assumed = port, a.admin.assumed
	admin := wire.AdminServer{
		Addr: netip.AddrPortFrom(addr, uint16(port)), Path: a.admin.path, Look: &s.Admin, //nolint:gosec // a port
		Dial: max(adminDial, 10*s.Client.Took), Transport: a.plain(a.Timeout), Secure: a.transport(),
	}
	if a.TLS == nil {
		// Nobody has named whom to trust. By HTTP it would be taken at its word as well,
		// and nothing is sent that is a secret.
		admin.Secure.TLS = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as by HTTP
	}
	admin.Ask(ctx, need, func(plain, secure int) bool {
		// A leader that serves no clients says -1 for its client port.
		// And so does a server whose only client port is one for TLS (3.9.5: of that
		// port it says nothing).
		none := plain == -1 && secure == -1
		return plain == s.Port || secure == s.Port ||
			plain == -1 && s.Srvr.FailedAs(snapshot.NotServing) || none && a.transport().TLS != nil
	})
}
