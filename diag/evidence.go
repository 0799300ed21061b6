package diag

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// epochOf is the number in an epoch file. has is false when the file is not there:
// the server then makes one. bad is the evidence when it holds no number.
func epochOf(
	dir *snapshot.DataDir, name string, file snapshot.Obs[snapshot.EpochFile],
) (n int64, has bool, bad *report.Evidence) {
	if !file.Seen() {
		return 0, false, nil
	}
	n, err := snapshot.ParseEpoch(file.Value.Bytes)
	if err != nil {
		value := cmp.Or(file.Value.Withheld, fmt.Sprintf("%q", file.Value.Bytes))
		bad := dataEvidence(name, value, "a number", fileIn(dir, name))
		return 0, false, &bad
	}
	return n, true, nil
}

func epochEvidence(dir *snapshot.DataDir, name string, n int64, wanted string) report.Evidence {
	return dataEvidence(name, fmt.Sprint(n), wanted, fileIn(dir, name))
}

// dataEvidence is what is seen of a server's data, and where.
func dataEvidence(key, value, wanted, file string) report.Evidence {
	return report.Evidence{Source: "data", Key: key, Value: value, Wanted: wanted, File: file}
}

// mostListed is how many members are written out as evidence; the others are counted. Real
// ensembles have fewer.
const mostListed = 50

// idList is "1,2,3", with observers marked.
func idList(m zoocfg.Membership) string {
	var ids []string
	for i := range m.Servers[:min(len(m.Servers), mostListed)] {
		id := strconv.FormatInt(m.Servers[i].ID, 10)
		if m.Servers[i].Role == zoocfg.Observer {
			id += " (observer)"
		}
		ids = append(ids, id)
	}
	return strings.Join(ids, ",") + unlisted(m)
}

// hostsOfIDs is "1=zk1,2=zk2".
func hostsOfIDs(m zoocfg.Membership) string {
	var pairs []string
	for i := range m.Servers[:min(len(m.Servers), mostListed)] {
		host := snapshot.Printable(m.Servers[i].Addresses[0].Host, snapshot.MaxForeign)
		pairs = append(pairs, strconv.FormatInt(m.Servers[i].ID, 10)+"="+host)
	}
	return strings.Join(pairs, ",") + unlisted(m)
}

// unlisted counts the members that are not written out.
func unlisted(m zoocfg.Membership) string {
	if len(m.Servers) <= mostListed {
		return ""
	}
	return fmt.Sprintf(" and %d more", len(m.Servers)-mostListed)
}

// roleEvidence is what each voter is.
func roleEvidence(e *model.Ensemble) []report.Evidence {
	var out []report.Evidence
	for _, s := range e.Servers {
		if s.Voter() {
			out = append(out, report.Evidence{
				Source: "role", Server: s.Name, Value: string(s.Role), Wanted: "leader or follower",
			})
		}
	}
	return out
}

func myidPath(h *model.Host) string {
	if h.MyID.Seen() {
		return h.MyID.Value.Path
	}
	return h.Settings.DataDir.Value + "/myid"
}

// myidEvidence shows the file as it is.
func myidEvidence(h *model.Host, wanted string) report.Evidence {
	e := report.Evidence{Source: "myid", Server: nameOf(h), File: myidPath(h), Wanted: wanted, Value: "no such file"}
	if h.MyID.Seen() {
		e.Value = firstLine(h.MyID.Value.Bytes)
		if _, err := zoocfg.ParseMyID(h.MyID.Value.Bytes); err != nil {
			e.Value = cmp.Or(h.MyID.Value.Withheld,
				fmt.Sprintf("%q, hex %s", h.MyID.Value.Bytes, hex.EncodeToString(h.MyID.Value.Bytes)))
		}
	}
	return e
}

func memberEvidence(h *model.Host, id int64, value string) report.Evidence {
	e := report.Evidence{
		Source: "zoo.cfg", Server: nameOf(h), Key: fmt.Sprintf("server.%d", id),
		Value: "not in the list", File: h.Settings.Path,
	}
	if m := h.Settings.Find(id); m != nil {
		e.Value, e.File, e.Line = m.Addresses[0].Host+value, m.File, m.Line
	}
	return e
}

