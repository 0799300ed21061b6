package findings

import "sync"

// signature is what a line of ZooKeeper's log, of its replies or of zkServer.sh
// looks like, and what it means.
type signature struct {
	// parts stand in the text one after the other; lower case, single blanks.
	parts []string
	// whole, when set, is all that a line says behind its head; parts are then
	// not looked at.
	whole string
	// family joins signatures of one line, of which only the first that fits
	// counts; empty: it stands for itself.
	family string
	// slugs are the findings it points to, best first.
	slugs []string
	// why says in one sentence what the line means.
	why string
}

// table is built once: a log may be matched line by line.
var table = sync.OnceValue(signatures)

// signatures returns all known signatures, the telling ones first. The texts are
// literals of ZooKeeper 3.4.10 to 3.9, of the classes named at each list, and of
// bin/zkServer.sh.
func signatures() []signature {
	var all []signature
	for _, list := range [][]signature{
		replySignatures(),
		scriptSignatures(),
		configSignatures(),
		javaSignatures(),
		memorySignatures(),
		startSignatures(),
		dataSignatures(),
		settingSignatures(),
		portSignatures(),
		damageSignatures(),
		idSignatures(),
		rejectionSignatures(),
		strangerSignatures(),
		packetSignatures(),
		channelSignatures(),
		linkSignatures(),
		learnerSignatures(),
		leaderSignatures(),
		lostSignatures(),
		strainSignatures(),
		clientSignatures(),
		electionSignatures(),
	} {
		all = append(all, list...)
	}
	return all
}

// replySignatures are answers to four-letter words (AbstractFourLetterCommand,
// NopCommand).
func replySignatures() []signature {
	return []signature{
		{
			parts: []string{"is not executed because it is not in the whitelist"},
			slugs: []string{"cmd-not-whitelisted"},
			why:   "The server is alive; this four-letter word is not on its whitelist.",
		},
		{
			parts: []string{"this zookeeper instance is not currently serving requests"},
			slugs: []string{"server-not-serving", "quorum-lost", "leader-serves-no"},
			why:   "The process is alive but has no role now: no quorum, still joining, or a leader that does not serve.",
		},
		{
			whole: "mode: standalone",
			slugs: []string{"standalone-in-ensemble"},
			why:   "The server runs alone, which is a fault if it should be a member of an ensemble.",
		},
		{
			whole: "mode: read-only",
			slugs: []string{"read-only-mode", "quorum-lost"},
			why:   "The server sees no quorum and serves reads only.",
		},
	}
}

// scriptSignatures are what zkServer.sh prints.
func scriptSignatures() []signature {
	return []signature{
		{
			parts: []string{"error contacting service. it is probably not running"},
			slugs: []string{"status-script-misleading", "server-not-serving", "process-down"},
			why:   "zkServer.sh got no Mode line; the server may be down, without quorum, or healthy but asked wrongly.",
		},
		{
			parts: []string{"client port not found in the server configs"},
			slugs: []string{"status-script-misleading"},
			why:   "zkServer.sh found no client port in the files it read, which says nothing about the server.",
		},
		{
			parts: []string{"unable to find either secure or unsecure client port in any configs"},
			slugs: []string{"status-script-misleading"},
			why:   "zkServer.sh found no client port in the files it read, which says nothing about the server.",
		},
		{
			parts: []string{"myid could not be determined"},
			slugs: []string{"status-script-misleading", "myid-missing"},
			why:   "zkServer.sh could not read myid, so it does not know which server line is this server's.",
		},
		{
			parts: []string{"starting zookeeper", "already running as process"},
			slugs: []string{"process-down"},
			why:   "zkServer.sh does not start because the number in its pid file is in use, maybe by another program.",
		},
		{
			parts: []string{"starting zookeeper", "failed to start"},
			slugs: []string{"process-down"},
			why:   "The process ended right after its start; its log says why.",
		},
	}
}

