package snapshot

// GoesOn reports whether srvr shows that the process still runs which answered an earlier look, at
// the same address, in the role and under the leader that it had then: what it counts has grown at
// least by the two questions that it was asked since, mntr and this srvr. A restart and an election
// end it, and so does a reset of the counters. Of several servers behind one name it may be true
// by chance.
func (s *Server) GoesOn(earlier *Server) bool {
	if !s.Srvr.Seen() || !earlier.Srvr.Seen() || s.Keeper != nil || earlier.Keeper != nil || s.At() != earlier.At() {
		return false
	}
	const asked = 2
	now, was := &s.Srvr.Value, &earlier.Srvr.Value
	return now.Version.Full == was.Version.Full && now.Mode == was.Mode && now.ReadOnly == was.ReadOnly &&
		now.Zxid.Epoch() == was.Zxid.Epoch() && now.Zxid >= was.Zxid &&
		now.Received >= was.Received+asked && now.Sent >= was.Sent
}
