package model

// HasOracle reports whether an outside program may stand in for a vote (3.8+).
func (e *Ensemble) HasOracle() bool {
	for _, h := range e.Hosts {
		if h.Settings != nil {
			if _, set := h.Settings.Property("oraclePath"); set {
				return true
			}
		}
	}
	if c := e.Snap.Plan.Config; c != nil {
		_, set := c.Property("oraclePath")
		return set
	}
	return false
}

// MayHaveOracle reports whether there may be one that was not seen: it takes two voters,
// 3.8 or later, and no word over the network reports it.
func (e *Ensemble) MayHaveOracle() bool {
	if e.Snap.Plan.Config != nil || len(e.List.Quorums.Voters()) != 2 {
		return false
	}
	for _, h := range e.Hosts {
		if h.Settings != nil {
			return false
		}
	}
	for _, s := range e.Servers {
		if version, ok := s.Version(); ok && !version.AtLeast(3, 8, 0) {
			return false
		}
	}
	return true
}
