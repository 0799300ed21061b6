package probe

import (
	"context"
	"net/netip"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// timesAgain is how often a server whose answers contradict each other is asked once more: a
// balancer that goes round among three has led each question to another one by then.
const timesAgain = 2

// comparesWith has a look compare its answers with those of an earlier one; nil for none.
func (t *task) comparesWith(before *snapshot.Snapshot) {
	if before == nil {
		return
	}
	t.earlierAt, t.confAge = before.Started, before.ConfAge+time.Since(before.Started)
	t.earlier = make(map[string]*snapshot.Server, len(before.Servers))
	for i := range before.Servers {
		t.earlier[before.Servers[i].Name] = &before.Servers[i]
	}
}

// askAgain asks once more where the answers can hardly be of one server: for that by which
// servers are told apart, of what this one answers.
func askAgain(ctx context.Context, a *serverTask, addr netip.AddrPort, t wire.Transport) {
	if mayBeSeveral(a) {
		askOnceMore(ctx, a, addr, t)
	}
}

func askOnceMore(ctx context.Context, a *serverTask, addr netip.AddrPort, t wire.Transport) {
	s := a.server
	for range timesAgain {
		var again snapshot.Again
		switch {
		case s.Conf.Seen():
			again.Conf = wire.Ask(ctx, addr, snapshot.WordConf, t, snapshot.ParseConf)
		case s.Conf.FailedAs(snapshot.NotAllowed):
			again.Srvr = wire.Ask(ctx, addr, snapshot.WordSrvr, t, snapshot.ParseSrvr)
		default:
			again.Envi = wire.Ask(ctx, addr, snapshot.WordEnvi, t, snapshot.ParseEnvi)
		}
		s.Again = append(s.Again, again)
	}
}

// mayBeSeveral reports whether the answers can hardly be of one server, nor of the one that answered
// before.
func mayBeSeveral(a *serverTask) bool {
	s := a.server
	apart := s.CountsApart
	if a.confLate {
		apart = s.CountsApartWithoutConf
	}
	return s.Contradiction(a.earlier[s.Name]) != "" || apart()
}
