package diag

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// nonVotingFollowers is the leader's count of them, from 3.6 on.
const nonVotingFollowers = "zk_synced_non_voting_followers"

var nonVotingFollowerRule = Rule{
	Code: NonVotingFollower, Title: "follows, and is no member", Needs: "conf, or the files of its host; or mntr of the leader",
	Eval: checkNonVotingFollower,
}

// checkNonVotingFollower reports servers that follow the leader and are no members: they
// were started to join and have not been added yet, or were taken out and run on (3.5+,
// reconfig). They serve clients and have no vote.
func checkNonVotingFollower(e *ensemble) result {
	var out result
	for _, s := range e.servers {
		if s.outsider {
			out.findings = append(out.findings, e.outsider(s))
		}
	}
	for _, h := range e.hosts {
		if e.outOfItsList(h) && (h.server == nil || !h.server.outsider) {
			out.findings = append(out.findings, e.outsiderHere(h))
		}
	}
	switch lead := e.onlyLeader(); {
	case e.loneStandalone():
	case len(out.findings) > 0:
	case !e.list.inForce():
		return skip(SkipNotTold, "no server told its list of members")
	case lead == nil:
		return skip(SkipNotTold, "the leader was not seen")
	default:
		if n, ok := lead.Mntr.Value.NonVotingFollowers(); ok && n > 0 {
			out.findings = append(out.findings, e.unnamedOutsiders(lead, n))
		}
	}
	return out
}

// joinOrLeave are the two ways to end it. line is the member line to add, empty where it
// is not known.
func (e *ensemble) joinOrLeave(host, line string) []Fix {
	join := Fix{
		Note: "if it is to be a voter, add its line with reconfig -add in zkCli.sh, as a user who may write /zookeeper/config",
		Risk: "one voter more: see that an odd number comes of it",
	}
	if lead := e.onlyLeader(); lead != nil && line != "" {
		join.Host, join.Command = lead.Name, fmt.Sprintf("zkCli.sh -server %s reconfig -add %s", shellWord(zoocfg.HostPort{Host: lead.Host, Port: lead.Port}.String()), shellWord(line))
		join.Note = "if it is to be a voter; as a user who may write /zookeeper/config"
	}
	return []Fix{join, {Host: host, Note: "if it is to leave, stop it, and take it out of the connect strings of clients"}}
}

// outsider is the finding for one that was seen over the network.
func (e *ensemble) outsider(s *server) Finding {
	id, source, _ := s.claimed()
	line := ""
	if s.Quorum.Number > 0 && s.Election.Number > 0 && s.Port > 0 {
		line = fmt.Sprintf("server.%d=%s", id, zoocfg.Server{
			ID: id, Role: zoocfg.Participant, Client: &zoocfg.HostPort{Host: s.Host, Port: s.Port},
			Addresses: []zoocfg.Address{{Host: s.PeerHost(), QuorumPort: s.Quorum.Number, ElectionPort: s.Election.Number}},
		})
	}
	return Finding{
		Severity: Info, Certainty: Proven, Servers: []string{s.Name},
		Summary: fmt.Sprintf("it follows the leader and serves clients, and is no member: the list has no server.%d. It has no vote, and stands in for nobody who has one.", id),
		Evidence: []Evidence{
			{Source: source, Server: s.Name, Key: "serverId", Value: strconv.FormatInt(id, 10)},
			{Source: e.list.source, Key: "servers", Value: idList(e.list.Membership), Wanted: strconv.FormatInt(id, 10) + " among them"},
			{Source: "srvr", Server: s.Name, Key: "Mode", Value: string(s.mode())},
		},
		Fix: e.joinOrLeave(s.Name, line),
	}
}

// outOfItsList reports whether a server of this host runs with a dynamic file that does
// not have it. It ends at a start with such a list: so the list has changed since.
func (e *ensemble) outOfItsList(h *host) bool {
	return h.config != nil && h.config.Dynamic != "" && len(h.config.Servers) > 0 && h.hasID && h.config.Find(h.id) == nil && e.lives(h)
}

// outsiderHere is the finding for one that was seen on its own host.
func (e *ensemble) outsiderHere(h *host) Finding {
	f := Finding{
		Severity: Info, Certainty: Likely, Servers: h.servers(),
		Summary: fmt.Sprintf("the server of this host runs, and is no member: the list has no server.%d. It has no vote, and as things are it will not start again.", h.id),
		Evidence: []Evidence{
			h.myidEvidence("one of " + idList(h.config.Membership)),
			{Source: "zoo.cfg", Server: h.name(), Key: fmt.Sprintf("server.%d", h.id), Value: "not in the list", File: h.config.Dynamic},
		},
		Fix: e.joinOrLeave(h.name(), ""),
	}
	if leader := h.follows(); leader != "" {
		f.Certainty = Proven
		f.Summary = fmt.Sprintf("the server of this host follows the leader and serves clients, and is no member: the list has no server.%d. It has no vote, and as things are it will not start again.", h.id)
		f.Evidence = append(f.Evidence, Evidence{Source: "sockets", Server: h.name(), Key: "connected to", Value: leader + ", a leader's quorum port"})
	}
	return f
}

// follows is the address of the leader that the host's server is connected to; empty for
// none.
func (h *host) follows() string {
	for i := range h.config.Servers {
		ports := quorumPortsOf(&h.config.Servers[i])
		for _, l := range h.Links.Value.Sockets {
			if l.Own && !l.Calling && slices.Contains(ports, l.Remote.Port()) {
				return l.Remote.String()
			}
		}
	}
	return ""
}

// unnamedOutsiders is the finding for those that the leader alone tells of.
func (e *ensemble) unnamedOutsiders(lead *server, n int64) Finding {
	return Finding{
		Severity: Info, Certainty: Proven,
		Summary: fmt.Sprintf("%s of %s is no member and was not looked at. It serves clients, has no vote, and stands in for nobody who has one.", plural(int(n), "follower"), lead.Name),
		Evidence: []Evidence{
			{Source: lead.mntrFrom, Server: lead.Name, Key: nonVotingFollowers, Value: strconv.FormatInt(n, 10), Wanted: "0"},
			{Source: e.list.source, Key: "servers", Value: idList(e.list.Membership)},
		},
		Fix: []Fix{
			{Host: lead.Name, Command: fmt.Sprintf("sudo ss -tn state established '( sport = :%d )'", lead.Quorum.Number), Note: "who is connected to the leader's quorum port; then name it too", Risk: "none"},
			{Note: "add it with reconfig -add if it is to be a voter; stop it if it is to leave"},
		},
	}
}
