package logline

// valueRows are values that a running server drops, replaces, or warns of (ZooKeeperServer,
// ZKDatabase, BlueThrottle, ServerCnxnFactory, QuorumPeerConfig, QuorumPeer, X509Util,
// ClientX509Util, SSLContextAndOptions, ZKConfig, SecretUtils, ProviderRegistry).
func valueRows() []Row {
	row := func(why string, texts ...string) Row { return Row{Kind: Setting, Texts: texts, Why: why} }
	return []Row{
		row("A value is beyond its range, and the default is used.",
			"Invalid global session weight", "Invalid local session weight", "Invalid renew session weight",
			"is less than the local session weight",
			"are insane and cause long integer overflow", "Invalid autopurge.snapRetainCount",
			"Invalid large request threshold",
			"Invalid max bytes for all large requests", "Will not change the setting. The max bytes stay",
			"SnapCount should be 2 or more",
			"maxCnxns should be greater than or equal to 0", "The configured commitLogCount", "The configured {} is invalid",
			"use default value", "using default value", "using the default value of", "Error parsing config property"),
		row("maxCnxns is not set: the server takes connections without a limit for all clients together. It is the default.",
			"maxCnxns is not configured"),
		row("Two voters tolerate no failure: with fewer than three, each server that stops is an outage.",
			"No server failure will be tolerated"),
		row("A store of keys, or its password, is not set or cannot be read.",
			"Error creating SSL context and options", "Exception occurred when reading secret from file",
			"Failed to create key manager", "Failed to create trust manager", "Error while configuration from",
			"Failed to load authentication certificates for admin server", "unable to set up SslAuthProvider",
			"unable to set up client certificate reload filewatcher", "Watch key no longer valid"),
		row("A class or a jar that the configuration names is not in the class path.",
			"Problems loading ", "Unable to load jetty, not starting JettyAdminServer"),
		row("An authentication provider is named that the server does not have: authProvider.N of zoo.cfg, or its class path.",
			"Missing AuthenticationProvider for", "Auth provider not found", "No authentication provider for scheme",
			"Missing algorithm"),
		row("A member's line or a rule for addresses cannot be read.",
			"does not resemble an IPv4 or IPv6 address", "as IPv6 address", "SecurityException in getByName"),
		row("The server was started with arguments that it does not know.", "Invalid arguments, exiting abnormally"),
		row("reconfigEnabled=false: members are changed by editing zoo.cfg and restarts.", "Reconfig operation requested but reconfig feature is disabled"),
		row("skipACL=yes: every client may read, change and delete everything.", "skipACL is set"),
		row("The oracle of a two-server ensemble is not set up (oraclePath).", "Oracle is not set"),
		row("The server does not read a class of its own for starting and stopping; a check from inside it is off.",
			"ZKShutdownHandler is not registered"),
	}
}
