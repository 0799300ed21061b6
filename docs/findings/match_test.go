package findings

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

const (
	head34 = "2026-11-22 03:12:07,220 [myid:1] - WARN  [QuorumPeer[myid=1]/0.0.0.0:2181:"
	head38 = "2026-11-22 03:12:07,220 [myid:1] - INFO  [QuorumPeer[myid=1](plain=0.0.0.0:2181)(secure=disabled):o.a.z.s.q."
)

type matchTest struct{ name, line, want string }

// matchTests are lines real in form: heads and texts of ZooKeeper's own loggers.
var matchTests = []matchTest{
	{"whitelist", "mntr is not executed because it is not in the whitelist.", "cmd-not-whitelisted"},
	{"not serving", "This ZooKeeper instance is not currently serving requests\n", "server-not-serving quorum-lost leader-serves-no"},
	{"standalone mode", "Latency min/avg/max: 0/0.0/0\nMode: standalone\nNode count: 5", "standalone-in-ensemble"},
	{"read-only mode", "Mode: read-only", "read-only-mode quorum-lost"},
	{"status", "ZooKeeper JMX enabled by default\nUsing config: /opt/zk/bin/../conf/zoo.cfg\nError contacting service. It is probably not running.", "status-script-misleading server-not-serving process-down"},
	{"status, wrapped", "Error contacting service. It is\n    probably not running.", "status-script-misleading server-not-serving process-down"},
	{"status, no port", "Client port not found in the server configs", "status-script-misleading"},
	{"status, no port at all", "Unable to find either secure or unsecure client port in any configs. Terminating.", "status-script-misleading"},
	{"status, no myid", "myid could not be determined, will not able to locate clientPort in the server configs.", "status-script-misleading myid-missing"},
	{"pid file", "Starting zookeeper ... already running as process 2231.", "process-down"},
	{"failed to start", "Starting zookeeper ... FAILED TO START", "process-down"},
	{"myid missing 3.4", "Caused by: java.lang.IllegalArgumentException: /var/lib/zookeeper/myid file is missing", "myid-missing"},
	{"myid missing 3.8", "Caused by: java.lang.IllegalArgumentException: myid file is missing", "myid-missing"},
	{"no configuration", "Caused by: java.lang.IllegalArgumentException: /opt/zookeeper/conf/zoo.cfg file is missing", "config-not-loaded"},
	{"a configuration of no use", "2026-11-22 03:04:05,006 [myid:] - ERROR [main:QuorumPeerMain@99] - Invalid config, exiting abnormally", "config-not-loaded myid-missing myid-malformed"},
	{"no main class", "Error: Could not find or load main class org.apache.zookeeper.server.quorum.QuorumPeerMain", "start-failed-classpath"},
	{"old java", "Exception in thread \"main\" java.lang.UnsupportedClassVersionError: org/apache/zookeeper/server/quorum/QuorumPeerMain : Unsupported major.minor version 52.0", "java-missing-or-wrong"},
	{"java option", "Unrecognized VM option 'UseConcMarkSweepGC'", "java-missing-or-wrong"},
	{"java heap", "Error: Could not reserve enough space for 99999999KB object heap", "java-missing-or-wrong"},
	{"no java, the shell", "zkServer.sh: line 170: java: command not found", "java-missing-or-wrong"},
	{"no java, 3.5", "Error: JAVA_HOME is not set and java could not be found in PATH.", "java-missing-or-wrong"},
	{"no java, nohup", "nohup: failed to run command 'java': No such file or directory", "java-missing-or-wrong"},
	{"no java, dash", "/opt/zookeeper/bin/zkServer.sh: 170: java: not found", "java-missing-or-wrong"},
	{"myid blank", "Caused by: java.lang.IllegalArgumentException: serverid 1  is not a number", "myid-malformed"},
	{"myid empty", "Caused by: java.lang.IllegalArgumentException: serverid null is not a number", "myid-malformed"},
	{"a value", "java.lang.NumberFormatException; nested: org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: Error processing /etc/zookeeper/zoo.cfg", "(configuration)"},
	{"no dataDir", "Caused by: java.lang.IllegalArgumentException: dataDir is not set", "(configuration)"},
	{"no initLimit", "Caused by: java.lang.IllegalArgumentException: initLimit is not set", "(configuration)"},
	{"no syncLimit", "Caused by: java.lang.IllegalArgumentException: syncLimit is not set", "(configuration)"},
	{"no tickTime", "Caused by: java.lang.IllegalArgumentException: tickTime is not set", "(configuration)"},
	{"a blank behind a port", "Caused by: org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: Address unresolved: 10.88.0.2:3888 ", "(configuration)"},
	{"a server line", "Caused by: org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: zk1 does not have the form server_config or server_config;client_config", "(configuration)"},
	{"one port", "java.lang.IllegalArgumentException: Missing election port for server: 1", "(configuration)"},
	{"one port twice", "Client and election port must be different! Please update the configuration file on server.1", "(configuration)"},
	{"several addresses", "Multiple address feature is disabled, but multiple addresses were specified for sid 1", "(configuration)"},
	{"a role", "Unrecognised peertype: voter", "(configuration)"},
	{"groups 3.4", "Every server must be in exactly one group", "(configuration)"},
	{"groups", "Server 3is not in a group", "(configuration)"},
	{"groups, twice", "Server 3is in multiple groups", "(configuration)"},
	{"TLS to clients without Netty", "java.lang.UnsupportedOperationException: SSL isn't supported in NIOServerCnxn", "(configuration)"},
	{"directories swapped", "org.apache.zookeeper.server.persistence.FileTxnSnapLog$LogDirContentCheckException: Log directory has snapshot files. Check if dataLogDir and dataDir configuration is correct.", "(configuration)"},
	{"directories swapped, the other", "Snapshot directory has log files. Check if dataLogDir and dataDir configuration is correct.", "(configuration)"},
	{"metrics port", "org.apache.zookeeper.metrics.MetricsProviderLifeCycleException: Cannot boot MetricsProvider org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider", "process-down"},
	{"quorum port", "2026-11-22 03:12:07,220 [myid:3] - ERROR [QuorumPeer[myid=3]:Leader@300] - Couldn't bind to zk3/10.0.0.3:2888", "quorum-port-conflict self-addr-not-local"},
	{"epoch of another ensemble", "java.io.IOException: Leaders epoch, 1 is less than accepted epoch, 153", "foreign-data"},
	{"epoch of another ensemble, on 1.0", "2026-11-22 03:12:07,220 [myid:1] - FATAL [QuorumPeer:Follower@80] - Proposed leader epoch 1 is less than our accepted epoch 99", "foreign-data"},
	{"ahead of the leader", "java.io.IOException: Follower is ahead of the leader, leader summary: 1 (current epoch), 4294967300 (last zxid)", "foreign-data"},
	{"a later list", "java.io.IOException: Follower is ahead of the leader (has a later activated configuration)", "membership-divergent"},
	{"a long record", "java.io.IOException: Unreasonable length = 2500000", "data-unreasonable-length"},
	{"no snapshot to read", "java.io.IOException: Not able to find valid snapshots in /data/version-2", "no-snapshot"},
	{"a snapshot", "2026-11-22 03:12:07,220 [myid:1] - WARN  [main:FileSnap@84] - problem reading snap file /data/version-2/snapshot.0", "no-snapshot"},
	{"a snapshot's sum", "java.io.IOException: CRC corruption in snapshot :  /data/version-2/snapshot.0", "no-snapshot"},
	{"a snapshot's sum, 3.6", "java.io.IOException: CRC corruption", "no-snapshot"},
	{"a gap between logs", "java.lang.IllegalStateException: Committed proposal cached out of order: 0x10000002b is not the next proposal of 0x100000001", "txnlog-corrupt"},
	{"a log's sum", "java.io.IOException: CRC check failed", "txnlog-corrupt"},
	{"a log's end", "java.io.EOFException\n\tat java.io.DataInputStream.readInt(DataInputStream.java:392)\n\tat org.apache.zookeeper.server.persistence.FileHeader.deserialize(FileHeader.java:64)\n\tat org.apache.zookeeper.server.persistence.FileTxnLog$FileTxnIterator.inStreamCreated(FileTxnLog.java:576)", "txnlog-corrupt"},
	{"logs lost", "Highest txn zxid 0x5 is not covering the snapshot digest zxid 0x7, which might lead to inconsistent state", "txnlog-corrupt"},
	{"dataDir", "2026-11-22 03:12:07,220 [myid:1] - ERROR [main:QuorumPeerMain@99] - Unable to access datadir, exiting abnormally", "datadir-not-writable"},
	{"severe", "2026-11-22 03:12:07,220 [myid:2] - ERROR [SyncThread:2:ZooKeeperCriticalThread@48] - Severe unrecoverable error, from thread : SyncThread:2", "disk-full"},
	{"truncate", "Not able to truncate the log 100000005", "data-digest-mismatch foreign-data"},
	{"another transaction", "Committing zxid 0x100000005 but next pending txn 0x100000004", "data-digest-mismatch foreign-data"},
	{"an unexpected packet", "Got unexpected packet from leader: 12, exiting ... ", "data-digest-mismatch foreign-data"},
	{"no data", "Unexpected empty data tree, setting zxid to -1", "server-not-serving"},
	{"not its language", "java.io.IOException: Received packet with invalid packet: 1596208385", "quorum-tls-handshake quorum-sasl-failed"},
	{"a greeting", "Unreasonable buffer length: 1195725856", "(not ZooKeeper)"},
	{"a greeting's version", "Got unrecognized protocol version -65535", "version-mixed"},
	{"a greeting's address", "Badly formed address: 10.0.0.1", "version-mixed"},
	{"one of several addresses", "destination address /10.0.0.2 not reachable anymore, shutting down the SendWorker for sid 2", "host-unreachable quorum-port-filtered"},
	{"a learner, before 3.7", "2026-11-22 03:12:07,220 [myid:3] - ERROR [LearnerHandler-/10.0.0.2:41000:LearnerHandler@633] - Unexpected exception causing shutdown while sock still open", "process-down server-hung quorum-port-filtered"},
	{"a learner", "Unexpected exception in LearnerHandler: ", "process-down server-hung quorum-port-filtered"},
	{"goodbye", "******* GOODBYE /10.0.0.2:41000 ********", "process-down server-hung quorum-port-filtered"},
	{"a slow follower", "Closing connection to peer due to transaction timeout.", "fsync-slow follower-lagging"},
	{"busy", "Too busy to snap, skipping", "fsync-slow"},
	{"heap", "java.lang.OutOfMemoryError: Java heap space", "heap-pressure server-hung"},
	{"AdminServer, standalone", "2026-11-22 03:12:07,220 [myid:1] - ERROR [main:ZooKeeperServerMain@81] - Unable to start AdminServer, exiting abnormally", "admin-port-conflict"},
	{"long answer", "java.io.IOException: Packet len 1208543 is out of range!", "oversize-znode-or-packet"},
	{"long request 3.4", "2026-11-22 03:12:07,220 [myid:1] - WARN  [NIOServerCxn.Factory:/127.77.1.1:2181:NIOServerCnxn@373] - Exception causing close of session 0x1a21384ae8b0000 due to java.io.IOException: Len error 1100054", "oversize-znode-or-packet"},
	{"length 1195725856", "Exception causing close of session 0x0: Len error 1195725856", "oversize-znode-or-packet"},
	{"length 1195725856, 3.7", "java.io.IOException: Len error. A message from /127.0.0.1:57070 with advertised length of 1195725856 is either a malformed message or too large to process (length is greater than jute.maxbuffer=1048575)", "oversize-znode-or-packet"},
	{"length 1212498244", "Exception causing close of session 0x0: Len error 1212498244", "oversize-znode-or-packet"},
	{"length 1212498244, 3.7", "java.io.IOException: Len error. A message from /127.0.0.1:57070 with advertised length of 1212498244 is either a malformed message or too large to process (length is greater than jute.maxbuffer=1048575)", "oversize-znode-or-packet"},
	{"length 1347375956", "Exception causing close of session 0x0: Len error 1347375956", "oversize-znode-or-packet"},
	{"length 1347375956, 3.7", "java.io.IOException: Len error. A message from /127.0.0.1:57070 with advertised length of 1347375956 is either a malformed message or too large to process (length is greater than jute.maxbuffer=1048575)", "oversize-znode-or-packet"},
	{"length 1347769376", "Exception causing close of session 0x0: Len error 1347769376", "oversize-znode-or-packet"},
	{"length 1347769376, 3.7", "java.io.IOException: Len error. A message from /127.0.0.1:57070 with advertised length of 1347769376 is either a malformed message or too large to process (length is greater than jute.maxbuffer=1048575)", "oversize-znode-or-packet"},
	{"length 369295618", "Exception causing close of session 0x0: Len error 369295618", "oversize-znode-or-packet"},
	{"length 369295618, 3.7", "java.io.IOException: Len error. A message from /127.0.0.1:57070 with advertised length of 369295618 is either a malformed message or too large to process (length is greater than jute.maxbuffer=1048575)", "oversize-znode-or-packet"},
	{"length 1397966893", "Exception causing close of session 0x0: Len error 1397966893", "oversize-znode-or-packet"},
	{"length 1397966893, 3.7", "java.io.IOException: Len error. A message from /127.0.0.1:57070 with advertised length of 1397966893 is either a malformed message or too large to process (length is greater than jute.maxbuffer=1048575)", "oversize-znode-or-packet"},
	{"initTicks", "2026-11-22 03:12:07,220 [myid:3] - WARN  [QuorumPeer:Leader@480] - Enough followers present. Perhaps the initTicks need to be increased.", "sync-too-slow"},
	{"observers", "org.apache.zookeeper.server.quorum.SyncThrottleException: too many concurrent sync", "sync-too-slow"},
	{"certificate", "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target", "quorum-tls-handshake"},
	{"a client's certificate", "Caused by: io.netty.handler.codec.DecoderException: javax.net.ssl.SSLHandshakeException: no cipher suites in common", "client-tls-failed"},
	{"a client's handshake", "2026-11-22 03:12:07,220 [myid:1] - WARN  [nioEventLoopGroup-4-1:NettyServerCnxnFactory$CertificateVerifier@434] - Unsuccessful handshake with session 0x0", "client-tls-failed"},
	{"no provider", "2026-11-22 03:12:07,220 [myid:1] - ERROR [nioEventLoopGroup-4-1:NettyServerCnxnFactory@561] - X509 Auth provider not found: x509", "client-tls-failed"},
	{"certificate's name", "2026-11-22 03:12:07,220 [myid:3] - ERROR [/127.77.1.3:3888:ZKTrustManager@144] - Failed to verify hostname: localhost", "quorum-tls-handshake"},
	{"TLS to a server without", "2026-11-22 03:12:07,220 [myid:] - WARN  [RecvWorker:1586114798943272961:o.a.z.s.q.QuorumCnxManager$RecvWorker@1399] - Connection broken for id 1586114798943272961, my id = 1", "quorum-tls-handshake"},
	{"certificate's names", "javax.net.ssl.SSLPeerUnverifiedException: Certificate for <127.77.1.1> doesn't match any of the subject alternative names: [elsewhere.example, 192.0.2.9]", "quorum-tls-handshake"},
	{"certificate's names, both", "Caused by: java.security.cert.CertificateException: Failed to verify both host address and host name", "quorum-tls-handshake"},
	{"secure channel", "2026-11-22 03:12:07,220 [myid:1] - ERROR [QuorumConnectionThread-[myid=1]-1:o.a.z.s.q.QuorumCnxManager@399] - Cannot open secure channel to 2 at election address zk2/10.0.0.2:3888", "quorum-tls-handshake"},
	{"mode detection", "2026-11-22 03:12:07,220 [myid:1] - WARN  [ListenerHandler-zk1/10.0.0.1:3888:o.a.z.s.q.UnifiedServerSocket$UnifiedSocket@270] - Socket mode detection timed out after 5000 ms, assuming PLAINTEXT", "quorum-tls-handshake"},
	{"no password", "javax.security.sasl.SaslException: Learner /127.0.0.1:58184 not trying to authenticate and authentication is required", "quorum-sasl-failed"},
	{"a wrong password", "2026-11-22 03:12:07,220 [myid:1] - ERROR [QuorumConnectionThread-[myid=1]-3:SaslQuorumAuthServer@133] - Failed to authenticate using SASL", "quorum-sasl-failed"},
	{"a learner's password", "2026-11-22 03:12:07,220 [myid:1] - ERROR [LearnerHandler-/10.0.0.2:41000:LearnerHandler@188] - Server failed to authenticate quorum learner, addr: /10.0.0.2:41000, closing connection", "quorum-sasl-failed"},
	{"plain to a server with TLS", "java.io.IOException: Blocked insecure connection attempt", "quorum-tls-handshake"},
	{"password 3.4", "2026-11-22 03:12:07,220 [myid:1] - ERROR [QuorumConnectionThread-[myid=1]-3:QuorumCnxManager@258] - Exception while connecting, id: [2, /127.77.3.2:3888], addr: javax.security.sasl.SaslException: Authentication failed against server addr: /127.77.3.2:3888", "quorum-sasl-failed"},
	{"FIPS", "2026-11-22 03:12:07,220 [myid:] - WARN  [QuorumConnectionThread-[myid=1]-8:o.a.z.u.SecurityUtils@75] - QuorumLearner will not use DIGEST-MD5 as SASL mechanism, because FIPS mode is enabled.", "quorum-sasl-failed"},
	{"not in list", "java.lang.RuntimeException: My id 9 not in the peer list", "myid-not-in-servers"},
	{"members beside a dynamic file", "Caused by: org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: parameter: server.2 must be in a separate dynamic config file", "dynamic-config-overrides"},
	{"peerType", "2026-11-22 03:12:07,220 [myid:1] - WARN  [main:o.a.z.s.q.QuorumPeerConfig@774] - Peer type from servers list (PARTICIPANT) doesn't match peerType (OBSERVER). Defaulting to servers list.", "peertype-mismatch"},
	{"one server", "2026-11-22 03:12:07,220 [myid:] - ERROR [main:QuorumPeerConfig@287] - Invalid configuration, only one server specified (ignoring)", "standalone-in-ensemble"},
	{"standalone 3.4", "2026-11-22 03:12:07,220 [myid:] - WARN  [main:QuorumPeerMain@113] - Either no config or no quorum defined in config, running  in standalone mode", "standalone-in-ensemble"},
	{"listener gone", "2026-11-22 03:12:10,220 [myid:1] - ERROR [ListenerThread:QuorumCnxManager$Listener@590] - As I'm leaving the listener thread, I won't be able to participate in leader election any longer: /192.168.145.101:3888", "process-without-listener"},
	{"connect, no port", "WARN - Cannot open channel to 2 at election address /10.99.0.2:3888\njava.net.BindException: Cannot assign requested address", "(consequence)"},
	{"connect, no port, Java 8", "java.net.NoRouteToHostException: Cannot assign requested address (Address not available)", "(consequence)"},
	{"connect, no port, by ConnectException", "java.net.ConnectException: Cannot assign requested address", "(consequence)"},
	{"IPv4 alone", "WARN - Cannot open channel to 2 at election address /[2001:db8:0:0:0:0:0:2]:3888\njava.net.SocketException: Protocol family unavailable", "(configuration)"},
	{"IPv4 alone, no support", "java.net.SocketException: Protocol family not supported", "(configuration)"},
	{"IPv4 alone, channels", "java.nio.channels.UnsupportedAddressTypeException: null", "(configuration)"},
	{"no thread", "java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached", "(consequence)"},
	{"no thread, Java 8", "java.lang.OutOfMemoryError: unable to create new native thread", "(consequence)"},
	{"bind, no such address", "java.net.BindException: Cannot assign requested address (Bind failed)", "self-addr-not-local myid-wrong-server"},
	{"listening 3.4", "2026-11-22 03:12:07,220 [myid:2] - ERROR [/192.168.145.101:3888:QuorumCnxManager$Listener@547] - Exception while listening", "process-without-listener self-addr-not-local"},
	{"listening 3.8, with cause", "ERROR [ListenerHandler-/10.0.0.9:3888:o.a.z.s.q.QuorumCnxManager$Listener$ListenerHandler@1099] - Exception while listening to address /10.0.0.9:3888\njava.net.BindException: Cannot assign requested address", "self-addr-not-local myid-wrong-server process-without-listener"},
	{"exit 14", "2026-11-22 03:12:11,220 [myid:2] - ERROR [QuorumPeerListener:o.a.z.u.ServiceUtils@48] - Exiting JVM with code 14", "process-down self-addr-not-local myid-wrong-server"},
	{"own id", head38 + "QuorumCnxManager@521] - We got a connection request from a server with our own ID. This should be either a configuration error, or a bug.", "myid-duplicate"},
	{"non-cluster 3.5", "INFO [WorkerReceiver[myid=1]:FastLeaderElection$Messenger$WorkerReceiver@294] - Ignoring notification for non-cluster member sid: 4", "membership-divergent"},
	{"non-quorum", "Ignoring notification for sid 4 from non-quorum member sid 5", "membership-divergent"},
	{"non-cluster 3.4", "Ignoring notification from non-cluster member 4", "membership-divergent"},
	{"invalid id", head34 + "FastLeaderElection@200] - Invalid server id: 5", "membership-divergent"},
	{"no leader with id", head34 + "Follower@100] - Couldn't find the leader with id = 3", "membership-divergent"},
	{"channel, refused", "2019-07-08 23:04:19,812 [myid:3] - WARN  [WorkerSender[myid=3]:QuorumCnxManager@588] - Cannot open channel to 1 at election address /172.16.138.205:5888\njava.net.ConnectException: Connection refused (Connection refused)\n\tat java.net.PlainSocketImpl.socketConnect(Native Method)", "process-down self-addr-loopback process-without-listener"},
	{"channel, timeout", "Cannot open channel to 2 at election address zk2/10.0.0.2:3888\njava.net.SocketTimeoutException: connect timed out", "quorum-port-filtered host-unreachable peer-addr-stale"},
	{"channel, no route", "Cannot open channel to 2 at election address zk2/10.0.0.2:3888\njava.net.NoRouteToHostException: No route to host (Host unreachable)", "quorum-port-filtered host-unreachable peer-addr-stale"},
	{"channel, name", "Cannot open channel to 2 at election address zk2:3888\njava.net.UnknownHostException: zk2", "peer-name-unresolvable target-unresolvable"},
	{"channel, unresolved", "Cannot open channel to 3 at election address zk3.nosuch.invalid/<unresolved>:3888\njava.nio.channels.UnresolvedAddressException", "peer-name-unresolvable"},
	{"channel, loopback", "Cannot open channel to 1 at election address zk1/127.0.1.1:3888\njava.net.ConnectException: Connection refused", "self-addr-loopback"},
	{"channel, wildcard", "Cannot open channel to 1 at election address /0.0.0.0:3888\njava.net.ConnectException: Connection refused", "wildcard-self-addr"},
	{"channel, bare", "Cannot open channel to 2 at election address /10.0.0.2:3888", "process-down quorum-port-filtered host-unreachable"},
	{"resolve 3.4", "Failed to resolve address: zk3\njava.net.UnknownHostException: zk3", "peer-name-unresolvable"},
	{"smaller id 3.4", "INFO [WorkerSender[myid=1]:QuorumCnxManager@199] - Have smaller server identifier, so dropping the connection: (2, 1)", "quorum-port-filtered"},
	{"smaller id 3.8", "Have smaller server identifier, so dropping the connection: (myId:1 --> sid:2)", "quorum-port-filtered"},
	{"broken 3.4", "WARN [RecvWorker:2:QuorumCnxManager$RecvWorker@780] - Connection broken for id 2, my id = 1, error = ", "process-down myid-duplicate"},
	{"broken 3.8", "Connection broken for id 1, my id = 2", "process-down myid-duplicate"},
	{"broken by an HTTP check", "Connection broken for id 5135603447292250196, my id = 2", "(not ZooKeeper)"},
	{"send worker", "WARN [SendWorker:1:QuorumCnxManager$SendWorker@706] - Send worker leaving thread id 1 my id = 2", "process-down myid-duplicate"},
	{"interrupting", "WARN [RecvWorker:2:QuorumCnxManager$RecvWorker@799] - Interrupting SendWorker thread from RecvWorker. sid: 2. myId: 1", "process-down myid-duplicate"},
	{"interrupted", "WARN [SendWorker:2:QuorumCnxManager$SendWorker@697] - Interrupted while waiting for message on queue", "(harmless)"},
	{"following, timeout", head34 + "Follower@89] - Exception when following the leader\njava.net.SocketTimeoutException: Read timed out", "quorum-port-filtered server-hung"},
	{"following, EOF", head34 + "Follower@89] - Exception when following the leader\njava.io.EOFException", "process-down quorum-port-filtered server-hung"},
	{"observing", "Exception when observing the leader", "process-down quorum-port-filtered server-hung"},
	{"observing, timeout", "Exception when observing the leader\njava.net.SocketTimeoutException: Read timed out", "quorum-port-filtered server-hung"},
	{"tries", head34 + "Learner@237] - Unexpected exception, tries=0, connecting to /10.0.0.2:2888\njava.net.ConnectException: Connection refused", "quorum-port-filtered self-addr-loopback"},
	{"exceeded", "connectToLeader exceeded. tries=4, remaining init limit=0, connecting to zk2/10.0.0.2:2888", "quorum-port-filtered"},
	{"retries", "Unexpected exception, retries exceeded. tries=4, remaining init limit=0, connecting to zk2/10.0.0.2:2888", "quorum-port-filtered"},
	{"epoch", "java.lang.InterruptedException: Timeout while waiting for epoch from quorum", "server-not-serving quorum-port-filtered"},
	{"epoch ack", "Timeout while waiting for epoch to be acked by quorum", "server-not-serving quorum-port-filtered"},
	{"newleader", "Timeout while waiting for NEWLEADER to be acked by quorum", "sync-too-slow server-not-serving quorum-port-filtered"},
	{"sync phase", "Shutting down due to: Waiting for a quorum of followers, only synced with sids: [ [1] ]", "sync-too-slow quorum-lost server-not-serving"},
	{"leader lost quorum", "Shutdown called. For the reason Not sufficient followers synced, only synced with sids: [ [2] ]", "quorum-lost"},
	{"shutdown 3.6", "Shutdown called. For the reason quorum Leader", "election-in-progress quorum-lost"},
	{"shutdown 3.4", "java.lang.Exception: shutdown Leader! reason: Forcing shutdown", "election-in-progress quorum-lost"},
	{"rollover", "zxid lower 32 bits have rolled over, forcing re-election, and therefore new epoch start", "zxid-rollover-near election-in-progress"},
	{"too many, per address", "2026-11-22 03:12:07,220 [myid:] - WARN  [NIOServerCxn.Factory:0.0.0.0/0.0.0.0:2181:NIOServerCnxnFactory@211] - Too many connections from /192.168.145.7 - max is 60", "conn-limit-reached"},
	{"too many, wrapped 3.5", "Error accepting new connection: Too many connections from /10.0.0.5 - max is 60", "conn-limit-reached"},
	{"too many, total", "Too many connections max allowed is 1000", "conn-limit-reached"},
	{"too many, total NIO", "Error accepting new connection: Too many connections 1000 - max is 1000", "conn-limit-reached"},
	{"seen zxid", "INFO [..] - Refusing session request for client /10.0.0.7:51242 as it has seen zxid 0x700000012 our last zxid is 0x600000003 client must try another server", "split-brain standalone-in-ensemble"},
	{"read-only client", "Refusing session request for not-read-only client /10.0.0.7:51242", "read-only-mode quorum-lost"},
	{"not running", "java.io.IOException: ZooKeeperServer not running", "server-not-serving"},
	{"not ready", "Connection request from /10.0.0.7 refused because the server is not ready", "server-not-serving"},
	{"pause", "WARN [JvmPauseMonitor:o.a.z.u.JvmPauseMonitor@147] - Detected pause in JVM or host machine (eg GC): pause of approximately 12034ms", "heap-pressure server-hung"},
	{"disk full", "Severe unrecoverable error, from thread : SyncThread:1\njava.io.IOException: No space left on device", "disk-full"},
	{"no snapshot", "java.io.IOException: No snapshot found, but there are log entries. Something is broken!", "no-snapshot"},
	{"log without a header", "java.io.IOException: Transaction log: /data/version-2/log.100000001 has invalid magic number 1514885966 != 1514884167", "txnlog-corrupt"},
	{"empty log removed", head38 + "p.FileTxnLog@729] - Delete empty tail log file to recover from corruption file: log.100000001", "txnlog-corrupt"},
	{"current epoch", "java.io.IOException: The current epoch, 0, is older than the last zxid, 4294967302", "epoch-mismatch"},
	{"accepted epoch", "java.io.IOException: The accepted epoch, 0 is less than the current epoch, 1", "epoch-mismatch"},
	{"log directory", "Cannot write to data directory /data/datalogs/version-2", "datadir-not-writable"},
	{"snapshot directory", "Cannot write to snap directory /data/version-2", "datadir-not-writable"},
	{"no purge", head38 + "DatadirCleanupManager@101] - Purge task is not scheduled.", "autopurge-off"},
	{"load fails", head34 + "QuorumPeer@648] - Unable to load database on disk\njava.io.EOFException", "disk-full txnlog-corrupt no-snapshot epoch-mismatch"},
	{"load fails, again", "java.lang.RuntimeException: Unable to run quorum server ", "disk-full txnlog-corrupt no-snapshot epoch-mismatch"},
	{"notification", head38 + "FastLeaderElection@979] - Notification time out: 60000 ms", "server-not-serving quorum-lost"},
	{"new election", head34 + "FastLeaderElection@818] - New election. My id =  3, proposed zxid=0x0", "election-in-progress"},
	{"took 3.4", head34 + "Leader@380] - LEADING - LEADER ELECTION TOOK - 238", "election-in-progress"},
	{"took 3.8", head38 + "Leader@600] - LEADING - LEADER ELECTION TOOK - 238 MS", "election-in-progress"},
	{"looking 3.4", head34 + "QuorumPeer@865] - LOOKING", "election-in-progress"},
	{"looking 3.8", head38 + "QuorumPeer@863] - Peer state changed: looking", "election-in-progress"},
	{"set to looking", head38 + "QuorumPeer@1501] - PeerState set to LOOKING", "election-in-progress"},

	{"nothing", "", ""},
	{"blank", " \n\t ", ""},
	{"following is healthy", head34 + "QuorumPeer@900] - FOLLOWING", ""},
	{"looking in a sentence", "we are looking for a good monitoring tool", ""},
	{"healthy srvr", "Zookeeper version: 3.8.0\nMode: follower\nNode count: 5", ""},
	{"client library", "Max retries exceeded with url: /v1", ""},
	{"another unit", "Failed to start nginx.service: already running as process 12", ""},
	{"port in use", "java.net.BindException: Address already in use", "client-port-conflict election-port-conflict quorum-port-conflict"},
	{"admin port", "WARN [main:o.a.z.s.a.JettyAdminServer@164] - Problem starting AdminServer", "admin-port-conflict"},
	{"slow disk", "fsync-ing the write ahead log in SyncThread:1 took 1203ms which will adversely effect operation latency.", "fsync-slow"},
	{"digest", "ERROR - First digest mismatch on txn: 72058,1,4294967299,1,1 , expected digest is 2,5 , actual digest is 7, ", "data-digest-mismatch"},
	{"no descriptors", "java.io.IOException: Too many open files", "fd-limit-near"},
	{"HTTP on the client port", "Len error 1195725856", "oversize-znode-or-packet"},
	{"port scan", "Exception reading or writing challenge: java.io.EOFException", "(not ZooKeeper)"},
	{"held 3.4", "Exception reading or writing challenge: java.net.SocketTimeoutException: Read timed out", "election-port-held"},
	{"held 3.9", "Exception reading or writing challenge\njava.net.SocketTimeoutException: Read timed out", "election-port-held"},
	{"init limit", "Enough followers present. Perhaps the initTicks need to be increased.", "sync-too-slow"},
	{"parts too far apart", "my id 1 " + strings.Repeat("x", maxGap+1) + " not in the peer list", ""},
	{"parts in the wrong order", "not in the peer list: my id 1", ""},
}

