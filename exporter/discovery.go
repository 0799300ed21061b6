package exporter

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/asciijson"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// serveDiscovery lists the members of all configured ensembles for Prometheus's
// HTTP service discovery, or with ?by=ensemble the ensembles, for /probe. It gives nothing
// that /probe would turn away: what a server lists is its own word.
// Prometheus keeps the targets that it has while the answer is an error.
func (e *Exporter) serveDiscovery(w http.ResponseWriter, r *http.Request) *rendered {
	state := e.state.Load()
	watchers := state.watchers
	var groups []sdGroup
	var looks []*look
	switch by := r.URL.Query().Get("by"); by {
	case "ensemble":
		for _, one := range watchers {
			groups = append(groups, ensembleTarget(one.name, one.members().spelled))
		}
	case "", "server":
		ctx, cancel, timeout := deadline(r, e.options.Timeout)
		defer cancel()
		takes := state.takes()
		looks = e.lookAll(ctx, watchers, timeout)
		for i, l := range looks {
			if l == nil {
				http.Error(w, "not all ensembles could be checked in time", http.StatusServiceUnavailable)
				return nil
			}
			reported := probe.FindReported(ctx, timeout, l.snap, takes)
			groups = append(groups, discoveryTargets(watchers[i].name, l.snap, reported.Targets)...)
		}
	default:
		e.refuse(w, http.StatusBadRequest, "bad", fmt.Sprintf("by=%q: there are server and ensemble", by))
		return nil
	}
	return e.delivery.render(r, looks, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := writeDiscovery(w, groups); err != nil {
			e.options.Log.Error().Err(err).Msg("discovery")
		}
	}))
}

// sdGroup is one element of the answer of Prometheus's HTTP service discovery.
type sdGroup struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// The labels of a discovered server; one that is not known is left out.
const (
	labelEnsemble = "__meta_zookeeper_ensemble"
	labelServerID = "__meta_zookeeper_server_id"
	labelRole     = "__meta_zookeeper_role"
)

// ensembleTarget is a whole ensemble as one target of /probe: its servers as
// configured, as a connect string.
func ensembleTarget(name string, members []snapshot.Target) sdGroup {
	servers := make([]string, len(members))
	for i, t := range members {
		servers[i] = t.Address()
	}
	return sdGroup{[]string{strings.Join(servers, ",")}, map[string]string{labelEnsemble: name}}
}

// discoveryTargets are the members of an ensemble as ZooKeeper itself lists them
// (3.5+), else as configured. Members that are configured keep their
// configured address: it is the one that works from here, and the one that all
// metrics have. Of those that are not configured, told are the ones to give.
func discoveryTargets(name string, snap *snapshot.Snapshot, reported []snapshot.Target) []sdGroup {
	groups := []sdGroup{}
	if snap == nil {
		return groups
	}
	taken := map[string]bool{}
	add := func(address string, id *int64, role zoocfg.Role) {
		if taken[address] {
			return
		}
		taken[address] = true
		labels := map[string]string{labelEnsemble: name}
		if id != nil {
			labels[labelServerID] = strconv.FormatInt(*id, 10)
		}
		if role != "" {
			labels[labelRole] = string(role)
		}
		groups = append(groups, sdGroup{[]string{address}, labels})
	}
	members := snap.Members()
	if members == nil {
		for i := range snap.Servers {
			s := &snap.Servers[i]
			add(s.Given().Address(), s.ReportedID(), configuredRole(s))
		}
		return groups
	}
	given := map[int64]snapshot.Target{}
	for _, t := range reported {
		given[t.Member.ID] = t
	}
	known := snap.NamedAs(members.Servers)
	named := map[*snapshot.Server]bool{}
	for i := range members.Servers {
		m := &members.Servers[i]
		if s := known[i]; s != nil {
			named[s] = true
			add(s.Given().Address(), &m.ID, m.Role)
		} else if t, ok := given[m.ID]; ok {
			add(t.Address(), &m.ID, m.Role)
		}
	}
	for i := range snap.Servers {
		if s := &snap.Servers[i]; members.VotersOnly() && !named[s] {
			add(s.Given().Address(), s.ReportedID(), configuredRole(s))
		}
	}
	return groups
}

// configuredRole is what a server is configured to be: as it says, as its line
// says, or as its mode implies; empty when nothing is known.
func configuredRole(s *snapshot.Server) zoocfg.Role {
	if t := s.Conf.Value.PeerType; s.Conf.Seen() && t != nil {
		if *t == snapshot.PeerObserver {
			return zoocfg.Observer
		}
		return zoocfg.Participant
	}
	if s.Member != nil {
		return cmp.Or(s.Member.Role, zoocfg.Participant)
	}
	if !s.Srvr.Seen() {
		return ""
	}
	switch s.Srvr.Value.Mode {
	case snapshot.ModeObserver:
		return zoocfg.Observer
	case snapshot.ModeLeader, snapshot.ModeFollower:
		return zoocfg.Participant
	default:
		return ""
	}
}

// writeDiscovery answers with the groups.
func writeDiscovery(w http.ResponseWriter, groups []sdGroup) error {
	if groups == nil {
		groups = []sdGroup{} // Prometheus does not take null
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	return asciijson.Write(w, groups, "")
}
