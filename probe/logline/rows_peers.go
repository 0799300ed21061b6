package logline

import "strings"

// Challenge is what a server writes about a connection on its election port that did not
// say who it is (QuorumCnxManager, all versions). From 3.5 on the next line says how.
const Challenge = "Exception reading or writing challenge"

// OpenChannel is what a server writes where it cannot reach a peer's election port; the next line says how it
// failed (QuorumCnxManager, all versions).
const OpenChannel = "Cannot open channel to "

// idRows are servers that do not agree on who is who (QuorumCnxManager, from 3.5 on its
// own id too; FastLeaderElection, Learner).
func idRows() []Row {
	diverge := []string{"membership-divergent"}
	return []Row{
		{Sign: OwnIDElsewhere, Texts: []string{"We got a connection request from a server with our own ID"}, Slugs: []string{"myid-duplicate"}, Why: "Another server calls with this server's id."},
		{Sign: UnknownPeer, Texts: []string{"Ignoring notification for non-cluster member", "Ignoring notification from non-cluster member"}, Slugs: diverge, Why: "A server that is not in this server's list takes part in the election."},
		{Texts: []string{"Ignoring notification for sid {} from non-quorum member"}, Slugs: diverge, Why: "A server that has no vote in this server's list takes part in the election."},
		{Sign: UnknownPeer, Texts: []string{"Invalid server id: "}, Slugs: diverge, Why: "A peer has an id that is not in this server's list."},
		{
			Sign: LeaderUnreached, Texts: []string{"Couldn't find the leader with id = "},
			Slugs: diverge, Why: "The elected leader is not in this server's list.",
		},
	}
}

// rejectionRows are servers that do not let each other in (QuorumCnxManager, Learner,
// UnifiedServerSocket from 3.5.5 on, ZKTrustManager, SaslQuorumAuthServer,
// SaslQuorumAuthLearner, SecurityUtils), and clients whose handshake fails within Netty.
func rejectionRows() []Row {
	client, tls, sasl := []string{"client-tls-failed"}, []string{"quorum-tls-handshake"}, []string{"quorum-sasl-failed"}
	return []Row{
		{Sign: clientTLS, Texts: []string{"DecoderException: javax.net.ssl"}, Family: "handshake", Slugs: client, Why: "A client's handshake failed on the secure client port: the text behind the exception says at what."},
		{Sign: clientTLS, Texts: []string{"Caused by: javax.net.ssl"}},
		{Texts: []string{"Unsuccessful handshake with session"}, Family: "handshake", Slugs: client, Why: "A client's handshake failed on the secure client port, or it spoke plain text there."},
		{Texts: []string{"X509 Auth provider not found"}, Slugs: client, Why: "client.portUnification without secureClientPort needs authProvider.x509 set, or TLS ends after the handshake."},
		{Sign: PeerTLS, Texts: []string{"SSLHandshakeException"}, Family: "handshake", Slugs: tls, Why: "A handshake of TLS failed: the text behind the exception says which side did not believe the other."},
		{Sign: PeerTLSCut, Texts: []string{"java.net.SocketException: Socket is closed"}},
		{Texts: []string{"Keystore was tampered with"}, Slugs: []string{"quorum-tls-handshake", "client-tls-failed"}, Why: "A key store cannot be opened: its password is another, or it is damaged."},
		{Texts: []string{"not an SSL/TLS record"}, Slugs: []string{"client-tls-failed", "quorum-tls-handshake"}, Why: "A client or peer sent plain text to a port with TLS; the number is what it sent, in hexadecimal digits."},
		{Texts: []string{"Failed to verify both host address and host name"}, Slugs: tls, Why: "The certificate of a peer names neither its address nor its host name."},
		{Texts: []string{"Failed to verify host"}, Slugs: tls, Why: "The certificate of a peer does not name it; if both its address and its name fail, it is turned away."},
		{Sign: PeerTLSName, Texts: []string{"Certificate for <{}> doesn't match "}, Slugs: tls, Why: "The certificate of a peer is for other names than it had to be.", capture: certificateNames},
		{Texts: []string{"Cannot open secure channel to "}, Slugs: tls, Why: "This server could not reach a peer's election port with TLS; the exception below the line says how it failed."},
		{Texts: []string{"Blocked insecure connection attempt"}, Slugs: tls, Why: "A connection to a port between servers came without TLS: a port check, or a server that has TLS off."},
		{Texts: []string{"Socket mode detection timed out"}, Slugs: tls, Why: "A connection to a port between servers sent nothing: a port check, or a peer that does not respond."},
		// The bytes 16 03 01 or 16 03 03, and what follows, as a number.
		{Sign: PeerTLSHello, Texts: []string{"Connection broken for id 158611"}, Family: "link", Slugs: tls, Why: "That id is a greeting in TLS: a peer, or a scanner, speaks TLS to a server that has it off."},
		{Sign: PeerSASL, Texts: []string{"Authentication failed against server"}, Slugs: sasl, Why: "A peer did not accept the user or password of this server."},
		{Sign: PeerSASL, Texts: []string{"not trying to authenticate and authentication is required"}, Slugs: sasl, Why: "A peer has SASL off, and this server requires it."},
		{Texts: []string{"Failed to authenticate using SASL"}, Slugs: sasl, Why: "A peer, or a port check, did not show the right password; the exception below the line says what it did."},
		{Texts: []string{"Server failed to authenticate quorum learner"}, Slugs: sasl, Why: "A follower did not show the right password to its leader."},
		{Sign: PeerFIPS, Texts: []string{"QuorumLearner will not use DIGEST-MD5"}, Slugs: sasl, Why: "FIPS mode, on by default from 3.9 on, forbids the mechanism by which the servers authenticate."},
	}
}