// settingEvidence is the evidence that a line of the host's configuration is.
func settingEvidence[T any](h *model.Host, key string, set zoocfg.Setting[T], wanted string) report.Evidence {
	return report.Evidence{
		Source: "zoo.cfg", Server: nameOf(h), Key: key,
		Value: fmt.Sprint(set.Value), Wanted: wanted, File: set.File, Line: set.Line,
	}
}

// optionEvidence is the evidence that an option on the command line of a process is.
func optionEvidence(key, value, wanted string) report.Evidence {
	return report.Evidence{Source: "process", Key: key, Value: value, Wanted: wanted}
}

// processEvidence is what is so of a host's process.
func processEvidence(h *model.Host, value, wanted string) report.Evidence {
	return optionEvidence("pid "+strconv.Itoa(h.Process.PID), value, wanted)
}

// listenerEvidence is whether something listens on a port, by the sockets of its host.
func listenerEvidence(port int, value, wanted string) report.Evidence {
	return report.Evidence{Source: "sockets", Key: "listening on " + strconv.Itoa(port), Value: value, Wanted: wanted}
}

// tcpEvidence is the evidence that one connect is.
func tcpEvidence(s *model.Server, port report.PortView, wanted string) report.Evidence {
	return report.Evidence{
		Source: "tcp", Server: s.Name, Key: strconv.Itoa(port.Port), Value: string(port.State), Wanted: wanted,
	}
}

// addPort adds as evidence what one connect is, unless the port was not tried.
func addPort(f *report.Finding, s *model.Server, port report.PortView, wanted string) {
	if port.State != report.PortNotProbed {
		addEvidence(f, tcpEvidence(s, port, wanted))
	}
}

func clientView(s *model.Server) report.PortView { return portView(s.Port, s.ClientPort, s.Client) }

func quorumView(s *model.Server) report.PortView {
	return portView(s.Quorum.Number, s.QuorumPort, s.Quorum.Look)
}

func electionView(s *model.Server) report.PortView {
	return portView(s.Election.Number, s.ElectionPort, s.Election.Look)
}

// failedWord is the evidence that a failed word is.
func failedWord[T any](word string, o snapshot.Obs[T]) report.Evidence {
	return report.Evidence{Source: word, Value: reasonOf(o, "answered")}
}

// countedEvidence is what the leader counts, where that judges the server; else nothing.
func countedEvidence(e *model.Ensemble, s *model.Server) []report.Evidence {
	if s.Counted == model.Unknown {
		return nil
	}
	return []report.Evidence{countEvidence(e)}
}

// countEvidence is the evidence that the leader's count is; there must be one.
func countEvidence(e *model.Ensemble) report.Evidence {
	lead, synced, _, _ := e.LeaderCount()
	return report.Evidence{
		Source: lead.MntrFrom, Server: lead.Name, Key: "zk_synced_followers",
		Value: fmt.Sprint(synced), Wanted: strconv.Itoa(len(e.List.Quorums.Voters()) - 1),
	}
}

func portView(number int, state report.PortState, look snapshot.Obs[snapshot.Dial]) report.PortView {
	v := report.PortView{Port: number, State: state}
	if look.Tried {
		v.Ms = new(look.Took.Milliseconds())
	}
	return v
}

func firstLine(data []byte) string {
	if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
		data = data[:i]
	}
	return string(data)
}

// votersThat are the ids of the voters of which something holds.
func votersThat(e *model.Ensemble, holds func(*model.Server) bool) map[int64]bool {
	out := map[int64]bool{}
	for _, id := range e.List.Quorums.Voters() {
		if s := e.ByLine(id); s != nil && holds(s) {
			out[id] = true
		}
	}
	return out
}

// editedEvidence is the evidence that a file was changed after its server had read it.
func editedEvidence(h *model.Host) report.Evidence {
	read := "has not read it since"
	if !h.Edited() {
		read = "may not have read it since"
	}
	return report.Evidence{
		Source: "zoo.cfg", Server: nameOf(h), Key: "changed", File: h.Settings.Path,
		Value: fmt.Sprintf("%s after the start of pid %d, which %s",
			h.Settings.Modified.Sub(h.Process.Started).Round(time.Second), h.Process.PID, read),
	}
}
