package diag

// note is the remark beside a server's row; empty where its role says it all.
func note(s *server) string {
	text := conditionText(s)
	if text != "" && s.lost && s.role != RoleDown {
		text += "; lost by the leader"
	}
	return text
}

func conditionText(s *server) string {
	switch s.condition {
	case ServesReadsOnly:
		return "serves reads only, for want of a quorum"
	case ServesByAdmin:
		return "serves, as its AdminServer says"
	case ServesWordless:
		return "serves clients; answers no four-letter word"
	case RefusesAsLeader:
		return "leads and refuses clients (leaderServes=no)"
	case RunsIdle:
		return "runs, and is not serving"
	case ElectionPortClosed:
		return "runs, not serving; election port closed"
	case Loading:
		return "starting: loading its data, or stuck in it"
	case AcceptsOnly:
		return "accepts connections, does not answer"
	case SwallowsAndLost:
		return "swallows connections, lost by the leader"
	case ProcessStopped:
		return "its process is stopped"
	case PortTaken:
		return "not running; another program has its port"
	case AtAnotherAddress:
		return "runs on this host, at another address"
	case AtAnotherPort:
		return "runs; serves clients on another port, or not yet"
	case NoSuchName:
		return "no such name"
	case RefusedFromHere:
		return "listens, and its ports are refused from here"
	case ClosesEarly:
		return "closes before it has answered"
	case TLSFails:
		return "TLS to its client port fails"
	case SpeaksTLS:
		return "speaks TLS on its client port"
	case AnswersWithoutEnd:
		return "answers without end, not as ZooKeeper"
	case IsKeeper:
		return "a " + s.Keeper.Product + ", " + s.keeperRole()
	case NotZooKeeperHere:
		return "answers, but not as ZooKeeper"
	case OutOfReach:
		return "could not be reached from here"
	}
	return ""
}
