package logline

import "regexp"

// writer finds the class that wrote a line: "[main:QuorumPeer@955]", "o.a.z.s.q.Leader@300]",
// "org.apache.zookeeper.server.quorum.Learner$LeaderConnector".
var writer = regexp.MustCompile(`\b([A-Z][A-Za-z0-9]+)(?:\$[A-Za-z0-9$]+)?@\d+\]|\borg\.apache\.zookeeper\.(?:[a-z0-9]+\.)*([A-Z][A-Za-z0-9]+)`)

// Writer says which class of ZooKeeper wrote a line, and what that class does; both are empty
// where the line does not say it, or names no class of a server.
func Writer(line string) (class, does string) {
	for _, m := range writer.FindAllStringSubmatch(line, -1) {
		class = m[1] + m[2]
		if does = duties()[class]; does != "" {
			return class, does
		}
	}
	return "", ""
}

// duties say what the classes do that write most of a server's log.
func duties() map[string]string {
	const client, storage = "keeps the connections of clients", "reads and writes the files in dataDir and dataLogDir"
	return map[string]string{
		"QuorumPeerMain":             "starts a member of an ensemble",
		"ZooKeeperServerMain":        "starts a standalone server",
		"QuorumPeerConfig":           "reads zoo.cfg",
		"QuorumPeer":                 "is the server's main thread: it elects, leads or follows",
		"QuorumCnxManager":           "keeps the connections on the election port, 3888",
		"FastLeaderElection":         "elects a leader",
		"Leader":                     "leads, on the quorum port, 2888",
		"LearnerHandler":             "is the leader's side of a connection with a follower or observer",
		"Learner":                    "connects to the leader and fetches its data",
		"Follower":                   "follows the leader",
		"Observer":                   "observes the leader",
		"ObserverMaster":             "passes the leader's transactions on to observers",
		"ZooKeeperServer":            "answers clients",
		"PrepRequestProcessor":       "checks the requests of clients",
		"SyncRequestProcessor":       "writes transactions to the disk",
		"CommitProcessor":            "waits for transactions to be confirmed",
		"FinalRequestProcessor":      "answers requests that are done",
		"NIOServerCnxn":              client,
		"NIOServerCnxnFactory":       client,
		"NettyServerCnxn":            client,
		"NettyServerCnxnFactory":     client,
		"FileTxnLog":                 storage,
		"FileTxnSnapLog":             storage,
		"FileSnap":                   storage,
		"SnapStream":                 storage,
		"DataTree":                   "is the data in memory",
		"ZKDatabase":                 "is the data in memory",
		"DatadirCleanupManager":      "removes old snapshots and logs",
		"JettyAdminServer":           "is the AdminServer, on port 8080",
		"PrometheusMetricsProvider":  "serves metrics, on port 7000",
		"X509Util":                   "sets up TLS",
		"X509AuthenticationProvider": "checks the certificates of clients",
		"ZKTrustManager":             "checks the certificates of peers and clients",
		"SaslQuorumAuthServer":       "checks the passwords of peers",
		"SaslQuorumAuthLearner":      "shows a peer the server's password",
		"ClientCnxn":                 "is the connection of a client, in the client's own process",
		"ClientCnxnSocketNIO":        "is the connection of a client, in the client's own process",
		"ClientCnxnSocketNetty":      "is the connection of a client, in the client's own process",
	}
}
