package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const NonVotingFollower report.Code = "non-voting-follower"

var nonVotingFollowerRule = Rule{
	Code: NonVotingFollower, Title: "non-member follows the leader", Needs: "conf, or the files of its host; or mntr of the leader",
	Eval: checkNonVotingFollower,
}

// checkNonVotingFollower reports servers that follow the leader and are no members: they
// were started to join and have not been added yet, or were taken out and run on (3.5+,
// reconfig). They serve clients and have no vote.
func checkNonVotingFollower(e *model.Ensemble) Outcome {
	var nonMembers []report.Finding
	for _, s := range e.Servers {
		if s.NonMember {
			nonMembers = append(nonMembers, nonMemberFinding(e, s))
		}
	}
	for _, h := range e.Hosts {
		if e.OutOfItsList(h) && (h.Server == nil || !h.Server.NonMember) {
			nonMembers = append(nonMembers, nonMemberHere(e, h))
		}
	}
	switch lead := e.OnlyLeader(); {
	case e.LoneStandalone():
	case len(nonMembers) > 0:
	case !e.List.InForce():
		return skip(report.SkipNotReported, "no server reported its member list")
	case lead == nil:
		return skip(report.SkipNotReported, "the leader was not seen")
	default:
		if n, ok := lead.Mntr.Value.NonVotingFollowers(); ok && n > 0 {
			nonMembers = append(nonMembers, unnamedNonMembers(e, lead, n))
		}
	}
	return found(nonMembers...)
}

// joinOrLeave are the two ways to end it. line is the member line to add, empty where it
// is not known.
func joinOrLeave(e *model.Ensemble, host, line string) []report.Fix {
	join := report.Fix{
		Note: "if it must be a voter, add its line with reconfig -add in zkCli.sh, as a user who may write /zookeeper/config",
		Risk: "one more voter: keep the number of voters odd",
	}
	if lead := e.OnlyLeader(); lead != nil && line != "" {
		join.Host, join.Command = lead.Name, fmt.Sprintf("zkCli.sh -server %s reconfig -add %s",
			shellWord(zoocfg.HostPort{Host: lead.Host, Port: lead.Port}.String()), shellWord(line))
		join.Note = "if it must be a voter; run as a user who may write /zookeeper/config"
	}
	return []report.Fix{join, step(host, "if it must not be a member, stop it, and remove it from the connect strings of clients")}
}

// nonMemberFinding is the finding for one that was seen over the network.
func nonMemberFinding(e *model.Ensemble, s *model.Server) report.Finding {
	id, source, _ := s.Claimed()
	line := ""
	if s.Quorum.Number > 0 && s.Election.Number > 0 && s.Port > 0 {
		line = fmt.Sprintf("server.%d=%s", id, zoocfg.Server{
			ID: id, Role: zoocfg.Participant, Client: &zoocfg.HostPort{Host: s.Host, Port: s.Port},
			Addresses: []zoocfg.Address{{Host: s.PeerHost(), QuorumPort: s.Quorum.Number, ElectionPort: s.Election.Number}},
		})
	}
	return report.Finding{
		Severity: report.Info, Certainty: report.Proven, Servers: []string{s.Name},
		Summary: fmt.Sprintf("it follows the leader and serves clients, but is not a member: the list has no server.%d. It has no vote and does not replace a voter.", id),
		Evidence: []report.Evidence{
			{Source: source, Server: s.Name, Key: "serverId", Value: fmt.Sprint(id)},
			{
				Source: e.List.Source, Key: "servers",
				Value: idList(e.List.Membership), Wanted: fmt.Sprint(id) + " among them",
			},
			{Source: "srvr", Server: s.Name, Key: "Mode", Value: string(s.Mode())},
		},
		Fix: joinOrLeave(e, s.Name, line),
	}
}

// nonMemberHere is the finding for one that was seen on its own host.
func nonMemberHere(e *model.Ensemble, h *model.Host) report.Finding {
	f := report.Finding{
		Severity: report.Info, Certainty: report.Likely, Servers: serversOf(h),
		Summary: fmt.Sprintf("the server of this host runs, but is not a member: the list has no server.%d. It has no vote, and will not start again with this list.", h.ID),
		Evidence: []report.Evidence{
			myidEvidence(h, "one of "+idList(h.Settings.Membership)),
			{
				Source: "zoo.cfg", Server: nameOf(h), Key: fmt.Sprintf("server.%d", h.ID),
				Value: "not in the list", File: h.Settings.Dynamic,
			},
		},
		Fix: joinOrLeave(e, nameOf(h), ""),
	}
	if leader := follows(h); leader != "" {
		f.Certainty = report.Proven
		f.Summary = fmt.Sprintf("the server of this host follows the leader and serves clients, but is not a member: the list has no server.%d. It has no vote, and will not start again with this list.", h.ID)
		addEvidence(&f, report.Evidence{
			Source: "sockets", Server: nameOf(h), Key: "connected to", Value: leader + ", a leader's quorum port",
		})
	}
	return f
}

// follows is the address of the leader that the host's server is connected to; empty for
// none.
func follows(h *model.Host) string {
	for i := range h.Settings.Servers {
		ports := model.QuorumPortsOf(&h.Settings.Servers[i])
		for _, l := range h.Links.Value.Sockets {
			if l.Own && !l.Calling && slices.Contains(ports, l.Remote.Port()) {
				return l.Remote.String()
			}
		}
	}
	return ""
}

// unnamedNonMembers is the finding for those that the leader alone tells of.
func unnamedNonMembers(e *model.Ensemble, lead *model.Server, n int64) report.Finding {
	return report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: fmt.Sprintf("%s of %s is not a member and was not checked. It serves clients, has no vote, and does not replace a voter.", plural(int(n), "follower"), lead.Name),
		Evidence: []report.Evidence{
			{
				Source: lead.MntrFrom, Server: lead.Name, Key: model.NonVotingFollowers,
				Value: fmt.Sprint(n), Wanted: "0",
			},
			{Source: e.List.Source, Key: "servers", Value: idList(e.List.Membership)},
		},
		Fix: []report.Fix{
			inspect(lead.Name, fmt.Sprintf("sudo ss -tn state established '( sport = :%d )'", lead.Quorum.Number), "find out which hosts are connected to the leader's quorum port; add the unknown one to the targets"),
			{Note: "add it with reconfig -add if it must be a voter; stop it if it must not be a member"},
		},
	}
}
