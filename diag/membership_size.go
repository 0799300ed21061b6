package diag

import (
	"fmt"
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// The rule about a list of members that is longer than any ensemble.

const MembershipTooLarge report.Code = "membership-too-large"

var membershipTooLargeRule = Rule{
	Code: MembershipTooLarge, Title: "member list is too long", Needs: "conf or a configuration",
	Traits: theory.Traits{BreaksStart: true},
	Eval:   checkMembershipTooLarge,
}

func checkMembershipTooLarge(e *model.Ensemble) Outcome {
	var files []report.Finding
	if c := e.Snap.Plan.Config; c != nil && len(e.Hosts) == 0 {
		files = append(files, longFiles(c.Servers, nil, "")...)
	}
	for _, h := range e.Hosts {
		if h.Settings != nil {
			files = append(files, longFiles(h.Settings.Servers, serversOf(h), nameOf(h))...)
		}
	}
	return eachServer(e, func(s *model.Server) Outcome {
		source, text := longList(s)
		switch {
		case text != "":
			return found(report.Finding{
				Severity: report.Warning, Certainty: report.Proven,
				Summary: "zkdoctor does not read a list of this length: members are taken from other servers, from a file, or from the targets.",
				Evidence: []report.Evidence{{
					Source: source, Key: "members", Value: text, Wanted: "at most " + strconv.Itoa(snapshot.MaxMembers),
				}},
				Fix: []report.Fix{
					inspect(s.Name, fmt.Sprintf("printf conf | nc -w 2 %s %d | grep -ac '^server\\.'", shellWord(s.Host), s.Port),
						"count the server.N lines that it runs with"),
					{Note: "if it is a server of the ensemble, remove the lines of servers that do not exist; if not, remove it from the targets"},
				},
			})
		case s.OwnList() == nil && e.Snap.Plan.Config == nil:
			return skip(report.SkipNotReported, "it reported no member list")
		}
		return Outcome{}
	}).and(found(files...))
}

// longList is what reported a list of too many members for a server, and how many or how
// large; empty where none did.
func longList(s *model.Server) (source, text string) {
	switch {
	case s.Server.Conf.FailedAs(snapshot.TooLarge):
		return model.SourceConf, s.Server.Conf.Failure.Text
	case s.Opened.FailedAs(snapshot.TooLarge):
		return string(snapshot.BySession), s.Opened.Failure.Text
	case s.Admin.Voters.FailedAs(snapshot.TooLarge):
		return model.SourceAdmin, s.Admin.Voters.Failure.Text
	case s.RunsWith != nil && len(s.RunsWith.Servers) > snapshot.MaxMembers:
		return string(s.RunsWith.By), plural(len(s.RunsWith.Servers), "member")
	}
	return "", ""
}

// longFiles is the finding about the lines of one configuration, if they are too many.
func longFiles(lines []zoocfg.Server, servers []string, name string) []report.Finding {
	if len(lines) <= snapshot.MaxMembers {
		return nil
	}
	return []report.Finding{{
		Severity: report.Warning, Certainty: report.Proven, Servers: servers,
		Summary: "no real ensemble has so many servers, and each server tries to reach all voters of the list.",
		Evidence: []report.Evidence{{
			Source: "zoo.cfg", Server: name, Key: "servers", Value: plural(len(lines), "member"),
			Wanted: "at most " + strconv.Itoa(snapshot.MaxMembers), File: lines[0].File, Line: lines[0].Line,
		}},
		Fix: steps(name, "remove the lines of servers that do not exist, on all servers; restart one server at a time"),
	}}
}