// configSignatures are what a server says of its configuration and its myid before it
// ends (QuorumPeerConfig, QuorumPeerMain, QuorumPeer).
func configSignatures() []signature {
	return []signature{
		{
			parts: []string{"myid file is missing"}, family: "missing",
			slugs: []string{"myid-missing"},
			why:   "The server found no file myid in its dataDir and does not start.",
		},
		{
			parts: []string{"illegalargumentexception: ", "file is missing"}, family: "missing",
			slugs: []string{"config-not-loaded"},
			why:   "The configuration that ZooKeeper was started with is not there.",
		},
		{
			parts: []string{"invalid config, exiting abnormally"},
			slugs: []string{"config-not-loaded", "myid-missing", "myid-malformed"},
			why:   "The server could not make use of its configuration and has ended; the lines below say why.",
		},
		{
			parts: []string{"serverid ", " is not a number"},
			slugs: []string{"myid-malformed"},
			why:   "The first line of myid is not a plain number, so the server does not start.",
		},
		{
			parts: []string{"my id ", " not in the peer list"},
			slugs: []string{"myid-not-in-servers"},
			why:   "The number in myid has no server line in the configuration, so the server does not start.",
		},
	}
}

// javaSignatures are what Java, the shell and nohup say of a start that never got to
// ZooKeeper.
func javaSignatures() []signature {
	const none = "There is no java where the start looks for one, so nothing was run."
	java := []string{"java-missing-or-wrong"}
	return []signature{
		{
			parts: []string{"could not find or load main class org.apache.zookeeper"},
			slugs: []string{"start-failed-classpath"},
			why:   "Java was started without ZooKeeper's jars.",
		},
		{
			parts: []string{"unsupportedclassversionerror"},
			slugs: java, why: "The java is older than the one the classes were made for.",
		},
		{
			parts: []string{"unrecognized vm option"},
			slugs: java, why: "This java does not know an option that it is given, and ends.",
		},
		{
			parts: []string{"could not reserve enough space for", "object heap"},
			slugs: java, why: "The host cannot give Java the heap that it is told to take.",
		},
		{parts: []string{"java: command not found"}, slugs: java, why: none},
		{parts: []string{"java_home is not set and java could not be found in path"}, slugs: java, why: none},
		{parts: []string{"nohup: ", "java"}, slugs: java, why: none},
	}
}

// memorySignatures are what Java and ZooKeeper's own monitor say when memory is short.
func memorySignatures() []signature {
	return []signature{
		{
			parts: []string{"outofmemoryerror: unable to create", "native thread"}, family: "memory",
			slugs: []string{"fd-limit-near"},
			why:   "Java could not make a thread: a limit of processes, not of the heap.",
		},
		{
			parts: []string{"java.lang.outofmemoryerror"}, family: "memory",
			slugs: []string{"heap-pressure", "server-hung"},
			why:   "Java ran out of memory; from here on threads may be missing in the server.",
		},
	}
}

// startSignatures are reasons why a server does not come up (QuorumPeerConfig,
// QuorumPeerMain, QuorumPeer, QuorumCnxManager.Listener).
func startSignatures() []signature {
	return []signature{
		{
			parts: []string{"must be in a separate dynamic config file"},
			slugs: []string{"dynamic-config-overrides"},
			why:   "zoo.cfg lists servers beside dynamicConfigFile, so the server does not start.",
		},
		{
			parts: []string{"peer type from servers list", "match peertype"},
			slugs: []string{"peertype-mismatch"},
			why:   "peerType and the server's own line differ; the server goes by the line.",
		},
		{
			parts: []string{"only one server specified (ignoring)"},
			slugs: []string{"standalone-in-ensemble"},
			why:   "The configuration lists a single server, so this one runs alone.",
		},
		{
			parts: []string{"either no config or no quorum defined in config, running in standalone mode"},
			slugs: []string{"standalone-in-ensemble"},
			why:   "The server found no list of servers and runs alone.",
		},
		{
			parts: []string{"participate in leader election any longer"},
			slugs: []string{"process-without-listener"},
			why:   "The server gave up listening on its election port; its peers cannot reach it any more.",
		},
		{
			parts: []string{"cannot assign requested address"},
			slugs: []string{"self-addr-not-local", "myid-wrong-server"},
			why:   "The server tried to listen on an address that is not this host's.",
		},
		{
			parts: []string{"exception while listening"},
			slugs: []string{"process-without-listener", "self-addr-not-local"},
			why:   "The server could not listen on its election port; the exception next to it says why.",
		},
		{
			parts: []string{"exiting jvm with code 14"},
			slugs: []string{"process-down", "self-addr-not-local", "myid-wrong-server"},
			why:   "The server ended because it could not listen on its election port.",
		},
	}
}

