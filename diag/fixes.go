package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// writeID are the steps that give the host its right id.
func writeID(h *model.Host) []report.Fix {
	path := myidPath(h)
	id, ok := h.RightID()
	if !ok {
		return steps(nameOf(h), "write the number of this host's server.N line into "+path+", and nothing else")
	}
	steps := []report.Fix{
		step(nameOf(h), fmt.Sprintf("stop it, and make sure that no other running server uses id %d", id)),
		{
			Host: nameOf(h), Command: fmt.Sprintf("echo %d > %s", id, shellWord(path)),
			Note: "as the user that ZooKeeper runs as",
		},
		step(nameOf(h), "start it"),
	}
	if h.Process == nil {
		steps[0].Note = fmt.Sprintf("make sure that no other running server uses id %d", id)
	}
	return steps
}

// openPort is the step that opens a port on the host of a server, to the other members alone.
func openPort(e *model.Ensemble, s *model.Server, port int) report.Fix {
	fix := report.Fix{
		Host: s.Name, Risk: "none: no rule is taken away",
		Note: "where firewalld runs: it lets the other members in, and nobody else; once for now and once for good",
	}
	rules, complete := "", true
	for _, m := range e.List.Servers[:min(len(e.List.Servers), mostListed)] {
		if e.ByLine(m.ID) == s {
			continue
		}
		addrs := addressesAt(e, m.Addresses[0].Host)
		complete = complete && len(addrs) > 0
		for _, a := range addrs {
			family := "ipv4"
			if a.Is6() {
				family = "ipv6"
			}
			rules += fmt.Sprintf(" --add-rich-rule='rule family=%s source address=%s port port=%d protocol=tcp accept'", family, a, port)
		}
	}
	if !complete || rules == "" || len(e.List.Servers) > mostListed {
		fix.Note = fmt.Sprintf("let the addresses of the other members through to port %d, and no others: a rich rule for each where firewalld runs", port)
		return fix
	}
	fix.Command = "sudo firewall-cmd" + rules + " && sudo firewall-cmd --permanent" + rules
	return fix
}

// refill are the steps by which a server gets its data anew from the leader. They
// name the command only where, by what was seen, every other voter has the data.
func refill(e *model.Ensemble, h *model.Host) []report.Fix {
	if !h.Distributed() {
		return steps(nameOf(h), "it is the only server and has the only copy: MOVE version-2 of dataDir and dataLogDir away, delete nothing, and restore from a backup")
	}
	if why := refillForbidden(e, h); why != "" {
		return advice("leave version-2 alone on every server for now: " + why + ". Bring the others back first; then run zkdoctor check here again")
	}
	var moves []string
	data, _ := dataOf(h)
	for _, d := range dataDirs(data) {
		if d.Version2.Seen() && holdsData(d) {
			dir := d.Path + "/version-2"
			moves = append(moves, "mv -nT "+shellWord(dir)+" "+shellWord(dir+".away"))
		}
	}
	steps := []report.Fix{
		{
			Host: nameOf(h), Command: strings.Join(moves, " && "),
			Note: "MOVE its data away, all of it; it will fetch the leader's. Never copy it back, and delete it only once this server follows again and has a snapshot of its own",
			Risk: "safe only while a leader serves and every other voter is in sync with it, as now; one server at a time",
		},
		step(nameOf(h), "start it as its own user, and wait until zkdoctor check shows it as a follower, before you touch any other server"),
	}
	if h.Process != nil {
		steps = slices.Insert(steps, 0, risky(nameOf(h), "stop it", "with no spare voter that is an outage: look at \"Can lose\" first"))
	}
	return steps
}

// refillForbidden says why the data of a server must not be moved away now; empty
// when every other voter was seen to serve.
func refillForbidden(e *model.Ensemble, h *model.Host) string {
	if h.Server == nil {
		return "which of the servers this host is was not found out"
	}
	if len(e.Leaders()) != 1 || e.Leaders()[0] == h.Server {
		return "no other server is seen leading"
	}
	for _, id := range e.List.Quorums.Voters() {
		switch s := e.ByLine(id); {
		case s == h.Server:
		case s == nil:
			return fmt.Sprintf("server.%d, a voter, was not looked at", id)
		case s.Serving != model.Yes:
			return s.Name + ", a voter, is not seen serving"
		}
	}
	if !e.List.Proven() {
		return "which servers vote is only what you named"
	}
	return ""
}

// lookThere is the step that sends to a server's own host, where this run was not there.
func lookThere(s *model.Server, note string) []report.Fix {
	if s.Local != nil {
		return nil
	}
	return steps(s.Name, note)
}

// compareLines is the step that comes before any number is written: a list may be what is wrong.
func compareLines(host string) []report.Fix {
	return []report.Fix{{
		Host: host, Risk: "none",
		Note: "first compare the server.N lines of the zoo.cfg of all servers: where they differ, correct the one that is wrong, and leave myid as it is",
	}}
}
