package findings

import "slices"

// settingSignatures are values of zoo.cfg that a server dies of (QuorumPeerConfig,
// QuorumPeer.QuorumServer, QuorumHierarchical).
func settingSignatures() []signature {
	slugs := []string{"process-down"}
	config := func(why string, parts ...string) signature {
		return signature{parts: parts, slugs: slugs, why: why + " zkdoctor lint names the line."}
	}
	return []signature{
		config("A value of zoo.cfg cannot be read, so the server does not start.", "error processing ", ".cfg"),
		config("zoo.cfg lacks a key that the server needs.", "datadir is not set"),
		config("zoo.cfg lacks a key that a member of an ensemble needs.", "initlimit is not set"),
		config("zoo.cfg lacks a key that a member of an ensemble needs.", "synclimit is not set"),
		config("zoo.cfg lacks a key that the server needs.", "ticktime is not set"),
		config("A port of a server line is no number; a blank behind it is enough.", "address unresolved: "),
		config("A server line has too many parts, or too few.", "does not have the form"),
		config("A server line has one port, and needs two.", "missing election port for server: "),
		config("A server line has one port for clients and for elections.", "client and election port must be different"),
		config("A server line has several addresses, and the option that allows it is off.", "multiple address feature is disabled"),
		config("A server line has a role that is none.", "unrecognised peertype"),
		config("The groups of zoo.cfg do not fit its servers.", "every server must be in exactly one group"),
		config("The groups of zoo.cfg do not fit its servers.", "is not in a group"),
		config("The groups of zoo.cfg do not fit its servers.", "is in multiple groups"),
		config("secureClientPort needs serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory.", "ssl isn't supported in nioservercnxn"),
		config("dataDir and dataLogDir are swapped, or were joined and now are not.", "log directory has snapshot files"),
		config("dataDir and dataLogDir are swapped, or were joined and now are not.", "snapshot directory has log files"),
	}
}

// portSignatures are ports that another program has (java.net, QuorumPeerMain,
// MetricsProvider).
func portSignatures() []signature {
	return []signature{
		{parts: []string{"adminserver, exiting abnormally"}, slugs: []string{"admin-port-conflict"}, why: "The AdminServer could not have its port, 8080, and a standalone server ends of that."},
		{parts: []string{"problem starting adminserver"}, slugs: []string{"admin-port-conflict"}, why: "The AdminServer could not have its port, 8080; a member of an ensemble runs on without it."},
		{parts: []string{"cannot boot metricsprovider"}, slugs: []string{"process-down"}, why: "The port of the metrics provider, 7000, is taken, or its class is missing: the server does not start."},
		{parts: []string{"couldn't bind to "}, slugs: []string{"quorum-port-conflict", "self-addr-not-local"}, why: "The elected leader could not have its quorum port, so another server has to lead."},
		{parts: []string{"address already in use"}, slugs: []string{"client-port-conflict", "election-port-conflict", "quorum-port-conflict"}, why: "Another program has the port; the lines beside this one say which it is."},
	}
}

// damageSignatures are data that a server cannot use, and data that is not this
// ensemble's (FileTxnSnapLog, FileTxnLog, FileSnap, Learner, Leader).
func damageSignatures() []signature {
	foreign, snapshots, logs := []string{"foreign-data"}, []string{"no-snapshot"}, []string{"txnlog-corrupt"}
	diverged := []string{"data-digest-mismatch", "foreign-data"}
	return []signature{
		{parts: []string{"leaders epoch, ", " is less than accepted epoch"}, slugs: foreign, why: "The server has accepted a later epoch than its leader has: its data is of another ensemble."},
		{parts: []string{"proposed leader epoch ", " is less than our accepted epoch"}, slugs: foreign, why: "The server has accepted a later epoch than its leader has: its data is of another ensemble."},
		{parts: []string{"follower is ahead of the leader, leader summary"}, slugs: foreign, why: "The follower has data that the leader has not: one of them got its data from elsewhere."},
		{parts: []string{"has a later activated configuration"}, slugs: []string{"membership-divergent"}, why: "The server has seen a later list of members than its leader has."},
		{parts: []string{"unreasonable length = "}, slugs: []string{"data-unreasonable-length"}, why: "A record is longer than jute.maxbuffer allows: the option was lowered, or lost at a restart."},
		{parts: []string{"not able to find valid snapshots"}, slugs: snapshots, why: "None of the snapshots can be read."},
		{parts: []string{"problem reading snap file"}, slugs: snapshots, why: "This snapshot cannot be read; the server tries the one before it."},
		{parts: []string{"crc corruption in snapshot"}, slugs: snapshots, why: "The checksum of this snapshot is wrong; the server tries the one before it."},
		{parts: []string{"crc check failed"}, slugs: logs, why: "The checksum of a transaction is wrong: the log is damaged."},
		{parts: []string{"eofexception", "filetxnlog"}, slugs: logs, why: "A transaction log ends before its header does."},
		{parts: []string{"is not covering the snapshot digest zxid"}, slugs: logs, why: "A snapshot is of later data than the logs reach: some were lost."},
		{parts: []string{"unable to access datadir"}, slugs: []string{"datadir-not-writable"}, why: "The user of the server may not use its dataDir, or it cannot be made."},
		{parts: []string{"severe unrecoverable error"}, slugs: []string{"disk-full"}, why: "The server could not write a log or a snapshot, and ends; the exception says why."},
		{parts: []string{"not able to truncate the log"}, slugs: diverged, why: "The leader told the server to forget what it has too much, and it could not."},
		{parts: []string{"committing zxid ", "but next pending txn"}, slugs: diverged, why: "The leader commits another transaction than the server expects: it ends, to fetch all anew."},
		{parts: []string{"got unexpected packet from leader"}, slugs: diverged, why: "The server and its leader do not agree on where they are: it ends, to fetch all anew."},
		{parts: []string{"unexpected empty data tree, setting zxid to -1"}, slugs: []string{"server-not-serving"}, why: "The server has no data, and db.autocreate=false forbids it to vote without."},
	}
}

