package logline

// authRows are clients and peers that do not prove who they are (ZooKeeperServer,
// AuthenticationHelper, SaslServerCallbackHandler, SaslQuorumServerCallbackHandler,
// X509AuthenticationProvider, KeyAuthenticationProvider, EnsembleAuthenticationProvider).
func authRows() []Row {
	client := func(why string, texts ...string) Row { return Row{Kind: OfClient, Texts: texts, Why: why} }
	sasl, tls := []string{"quorum-sasl-failed"}, []string{"client-tls-failed"}
	return []Row{
		{
			Kind: OfClient, Family: "password",
			Texts: []string{"SaslServerCallbackHandler{}No password found for user", "No password found for user{}SaslServerCallbackHandler"},
			Why:   "A client came with a user, or without one, that the section Server of the server's JAAS file does not have. At a start it is the server itself.",
		},
		{
			Texts: []string{"No password found for user", "authenticateable users"}, Slugs: sasl, Family: "password",
			Why: "A peer or a client used a user or password that this server's JAAS file does not have.",
		},
		{
			Texts: []string{"SASL authorization completed, {} is not authorized", "Maintaining learner connection despite SASL authentication failure", "Exception while sending failed status"},
			Slugs: sasl, Why: "A peer was not accepted by the SASL of this server.",
		},
		{Texts: []string{"Using DIGEST-MD5 for quorum authorization"}, Kind: Harmless, Why: "The servers authenticate each other by user and password."},
		{Texts: []string{"Unknown status:"}, Slugs: sasl, Why: "A peer answered the authentication with something that is no answer of SASL: it has SASL off, or is another release."},
		{
			Texts: []string{
				"Failed to trust certificate", "No certificate chain available to authenticate",
				"No trust manager available to authenticate",
				"Failed to authenticate session", "Authentication failed for session", "Error getting peer certificates",
				"Truststore not specified for client connection", "keystore not specified for client connection",
			},
			Slugs: tls, Why: "A client came without a certificate that this server trusts.",
		},
		client("A client did not authenticate as the server requires, and is turned away where the server insists.",
			"does not match with any of the expected authentication scheme", "Authentication failed for scheme",
			"failed to SASL authenticate",
			"due to SASL authentication failure", "client SASL authentication has failed",
			"Maintaining client connection despite SASL",
			"Caught runtime exception from AuthenticationProvider", "*****>>>>> Got ", "getData failed", "bad formatting",
			"Failed to set name based on Kerberos authentication rules"),
		client("A client gives the password of another session, or came back with one of another ensemble.", "Incorrect password from"),
		client("A client of 3.3 or older connects. It works, but for read-only mode.", "Connection request from old client"),
		client("A client thinks that this ensemble has another name.", "Unexpected ensemble name"),
	}
}

// adminRows are the AdminServer, the metrics server and the command line of an embedded one
// (Commands, CommandListener, CommandClient, JettyAdminServer, JsonOutputter, StreamOutputter,
// PrometheusMetricsProvider, ControllerService).
func adminRows() []Row {
	row := func(kind Kind, why string, texts ...string) Row { return Row{Kind: kind, Texts: texts, Why: why} }
	return []Row{
		{
			Texts: []string{"Unable to start JettyAdminServer"}, Slugs: []string{"admin-port-conflict"},
			Why: "The AdminServer did not start: its port is taken, or its settings are wrong. A member of an ensemble runs on without it.",
		},
		{
			Texts: []string{"Cannot start /metrics server"}, Kind: Setting,
			Why: "The port of the metrics provider (metricsProvider.httpPort, 7000) is taken: the server does not start.",
		},
		row(OfClient, "The AdminServer was asked for a command that it does not have, that is off, or that needs authorization.",
			"Auth Id list is empty", "Auth info is missing for command", "Invalid auth info length",
			"Error occurred during auth for command",
			"Restore command is disabled", "Snapshot command is disabled", "requires serializeLastProcessedZxidEnable",
			"was rate limited",
			"InputStream from restore request is null", "Bad argument or command", "Failed processing the request"),
		{
			Kind: OfClient, Texts: []string{"Unknown command"}, Whole: true,
			Why: "The AdminServer was asked for a command that it does not have.",
		},
		row(OfClient, "What asked the AdminServer, or a four-letter word, went away before it had its answer.",
			"Exception writing command response", "Exception streaming out data", "Error in running command"),
		row(Consequence, "A snapshot, or its restore, by the AdminServer failed; the exception says why.",
			"Exception occurred when restore snapshot", "Exception occurred when taking the snapshot",
			"Snapshot file {} is empty"),
		row(Harmless, "Two commands have one name, and the later one counts.", "Re-registering command"),
		row(Consequence, "The service that steers ZooKeeper from tests, or embeds it, failed; the exception says why.",
			"Failed to instantiate CommandListener", "Failed to start ControllerService",
			"Fatal error starting quorum peer", "error during server lifecycle",
			"Controller is configured to NOT sending response", "IO Exception occurred",
			"Failed to get response from server", "Unknown exception when sending command"),
	}
}

