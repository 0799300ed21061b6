package diag

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const SeveralServers report.Code = "several-servers-behind-target"

var severalServersRule = Rule{
	Code: SeveralServers, Title: "several servers answer at one address", Needs: "two answers that name their server",
	Eval: perServer(checkSeveralServers),
}

// checkSeveralServers reports a balancer, a virtual address or a service in place of a server.
func checkSeveralServers(e *model.Ensemble, s *model.Server) Outcome {
	if s.Several == nil {
		return unlikelyOne(e, s)
	}
	f := report.Finding{
		Severity: report.Warning, Certainty: report.Proven, Evidence: answersOf(s.Several.Looks),
		Summary: fmt.Sprintf("at least %d servers answer here in turn: a load balancer, a virtual IP or a service is "+
			"in between. Their answers cannot be shown as one server.", leastServers(s.Several.Marks)),
		Fix: checkThemselves(e),
	}
	if slices.ContainsFunc(f.Evidence, func(ev report.Evidence) bool { return ev.Value == notServing }) {
		f.Summary += " At least one of them does not serve: connections that reach it fail."
	}
	return found(f)
}

// unlikelyOne is the outcome for a target that may well be one server.
func unlikelyOne(e *model.Ensemble, s *model.Server) Outcome {
	if !s.Srvr.Seen() && !s.NotServing() {
		return skip(report.SkipNotReported, "no answer identifies its server")
	}
	var earlier *snapshot.Server
	if b := e.Earlier(s); b != nil && !e.Snap.EarlierRun {
		earlier = b.Server
	}
	if why := s.Contradiction(earlier); why != "" {
		return undecided("an election or a restart has the same symptoms: " + why).lookAgain(e.Before == nil)
	}
	return Outcome{}
}

// leastServers is how many servers the marks are of at least.
func leastServers(marks []snapshot.Mark) int {
	values, most := map[string]int{}, 0
	for _, m := range marks {
		values[m.Key]++
		most = max(most, values[m.Key])
	}
	return most
}

// notServing is what a word tells of a server that is in no quorum.
const notServing = "not serving"

// answersOf are the different answers, each by what it tells of its server.
func answersOf(looks []*snapshot.Server) []report.Evidence {
	var out []report.Evidence
	add := func(word snapshot.Word, key, value string, kind snapshot.FailureKind) {
		if kind == snapshot.NotServing {
			value = notServing
		}
		ev := report.Evidence{Source: word.String(), Key: key, Value: value}
		if value != "" && !slices.Contains(out, ev) {
			out = append(out, ev)
		}
	}
	srvr := func(o snapshot.Obs[snapshot.Srvr]) {
		add(snapshot.WordSrvr, "Mode", string(o.Value.Mode), model.KindOf(o))
	}
	conf := func(o snapshot.Obs[snapshot.Conf]) {
		value := ""
		if id := o.Value.ServerID; id != nil {
			value = fmt.Sprintf("%d, dataDir=%s", *id, o.Value.DataDir)
		}
		add(snapshot.WordConf, "serverId", value, model.KindOf(o))
	}
	envi := func(o snapshot.Obs[snapshot.Envi]) { add(snapshot.WordEnvi, "host.name", o.Value.HostName, "") }
	for _, s := range looks {
		srvr(s.Srvr)
		conf(s.Conf)
		state, _ := s.Mntr.Value.State()
		add(snapshot.WordMntr, "zk_server_state", string(state), model.KindOf(s.Mntr))
		envi(s.Envi)
		for _, again := range s.Again {
			srvr(again.Srvr)
			conf(again.Conf)
			envi(again.Envi)
		}
	}
	return out
}

// checkThemselves is the advice to ask each server at its own address.
func checkThemselves(e *model.Ensemble) []report.Fix {
	if !e.List.InForce() {
		return advice("check each server at its own address, or all that a configuration lists: zkdoctor check -c zoo.cfg")
	}
	words := []string{"zkdoctor check"}
	for i := range e.List.Servers[:min(len(e.List.Servers), mostListed)] {
		words = append(words, shellWord(clientAddress(&e.List.Servers[i], e.Snap.Members().ClientPort)))
	}
	return []report.Fix{inspect(e.Snap.Vantage.Host, strings.Join(words, " "), "check each member at the address that the servers report")}
}

// clientAddress is where clients reach a member, as its line has it; port is for a line that
// names none.
func clientAddress(m *zoocfg.Server, port int) string {
	at := zoocfg.HostPort{Host: m.Addresses[0].Host, Port: port}
	if m.Client != nil {
		at.Port = m.Client.Port
		if bound, err := netip.ParseAddr(m.Client.Host); m.Client.Host != "" && (err != nil || !bound.IsUnspecified()) {
			at.Host = m.Client.Host
		}
	}
	if at.Port == snapshot.DefaultClientPort || at.Port == 0 {
		return at.Host
	}
	return at.String()
}
