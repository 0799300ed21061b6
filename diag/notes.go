package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// note is the remark beside a server's row; empty where its role says it all.
func note(s *model.Server) string {
	text := conditionText(s)
	if text != "" && s.LostByLeader && s.Role != report.RoleDown {
		text += "; no longer counted by the leader"
	}
	return text
}

func conditionText(s *model.Server) string {
	switch s.Condition {
	case model.NoCondition:
	case model.ServesReadsOnly:
		return "serves reads only: it sees no quorum"
	case model.ServesByAdmin:
		return "serves, as its AdminServer reports"
	case model.ServesNoWords:
		return "serves clients; answers no four-letter words"
	case model.RefusesAsLeader:
		return "leads and refuses clients (leaderServes=no)"
	case model.RunsIdle:
		return "runs, does not serve"
	case model.ElectionPortClosed:
		return "runs, does not serve; election port closed"
	case model.Loading:
		return "starting: loads its data, or is stuck"
	case model.AcceptsOnly:
		return "accepts connections, does not answer"
	case model.HungAndLost:
		return "no answer on its ports; no longer counted by the leader"
	case model.ProcessStopped:
		return "process is stopped"
	case model.PortTaken:
		return "not running; another program holds its port"
	case model.AtAnotherAddress:
		return "runs on this host, at another address"
	case model.AtAnotherPort:
		return "runs; serves clients on another port, or not yet"
	case model.NoSuchName:
		return "no such name"
	case model.RefusedFromHere:
		return "listens, but its ports are refused from here"
	case model.ClosesEarly:
		return "closes connections without an answer"
	case model.TLSFails:
		return "TLS to the client port fails"
	case model.SpeaksTLS:
		return "speaks TLS on its client port"
	case model.AnswersWithoutEnd:
		return "answers without end, not as ZooKeeper does"
	case model.IsKeeper:
		return "a " + s.Keeper.Product + ", " + keeperRole(s.Keeper)
	case model.NotZooKeeperHere:
		return "answers, but not as ZooKeeper does"
	case model.OutOfReach:
		return "not reachable from here"
	case model.SeveralAnswer:
		return "several servers answer here"
	case model.NotChecked:
		return "not checked: " + troubleText(s.Trouble().Kind)
	}
	return ""
}

// troubleText is what kept zkdoctor from a look, in words.
func troubleText(kind snapshot.FailureKind) string {
	switch kind {
	case snapshot.NoDescriptors:
		return "zkdoctor has no file descriptor left"
	case snapshot.NoPorts:
		return "this host has no local port left"
	case snapshot.NoMemory:
		return "this host has no memory left for a connection"
	case snapshot.NoTime:
		return "the time limit of the run was reached"
	default:
		return "a problem on this host"
	}
}
