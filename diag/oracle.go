package diag

// An oracle (oraclePath, 3.8 and later) is an outside program that may let one of two
// voters go on alone (QuorumOracleMaj).

// hasOracle reports whether an outside program may stand in for a vote (3.8+).
func (e *ensemble) hasOracle() bool {
	for _, h := range e.hosts {
		if h.config != nil {
			if _, set := h.config.Property("oraclePath"); set {
				return true
			}
		}
	}
	if c := e.snap.Plan.Config; c != nil {
		_, set := c.Property("oraclePath")
		return set
	}
	return false
}

// mayHaveOracle reports whether there may be one that was not seen: it takes two voters,
// 3.8 or later, and no word over the network tells of it.
func (e *ensemble) mayHaveOracle() bool {
	if e.snap.Plan.Config != nil || len(e.list.quorum.Voters()) != 2 {
		return false
	}
	for _, h := range e.hosts {
		if h.config != nil {
			return false
		}
	}
	for _, s := range e.servers {
		if version, ok := s.version(); ok && !version.AtLeast(3, 8, 0) {
			return false
		}
	}
	return true
}

// splitByOracle reports whether two leaders can only be explained by an oracle that lets
// each of two voters go on without the other: they have one list, and no majority of it.
func (e *ensemble) splitByOracle() bool {
	_, lists := e.ownLists()
	return different(lists...) == 1 && len(e.list.quorum.Voters()) == 2 && (e.hasOracle() || e.mayHaveOracle())
}
