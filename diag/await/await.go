// Package await judges whether a state is there that somebody waits for. It does no I/O and knows
// no clock: what it is given are snapshots.
package await

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// State is what is waited for.
type State struct {
	// Text is as it was written.
	Text string

	kind  string
	spare int
	// server is a host, or host:port.
	server   string
	severity report.Severity
}

// Forms are how a state is written, as far as it is always the same.
var Forms = []string{"serving", "quorum", "leader", "spare=", "in-sync=", "no-findings"}

// Parse reads a state. The error is a sentence for the user.
func Parse(text string) (State, error) {
	kind, value, given := strings.Cut(text, "=")
	s := State{Text: text, kind: kind, severity: report.Warning}
	switch kind {
	case "serving", "quorum", "leader":
		if !given {
			return s, nil
		}
	case "spare":
		n, err := strconv.Atoi(value)
		if s.spare = n; err == nil && n >= 0 {
			return s, nil
		}
	case "in-sync":
		if s.server = value; value != "" {
			return s, nil
		}
	case "no-findings":
		s.severity = report.Severity(value)
		switch {
		case !given:
			s.severity = report.Warning
			return s, nil
		case slices.Contains(severities, s.severity):
			return s, nil
		}
	}
	return s, fmt.Errorf("--for %q is not a state: use serving, quorum, leader, spare=N, in-sync=SERVER, no-findings or no-findings=SEVERITY (critical, warning or info)", text)
}

// UnmarshalText makes a state a flag.
func (s *State) UnmarshalText(text []byte) (err error) {
	*s, err = Parse(string(text))
	return err
}

// severities are those, the worst first.
var severities = []report.Severity{report.Critical, report.Warning, report.Info}

// Needs reports whether the state takes two looks to be seen.
func (s State) Needs() bool { return s.kind == "in-sync" || s.kind == "no-findings" }

// Answer is whether the state is there.
type Answer struct {
	Holds bool
	// Known is false where the question has no answer yet: the server is none of those checked.
	Known bool
	// Text is how it stands, for people.
	Text string
	// ExitCode is that of the check.
	ExitCode int
}

// MayLead reports, server by server, whether it serves nobody and may lead all the same.
func MayLead(snap *snapshot.Snapshot) []bool {
	e := model.New(snap)
	out := make([]bool, len(e.Servers))
	for i, s := range e.Servers {
		out[i] = e.MightLead(s)
	}
	return out
}

// Judge answers from a snapshot. brief is set where it has one word of each server: then the
// answer is whether a whole look is worth it.
func (s State) Judge(snap *snapshot.Snapshot, o diag.Options, brief bool) Answer {
	r := diag.Diagnose(snap, o)
	v := r.Verdict
	a := Answer{Known: true, Text: v.State.Word() + "  " + v.Summary, ExitCode: v.ExitCode}
	if r.Incomplete != "" && !brief {
		a.Known = false
		return a
	}
	if e := model.New(snap); brief && v.State == report.Unknown && e.ServesAnywhere() {
		a.Holds = true // a leader may serve no clients: more than one word tells
		return a
	}
	serves := v.State == report.Serving || v.State == report.Degraded
	switch s.kind {
	case "serving":
		a.Holds = v.State == report.Serving && (brief || len(v.Unseen) == 0)
	case "quorum":
		a.Holds = serves
	case "leader":
		a.Holds = serves && len(v.Leaders) == 1 || model.New(snap).LoneStandalone()
	case "spare":
		a.Holds = v.Spare != nil && *v.Spare >= s.spare
		if brief {
			a.Holds = serves // who votes may be in the words that were not asked
		}
	case "in-sync":
		return s.inSync(model.New(snap), a, brief)
	case "no-findings":
		return s.noFindings(r, a, brief)
	}
	return a
}

// means reports whether in-sync is about that server.
func (s State) means(server *model.Server) bool {
	called := func(name string) bool { return strings.EqualFold(name, s.server) }
	return called(server.Name) || called(server.Host) || called(server.Address())
}

// inSync: the server follows or leads, and has now what any had before.
func (s State) inSync(e *model.Ensemble, a Answer, brief bool) Answer {
	var server *model.Server
	if i := slices.IndexFunc(e.Servers, s.means); i >= 0 {
		server = e.Servers[i]
	}
	switch {
	case server == nil:
		a.Known, a.Text = false, s.server+" is not among the servers that were checked"
	case server.Serving != model.Yes || server.Role == report.ReadOnly:
		a.Text = fmt.Sprintf("%s is %s", server.Name, server.Role)
	case brief:
		a.Holds, a.Text = true, fmt.Sprintf("%s is %s", server.Name, server.Role)
	case server.Role == report.Leader:
		a.Holds, a.Text = true, server.Name+" leads"
	case e.Before == nil || !server.Stats().Seen():
		a.Text = "how far " + server.Name + " is was not reported"
	default:
		own, newest := server.Stats().Value.Zxid, e.Before.Snap.Committed()
		a.Holds = !own.Lacks(newest)
		a.Text = fmt.Sprintf("%s is %s, zxid %s", server.Name, server.Role, own)
		if !a.Holds {
			a.Text += ", others had " + newest.String()
		}
	}
	return a
}

// noFindings: nothing is found of that severity or a worse one, and a quorum serves.
func (s State) noFindings(r *report.Report, a Answer, brief bool) Answer {
	worst := severities[:slices.Index(severities, s.severity)+1]
	var found []string
	for _, f := range slices.Concat(r.Findings, r.Folded) {
		if slices.Contains(worst, f.Severity) && !slices.Contains(found, string(f.Code)) {
			found = append(found, string(f.Code))
		}
	}
	a.Holds = r.Verdict.State == report.Serving && (brief || len(found) == 0 && len(r.Unexplained) == 0)
	if len(found) > 0 {
		a.Text = "found: " + strings.Join(found, ", ")
	}
	return a
}