// greetingRows are what comes to a port between servers and is none of theirs, and
// versions that do not understand each other (QuorumCnxManager).
func greetingRows() []Row {
	const wrongPort = "What came to a port between servers begins with {}: a health check or a scanner comes to the wrong port."
	foreign := func(family, text string) Row {
		return Row{
			Kind: Foreign, Texts: []string{text}, Family: family,
			Reads: lengthSays(strings.ToLower(text)), Why: wrongPort,
		}
	}
	return []Row{
		foreign("greeting", "Received packet with invalid packet: "),
		foreign("greeting", "Unreasonable buffer length: "),
		foreign("record", unreasonable),
		{Texts: []string{"Received packet with invalid packet"}, Family: "greeting", Slugs: []string{"quorum-tls-handshake", "quorum-sasl-failed"}, Why: "What came to the election port is not its language: TLS or SASL that this server has off, or a scanner."},
		{Texts: []string{"Unreasonable buffer length"}, Family: "greeting", Slugs: []string{"version-mixed"}, Why: "A greeting on the election port was not understood: a peer of another release, or a scanner."},
		{Texts: []string{"Got unrecognized protocol version", "Badly formed address"}, Slugs: []string{"version-mixed"}, Why: "A greeting on the election port was not understood: a peer of another release, or a scanner."},
		{Texts: []string{"not reachable anymore, shutting down the SendWorker"}, Slugs: []string{"host-unreachable", "quorum-port-filtered"}, Why: "A peer with several addresses does not answer at this one."},
	}
}

