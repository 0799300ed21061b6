package diag

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// connectionsRejected is the server's count of connections that it closed because of a limit,
// that of one address or that of all (NIOServerCnxnFactory.doAccept, Netty's channelActive; 3.6+).
const connectionsRejected = "zk_connection_rejected"

// totalLimit is maxCnxns, the limit of a server for all its clients together (3.6+), and where
// that is set. own is false where another file than the server's has it: servers of one
// ensemble mostly share their settings.
func totalLimit(e *model.Ensemble, s *model.Server) (limit int, set report.Evidence, own bool) {
	if h := s.Local; h != nil && h.Settings != nil {
		if c := h.Settings.MaxCnxns; c.IsSet() {
			return c.Value, settingEvidence(h, "maxCnxns", c, ""), true
		}
		if h.Process != nil {
			n, _ := strconv.Atoi(h.Process.MaxCnxns)
			return n, optionEvidence("-Dzookeeper.maxCnxns", h.Process.MaxCnxns, ""), true
		}
	}
	if c := e.Snap.Plan.Config; c != nil && c.MaxCnxns.IsSet() {
		return c.MaxCnxns.Value, report.Evidence{
			Source: "zoo.cfg", Key: "maxCnxns", Value: strconv.Itoa(c.MaxCnxns.Value),
			File: c.MaxCnxns.File, Line: c.MaxCnxns.Line,
		}, false
	}
	for _, h := range e.Hosts {
		if h.Settings != nil && h.Settings.MaxCnxns.IsSet() {
			return h.Settings.MaxCnxns.Value, settingEvidence(h, "maxCnxns", h.Settings.MaxCnxns, ""), false
		}
	}
	return 0, report.Evidence{}, false
}

// clientCount is how many connections of clients the server has: by its host's sockets, or as
// its AdminServer counts them.
func clientCount(s *model.Server) (n int, counted report.Evidence, ok bool) {
	counted = report.Evidence{Server: s.Name, Key: "connections of all clients"}
	switch {
	case s.Local != nil && s.Local.Clients.Seen():
		n, counted.Source = s.Local.Clients.Value, "sockets"
	case s.Admin.Stats.Seen():
		n, counted.Source = int(s.Admin.Stats.Value.Connections), model.SourceAdmin
	default:
		return 0, report.Evidence{}, false
	}
	counted.Value = strconv.Itoa(n)
	return n, counted, true
}

// totalReached reports whether a server that closes connections early does so because all its
// clients together have as many as maxCnxns allows.
func totalReached(e *model.Ensemble, s *model.Server) (f report.Finding, ok bool) {
	perAddress, _ := connLimit(e, s)
	limit, set, own := totalLimit(e, s)
	n, counted, seen := clientCount(s)
	f = report.Finding{
		Severity: report.Warning, Certainty: report.Likely, Title: "new clients are refused (maxCnxns reached)",
		Evidence: []report.Evidence{failedWord("srvr", s.Srvr)},
	}
	if !model.CutsOff(s) || heldHere(s, perAddress) || s.Counted == model.No {
		return f, false
	}
	switch {
	case limit > 0 && seen && n >= limit:
		if own {
			f.Certainty = report.Proven
		}
		counted.Wanted = fmt.Sprintf("under %d (maxCnxns)", limit)
		f.Summary = fmt.Sprintf("the open connections reach maxCnxns=%d, the limit for all clients together", limit)
		addEvidence(&f, set, counted)
	case limit > 0 && !seen:
		f.Summary = fmt.Sprintf("connections are closed without an answer, as when maxCnxns=%d, the limit for all clients together, is reached", limit)
		addEvidence(&f, set)
	case limit == 0 && !own && seen && rejectsUnderLimit(s, perAddress):
		f.Summary = fmt.Sprintf("connections are rejected, and no address has as many as maxClientCnxns=%d allows: the remaining reason is maxCnxns, the limit for all clients together", perAddress)
		addEvidence(&f, counted, rejectedEvidence(s))
	default:
		return f, false
	}
	f.Fix = []report.Fix{
		inspect(s.Name, fmt.Sprintf(`ss -tn state established '( sport = :%d )' | awk 'NR > 1 {sub(/:[0-9]+$/, "", $4); print $4}' | sort | uniq -c | sort -n`, s.Port),
			"find out which hosts hold the connections; fix or restart the client that does not close them"),
		risky("", "raise maxCnxns in zoo.cfg on every server, or remove it, and restart one at a time",
			"a restart ends all connections of that server; if the ensemble can lose 0 more, each restart is an outage"),
	}
	return f, true
}

// rejectsUnderLimit reports whether the server rejects connections although no address has as
// many as one may: then the limit for all of them is reached.
func rejectsUnderLimit(s *model.Server, perAddress int) bool {
	rejected, _ := s.Mntr.Value.Count(connectionsRejected)
	busiest, _ := clientsOf(s)
	return rejected > 0 && s.Admin.Clients.Seen() && (perAddress == 0 || busiest.Connections < perAddress)
}

func rejectedEvidence(s *model.Server) report.Evidence {
	rejected, _ := s.Mntr.Value.String(connectionsRejected)
	return report.Evidence{Source: s.MntrFrom, Key: connectionsRejected, Value: rejected, Wanted: "0"}
}

// whatIsRefused is what follows for clients.
const whatIsRefused = ". New clients are refused, from any address; existing connections stay."

// allRefuse is that all members refuse all new clients: none can connect to the ensemble.
func allRefuse(e *model.Ensemble) (report.Finding, bool) {
	all := report.Finding{
		Title: "all servers refuse new clients", Severity: report.Critical, Certainty: report.Proven,
	}
	missing := func(id int64) bool { return e.ByLine(id) == nil }
	known := e.List.Proven() || e.LoneStandalone()
	if !known || len(e.Servers) == 0 || slices.ContainsFunc(e.List.Quorums.Voters(), missing) {
		return all, false
	}
	why := map[string]bool{}
	for _, s := range e.Servers {
		f, full := totalReached(e, s)
		if !full {
			return all, false
		}
		if f.Certainty != report.Proven {
			all.Certainty = report.Likely
		}
		all.Servers, all.Fix, why[f.Summary] = append(all.Servers, s.Name), f.Fix, true
		for _, seen := range f.Evidence {
			seen.Server = s.Name
			addEvidence(&all, seen)
		}
	}
	for i := range all.Fix {
		all.Fix[i].Host = strings.Join(all.Servers, ", ")
	}
	all.Summary = strings.Join(slices.Sorted(maps.Keys(why)), "; ") + whatIsRefused
	return all, true
}
