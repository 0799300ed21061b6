package probe

import (
	"context"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// askServing asks a server that has answered srvr. The reply to conf is kept from the earlier look
// where nothing shows that it may be another by now.
func askServing(
	ctx context.Context, a *serverTask, addr netip.AddrPort, t wire.Transport, reported chan<- portNumbers,
) {
	s := a.server
	a.confKept = keepConf(a)
	if a.confLate = a.confKept; !a.confLate {
		s.Conf = wire.Ask(ctx, addr, snapshot.WordConf, t, snapshot.ParseConf)
		reportNumbers(a, reported)
	}
	askMntr(ctx, s, addr, t)
	if !a.confLate {
		return
	}
	if startedAnew(a) || mayBeSeveral(a) {
		askConf(ctx, a, addr, t)
	}
	reportNumbers(a, reported)
}

// askMntr asks mntr.
func askMntr(ctx context.Context, s *snapshot.Server, addr netip.AddrPort, t wire.Transport) {
	reply, _ := wire.AskWord(ctx, addr, snapshot.WordMntr, t)
	s.Mntr = snapshot.Interpret(reply, snapshot.WordMntr, snapshot.ParseMntr)
	s.Mntr.Value.Dropped += reply.Value.LeftOut
}

// askConf asks conf of a server whose reply was kept.
func askConf(ctx context.Context, a *serverTask, addr netip.AddrPort, t wire.Transport) {
	a.server.Conf, a.confKept = wire.Ask(ctx, addr, snapshot.WordConf, t, snapshot.ParseConf), false
}

// keepConf takes the reply to conf from the earlier look, where it is young enough and srvr shows
// that the server has gone on.
func keepConf(a *serverTask) bool {
	was := a.earlier[a.server.Name]
	if was == nil || a.confAge >= a.KeepConf || !a.server.GoesOn(was) {
		return false
	}
	if !was.Conf.Seen() && !was.Conf.FailedAs(snapshot.NotAllowed) {
		return false
	}
	a.server.Conf = was.Conf
	return true
}

// startedAnew reports whether mntr shows that the server has run for less time than has passed: it
// may have counted more by now than it had before.
func startedAnew(a *serverTask) bool {
	was, known := a.earlier[a.server.Name].Mntr.Value.Uptime()
	now, reported := a.server.Mntr.Value.Uptime()
	return known != reported || known && now-was < time.Since(a.earlierAt)/2
}

// renewConf asks conf of all servers whose reply was kept, where that of another server is of now,
// for lists of two times may differ by what was changed in between; and where one has gone, for it may
// have been removed from the list before. It returns how old the replies are.
func (t *task) renewConf(ctx context.Context, servers []*serverTask) time.Duration {
	var kept []*serverTask
	asked := false
	for _, a := range servers {
		was := a.earlier[a.server.Name]
		switch {
		case a.confKept:
			kept = append(kept, a)
		case a.server.Conf.Tried, was != nil && was.Srvr.Seen():
			asked = true
		}
	}
	switch {
	case len(kept) == 0:
		return 0
	case !asked:
		return t.confAge
	}
	t.askConfAnew(ctx, kept)
	return 0
}

// askConfAnew asks conf of servers whose replies were kept.
func (t *task) askConfAnew(ctx context.Context, servers []*serverTask) {
	var group errgroup.Group
	group.SetLimit(maxServersAtOnce)
	for _, a := range servers {
		group.Go(func() error {
			addr, how := a.server.At(), a.transport()
			askConf(ctx, a, addr, how)
			if a.server.Contradiction(a.earlier[a.server.Name]) != "" {
				askOnceMore(ctx, a, addr, how)
			}
			reported := make(chan portNumbers, 1)
			reportNumbers(a, reported)
			close(reported)
			numberPorts(ctx, a, reported)
			return nil
		})
	}
	_ = group.Wait() // no look returns an error: failures are data
}
