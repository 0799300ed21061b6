package diag

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about myid: the file, and what the server tells of it.

// perHost applies a rule to every server whose own files were looked at, and
// says why it could not be applied elsewhere.
func (e *ensemble) perHost(rule func(h *host) ([]Finding, string)) result {
	return e.eachHost(func(h *host) ([]Finding, *Skip) {
		findings, reason := rule(h)
		return findings, undecided(reason)
	})
}

// undecided is a skip for that reason; nil for none.
func undecided(reason string) *Skip {
	if reason == "" {
		return nil
	}
	return &Skip{Kind: SkipUndecided, Reason: reason}
}

// eachHost is perHost for rules whose skips are not all of one kind.
func (e *ensemble) eachHost(rule func(h *host) ([]Finding, *Skip)) result {
	if len(e.hosts) == 0 {
		return skip(SkipLocalFiles, "needs a server's own files: run zkdoctor there")
	}
	var out result
	for _, h := range e.hosts {
		if h.config == nil {
			out.skips = append(out.skips, Skip{Kind: SkipDenied, Server: h.name(), Reason: reasonOf(h.Config.Failure, "no configuration was read")})
			continue
		}
		findings, why := rule(h)
		out.findings = append(out.findings, findings...)
		if why != nil {
			why.Server = h.name()
			out.skips = append(out.skips, *why)
		}
	}
	return out
}

func reasonOf(f *snapshot.Failure, otherwise string) string {
	if f == nil {
		return otherwise
	}
	return f.Text
}

// servers is the host's row as the Servers of a finding.
func (h *host) servers() []string {
	if h.server == nil {
		return nil
	}
	return []string{h.server.Name}
}

// severity is that of a fault on this host.
func (e *ensemble) hostSeverity(h *host) Severity {
	if h.server == nil {
		return e.severity()
	}
	return e.severity(h.server)
}

// rightID is the id of the server.N line that this host is, by address; ok is
// false when addresses do not tell.
func (h *host) rightID() (int64, bool) {
	if h.addressesDecide && len(h.own) == 1 {
		return h.own[0], true
	}
	if h.server != nil && h.server.Member != nil {
		return h.server.Member.ID, true
	}
	return 0, false
}

// writeID are the steps that give the host its right id.
func (h *host) writeID() []Fix {
	path := h.myidPath()
	id, ok := h.rightID()
	if !ok {
		return []Fix{{Host: h.name(), Note: "write the number of this host's server.N line into " + path + ", and nothing else"}}
	}
	steps := []Fix{
		{Host: h.name(), Note: fmt.Sprintf("stop it, and make sure that no other running server uses id %d", id)},
		{Host: h.name(), Command: fmt.Sprintf("echo %d > %s", id, shellWord(path)), Note: "as the user that ZooKeeper runs as"},
		{Host: h.name(), Note: "start it"},
	}
	if h.Process == nil {
		steps[0].Note = fmt.Sprintf("make sure that no other running server uses id %d", id)
	}
	return steps
}

func (h *host) myidPath() string {
	if h.MyID.Seen() {
		return h.MyID.Value.Path
	}
	return h.config.DataDir.Value + "/myid"
}

// myidEvidence shows the file as it is.
func (h *host) myidEvidence(wanted string) Evidence {
	e := Evidence{Source: "myid", Server: h.name(), File: h.myidPath(), Wanted: wanted, Value: "no such file"}
	if h.MyID.Seen() {
		e.Value = firstLine(h.MyID.Value.Bytes)
		if _, err := zoocfg.ParseMyID(h.MyID.Value.Bytes); err != nil {
			e.Value = fmt.Sprintf("%q, hex %s", h.MyID.Value.Bytes, hex.EncodeToString(h.MyID.Value.Bytes))
		}
	}
	return e
}

func firstLine(data []byte) string {
	for i, b := range data {
		if b == '\n' || b == '\r' {
			return string(data[:i])
		}
	}
	return string(data)
}

func (h *host) memberEvidence(id int64, value string) Evidence {
	m := h.config.Find(id)
	if m == nil {
		return Evidence{Source: "zoo.cfg", Server: h.name(), Key: fmt.Sprintf("server.%d", id), Value: "not in the list", File: h.config.Path}
	}
	return Evidence{
		Source: "zoo.cfg", Server: h.name(), Key: fmt.Sprintf("server.%d", id),
		Value: m.Addresses[0].Host + value, File: m.File, Line: m.Line,
	}
}