func names(found []Match) string {
	var slugs []string
	for _, m := range found {
		slugs = append(slugs, cmp.Or(m.Slug, "("+string(m.Kind)+")"))
	}
	return strings.Join(slugs, " ")
}

func TestMatchLine(t *testing.T) {
	t.Parallel()
	for _, tt := range slices.Concat(matchTests, pastedTests, hostTests, libraryTests) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, line := range []string{tt.line, strings.ToUpper(tt.line), "\xff 2026-11-22T03:12:07Z " + strings.ReplaceAll(tt.line, "\n", "\r\n")} {
				if line != tt.line && strings.HasPrefix(tt.line, "Mode:") {
					continue // what stands before it makes it another line
				}
				if diff := gocmp.Diff(tt.want, names(MatchLine(line))); diff != "" {
					t.Errorf("MatchLine(%q) (-want +got):\n%s", line, diff)
				}
			}
		})
	}
}

// TestSignaturesAreAllTested: each text catches some line of the table above, and each
// row points to pages.
func TestSignaturesAreAllTested(t *testing.T) {
	t.Parallel()
	lines := slices.Concat(matchTests, pastedTests, hostTests, libraryTests, messagesOfZooKeeper(t))
	for _, s := range signatures() {
		for i, form := range s.forms {
			one := signature{Row: s.Row, forms: [][]string{form}}
			caught := slices.ContainsFunc(lines, func(tt matchTest) bool {
				p := paste{text: strings.Join(strings.Fields(tt.line), " ")}
				p.lower = lower(p.text)
				_, _, ok := one.find(p, lineEnds(lower(tt.line)))
				return ok
			})
			if !caught {
				t.Errorf("no test line for %q", s.Texts[i])
			}
		}
		for _, slug := range s.Slugs {
			if _, ok := Page(slug); !ok {
				t.Errorf("%q points to %q, which has no page", s.Texts, slug)
			}
		}
		if len(s.Slugs) > 0 && !strings.HasSuffix(s.Why, ".") {
			t.Errorf("%q: why is no sentence: %q", s.Texts, s.Why)
		}
	}
}

func TestMatchLineReadsNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	known := "Mode: read-only\n"
	if got := names(MatchLine(known + strings.Repeat("x", MaxPaste))); got != "read-only-mode quorum-lost" {
		t.Errorf("known line first: got %q", got)
	}
	if got := names(MatchLine(strings.Repeat("x", MaxPaste) + "\n" + known)); got != "" {
		t.Errorf("known line behind the limit: got %q", got)
	}
}

func FuzzMatchLine(f *testing.F) {
	for _, tt := range slices.Concat(matchTests, pastedTests, hostTests, libraryTests) {
		f.Add(tt.line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		seen := make(map[string]bool)
		for _, m := range MatchLine(line) {
			_, ok := Page(m.Slug)
			if key := m.Slug + m.Why; ok == (m.Kind != "") || m.Why == "" || m.Matched == "" || seen[key] {
				t.Errorf("MatchLine(%q) gave %+v", line, m)
			}
			seen[m.Slug+m.Why] = true
		}
	})
}

func BenchmarkMatchLine(b *testing.B) {
	line := strings.Repeat("cannot open channel to 2 at ", MaxPaste/28)
	for b.Loop() {
		MatchLine(line)
	}
}

// TestNoAddress: an address that could not be assigned is the server's own where it listens, and nothing of it
// where it connects.
func TestNoAddress(t *testing.T) {
	const (
		open   = "WARN [QuorumConnectionThread-[myid=1]-3:QuorumCnxManager@398] - Cannot open channel to 2 at election address /10.99.0.2:3888"
		listen = "ERROR [ListenerHandler-/10.0.0.9:3888:QuorumCnxManager$Listener$ListenerHandler@1099] - Exception while listening to address /10.0.0.9:3888"
		bind   = "\njava.net.BindException: Cannot assign requested address"
	)
	for name, c := range map[string]struct{ line, slug, says string }{
		"to connect":                      {open + bind, "", "The connection to another host could not begin"},
		"to connect, Java 8":              {open + "\njava.net.NoRouteToHostException: Cannot assign requested address (Address not available)", "", "The connection to another host"},
		"to connect, on one line":         {open + " java.net.ConnectException: Cannot assign requested address", "", "The connection to another host"},
		"the exception alone, of connect": {"java.net.NoRouteToHostException: Cannot assign requested address", "", "The connection to another host"},
		"to listen":                       {listen + bind, "self-addr-not-local", "listen on an address"},
		"the exception alone":             {bind, "self-addr-not-local", "listen on an address"},
		"refused, and then to listen":     {open + "\njava.net.ConnectException: Connection refused\n" + listen + bind, "self-addr-not-local", "listen on an address"},
		"IPv4 alone":                      {open + "\njava.net.SocketException: Protocol family unavailable", "", "IPv4 alone"},
		"no thread":                       {"java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached", "", "TasksMax"},
		"no thread, Java 8":               {"java.lang.OutOfMemoryError: unable to create new native thread", "", "TasksMax"},
	} {
		got := MatchLine(c.line)
		if len(got) == 0 {
			t.Errorf("%s: not known", name)
			continue
		}
		told := slices.ContainsFunc(got, func(m Match) bool { return strings.Contains(m.Why, c.says) })
		if c.slug != "" && got[0].Slug != c.slug || !told {
			t.Errorf("%s: %+v", name, got)
		}
		for _, m := range got {
			if c.slug == "" && (m.Slug == "self-addr-not-local" && !strings.Contains(name, "listen") || m.Slug == "fd-limit-near") {
				t.Errorf("%s: %+v", name, m)
			}
		}
	}
}
