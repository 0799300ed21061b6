package model

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// New builds the ensemble that a snapshot shows, those of the earlier look and of other
// vantages with it.
func New(snap *snapshot.Snapshot) *Ensemble { return build(snap, severalOf(snap)) }

// build is New; several are the targets behind which more than one server answered.
func build(snap *snapshot.Snapshot, several severalTargets) *Ensemble {
	e := &Ensemble{Snap: snap}
	if before := snap.Before; before != nil {
		if snap.EarlierRun {
			e.Before = New(before)
		} else {
			e.Before = build(before, several)
		}
		e.Settled = true
	}
	for _, v := range snap.Vantages {
		e.Vantages = append(e.Vantages, New(v))
	}
	for i := range snap.Servers {
		s := several.server(&snap.Servers[i])
		e.Servers = append(e.Servers, newServer(s, snap.Plan.Secure || s.Secure))
		e.Servers[i].Several = several[s.Name]
	}
	var hosts []*Host
	for i := range snap.Local {
		if h := newHost(&snap.Local[i]); !isOfAnotherHost(h, e.Servers) {
			hosts = append(hosts, h)
		}
	}
	e.indexNames()
	tieHosts(e, hosts)
	e.Product = productOf(e.Servers)
	findDuplicates(e)
	for _, s := range e.Servers {
		if s.DuplicateOf == nil && !s.nameless() && s.Several == nil {
			e.distinct++
		}
	}
	shareLists(e.Servers)
	e.List = membership(e)
	e.Mixed = namesDifferentEnsembles(e)
	place(e)
	e.indexLines()
	findNonMembers(e)
	assignRoles(e)
	judge(e)
	return e
}

func newHost(l *snapshot.Local) *Host {
	h := &Host{Local: l, resolvedAt: make(map[int64]int, len(l.Resolved))}
	for i, r := range l.Resolved {
		if _, known := h.resolvedAt[r.ID]; !known {
			h.resolvedAt[r.ID] = i
		}
	}
	if l.Config.Seen() {
		h.Settings = l.Config.Value
	}
	if l.MyID.Seen() {
		id, err := zoocfg.ParseMyID(l.MyID.Value.Bytes)
		h.ID, h.HasID = id, err == nil
	}
	findOwn(h)
	return h
}

// findOwn compares the addresses of the server.N lines with those of the host.
// It decides nothing unless every host name could be resolved there.
func findOwn(h *Host) {
	if h.Settings == nil || !h.Addrs.Seen() || len(h.Resolved) == 0 {
		return
	}
	complete := true
	for _, r := range h.Resolved {
		if !r.Addrs.Seen() {
			complete = false
			continue
		}
		if slices.ContainsFunc(r.Addrs.Value, h.IsLocal) && !slices.Contains(h.OwnLines, r.ID) {
			h.OwnLines = append(h.OwnLines, r.ID)
		}
	}
	h.AddressesDecide = len(h.OwnLines) == 1 || len(h.OwnLines) == 0 && complete
}

func newServer(s *snapshot.Server, secure bool) *Server {
	v := &Server{
		Server: s, standing: standing{Role: report.RoleUnknown}, OverTLS: secure,
		Conf: s.Conf, ConfFrom: "conf", Mntr: s.Mntr, MntrFrom: "mntr",
	}
	v.RunsWith = s.Members()
	v.takeAdmin()
	v.ClientPort = v.portState(s.Client)
	if v.ClientPort == report.PortOpen && s.Srvr.FailedAs(snapshot.Silent) {
		v.ClientPort = report.PortSilent
	}
	v.QuorumPort = v.portState(s.Quorum.Look)
	v.ElectionPort = v.portState(s.Election.Look)
	return v
}