// channelRows are peers whose election port cannot be reached (QuorumCnxManager).
func channelRows() []Row {
	unreached := []string{"quorum-port-filtered", "host-unreachable", "peer-addr-stale"}
	row := func(behind string, slugs []string, why string) Row {
		return Row{Texts: []string{OpenChannel + Gap + behind}, Family: "channel", Slugs: slugs, Why: why}
	}
	nameless := row("UnknownHostException", []string{"peer-name-unresolvable"}, "This server could not turn the peer's name into an address.")
	nameless.Texts = append(nameless.Texts, OpenChannel+"{}UnresolvedAddressException", OpenChannel+"{}<unresolved>")
	return []Row{
		row("at election address /0.0.0.0", []string{"wildcard-self-addr"}, "A peer of 3.5.0 to 3.5.7, or 3.6.0, gave 0.0.0.0 as its own address, so this server calls itself instead of the peer."),
		row("at election address {}/127.", []string{"self-addr-loopback"}, "A peer gave a loopback address as its own, so this server calls itself instead of the peer."),
		{
			Kind: Consequence, Across: true, Family: "channel", Reads: connects,
			Texts: []string{OpenChannel + "{}Cannot assign requested address", "NoRouteToHostException: Cannot assign requested address", "ConnectException: Cannot assign requested address"},
			Why:   "The {} to another host could not begin on this one: no local port is free (ss -s, ip_local_port_range), or the address is 0.0.0.0. It says nothing of the address on which the server listens.",
		},
		{
			Kind: Setting, Family: "channel",
			Texts: []string{"Protocol family unavailable", "Protocol family not supported", "UnsupportedAddressTypeException"},
			Why:   "Java uses IPv4 alone (java.net.preferIPv4Stack=true), or the host has no IPv6, and the address is one of IPv6.",
		},
		row("Connection refused", []string{"process-down", "self-addr-loopback", "process-without-listener"}, "The peer's host refused the election port: nothing listens there."),
		row("timed out", unreached, "The peer's election port gave no answer at all: a firewall drops it, or the host is off."),
		row("No route to host", unreached, "The network refused the way to the peer's election port: a firewall says no, or the host is off."),
		nameless,
		{Sign: PeerUnreached, Texts: []string{OpenChannel}, Family: "channel", Slugs: []string{"process-down", "quorum-port-filtered", "host-unreachable"}, Why: "This server could not reach a peer's election port; the exception below the line says how it failed.", capture: peerAddress},
	}
}

// connects is what failed where an address could not be assigned: empty where that was to listen.
func connects(line string) string {
	before, _, _ := strings.Cut(line, "cannot assign")
	if strings.Contains(before, "listening") {
		return ""
	}
	return "connection"
}

// linkRows are links on the election port that break (QuorumCnxManager).
func linkRows() []Row {
	return []Row{
		{Sign: ChallengeTimeout, Texts: []string{Challenge + "{}SocketTimeoutException"}, Slugs: []string{"election-port-held"}, Why: "A connection to the election port sent nothing: no peer could connect until it timed out."},
		{
			Kind: Foreign, Texts: []string{"Exception reading or writing challenge"}, Family: "challenge",
			Why: "A connection to the election port did not say which server it is: a check of the port, a scanner, or a peer with other TLS or SASL settings.",
		},
		{Texts: []string{"Failed to resolve address: "}, Family: "name", Slugs: []string{"peer-name-unresolvable"}, Why: "This server could not turn the name of a server line into an address."},
		{
			Texts: []string{"UnknownHostException: ", "server can't find {}: NXDOMAIN"}, Family: "name",
			Slugs: []string{"peer-name-unresolvable", "target-unresolvable"},
			Why:   "A name could not be turned into an address.",
		},
		{Texts: []string{"Have smaller server identifier, so dropping the connection"}, Slugs: []string{"quorum-port-filtered"}, Why: "Normal once; if it repeats and the server never joins, the peer with the higher id cannot call back."},
		{
			Kind: Foreign, Texts: []string{"Connection broken for id "}, Family: "link",
			Reads: idSays("connection broken for id "),
			Why:   "That id is no id: what connected to the election port began with {}. A health check or a scanner comes to the wrong port.",
		},
		{Texts: []string{"Connection broken for id {}my id = ", "Send worker leaving thread", "Interrupting SendWorker"}, Family: "link", Slugs: []string{"process-down", "myid-duplicate"}, Why: "The election link to a peer broke: the peer stopped, or, if it repeats for ever, two servers share an id."},
	}
}
