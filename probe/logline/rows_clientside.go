package logline

// clientSideRows are what clients and their libraries write (ClientCnxn, ClientCnxnSocket,
// KeeperException; Curator, Kafka, kazoo pass these texts on). They prove what a client saw,
// and no fault of a server.
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
			"Check whether the servers serve.", "ConnectionLoss", "ConnectionLossException"),
		row("No server heard the client for its session timeout: it stood still itself (garbage collection), or there was an outage. "+
			"Its ephemeral znodes are gone.", "KeeperErrorCode = Session expired", "KeeperException$SessionExpiredException",
			"has expired, closing socket connection", "Unable to reconnect to ZooKeeper service, session"),
		row("The ACL of the znode does not allow this client what it asked for.", "KeeperErrorCode = NoAuth", "NoAuthException"),
		row("The client asks for what its server does not know: it is of a later release than the server, "+
			"as create2 and TTL are against 3.4.", "KeeperErrorCode = Unimplemented", "UnimplementedException"),
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
			"Connection timed out for connection string"),
		row("The client has no section Client in its JAAS configuration and goes on without SASL. "+
			"It is harmless unless the server asks for SASL.", "No JAAS configuration section named 'Client' was found"),
		row("SASL is not set up at the client, which is the usual case and harmless.", "Will not attempt to authenticate using SASL"),
	}
}