// peerTalkRows are what servers say of each other's messages and roles (FastLeaderElection,
// QuorumCnxManager, QuorumPeer, Leader, Learner, Observer, UnifiedServerSocket).
func peerTalkRows() []Row {
	row := func(kind Kind, why string, texts ...string) Row { return Row{Kind: kind, Texts: texts, Why: why} }
	return []Row{
		row(Foreign, "What came to the election port is not a vote that this release understands: a port check, a scanner, or a server of another release.",
			"Skipping the processing of a partial / malformed response", "Notification state unrec",
			"Initial message parsing error",
			"Read only {} bytes out of", "Got bad Msg type", "Incoming connection has no data",
			"Something went wrong while processing config received"),
		row(Harmless, "No peer connected to the election port for a while; the server listens again at once (ZOOKEEPER-2836).",
			"listening for the election accepted and it timed out unexpectedly"),
		row(Harmless, "A reconfiguration names the leader or the client ports that follow.",
			"This leader is not the designated leader", "designated leader is", "Suggested leader", "ClientParts: ",
			"Set clientAddr to", "sid = {} addressStr ="),
		row(Consequence, "An observer finds no server that gives it the transactions; it tries the others.",
			"No learner master found", "requested next learner master", "could not find learner master"),
		row(Harmless, "A setting of a socket could not be restored; the connection is used as it is.",
			"Failed to restore old socket timeout", "Unable to set socket linger to 0",
			"Failed to list all network interfaces"),
		row(Consequence, "The client port could not be changed by a reconfiguration; the exception says why.",
			"Error reconfiguring client port", "Error while reconfiguring"),
		{
			Texts: []string{"FAILED to start ReadOnlyZooKeeperServer"}, Slugs: []string{"client-port-conflict"},
			Why: "The server could not serve reads without a quorum: its client port is taken, or its settings are wrong.",
		},
		{
			Texts: []string{"Selector failed to open"}, Slugs: []string{"fd-limit-near"},
			Why: "The server could not make what it waits for connections with: it has no file descriptors left.",
		},
		{
			Texts: []string{"Throttled request "}, Kind: Fault,
			Why: "A request that was to be held back got further than it may: the server ends itself.",
		},
		row(Harmless, "A client closes its session while the server has no quorum.", "Submitting global closeSession request"),
		row(Harmless, "The last messages with a server, written down when their connection broke.", "timestamps for messages"),
		row(Harmless, "A message that repeats is counted instead of written each time; the text behind it says which.", "times] ", "Message:{} Value:"),
		row(Harmless, "The acknowledgement of a request is written down for debugging.", "Ack>>> cxid"),
		row(Consequence, "The thread that answers questions about the vote by UDP (3.4) failed.", "in ResponderThread"),
		row(Consequence, "The old election algorithms (electionAlg 0 to 2, up to 3.5) are not to be used: set no electionAlg.",
			"Ignoring exception while looking for leader", "Got bad xid: ",
			"Socket exception when creating socket for leader election",
			"OBSERVER elected as leader", "Proposed leader: ", "Ack exception:", "Challenge request exception",
			"Empty ack semaphore",
			"Exception while sending ack", "Exception while sending challenge", "Ignoring exception receiving",
			"Incorrect challenge",
			"No challenge", "No such address in the ensemble configuration", "Received message of incorrect type",
			"Sending exception:",
			"Address is not in the configuration"),
	}
}
