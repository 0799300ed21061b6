package diag

import "time"

// Limits are the numbers that decide between two readings. Zero means the
// default.
type Limits struct {
	// Starting is the process age past which a server that is still loading its
	// data is a warning: 5 minutes, enough for a snapshot of several GB.
	Starting time.Duration
	// Settled is the process age past which a server must have an election
	// listener: it opens right after the data is loaded, and a failed bind is
	// tried three times, one second apart (QuorumCnxManager.Listener).
	Settled time.Duration
	// Prohibited is the time within which "no route to host" can only be an
	// answer from a firewall: a host that is gone takes ARP three seconds.
	Prohibited time.Duration
}

func (l Limits) orDefaults() Limits {
	l.Starting = orDefault(l.Starting, 5*time.Minute)
	l.Settled = orDefault(l.Settled, 10*time.Second)
	l.Prohibited = orDefault(l.Prohibited, 900*time.Millisecond)
	return l
}

func orDefault(d, def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return d
}
