package snapshot

import (
	"fmt"
	"slices"
	"strconv"
)

// Again is what a server was asked once more, because its answers can hardly be of one server.
type Again struct {
	Srvr Obs[Srvr] `json:"srvr,omitzero"`
	Conf Obs[Conf] `json:"conf,omitzero"`
	Envi Obs[Envi] `json:"envi,omitzero"`
}

// Mark is a part of an answer by which one server is told from another: it stays the same
// as long as a process runs.
type Mark struct {
	// By is the word, Key the line of its answer.
	By, Key, Value string
}

// Marks are those of all answers of a look, in the order in which they came.
func (s *Server) Marks() []Mark {
	if s.Keeper != nil {
		return nil // its words are its own
	}
	var marks []Mark
	add := func(by Word, key, value string) {
		if value != "" {
			marks = append(marks, Mark{by.String(), key, value})
		}
	}
	conf := func(c Obs[Conf]) {
		if !c.Seen() {
			return
		}
		if c.Value.ServerID != nil {
			add(WordConf, "serverId", strconv.FormatInt(*c.Value.ServerID, 10))
		}
		if c.Value.ClientPort != nil {
			add(WordConf, "clientPort", strconv.Itoa(*c.Value.ClientPort))
		}
		add(WordConf, "dataDir", c.Value.DataDir)
	}
	envi := func(e Obs[Envi]) {
		add(WordEnvi, "version", e.Value.Version.Full)
		add(WordEnvi, "host.name", e.Value.HostName)
	}
	add(WordSrvr, "version", s.Srvr.Value.Version.Full)
	conf(s.Conf)
	envi(s.Envi)
	for i := range s.Again {
		add(WordSrvr, "version", s.Again[i].Srvr.Value.Version.Full)
		conf(s.Again[i].Conf)
		envi(s.Again[i].Envi)
	}
	return marks
}

// Several are the marks by which the answers of a run are of more than one server, each once,
// in the order in which they came; nil where one server may have given them all. looks are those
// of the run, the first one first.
//
// Between two looks a server may be started again with another configuration, and within one
// it is not: that takes longer, and refuses a connection. So it takes two values in one look, or
// one that comes back after another.
func Several(looks ...*Server) []Mark {
	var marks []Mark
	type key struct{ by, key string }
	apart := map[key]bool{}
	last, known := map[key]string{}, map[Mark]bool{}
	for _, s := range looks {
		inLook := map[key]bool{}
		for _, m := range s.Marks() {
			k := key{m.By, m.Key}
			was, before := last[k]
			if before && was != m.Value && (inLook[k] || known[m]) {
				apart[k] = true
			}
			if !known[m] {
				marks = append(marks, m)
			}
			last[k], inLook[k], known[m] = m.Value, true, true
		}
	}
	if len(apart) == 0 {
		return nil
	}
	return slices.DeleteFunc(marks, func(m Mark) bool { return !apart[key{m.By, m.Key}] })
}

// WithoutAnswers is the server as its sockets alone show it.
func (s *Server) WithoutAnswers() *Server {
	return &Server{
		Name: s.Name, Target: s.Target, Resolve: s.Resolve, PeerResolve: s.PeerResolve,
		Client: s.Client, Quorum: s.Quorum, Election: s.Election, Held: s.Held,
	}
}

// Contradiction says why the answers of a look can hardly be of one server, nor of the one that
// answered in an earlier look; empty where they can. earlier is nil for none. It proves nothing:
// an election or a restart in between may show the same.
func (s *Server) Contradiction(earlier *Server) string {
	if s.Keeper != nil {
		return ""
	}
	if earlier != nil {
		was := map[string]string{}
		for _, m := range earlier.Marks() {
			was[m.By+m.Key] = m.Value
		}
		for _, m := range s.Marks() {
			if then, known := was[m.By+m.Key]; known && then != m.Value {
				return fmt.Sprintf("%s: %s %s, and in the check before %s", m.By, m.Key, m.Value, then)
			}
		}
	}
	if several := Several(s); several != nil {
		return fmt.Sprintf("%s: %s has two values", several[0].By, several[0].Key)
	}
	state, hasState := s.Mntr.Value.State()
	version, hasVersion := s.Mntr.Value.Version()
	switch {
	case s.Srvr.FailedAs(NotServing) && s.Isro.Seen() && s.Isro.Value != IsroNull:
		return "srvr: not serving, isro: " + string(s.Isro.Value)
	case !s.Srvr.Seen():
		return ""
	case s.Conf.FailedAs(NotServing), s.Mntr.FailedAs(NotServing):
		return fmt.Sprintf("srvr: %s, conf or mntr: not serving", s.Srvr.Value.Mode)
	case hasVersion && version.Full != s.Srvr.Value.Version.Full:
		return fmt.Sprintf("srvr: %s, mntr: %s", s.Srvr.Value.Version, version)
	case hasState && state != s.Srvr.Value.Mode:
		return fmt.Sprintf("srvr: %s, mntr: %s", s.Srvr.Value.Mode, state)
	}
	return ""
}

// Between srvr and mntr a server counts at least the two questions that follow srvr, conf and
// mntr. mostBetween is how many more packets it may well get meanwhile, beside one of a hundred
// of all that it has got: it is a matter of milliseconds.
const (
	leastBetween = 2
	mostBetween  = 10
)

// CountsApart reports whether the counters of srvr and those of mntr, asked after conf, can
// hardly be of one server.
func (s *Server) CountsApart() bool { return s.countsApart(leastBetween) }

// CountsApartWithoutConf is CountsApart where conf was not asked.
func (s *Server) CountsApartWithoutConf() bool { return s.countsApart(leastBetween - 1) }

func (s *Server) countsApart(least int64) bool {
	mntr, ok := s.Mntr.Value.Count("zk_packets_received")
	if !ok || !s.Srvr.Seen() || s.Keeper != nil {
		return false
	}
	grew := mntr - s.Srvr.Value.Received
	return grew < least || grew > least+mostBetween+s.Srvr.Value.Received/100
}