// dataSignatures are servers that cannot read or write their data (FileTxnSnapLog,
// FileTxnLog, QuorumPeer.loadDataBase, DatadirCleanupManager).
func dataSignatures() []signature {
	return []signature{
		{
			parts: []string{"no space left on device"},
			slugs: []string{"disk-full"},
			why:   "The file system that the server writes to is full.",
		},
		{
			parts: []string{"no snapshot found, but there are log entries"},
			slugs: []string{"no-snapshot"},
			why:   "The server has transaction logs and no snapshot, and takes that for lost data.",
		},
		{
			parts: []string{"has invalid magic number "},
			slugs: []string{"txnlog-corrupt"},
			why:   "A transaction log does not begin like one, so the server does not start.",
		},
		{
			parts: []string{"delete empty tail log file to recover from corruption file"},
			slugs: []string{"txnlog-corrupt"},
			why:   "The newest transaction log was empty; 3.9.3 and later remove it and go on.",
		},
		{
			parts: []string{"the current epoch, ", ", is older than the last zxid"},
			slugs: []string{"epoch-mismatch"},
			why:   "The data is of a later epoch than the server says, so it does not start.",
		},
		{
			parts: []string{"the accepted epoch, ", " is less than the current epoch"},
			slugs: []string{"epoch-mismatch"},
			why:   "The two epoch files contradict each other, so the server does not start.",
		},
		{
			parts: []string{"cannot write to data directory"},
			slugs: []string{"datadir-not-writable"},
			why:   "The user of the server may not write to its dataLogDir, or it is mounted read-only.",
		},
		{
			parts: []string{"cannot write to snap directory"},
			slugs: []string{"datadir-not-writable"},
			why:   "The user of the server may not write to its dataDir, or it is mounted read-only.",
		},
		{
			parts: []string{"purge task is not scheduled"},
			slugs: []string{"autopurge-off"},
			why:   "autopurge.purgeInterval is not set: old snapshots and logs stay for ever.",
		},
		{
			// The exception below the line says which it is.
			parts: []string{"unable to load database on disk"}, family: "database",
			slugs: []string{"disk-full", "txnlog-corrupt", "no-snapshot", "epoch-mismatch"},
			why:   "The server cannot use what it finds in its data directory; the exception below the line says why.",
		},
		{
			parts: []string{"unable to run quorum server"}, family: "database",
			slugs: []string{"disk-full", "txnlog-corrupt", "no-snapshot", "epoch-mismatch"},
			why:   "The server cannot use what it finds in its data directory; the exception below the line says why.",
		},
	}
}

// idSignatures are servers that do not agree on who is who (QuorumCnxManager,
// FastLeaderElection, Learner).
func idSignatures() []signature {
	return []signature{
		{
			parts: []string{"we got a connection request from a server with our own id"},
			slugs: []string{"myid-duplicate"},
			why:   "Another server calls with this server's id.",
		},
		{
			parts: []string{"ignoring notification for non-cluster member"},
			slugs: []string{"membership-divergent"},
			why:   "A server that is not in this server's list takes part in the election.",
		},
		{
			parts: []string{"ignoring notification for sid ", " from non-quorum member"},
			slugs: []string{"membership-divergent"},
			why:   "A server that has no vote in this server's list takes part in the election.",
		},
		{
			parts: []string{"ignoring notification from non-cluster member"},
			slugs: []string{"membership-divergent"},
			why:   "A server that is not in this server's list takes part in the election.",
		},
		{
			parts: []string{"invalid server id: "},
			slugs: []string{"membership-divergent"},
			why:   "A peer has an id that is not in this server's list.",
		},
		{
			parts: []string{"couldn't find the leader with id = "},
			slugs: []string{"membership-divergent"},
			why:   "The elected leader is not in this server's list.",
		},
	}
}

