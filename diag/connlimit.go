package diag

import (
	"fmt"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

const ConnLimitReached report.Code = "conn-limit-reached"

var connLimitReachedRule = Rule{
	Code: ConnLimitReached, Title: "client connection limit reached",
	Needs: "srvr, the serving probe, this host's sockets",
	Eval:  checkConnLimits,
}

func checkConnLimits(e *model.Ensemble) Outcome {
	if f, all := allRefuse(e); all {
		return found(f)
	}
	return perServer(checkConnLimit, whyNoAnswer)(e)
}

func checkConnLimit(e *model.Ensemble, s *model.Server) Outcome {
	if !model.CutsOff(s) {
		return Outcome{}
	}
	if f, full := totalReached(e, s); full {
		f.Summary += whatIsRefused
		return found(f)
	}
	return found(cutOff(e, s))
}

// cutOff is a server that closes connections before it has answered.
func cutOff(e *model.Ensemble, s *model.Server) report.Finding {
	limit, known := connLimit(e, s)
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Possible,
		Summary:  "it accepts connections and closes them without an answer: too many connections from this host (maxClientCnxns) or from all clients (maxCnxns), a TLS port, or a server that cannot join.",
		Evidence: []report.Evidence{failedWord("srvr", s.Srvr)},
		Fix:      advice("check from another host: the limit counts the connections of one client address"),
	}
	if s.Session.Tried {
		addEvidence(&f, failedWord("connect", s.Session))
	}
	switch s.Counted {
	case model.Unknown:
		f.Summary += orKeeper(s)
	case model.Yes:
		f.Summary = "it accepts connections and closes them without an answer, and the leader counts it in sync: too many connections from this host (maxClientCnxns) or from all clients (maxCnxns), or a TLS port."
	case model.No:
		f.Summary = "it accepts connections and closes them without an answer, and the leader no longer counts it as a follower: most likely it tries to join and cannot."
	}
	addEvidence(&f, countedEvidence(e, s)...)
	wanted := fmt.Sprintf("under %d (maxClientCnxns)", limit)
	if s.Held.Seen() {
		addEvidence(&f, report.Evidence{
			Source: "sockets", Server: e.Snap.Vantage.Host, Key: "connections to " + s.Name,
			Value: strconv.Itoa(s.Held.Value), Wanted: wanted,
		})
	}
	busiest, ours := clientsOf(s)
	full := func(n int) bool { return limit > 0 && n >= limit }
	if shown := busiest; shown.Connections > 0 {
		if full(ours.Connections) {
			shown = ours
		}
		addEvidence(&f, report.Evidence{
			Source: model.SourceAdmin, Key: "connections from " + shown.Address,
			Value: strconv.Itoa(shown.Connections), Wanted: wanted,
		})
	}
	switch {
	case heldHere(s, limit):
		f.Certainty = report.Likely
		if known {
			f.Certainty = report.Proven
		}
		f.Summary = fmt.Sprintf("this host has %d connections to %s, the most that maxClientCnxns allows per address.", max(s.Held.Value, ours.Connections), s.Name)
		f.Fix = []report.Fix{
			{Host: e.Snap.Vantage.Host, Command: fmt.Sprintf("ss -tnp dst %s dport = :%d", s.Client.Value.Remote.Addr(), s.Port), Note: "find out which processes hold the connections; often it is a client that opens sessions and never closes them"},
			raiseConnLimit(),
		}
	case full(busiest.Connections) && ours.Connections == 0:
		f.Certainty = report.Likely
		f.Summary = fmt.Sprintf("%s has %d connections to %s, the most that maxClientCnxns allows per address. This host is refused, so most likely the server sees it under that address.", busiest.Address, busiest.Connections, s.Name)
		f.Fix = []report.Fix{
			{Host: busiest.Address, Command: fmt.Sprintf("ss -tnp dport = :%d", s.Port), Note: "find out which processes hold the connections; if this host is a NAT gateway or a proxy, they may be those of any host behind it"},
			raiseConnLimit(),
		}
	case busiest.Connections > 0:
		f.Summary = "it accepts connections and closes them without an answer. By the count of its AdminServer, maxClientCnxns is not the reason: it is the limit for all clients together (maxCnxns), or something between this host and the server."
	}
	return f
}

// orKeeper is what else it may be, where nothing that it answered shows that it is ZooKeeper.
func orKeeper(s *model.Server) string {
	if s.Session.Tried {
		return ""
	}
	return " A ClickHouse Keeper or RaftKeeper that allows no four-letter word does the same." +
		" No answer shows which program it is, so no session was requested."
}

func raiseConnLimit() report.Fix {
	return risky("", "if these clients need so many, raise maxClientCnxns in zoo.cfg on every server and restart, one server at a time",
		"if the ensemble can lose 0 more, each restart is an outage")
}
