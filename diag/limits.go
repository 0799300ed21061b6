package diag

import (
	"cmp"
	"time"
)

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
	// ZxidCounter is the number of transactions of an epoch past which its end is
	// near: 94 % of 2^32, which leaves 3 days at 1,000 writes a second.
	ZxidCounter uint32
	// Descriptors is the share of the file descriptors past which few are left.
	Descriptors float64
	// Latency and Fsync are means past which reads and writes, and the syncs of the
	// transaction log, are slow: 100 ms, where others warn too. A healthy disk takes
	// under 10. ZooKeeper itself logs a sync from 1,000 on (fsync.warningthresholdms).
	Latency, Fsync time.Duration
	// Samples is how many a mean must be of: one slow request is none.
	Samples int64
	// Outstanding is the number of requests that may wait. A healthy server has a
	// handful, for moments.
	Outstanding int64
	// Lag is how many transactions a follower may be behind. Servers are asked at
	// slightly different moments, so some are nothing.
	Lag int64
	// Elections between two looks, more than one a minute, are too many. One is a
	// restart of the leader.
	Elections int64
	// Skew is how far apart the clocks of two servers may be; past MuchSkew it is a
	// warning: Kerberos refuses at 5 minutes.
	Skew, MuchSkew time.Duration
	// Znodes, Watches, Ephemerals and DataSize, in bytes, are what a server holds in
	// memory, past which it is large: a million znodes or watches, a hundred thousand
	// ephemerals, 512 MiB. The heap that the scripts give, 1000 MB from 3.5.5 on, has
	// room for no more than that, and a snapshot of it takes seconds to send.
	Znodes, Watches, Ephemerals, DataSize int64
	// Certificate is how long before its end a certificate should have been renewed; a
	// quarter of its life where that is less, as with those that live for days.
	Certificate time.Duration
	// Quiet is the time after its last change from which a file of a running server
	// counts as it is: a server writes a new log's header, and the epoch after a
	// snapshot, within a second, on a slow disk within some.
	Quiet time.Duration
	// Room is how soon a disk is full for that to be a warning: a month leaves time
	// for a change in working hours.
	Room time.Duration
}

func (l Limits) orDefaults() Limits {
	l.Starting = cmp.Or(l.Starting, 5*time.Minute)
	l.Settled = cmp.Or(l.Settled, 10*time.Second)
	l.Prohibited = cmp.Or(l.Prohibited, 900*time.Millisecond)
	l.ZxidCounter = cmp.Or(l.ZxidCounter, 0xF0000000)
	l.Descriptors = cmp.Or(l.Descriptors, 0.85)
	l.Latency = cmp.Or(l.Latency, 100*time.Millisecond)
	l.Fsync = cmp.Or(l.Fsync, 100*time.Millisecond)
	l.Samples = cmp.Or(l.Samples, 10)
	l.Outstanding = cmp.Or(l.Outstanding, 10)
	l.Lag = cmp.Or(l.Lag, 1000)
	l.Elections = cmp.Or(l.Elections, 2)
	l.Skew = cmp.Or(l.Skew, 5*time.Second)
	l.MuchSkew = cmp.Or(l.MuchSkew, time.Minute)
	l.Znodes = cmp.Or(l.Znodes, 1_000_000)
	l.Watches = cmp.Or(l.Watches, 1_000_000)
	l.Ephemerals = cmp.Or(l.Ephemerals, 100_000)
	l.DataSize = cmp.Or(l.DataSize, 512<<20)
	l.Certificate = cmp.Or(l.Certificate, 30*24*time.Hour)
	l.Quiet = cmp.Or(l.Quiet, 30*time.Second)
	l.Room = cmp.Or(l.Room, 30*24*time.Hour)
	return l
}
