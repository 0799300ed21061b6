package model

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// editedAfter is how long after the start of a process its file must have been changed: what
// writes the file and then becomes the server, as the start of a container does, is one process.
const editedAfter = time.Minute

// Edited reports whether the zoo.cfg of the host was changed after its process had started, so
// that what it says is not what runs. One that names a dynamic file ZooKeeper rewrites itself.
func (h *Host) Edited() bool {
	return h.Process != nil && !h.Process.Started.IsZero() && h.Settings != nil && h.Settings.Dynamic == "" &&
		h.Settings.Modified.After(h.Process.Started.Add(editedAfter))
}

// onlyEdited reports whether members stand in a file that was edited after the start of its
// server, and in that of no other server.
func onlyEdited(e *Ensemble, m zoocfg.Membership) bool {
	has := func(edited bool) bool {
		return slices.ContainsFunc(e.Hosts, func(h *Host) bool {
			return h.Settings != nil && h.Edited() == edited && h.Settings.SameMembers(m)
		})
	}
	return has(true) && !has(false)
}

// allServe reports whether each voter of the list says that it serves: then the list is at
// least one of servers that run.
func allServe(e *Ensemble) bool {
	return !slices.ContainsFunc(e.List.Quorums.Voters(), func(id int64) bool {
		s := e.ByLine(id)
		return s == nil || s.Serving != Yes
	})
}

// mayBeNoMember reports whether a server may not be a member yet, or no more: the list is one
// that no server was started with, and nothing shows a server there.
func mayBeNoMember(e *Ensemble, s *Server) bool {
	return e.List.Edited && e.ProvesQuorum() && (s.Role == report.RoleDown || s.Serving == Unknown)
}
