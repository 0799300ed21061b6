package snapshot

import "time"

// Look is what became of one look at a server, without what it saw.
type Look struct {
	// Name says what was looked at, for people.
	Name string
	// Word is the four-letter word that was asked; 0 for any other look.
	Word    Word
	Tried   bool
	Took    time.Duration
	Failure *Failure
}

// FailedAs reports whether the look was made and failed with this kind.
func (l Look) FailedAs(kind FailureKind) bool {
	return l.Tried && l.Failure != nil && l.Failure.Kind == kind
}

// Answered reports whether it was ZooKeeper that gave a word its answer, if only that it
// may not be asked or that the server does not serve.
func (l Look) Answered() bool {
	return l.Tried && l.Failure == nil || l.FailedAs(NotAllowed) || l.FailedAs(NotServing)
}

// Looks are all looks at the server, made or not, in the order in which they are shown.
func (s *Server) Looks() []Look {
	return []Look{
		named("resolve", s.Resolve),
		named("resolve peer host", s.PeerResolve),
		named("client port", s.Client),
		named("quorum port", s.Quorum.Look),
		named("election port", s.Election.Look),
		asked(WordSrvr, s.Srvr),
		asked(WordMntr, s.Mntr),
		asked(WordConf, s.Conf),
		asked(WordEnvi, s.Envi),
		asked(WordRuok, s.Ruok),
		asked(WordIsro, s.Isro),
		named("serving probe", s.Session),
		named("AdminServer", s.Admin.Settings),
		named("AdminServer stats", s.Admin.Stats),
		named("AdminServer voters", s.Admin.Voters),
		named("AdminServer leader", s.Admin.Leader),
		named("AdminServer monitor", s.Admin.Monitor),
		named("AdminServer clients", s.Admin.Clients),
		named("AdminServer clock", s.Admin.Clock),
		named("session", s.Opened),
		named("held connections", s.Held),
	}
}

func named[T any](name string, o Obs[T]) Look {
	return Look{Name: name, Tried: o.Tried, Took: o.Took, Failure: o.Failure}
}

func asked[T any](word Word, o Obs[T]) Look {
	look := named(word.String(), o)
	look.Word = word
	return look
}

// Cancelled reports whether the run ended before a look at the server did, or could begin.
func (s *Server) Cancelled() bool {
	for _, look := range s.Looks() {
		if look.FailedAs(Cancelled) || look.FailedAs(NoTime) {
			return true
		}
	}
	return false
}

// Trouble is what kept zkdoctor itself from asking the client port; nil for nothing.
func (s *Server) Trouble() *Failure {
	for _, failure := range []*Failure{s.Resolve.Failure, s.Client.Failure, s.Srvr.Failure} {
		if failure != nil && failure.Kind.Trouble() {
			return failure
		}
	}
	return nil
}
