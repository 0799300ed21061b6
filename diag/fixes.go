package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// writeID are the steps that give the host its right id. A server that runs with it and whose file is
// what is wrong needs no restart.
func writeID(e *model.Ensemble, h *model.Host) []report.Fix {
	file := myidPath(h)
	id, ok := h.RightID()
	if !ok {
		return steps(nameOf(h), "write only the number of this host's server.N line into "+file+", and nothing else")
	}
	write := report.Fix{
		Host: nameOf(h), Command: fmt.Sprintf("echo %d > %s", id, shellWord(file)),
		Note: "write its number, as root or as the owner of the file",
	}
	if h.MyID.FailedAs(snapshot.Absent) {
		write.Command += fmt.Sprintf(" && chown --reference=%s %s", shellWord(h.Settings.DataDir.Value), shellWord(file))
		write.Note = "write its number as root: the file gets the owner of dataDir"
	}
	confirm := step(nameOf(h), fmt.Sprintf("make sure that no other running server uses id %d", id))
	runs, known := idNow(h)
	switch {
	case !e.Lives(h):
		return []report.Fix{confirm, write, startIt(h, "")}
	case known && runs == id:
		write.Note += ". Do not stop it for this: it runs with that number, and reads the file at its next start"
		return []report.Fix{write}
	case !known && !h.HasID:
		write.Note += ". Do not stop it for this: it reads the file at its next start"
		return []report.Fix{confirm, write}
	}
	return []report.Fix{confirm, stopIt(h, stopRisk(e, h.Server)), write, startIt(h, "")}
}

// idNow is the id that the host's server reports itself; known is false where it reports none.
func idNow(h *model.Host) (id int64, known bool) {
	if h.Server == nil {
		return 0, false
	}
	id, source, ok := h.Server.Claimed()
	return id, ok && model.FromServer(source)
}

// writeIDThere are the steps that give a server the id of its line, where its host was not seen.
func writeIDThere(e *model.Ensemble, s *model.Server) []report.Fix {
	return []report.Fix{
		step(s.Name, fmt.Sprintf("make sure that no other running server uses id %d", s.Line.ID)),
		stopThere(e, s),
		step(s.Name, fmt.Sprintf("write only %d into myid in its dataDir", s.Line.ID)),
		startThere(s),
	}
}

// openPort is the step that opens a port on the host of a server, to the other members alone.
func openPort(e *model.Ensemble, s *model.Server, port int) report.Fix {
	fix := report.Fix{
		Host: s.Name, Risk: "none: no rule is taken away",
		Note: "if firewalld runs: allow the other members and no other host, once for the running firewall and once permanently. Each server needs both peer ports open",
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
		fix.Note = fmt.Sprintf("allow the addresses of the other members, and no others, to port %d: one rich rule per address if firewalld runs", port)
		return fix
	}
	fix.Command = "sudo firewall-cmd" + rules + " && sudo firewall-cmd --permanent" + rules
	return fix
}

// refill are the steps by which a server gets its data anew from the leader. They
// name the command only where, by what was seen, every other voter has the data.
func refill(e *model.Ensemble, h *model.Host) []report.Fix {
	if !h.Distributed() {
		return steps(nameOf(h), "it is the only server and has the only copy of the data: MOVE version-2 of dataDir and dataLogDir away, delete nothing, and restore from a backup")
	}
	if why := refillForbidden(e, h); why != "" {
		return advice("do not delete or move version-2 on any server for now: " + why + ". Start the others first; then run zkdoctor check here again")
	}
	var moves []string
	data, _ := dataOf(h)
	for _, d := range dataDirs(data) {
		if d.Version2.Seen() && holdsData(d) {
			dir := d.Path + "/version-2"
			moves = append(moves, "mv -T "+shellWord(dir)+" "+shellWord(dir+".away"))
		}
	}
	steps := []report.Fix{
		{
			Host: nameOf(h), Command: strings.Join(moves, " && "),
			Note: "MOVE all of its data away; it will copy the leader's. Never copy it back, and delete it only when this server follows again and has written its own snapshot",
			Risk: "safe only while a leader serves and every other voter is in sync with it: check that again right before. One server at a time",
		},
		startIt(h, ", and wait until zkdoctor check shows it as a follower, before any other server is changed"),
	}
	if h.Process != nil {
		steps = slices.Insert(steps, 0, stopIt(h, stopRisk(e, h.Server)))
	}
	return steps
}

// refillForbidden says why the data of a server must not be moved away now; empty
// when every other voter was seen to serve.
func refillForbidden(e *model.Ensemble, h *model.Host) string {
	if h.Server == nil {
		return "which server this host is could not be determined"
	}
	if len(e.Leaders()) != 1 || e.Leaders()[0] == h.Server {
		return "no other server is known to lead"
	}
	for _, id := range e.List.Quorums.Voters() {
		switch s := e.ByLine(id); {
		case s == h.Server:
		case s == nil:
			return fmt.Sprintf("server.%d, a voter, was not checked", id)
		case s.Serving != model.Yes:
			return s.Name + ", a voter, is not known to serve"
		}
	}
	if !e.List.Proven() {
		return "which servers vote is only known from the targets"
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
		Note: "first compare the server.N lines in zoo.cfg of all servers: if they differ, correct the wrong file and do not change myid",
	}}
}
