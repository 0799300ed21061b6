package snapshot

import "github.com/zkdoctor/zkdoctor/probe/zoocfg"

// Opened is a session that was opened and closed again, which only --session asks for:
// both are transactions that the quorum has to confirm. The time that the look took is
// that until it was open, what a client waits for a write.
type Opened struct {
	// MyID is the lowest byte of the server's id: the highest of the session's
	// (SessionTrackerImpl.initializeNextSessionId). It is 1 on a standalone server.
	MyID uint8 `json:"myid"`
	// ReadOnly: it serves reads only, for want of a quorum, and no transaction was made.
	ReadOnly bool `json:"read_only,omitempty"`
	// Members is /zookeeper/config (3.5+); nil where it was not there or is empty, as on
	// a standalone server.
	Members *zoocfg.Membership `json:"members,omitempty"`
}

// Serving is what AskSession saw: the server serves clients.
type Serving struct {
	// ReadOnly: it serves reads only, for want of a quorum.
	ReadOnly bool `json:"read_only,omitempty"`
}