// packetSignatures are what comes to the client port and is too long, or no packet at
// all: its first four bytes are read as a length (NIOServerCnxn, NettyServerCnxn).
func packetSignatures() []signature {
	slugs := []string{"oversize-znode-or-packet"}
	known := func(length, what string) []signature {
		why := what + " came to the client port: a health check or a scanner, and no large packet."
		return []signature{
			{parts: []string{"len error " + length}, family: "length", slugs: slugs, why: why},
			{parts: []string{"len error", "advertised length of " + length}, family: "length", slugs: slugs, why: why},
		}
	}
	all := slices.Concat(
		known("1195725856", "HTTP (GET)"), known("1212498244", "HTTP (HEAD)"), known("1347375956", "HTTP (POST)"),
		known("1347769376", "HTTP (PUT)"), known("36929", "TLS"), known("1397966893", "SSH"),
	)
	return append(all,
		signature{parts: []string{"len error"}, family: "length", slugs: slugs, why: "A client sent more than jute.maxbuffer allows, and its connection was closed."},
		signature{parts: []string{"packet len", "is out of range"}, slugs: slugs, why: "An answer was longer than the jute.maxbuffer of the client, which drops the connection and asks again."},
	)
}

// strangerSignatures are what comes to a port between servers and is none of theirs, and
// versions that do not understand each other (QuorumCnxManager).
func strangerSignatures() []signature {
	versions := []string{"version-mixed"}
	return []signature{
		{parts: []string{"received packet with invalid packet"}, slugs: []string{"quorum-tls-handshake", "quorum-sasl-failed"}, why: "What came to the election port is not its language: TLS or SASL that this server has off, or a scanner."},
		{parts: []string{"unreasonable buffer length"}, slugs: versions, why: "A greeting on the election port was not understood: a peer of another release, or a scanner."},
		{parts: []string{"got unrecognized protocol version"}, slugs: versions, why: "A greeting on the election port was not understood: a peer of another release, or a scanner."},
		{parts: []string{"badly formed address"}, slugs: versions, why: "A greeting on the election port was not understood: a peer of another release, or a scanner."},
		{parts: []string{"not reachable anymore, shutting down the sendworker"}, slugs: []string{"host-unreachable", "quorum-port-filtered"}, why: "A peer with several addresses does not answer at this one."},
	}
}

// lostSignatures are learners that their leader loses (Leader, LearnerHandler), and what
// stops a server for a while.
func lostSignatures() []signature {
	lost := []string{"process-down", "server-hung", "quorum-port-filtered"}
	why := "A follower or observer left its leader: it stopped, or the link broke. A port check leaves the same line."
	return []signature{
		{parts: []string{"unexpected exception causing shutdown while sock still open"}, slugs: lost, why: why},
		{parts: []string{"unexpected exception in learnerhandler"}, slugs: lost, why: why},
		{parts: []string{"******* goodbye "}, slugs: lost, why: why},
		{parts: []string{"closing connection to peer due to transaction timeout"}, slugs: []string{"fsync-slow", "follower-lagging"}, why: "A follower took too long to confirm a transaction, and the leader dropped it."},
		{parts: []string{"too busy to snap, skipping"}, slugs: []string{"fsync-slow"}, why: "The last snapshot is still being written: the disk is slow, or snapCount is low."},
	}
}
