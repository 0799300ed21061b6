package logline

// learnerRows are followers and observers that lose or do not reach their leader, or
// fetch its data (Learner, Follower, Observer).
func learnerRows() []Row {
	const following, observing = "Exception when following the leader", "Exception when observing the leader"
	gone := []string{"process-down", "quorum-port-filtered", "server-hung"}
	silent := []string{"quorum-port-filtered", "server-hung"}
	lost := "The follower lost its leader: the leader stopped, or the link on the quorum port broke."
	quiet := "The follower received nothing from its leader in time: the leader does not respond, or the connection to the quorum port is cut."
	return []Row{
		{Texts: []string{following + "{}timed out"}, Family: "following", Slugs: silent, Why: quiet},
		{Texts: []string{following}, Family: "following", Slugs: gone, Why: lost},
		{Texts: []string{observing + "{}timed out"}, Family: "observing", Slugs: silent, Why: quiet},
		{Texts: []string{observing}, Family: "observing", Slugs: gone, Why: lost},
		{Sign: LeaderUnreached, Texts: []string{"Unexpected exception, tries="}, Slugs: []string{"quorum-port-filtered", "self-addr-loopback"}, Why: "The follower cannot connect to the leader's quorum port and tries again."},
		{Texts: []string{"connectToLeader exceeded", "Unexpected exception, retries exceeded"}, Slugs: []string{"quorum-port-filtered"}, Why: "The follower gave up connecting to the leader's quorum port."},
		{Sign: SnapshotFetched, AtInfo: true, Texts: []string{"Getting a snapshot from leader"}},
	}
}

// leaderRows are leaders that find or keep no quorum (Leader).
func leaderRows() []Row {
	late := "The elected leader gave up because too few followers had its data in time."
	next := []string{"election-in-progress", "quorum-lost"}
	return []Row{
		{Texts: []string{"Timeout while waiting for epoch from quorum", "Timeout while waiting for epoch to be acked by quorum"}, Slugs: []string{"server-not-serving", "quorum-port-filtered"}, Why: "The elected leader waited in vain for enough followers; they did not arrive on its quorum port in time."},
		{Sign: SyncGaveUp, AtInfo: true, Texts: []string{"Timeout while waiting for NEWLEADER to be acked by quorum"}, Slugs: []string{"sync-too-slow", "server-not-serving", "quorum-port-filtered"}, Why: late},
		{Sign: SyncGaveUp, AtInfo: true, Texts: []string{"Waiting for a quorum of followers, only synced with sids"}, Family: "leader stops", Slugs: []string{"sync-too-slow", "quorum-lost", "server-not-serving"}, Why: late},
		{Sign: SyncGaveUp, AtInfo: true, Texts: []string{"Enough followers present{}initTicks need to be increased"}, Slugs: []string{"sync-too-slow"}, Why: "Enough followers came, and had the data of the leader too late."},
		{Texts: []string{"too many concurrent sync"}, Slugs: []string{"sync-too-slow"}, Why: "More observers fetch data at a time than the server gives it to; this one has to wait."},
		{Texts: []string{"Not sufficient followers synced, only synced with sids"}, Family: "leader stops", Slugs: []string{"quorum-lost"}, Why: "The leader stepped down because it lost its quorum of followers."},
		{Texts: []string{"Shutdown called. For the reason "}, Family: "leader stops", Slugs: next, Why: "The leader, or a follower, stepped down; an election follows."},
		{
			Texts: []string{"shutdown Leader! reason: "}, Family: "leader stops",
			Slugs: next, Why: "The leader stepped down; an election follows.",
		},
		{Texts: []string{"zxid lower 32 bits have rolled over"}, Slugs: []string{"zxid-rollover-near", "election-in-progress"}, Why: "The counter of the zxid is full, so the leader calls an election on purpose; it takes seconds."},
	}
}

// lostRows are learners that their leader loses (Leader, LearnerHandler), and what stops
// a server for a while.
func lostRows() []Row {
	return []Row{
		{Texts: []string{"Unexpected exception causing shutdown while sock still open", "Unexpected exception in LearnerHandler", "******* GOODBYE "}, Slugs: []string{"process-down", "server-hung", "quorum-port-filtered"}, Why: "A follower or observer left its leader: it stopped, or the link broke. A port check leaves the same line."},
		{Texts: []string{"Closing connection to peer due to transaction timeout"}, Slugs: []string{"fsync-slow", "follower-lagging"}, Why: "A follower took too long to confirm a transaction, and the leader dropped it."},
		{Texts: []string{"Too busy to snap, skipping"}, Slugs: []string{"fsync-slow"}, Why: "The last snapshot is still being written: the disk is slow, or snapCount is low."},
	}
}

// electionRows are the course of an election (QuorumPeer, FastLeaderElection). They are
// normal, so they come last.
func electionRows() []Row {
	electing := []string{"election-in-progress"}
	const begins = "The server has started an election."
	return []Row{
		{Sign: Asking, AtInfo: true, Texts: []string{notified}, Slugs: []string{"server-not-serving", "quorum-lost"}, Why: "The server is in an election and gets no answer from its peers; the time grows up to 60000 ms.", capture: notifyWait},
		{Texts: []string{"New election. My id = "}, Slugs: electing, Why: begins},
		{Texts: []string{"LEADER ELECTION TOOK - "}, Slugs: electing, Why: "An election has ended on this server."},
		{
			Texts: []string{"LOOKING", "Peer state changed: looking", "PeerState set to LOOKING"},
			Whole: true, Slugs: electing, Why: begins,
		},
	}
}
