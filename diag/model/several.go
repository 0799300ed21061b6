package model

import "github.com/zkdoctor/zkdoctor/probe/snapshot"

// Several is a target behind which more than one server answered in a run.
type Several struct {
	// Marks are what tells them apart.
	Marks []snapshot.Mark
	// Looks are all that was answered, the first look first.
	Looks []*snapshot.Server
}

// several are such targets, by name.
type several map[string]*Several

// severalOf finds them. An earlier run is no part of this one.
func severalOf(snap *snapshot.Snapshot) several {
	out := several{}
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

// newServer is a server of a look. Of a target with several servers nothing is taken that one of
// them said: no row is made of the answers of two.
func (t several) newServer(s *snapshot.Server, secure bool) *Server {
	found := t[s.Name]
	if found != nil {
		s = s.WithoutAnswers()
	}
	v := newServer(s, secure)
	v.Several = found
	return v
}
