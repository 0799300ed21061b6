package snapshot

// Committed is the newest transaction that any member of the quorum had; 0 where none told.
func (s *Snapshot) Committed() Zxid {
	var newest Zxid
	for i := range s.Servers {
		if stats := s.Servers[i].Stats(); stats.Seen() && stats.Value.Mode.InQuorum() {
			newest = max(newest, stats.Value.Zxid)
		}
	}
	return newest
}

// Lacks reports whether a server with one zxid lacks transactions up to another. A learner that has
// seen no write of its leader's epoch shows an older zxid and lacks nothing.
func (z Zxid) Lacks(newest Zxid) bool {
	if z.Epoch() < newest.Epoch() {
		return newest.Counter() > 0
	}
	return z < newest
}
