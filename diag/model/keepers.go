package model

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// productOf is what all servers are that showed what they are: a ClickHouse Keeper or a RaftKeeper;
// empty for ZooKeeper, for a mixture, and where none showed it.
func productOf(servers []*Server) string {
	product := ""
	for _, s := range servers {
		switch {
		case s.Keeper == nil && s.AnswersAsZooKeeper():
			return ""
		case s.Keeper == nil, s.Keeper.Product == product:
		case product == "" || product == snapshot.SomeKeeper:
			product = s.Keeper.Product
		case s.Keeper.Product != snapshot.SomeKeeper:
			return ""
		}
	}
	return product
}

// AnswersAsZooKeeper reports whether any answer of it is one that ZooKeeper gives, or its process was
// seen.
func (s *Server) AnswersAsZooKeeper() bool {
	return s.Srvr.Seen() || s.NotServing() || s.Srvr.FailedAs(snapshot.NotAllowed) || s.Session.Seen() ||
		s.Admin.Settings.Seen() || s.RunsHere()
}

// keeperStanding is what a Keeper reports of itself, where all are. One that reports its role and
// not that it has a leader is not judged.
func keeperStanding(k *snapshot.Keeper) standing {
	switch {
	case k.Serves == nil, *k.Serves && k.Mode == "":
		return standing{report.RoleUnknown, Unknown, IsKeeper}
	case !*k.Serves:
		return standing{report.NotServing, No, IsKeeper}
	}
	return standing{report.Role(k.Mode), Yes, IsKeeper}
}

// KeeperBehind is the leader of Keepers that reports that too few of its peers keep up with it for
// a majority; nil for none.
func KeeperBehind(e *Ensemble) *Server {
	for _, s := range e.Servers {
		if k := s.Keeper; e.Product != "" && s.Role == report.Leader && k.Peers != nil && k.SyncedPeers != nil &&
			2*(*k.SyncedPeers+1) <= *k.Peers+1 {
			return s
		}
	}
	return nil
}

// keeperPeersMissing reports whether a leader of Keepers has more or fewer peers than were given:
// how many vote is then not known. Those without a vote are among them.
func keeperPeersMissing(e *Ensemble) bool {
	for _, s := range e.Servers {
		k := s.Keeper
		if e.Product != "" && s.Role == report.Leader && k.Peers != nil && *k.Peers+1 != int64(e.distinct) {
			return true
		}
	}
	return false
}
