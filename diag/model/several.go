package model

import "github.com/zkdoctor/zkdoctor/probe/snapshot"

// Several is a target behind which more than one server answered in a run.
type Several struct {
	// Marks are what tells them apart.
	Marks []snapshot.Mark
	// Looks are all that was answered, the first look first.
	Looks []*snapshot.Server
}

// severalTargets are such targets, by name.
type severalTargets map[string]*Several

// severalOf finds them. An earlier run is no part of this one.
func severalOf(snap *snapshot.Snapshot) severalTargets {
	out := severalTargets{}
	var first map[string]*snapshot.Server
	if snap.Before != nil && !snap.EarlierRun {
		first = make(map[string]*snapshot.Server, len(snap.Before.Servers))
		for i := range snap.Before.Servers {
			first[snap.Before.Servers[i].Name] = &snap.Before.Servers[i]
		}
	}
	for i := range snap.Servers {
		s := &snap.Servers[i]
		looks := []*snapshot.Server{s}
		if b := first[s.Name]; b != nil {
			looks = []*snapshot.Server{b, s}
		}
		if marks := snapshot.Several(looks...); marks != nil {
			out[s.Name] = &Several{marks, looks}
		}
	}
	return out
}

// server is a server of a look, with what may be taken from it. Of a target with several servers
// that is nothing that one of them said: no row is made of the answers of two.
func (t severalTargets) server(s *snapshot.Server) *snapshot.Server {
	if t[s.Name] != nil {
		return s.WithoutAnswers()
	}
	return s
}