// rejectionSignatures are servers that do not let each other in (QuorumCnxManager,
// UnifiedServerSocket, ZKTrustManager, SaslQuorumAuthServer, SaslQuorumAuthLearner).
func rejectionSignatures() []signature {
	tls, sasl := []string{"quorum-tls-handshake"}, []string{"quorum-sasl-failed"}
	return []signature{
		{
			// A client's, on the secure client port.
			parts: []string{"decoderexception: javax.net.ssl"}, family: "handshake",
			slugs: []string{"client-tls-failed"},
			why:   "A client's handshake failed on the secure client port: the text behind the exception says at what.",
		},
		{parts: []string{"unsuccessful handshake with session"}, family: "handshake", slugs: []string{"client-tls-failed"}, why: "A client's handshake failed on the secure client port, or it spoke plain text there."},
		{parts: []string{"x509 auth provider not found"}, slugs: []string{"client-tls-failed"}, why: "client.portUnification without secureClientPort needs authProvider.x509 set, or TLS ends after the handshake."},
		{parts: []string{"sslhandshakeexception"}, family: "handshake", slugs: tls, why: "A handshake of TLS failed: the text behind the exception says which side did not believe the other."},
		{parts: []string{"failed to verify both host address and host name"}, slugs: tls, why: "The certificate of a peer names neither its address nor its host name."},
		{parts: []string{"failed to verify host"}, slugs: tls, why: "The certificate of a peer does not name it; if both its address and its name fail, it is turned away."},
		{parts: []string{"certificate for <", "match any of the subject alternative names"}, slugs: tls, why: "The certificate of a peer does not name it."},
		{parts: []string{"cannot open secure channel to "}, slugs: tls, why: "This server could not reach a peer's election port with TLS; the exception below the line says how it failed."},
		{parts: []string{"blocked insecure connection attempt"}, slugs: tls, why: "Somebody came to a port between servers without TLS: a port check, or a server that has TLS off."},
		{parts: []string{"socket mode detection timed out"}, slugs: tls, why: "Somebody opened a port between servers and said nothing: a port check, or a peer that hangs."},
		{parts: []string{"connection broken for id 158611"}, family: "link", slugs: tls, why: "That id is a greeting in TLS: a peer, or a scanner, speaks TLS to a server that has it off."},
		{parts: []string{"authentication failed against server"}, slugs: sasl, why: "A peer did not accept the user or password of this server."},
		{parts: []string{"not trying to authenticate and authentication is required"}, slugs: sasl, why: "A peer has SASL off, and this server requires it."},
		{parts: []string{"failed to authenticate using sasl"}, slugs: sasl, why: "A peer, or a port check, did not show the right password; the exception below the line says what it did."},
		{parts: []string{"server failed to authenticate quorum learner"}, slugs: sasl, why: "A follower did not show the right password to its leader."},
		{parts: []string{"quorumlearner will not use digest-md5"}, slugs: sasl, why: "FIPS mode, on by default from 3.9 on, forbids the mechanism by which the servers authenticate."},
	}
}

// channelSignatures are peers whose election port cannot be reached
// (QuorumCnxManager).
func channelSignatures() []signature {
	const open = "cannot open channel to "
	return []signature{
		{
			parts: []string{open, "at election address /0.0.0.0"}, family: "channel",
			slugs: []string{"wildcard-self-addr"},
			why:   "A peer of 3.5.0 to 3.5.7 gave 0.0.0.0 as its own address, so this server calls itself instead of the peer.",
		},
		{
			parts: []string{open, "at election address ", "/127."}, family: "channel",
			slugs: []string{"self-addr-loopback"},
			why:   "A peer gave a loopback address as its own, so this server calls itself instead of the peer.",
		},
		{
			parts: []string{open, "connection refused"}, family: "channel",
			slugs: []string{"process-down", "self-addr-loopback", "process-without-listener"},
			why:   "The peer's host refused the election port: nothing listens there.",
		},
		{
			parts: []string{open, "timed out"}, family: "channel",
			slugs: []string{"quorum-port-filtered", "host-unreachable", "peer-addr-stale"},
			why:   "The peer's election port gave no answer at all: a firewall drops it, or the host is off.",
		},
		{
			parts: []string{open, "no route to host"}, family: "channel",
			slugs: []string{"quorum-port-filtered", "host-unreachable", "peer-addr-stale"},
			why:   "The network refused the way to the peer's election port: a firewall says no, or the host is off.",
		},
		{
			parts: []string{open, "unknownhostexception"}, family: "channel",
			slugs: []string{"target-unresolvable"},
			why:   "This server could not turn the peer's name into an address.",
		},
		{
			parts: []string{open, "unresolvedaddressexception"}, family: "channel",
			slugs: []string{"target-unresolvable"},
			why:   "This server could not turn the peer's name into an address.",
		},
		{
			parts: []string{open, "<unresolved>"}, family: "channel",
			slugs: []string{"target-unresolvable"},
			why:   "This server could not turn the peer's name into an address.",
		},
		{
			parts: []string{open}, family: "channel",
			slugs: []string{"process-down", "quorum-port-filtered", "host-unreachable"},
			why:   "This server could not reach a peer's election port; the exception below the line says how it failed.",
		},
	}
}

