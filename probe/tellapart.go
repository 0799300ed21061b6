package probe

import (
	"context"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/wire"
)

// maxAlike is how many targets that may be one server are asked what tells them apart.
const maxAlike = 8

// tellApart asks targets that say they have one id, or that are addresses of one name and say
// none, what tells two servers from one at two addresses: envi, and srvr in turn.
func (t *task) tellApart(ctx context.Context, servers []*serverTask) {
	type likeness struct {
		id int64
		of string
	}
	alike := map[likeness][]*serverTask{}
	var order []likeness
	for _, a := range servers {
		l := likeness{id: -1, of: a.server.Of}
		if id := a.server.SaidID(); id != nil {
			l = likeness{id: *id}
		}
		if !a.server.Srvr.Seen() || l.id < 0 && l.of == "" || slices.ContainsFunc(alike[l], a.isAt) {
			continue
		}
		if alike[l] == nil {
			order = append(order, l)
		}
		alike[l] = append(alike[l], a)
	}
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	for _, l := range order {
		if group := alike[l]; len(group) <= maxAlike || l.id < 0 {
			compare(ctx, group)
		}
	}
}

// isAt reports whether two targets were reached at one address: they are one server.
func (a *serverTask) isAt(b *serverTask) bool { return a.server.At() == b.server.At() }

// compare asks as much as it takes.
func compare(ctx context.Context, group []*serverTask) {
	if !mayBeOne(group) {
		return
	}
	for _, a := range group {
		if s := a.server; !s.Envi.Tried {
			s.Envi = wire.Ask(ctx, s.At(), snapshot.WordEnvi, a.transport(), snapshot.ParseEnvi)
		}
	}
	if !mayBeOne(group) {
		return
	}
	for range 2 {
		for _, a := range group {
			s := a.server
			s.InTurn = append(s.InTurn, wire.Ask(ctx, s.At(), snapshot.WordSrvr, a.transport(), snapshot.ParseSrvr))
		}
	}
}

// mayBeOne reports whether two of them may be one server, as far as is known.
func mayBeOne(group []*serverTask) bool {
	for i, a := range group {
		if slices.ContainsFunc(group[:i], func(b *serverTask) bool { return snapshot.Apart(b.server, a.server) == nil }) {
			return true
		}
	}
	return false
}