var myidMissingRule = Rule{
	Code: MyidMissing, Title: "the myid file is missing", Needs: "a server's own files",
	Explains: startless,
	Eval:     checkMyidMissing,
}

func checkMyidMissing(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		switch {
		case !h.distributed():
			return nil, "" // a standalone server needs none
		case !h.MyID.FailedAs(snapshot.Absent):
			return nil, h.myidUnseen()
		}
		f := Finding{
			Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
			Summary:  "the configuration lists an ensemble, and the file that says which of its servers this is does not exist. It cannot start.",
			Evidence: []Evidence{h.myidEvidence("the number of its server.N line")},
			Fix:      h.writeID(),
		}
		if e.lives(h) {
			f.Summary = "the file that says which server this is does not exist. The running process read it before; it will not start again."
		}
		if h.DataDir.Seen() && !h.DataDir.Value {
			f.Evidence = append(f.Evidence, h.setting("dataDir", h.config.DataDir.Value+" does not exist", h.config.DataDir.File, h.config.DataDir.Line))
			f.Fix = slices.Insert(f.Fix, 0, Fix{Host: h.name(), Note: "find out first why dataDir is gone: a volume that is not mounted, a wrong path"})
		}
		if id, ok := h.rightID(); ok {
			f.Evidence = append(f.Evidence, h.memberEvidence(id, " is this host"))
		}
		return []Finding{f}, ""
	})
}

var myidMalformedRule = Rule{
	Code: MyidMalformed, Title: "the myid file holds no number", Needs: "a server's own files",
	Explains: startless,
	Eval:     checkMyidMalformed,
}

func checkMyidMalformed(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		if !h.MyID.Seen() || h.hasID {
			return nil, h.myidUnseen()
		}
		_, err := zoocfg.ParseMyID(h.MyID.Value.Bytes)
		f := Finding{
			Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
			Summary:  fmt.Sprintf("ZooKeeper reads the first line of the file as a number, byte for byte, and dies of this one: %q.", err.Error()),
			Evidence: []Evidence{h.myidEvidence("the number alone, then a newline")},
			Fix:      h.writeID(),
		}
		return []Finding{f}, ""
	})
}

// myidUnseen is the reason for which nothing can be said about the content of
// myid; empty when it was read, or is not there at all, which has its own rule.
func (h *host) myidUnseen() string {
	if !h.MyID.Tried {
		return "where its myid is cannot be told: dataDir is not set"
	}
	if h.MyID.Tried && !h.MyID.Seen() && !h.MyID.FailedAs(snapshot.Absent) {
		return h.MyID.Failure.Text
	}
	return ""
}

// noID is the reason for which there is no id to judge.
func (h *host) noID() string {
	if reason := h.myidUnseen(); reason != "" {
		return reason
	}
	return "its id is not known"
}

var myidNotInServersRule = Rule{
	Code: MyidNotInServers, Title: "myid is in no server.N line", Needs: "a server's own files",
	Explains: startless,
	Eval:     checkMyidNotInServers,
}

func checkMyidNotInServers(e *ensemble) result {
	return e.perHost(func(h *host) ([]Finding, string) {
		if !h.distributed() {
			return nil, ""
		}
		if !h.hasID {
			return nil, h.noID()
		}
		if h.config.Find(h.id) != nil || e.outOfItsList(h) {
			return nil, "" // one that joins or leaves has a finding of its own
		}
		f := Finding{
			Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
			Summary:  fmt.Sprintf("myid says %d, and no server.%d line exists: ZooKeeper ends with \"My id %d not in the peer list\".", h.id, h.id, h.id),
			Evidence: []Evidence{h.myidEvidence("one of " + idList(h.config.Membership)), h.memberEvidence(h.id, "")},
			Fix:      h.writeID(),
		}
		if e.list.inForce() && e.list.Find(h.id) != nil {
			f.Evidence = append(f.Evidence, Evidence{Source: e.list.source, Key: fmt.Sprintf("server.%d", h.id), Value: "is in the list of the running servers"})
			f.Fix = []Fix{{Host: h.name(), Note: "the list in its configuration is out of date: give it the one that the other servers use"}}
		} else if h.addressesDecide && len(h.own) == 0 {
			f.Fix = h.notAMember()
		}
		return []Finding{f}, ""
	})
}