// linkSignatures are links on the election port that break (QuorumCnxManager).
func linkSignatures() []signature {
	link := []string{"process-down", "myid-duplicate"}
	lost := "The election link to a peer broke: the peer stopped, or, if it repeats for ever, two servers share an id."
	return []signature{
		{
			parts: []string{"exception reading or writing challenge", "timed out"},
			slugs: []string{"election-port-held"},
			why:   "Somebody connected to the election port and said nothing: no peer got through until that timed out.",
		},
		{
			parts: []string{"failed to resolve address: "},
			slugs: []string{"target-unresolvable"},
			why:   "This server could not turn the name of a server line into an address.",
		},
		{
			parts: []string{"have smaller server identifier, so dropping the connection"},
			slugs: []string{"quorum-port-filtered"},
			why:   "Normal once; if it repeats and the server never joins, the peer with the higher id cannot call back.",
		},
		{
			// The first eight bytes of "GET /..." read as an id: an HTTP check on the
			// election port, which has no page.
			parts: []string{"connection broken for id 51356034"}, family: "link",
		},
		{parts: []string{"connection broken for id ", "my id = "}, family: "link", slugs: link, why: lost},
		{parts: []string{"send worker leaving thread"}, family: "link", slugs: link, why: lost},
		{parts: []string{"interrupting sendworker"}, family: "link", slugs: link, why: lost},
		{parts: []string{"interrupted while waiting for message on queue"}, family: "link", slugs: link, why: lost},
	}
}

// learnerSignatures are followers and observers that lose or do not reach their
// leader (Learner, Follower, Observer).
func learnerSignatures() []signature {
	const following, observing = "exception when following the leader", "exception when observing the leader"
	gone := []string{"process-down", "quorum-port-filtered", "server-hung"}
	silent := []string{"quorum-port-filtered", "server-hung"}
	lost := "The follower lost its leader: the leader stopped, or the link on the quorum port broke."
	quiet := "The follower heard nothing from its leader in time: the leader hangs, or the quorum port is cut."
	return []signature{
		{parts: []string{following, "timed out"}, family: "following", slugs: silent, why: quiet},
		{parts: []string{following}, family: "following", slugs: gone, why: lost},
		{parts: []string{observing, "timed out"}, family: "observing", slugs: silent, why: quiet},
		{parts: []string{observing}, family: "observing", slugs: gone, why: lost},
		{
			parts: []string{"unexpected exception, tries="},
			slugs: []string{"quorum-port-filtered", "self-addr-loopback"},
			why:   "The follower cannot connect to the leader's quorum port and tries again.",
		},
		{
			parts: []string{"connecttoleader exceeded"},
			slugs: []string{"quorum-port-filtered"},
			why:   "The follower gave up connecting to the leader's quorum port.",
		},
		{
			parts: []string{"unexpected exception, retries exceeded"},
			slugs: []string{"quorum-port-filtered"},
			why:   "The follower gave up connecting to the leader's quorum port.",
		},
	}
}

// leaderSignatures are leaders that find or keep no quorum (Leader).
func leaderSignatures() []signature {
	late := []string{"server-not-serving", "quorum-port-filtered"}
	why := "The elected leader waited in vain for enough followers; they did not arrive on its quorum port in time."
	return []signature{
		{parts: []string{"timeout while waiting for epoch from quorum"}, slugs: late, why: why},
		{parts: []string{"timeout while waiting for epoch to be acked by quorum"}, slugs: late, why: why},
		{
			parts: []string{"timeout while waiting for newleader to be acked by quorum"},
			slugs: []string{"sync-too-slow", "server-not-serving", "quorum-port-filtered"},
			why:   "The elected leader gave up because too few followers had its data in time.",
		},
		{
			parts: []string{"waiting for a quorum of followers, only synced with sids"}, family: "leader stops",
			slugs: []string{"sync-too-slow", "quorum-lost", "server-not-serving"},
			why:   "The elected leader gave up because too few followers had its data in time.",
		},
		{
			parts: []string{"enough followers present", "initticks need to be increased"},
			slugs: []string{"sync-too-slow"},
			why:   "Enough followers came, and had the data of the leader too late.",
		},
		{
			parts: []string{"too many concurrent sync"},
			slugs: []string{"sync-too-slow"},
			why:   "More observers fetch data at a time than the server gives it to; this one has to wait.",
		},
		{
			parts: []string{"not sufficient followers synced, only synced with sids"}, family: "leader stops",
			slugs: []string{"quorum-lost"},
			why:   "The leader stepped down because it lost its quorum of followers.",
		},
		{
			parts: []string{"shutdown called. for the reason "}, family: "leader stops",
			slugs: []string{"election-in-progress", "quorum-lost"},
			why:   "The leader, or a follower, stepped down; an election follows.",
		},
		{
			parts: []string{"shutdown leader! reason: "}, family: "leader stops",
			slugs: []string{"election-in-progress", "quorum-lost"},
			why:   "The leader stepped down; an election follows.",
		},
		{
			parts: []string{"zxid lower 32 bits have rolled over"},
			slugs: []string{"zxid-rollover-near", "election-in-progress"},
			why:   "The counter of the zxid is full, so the leader calls an election on purpose; it takes seconds.",
		},
	}
}

