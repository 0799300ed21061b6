package logline

// clientSideRows are what clients and their libraries write (ClientCnxn, ClientCnxnSocket,
// KeeperException; Curator, Kafka and kazoo pass these texts on, and they, HBase, Solr,
// ClickHouse, zkclient and go-zookeeper have some of their own). They prove what a client saw, and
// no fault of a server.
func clientSideRows() []Row {
	row := func(why string, texts ...string) Row { return Row{Kind: OfClient, Texts: texts, Why: why} }
	return []Row{
		{
			Kind: OfClient, Texts: []string{"Packet len{}is out of range"}, Family: "answer", Reads: lengthSays("packet len"),
			Why: "What answered the client is no ZooKeeper, or not in plain text: its first bytes are {}. " +
				"Compare the port of its connect string with clientPort and secureClientPort.",
		},
		{
			Texts: []string{"Packet len{}is out of range"}, Family: "answer", Slugs: []string{"oversize-znode-or-packet"},
			Why: "An answer was longer than the jute.maxbuffer of the client, which drops the connection and asks again.",
		},
		row("The client's connection broke before it had its answer: it does not know whether the request was done. "+
			"Check whether the servers serve.", "ConnectionLoss", "ConnectionLossException", "CONNECTIONLOSS",
			"Coordination::Exception{}Connection loss", "RecoverableZooKeeper: ZooKeeper {} failed after",
			"zk: connection closed"),
		row("No server received a message of the client within its session timeout: it stood still itself (garbage collection), or there was an outage. "+
			"Its ephemeral znodes are gone.", "KeeperErrorCode = Session expired", "KeeperException$SessionExpiredException",
			"has expired, closing socket connection", "Unable to reconnect to ZooKeeper service, session",
			"Coordination::Exception: Session expired", "ZooKeeper session has been expired", "kazoo.exceptions.SessionExpired",
			"zk: session has been expired", "Cannot talk to ZooKeeper - Updates are disabled"),
		row("The ACL of the znode does not allow this client what it asked for.", "KeeperErrorCode = NoAuth", "NoAuthException"),
		row("The client asks for what its server does not know: it is of a later release than the server, "+
			"as create2 and TTL are against 3.4.", "KeeperErrorCode = Unimplemented", "UnimplementedException"),
		row("The client could not turn a name of its connect string into an address.",
			"Unable to canonicalize address {} because it's not resolvable"),
		{
			Kind: OfClient, Texts: []string{"closing socket connection and attempting reconnect{}Connection refused"}, Family: "reconnect",
			Why: "Nothing listens where the client connects to, by its connect string: no server there, or another port.",
		},
		{
			Kind: OfClient, Family: "reconnect",
			Texts: []string{"closing socket connection and attempting reconnect", "attempting reconnect except it is a SessionExpiredException"},
			Why:   "The client's connection to a server ended, and it tries the next one.",
		},
		row("The client got no answer from its server in two thirds of its session timeout, and goes to another one. "+
			"The server, the network or the client itself stood still.",
			"Client session timed out, have not heard from server"),
		row("The client gave up before it was connected: its connect string, the network, or the servers.",
			"Timed out waiting for connection while in state", "Timeout waiting to connect",
			"Connection timed out for connection string", "Unable to connect to zookeeper server within timeout",
			"Timed out waiting for connection to Zookeeper server", "Could not connect to ZooKeeper {} within",
			"KazooTimeoutError", "zk: could not connect to a server", "All connection tries failed while connecting to ZooKeeper",
			"Background operation retry gave up", "Background retry gave up"),
		row("Nothing answered where a client connects to: the network drops it, or the host is down.",
			"dial tcp {}:2181: i/o timeout", "dial tcp {}:2181: connect: connection timed out",
			"dial tcp {}:2181: connect: no route to host"),
		row("Nothing listens where a client connects to: no server there, or another port.",
			"dial tcp {}:2181: connect: connection refused"),
		row("The client has no section Client in its JAAS configuration and goes on without SASL. "+
			"It is harmless unless the server asks for SASL.", "No JAAS configuration section named 'Client' was found"),
		row("SASL is not set up at the client, which is the usual case and harmless.", "Will not attempt to authenticate using SASL"),
	}
}

// programRows are what programs that use ZooKeeper write about it, and clients and servers about
// SASL between them.
func programRows() []Row {
	row := func(why string, texts ...string) Row { return Row{Kind: OfClient, Texts: texts, Why: why} }
	return []Row{
		row("ZooKeeper has another id of the Kafka cluster than the broker: the broker was pointed at another ensemble or chroot, "+
			"or the data of ZooKeeper is lost, as with a dataDir on no volume. Find out which before meta.properties is changed.",
			"InconsistentClusterIdException"),
		row("Nothing of HBase is below that znode: HBase never started, has another zookeeper.znode.parent, or the client "+
			"asks another ensemble.", "is not in ZooKeeper. It should have been written by the master"),
		row("ClickHouse numbers the requests of a session, and that number ran out. It begins a new session by itself. "+
			"ZooKeeper's zxid is another number.", "XID overflow"),
		row("The client and the server did not authenticate each other by SASL: compare the client's JAAS section Client, its ticket "+
			"or password, and the name of the server's principal with the server's section Server.",
			"SASL authentication failed using login context", "the quorum member's saslToken is null",
			"cnxn object did not initialize its saslServer properly", "is being asked for a password, but the ZooKeeper Client code"),
	}
}