// notAMember are the steps where no line of the list is the host's: then no number is
// right for it, and one that some line has would be another server's.
func (h *host) notAMember() []Fix {
	if h.config.Dynamic != "" {
		return []Fix{
			{Host: h.name(), Note: "no line of the list has an address of this host: if it was taken out of the ensemble, leave it stopped"},
			{Host: h.name(), Note: fmt.Sprintf("if it is to come back, add its own server.%d line to %s, start it, and then reconfig -add the line", h.id, h.config.Dynamic)},
		}
	}
	return []Fix{
		{Host: h.name(), Note: "no line of the list has an address of this host: if it is no member any more, leave it stopped"},
		{Note: fmt.Sprintf("if it is to be one, give all servers its server.%d line, then restart one at a time", h.id), Risk: "with no spare voter each restart is an outage"},
	}
}

var myidWrongServerRule = Rule{
	Code: MyidWrongServer, Title: "myid is another server's", Needs: "a server's own files, or conf",
	Explains: slices.Concat(startless, []Code{SelfAddrNotLocal, ProcessWithoutListener, ServerNotServing, ReadOnlyMode}),
	Eval:     checkMyidWrongServer,
}

func checkMyidWrongServer(e *ensemble) result {
	out := e.perHost(func(h *host) ([]Finding, string) {
		if !h.distributed() {
			return nil, ""
		}
		if !h.hasID {
			return nil, h.noID()
		}
		if !h.addressesDecide {
			return nil, "more than one server.N address is this host's, as in a laboratory on loopback"
		}
		if len(h.own) != 1 || h.own[0] == h.id || h.config.Find(h.id) == nil {
			return nil, ""
		}
		f := Finding{
			Severity: e.hostSeverity(h), Certainty: Proven, Servers: h.servers(),
			Summary: fmt.Sprintf("myid says that this is server %d; by its addresses it is server %d.", h.id, h.own[0]),
			Evidence: []Evidence{
				h.myidEvidence(strconv.FormatInt(h.own[0], 10)),
				h.memberEvidence(h.id, "  not an address of this host"),
				h.memberEvidence(h.own[0], "  is an address of this host"),
			},
			Fix: h.writeID(),
		}
		return []Finding{f}, ""
	})
	// Over the network: a server at the address of one line that says it is
	// another. Whoever is already judged by its own files is not judged again.
	judged := false
	for _, s := range e.servers {
		id, source, ok := s.claimed()
		if !ok || !fromServer(source) || s.member == nil || s.member.ID < 0 || !e.isAt(s.member, s) {
			continue
		}
		judged = true
		if id == s.member.ID || hasFinding(out.findings, s.Name) {
			continue
		}
		out.findings = append(out.findings, Finding{
			Severity: e.severity(s), Certainty: Likely, Servers: []string{s.Name},
			Summary: fmt.Sprintf("it is at the address of server %d and says that it is server %d. It works as long as all listen on all addresses; the ids are not where the list has them.", s.member.ID, id),
			Evidence: []Evidence{
				{Source: source, Server: s.Name, Key: "serverId", Value: strconv.FormatInt(id, 10), Wanted: strconv.FormatInt(s.member.ID, 10)},
				{Source: e.list.source, Key: fmt.Sprintf("server.%d", s.member.ID), Value: s.member.Addresses[0].Host, File: s.member.File, Line: s.member.Line},
			},
			Fix: []Fix{{
				Host: s.Name, Note: fmt.Sprintf("stop it, write %d into its myid, start it. Two servers with swapped ids: stop both, write both, start both", s.member.ID),
				Risk: "of 3 servers, stopping 2 is a short outage; one at a time makes a duplicate id",
			}},
		})
	}
	if judged && len(e.hosts) == 0 {
		out.skips = nil
	}
	return out
}

func hasFinding(findings []Finding, name string) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return slices.Contains(f.Servers, name) })
}