// strainSignatures are what a server says of its disk and its data (FileTxnLog,
// DataTree 3.6+, and Java's word for no file descriptors).
func strainSignatures() []signature {
	return []signature{
		{
			parts: []string{"fsync-ing the write ahead log in ", " took ", "ms"},
			slugs: []string{"fsync-slow"},
			why:   "The disk took longer than a second to make a write safe, and every client waited for it.",
		},
		{
			parts: []string{"digest mismatch on txn"},
			slugs: []string{"data-digest-mismatch"},
			why:   "After this transaction the server's data was not what the leader's was.",
		},
		{
			parts: []string{"too many open files"},
			slugs: []string{"fd-limit-near"},
			why:   "The process has used all the file descriptors that it may have.",
		},
	}
}

// clientSignatures are clients that are turned away (NIOServerCnxnFactory,
// NettyServerCnxnFactory, ZooKeeperServer, JvmPauseMonitor).
func clientSignatures() []signature {
	return []signature{
		{
			parts: []string{"too many connections from ", " - max is "},
			slugs: []string{"conn-limit-reached"},
			why:   "One client address holds as many connections as maxClientCnxns allows.",
		},
		{
			parts: []string{"too many connections max allowed is"},
			slugs: []string{"conn-limit-reached"},
			why:   "All clients together hold as many connections as maxCnxns allows.",
		},
		{
			parts: []string{"too many connections ", " - max is "},
			slugs: []string{"conn-limit-reached"},
			why:   "All clients together hold as many connections as maxCnxns allows.",
		},
		{
			parts: []string{"refusing session request for not-read-only client"},
			slugs: []string{"read-only-mode", "quorum-lost"},
			why:   "The server is in read-only mode because it sees no quorum.",
		},
		{
			parts: []string{"refusing session", "seen zxid 0x"},
			slugs: []string{"split-brain", "standalone-in-ensemble"},
			why:   "A client has seen newer data than this server has: it fell behind, lost data, or there are two ensembles.",
		},
		{
			parts: []string{"zookeeperserver not running"},
			slugs: []string{"server-not-serving"},
			why:   "A client knocked while this server had no role.",
		},
		{
			parts: []string{"because the server is not ready"},
			slugs: []string{"server-not-serving"},
			why:   "A client knocked while this server had no role.",
		},
		{
			parts: []string{"detected pause in jvm or host machine"},
			slugs: []string{"heap-pressure", "server-hung"},
			why:   "The JVM, or its whole machine, stood still for a while and answered nobody.",
		},
	}
}

// electionSignatures are the course of an election (QuorumPeer,
// FastLeaderElection). They are normal, so they come last.
func electionSignatures() []signature {
	return []signature{
		{
			parts: []string{"notification time out: "},
			slugs: []string{"server-not-serving", "quorum-lost"},
			why:   "The server looks for a leader and gets no answer from its peers; the time grows up to 60000 ms.",
		},
		{
			parts: []string{"new election. my id = "},
			slugs: []string{"election-in-progress"},
			why:   "The server has started to look for a leader.",
		},
		{
			parts: []string{"leader election took - "},
			slugs: []string{"election-in-progress"},
			why:   "An election has just ended on this server.",
		},
		{
			whole: "looking",
			slugs: []string{"election-in-progress"},
			why:   "The server has started to look for a leader.",
		},
		{
			whole: "peer state changed: looking",
			slugs: []string{"election-in-progress"},
			why:   "The server has started to look for a leader.",
		},
		{
			whole: "peerstate set to looking",
			slugs: []string{"election-in-progress"},
			why:   "The server has started to look for a leader.",
		},
	}
}
