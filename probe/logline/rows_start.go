package logline

// Texts of which explain knows one form more closely.
const (
	processing = "Error processing "
	exiting    = "Exiting JVM with code"
)

// configRows are what a server writes about its configuration and its myid before it
// ends (QuorumPeerConfig, QuorumPeerMain, QuorumPeer).
func configRows() []Row {
	return []Row{
		{Sign: MyIDMissing, Texts: []string{"myid file is missing"}, Family: "missing", Slugs: []string{"myid-missing"}, Why: "The server found no file myid in its dataDir and does not start."},
		{Texts: []string{"IllegalArgumentException: {}file is missing"}, Family: "missing", Slugs: []string{"config-not-loaded"}, Why: "The configuration that ZooKeeper was started with is not there."},
		{Texts: []string{"SecurityException: {}(No such file or directory)", "jaas{}(No such file or directory)"}, Slugs: []string{"config-not-loaded"}, Why: "The JAAS file that java.security.auth.login.config names is not there, and a server that wants SASL ends."},
		{Kind: Setting, Texts: []string{"Could not configure server because SASL configuration did not allow the ZooKeeper server to authenticate itself"}, Why: "The server does not start: it could not log in by the section Server of its JAAS file. The text behind it says why: no password, no keytab, or no ticket."},
		{Kind: Setting, Texts: []string{"java.env: line ", "zookeeper-env.sh: line ", "zookeeper.env: line "}, Why: "The shell cannot read a file that sets variables for the start, or part of it: what it was to set, as SERVER_JVMFLAGS, is missing. The text behind it says what is wrong there."},
		{Kind: Setting, Texts: []string{"No JAAS configuration section named 'Server' was found"}, Why: "The server wants SASL of its clients, and its JAAS file has no section of that name (zookeeper.sasl.serverconfig)."},
		{Sign: ConfigInvalid, Texts: []string{"Invalid config, exiting abnormally"}, Slugs: []string{"config-not-loaded", "myid-missing", "myid-malformed"}, Why: "The server could not make use of its configuration and has ended; the lines below say why."},
		{Sign: MyIDMalformed, Texts: []string{"serverid {} is not a number"}, Slugs: []string{"myid-malformed"}, Why: "The first line of myid is not a plain number, so the server does not start."},
		{Sign: MyIDNotListed, Texts: []string{"My id {} not in the peer list"}, Slugs: []string{"myid-not-in-servers"}, Why: "The number in myid has no server line in the configuration, so the server does not start."},
	}
}

// startRows are reasons why a server does not come up (QuorumPeerConfig, QuorumPeerMain,
// QuorumPeer, QuorumCnxManager.Listener, ServiceUtils).
func startRows() []Row {
	standalone := []string{"standalone-in-ensemble"}
	return []Row{
		{Texts: []string{"must be in a separate dynamic config file"}, Slugs: []string{"dynamic-config-overrides"}, Why: "zoo.cfg lists servers beside dynamicConfigFile, so the server does not start."},
		{Texts: []string{"Peer type from servers list{}match peerType"}, Slugs: []string{"peertype-mismatch"}, Why: "peerType and the server's own line differ; the server goes by the line."},
		{Texts: []string{"only one server specified (ignoring)"}, Slugs: standalone, Why: "The configuration lists a single server, so this one runs alone."},
		{Texts: []string{"Either no config or no quorum defined in config, running in standalone mode"}, Slugs: standalone, Why: "The server found no list of servers and runs alone."},
		{Sign: ListenerGone, Texts: []string{"participate in leader election any longer"}, Slugs: []string{"process-without-listener"}, Why: "The server gave up listening on its election port; its peers cannot reach it any more."},
		{Sign: AddressForeign, Texts: []string{"Cannot assign requested address"}, Family: "channel", Slugs: []string{"self-addr-not-local", "myid-wrong-server"}, Why: "The server tried to listen on an address that is not this host's."},
		{Texts: []string{"Exception while listening"}, Slugs: []string{"process-without-listener", "self-addr-not-local"}, Why: "The server could not listen on its election port; the exception next to it says why."},
		{Texts: []string{exiting + " 14"}, Slugs: []string{"process-down", "self-addr-not-local", "myid-wrong-server"}, Why: "The server ended because it could not listen on its election port."},
		{Texts: []string{exiting + " 3"}, Slugs: []string{"datadir-not-writable"}, Why: "The server ended because it cannot use its data directory."},
		{Texts: []string{exiting + " 1"}, Whole: true, Slugs: []string{"process-down"}, Why: "The server ended at its start; the lines before this one say of what."},
		{Texts: []string{"Leaving listener thread for address"}, Slugs: []string{"process-without-listener", "election-port-conflict", "self-addr-not-local"}, Why: "The server gave up listening at this address: another program has the port, or the address is not this host's."},
		{Texts: []string{"Non-optimial configuration, consider an odd number", "Non-optimal configuration, consider an odd number"}, Slugs: []string{"even-or-tiny-ensemble"}, Why: "An even number of voters survives no more failures than one fewer does."},
		{Texts: []string{"not in the current config"}, Slugs: []string{"non-voting-follower", "membership-divergent"}, Why: "A server follows that the leader's list of members does not have."},
		{Texts: []string{"Read-only server started"}, Slugs: []string{"read-only-mode", "quorum-lost"}, Why: "The server sees no quorum and serves reads to clients that accept that."},
		{Sign: Exit, Texts: []string{"Unexpected exception, exiting abnormally"}, Slugs: []string{"process-down"}, Why: "The server ended; the exception below the line says of what."},
		{Sign: Exit, Texts: []string{exiting}},
	}
}

// portRows are ports that another program has (java.net, QuorumPeer,
// ZooKeeperServerMain, JettyAdminServer, MetricsProvider).
func portRows() []Row {
	admin := []string{"admin-port-conflict"}
	return []Row{
		{Sign: AdminEnd, Texts: []string{"AdminServer, exiting abnormally"}, Slugs: admin, Why: "The AdminServer could not have its port, 8080, and a standalone server ends of that."},
		{Sign: AdminPort, Texts: []string{"Problem starting AdminServer"}, Slugs: admin, Why: "The AdminServer could not have its port, 8080; a member of an ensemble runs on without it.", capture: portWanted},
		{Sign: MetricsPort, Texts: []string{"Cannot boot MetricsProvider"}, Slugs: []string{"process-down"}, Why: "The port of the metrics provider, 7000, is taken, or its class is missing: the server does not start."},
		{Texts: []string{"Couldn't bind to "}, Slugs: []string{"quorum-port-conflict", "self-addr-not-local"}, Why: "The elected leader could not have its quorum port, so another server has to lead."},
		{Kind: Setting, Texts: []string{"thrown by the agent{}Port already in use", "ExportException: Port already in use"}, Family: "in use", Why: "The port of JMX (JMXPORT, com.sun.management.jmxremote.port) is taken, maybe by a ZooKeeper that runs: ZooKeeper itself has not begun."},
		{Sign: AddressInUse, Texts: []string{"Address already in use"}, Family: "in use", Slugs: []string{"client-port-conflict", "election-port-conflict", "quorum-port-conflict"}, Why: "Another program has the port; the lines beside this one say which it is."},
	}
}
