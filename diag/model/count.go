package model

import "github.com/zkdoctor/zkdoctor/diag/report"

// count sorts the voters. One that was not checked is neither out nor in.
func (e *Ensemble) count() Tally {
	t := Tally{Serving: map[int64]bool{}, Possible: map[int64]bool{}, Alive: map[int64]bool{}, Able: map[int64]bool{}}
	for _, id := range e.List.Quorums.Voters() {
		s := e.ByLine(id)
		if s == nil {
			t.Possible[id], t.Alive[id], t.Able[id] = true, true, true
			switch {
			case e.SilentInSync == Yes:
				t.Serving[id] = true
			case e.SilentLost:
				t.Out = append(t.Out, e.List.Find(id).Addresses[0].Host)
				delete(t.Possible, id)
			default:
				t.Open++
			}
			continue
		}
		if apart(e, s) {
			t.Out = append(t.Out, s.Name)
			continue
		}
		if s.Serving != No {
			t.Able[id] = true
		}
		if s.Role != report.RoleDown {
			t.Alive[id] = true
		}
		vote := e.Vote(s)
		switch {
		case s.Serving == Yes:
			t.Serving[vote], t.Possible[vote] = true, true
		case s.Counted == Yes:
			t.Serving[vote], t.Possible[vote] = true, true
			t.Unseen = append(t.Unseen, s.Name)
		case e.MightLead(s), mayBeNoMember(e, s):
			t.Possible[id] = true
			t.Unseen = append(t.Unseen, s.Name)
			t.Open++
		case s.Serving == No, s.Counted == No:
			t.Out = append(t.Out, s.Name)
		default:
			t.Possible[id] = true
			t.Unseen = append(t.Unseen, s.Name)
			t.Open++
		}
	}
	return t
}
