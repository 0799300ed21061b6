package logline

// codeRows are the answers that a client's request gets (KeeperException.getCodeMessage, 3.4 to
// 3.9), but for those that clientSideRows has. A server that writes one of them for a client says
// so in harmlessRows, which stand before.
func codeRows() []Row {
	row := func(why string, codes ...string) Row {
		r := Row{Kind: OfClient, Why: why}
		for _, code := range codes {
			r.Texts = append(r.Texts, "KeeperErrorCode = "+code)
		}
		return r
	}
	return []Row{
		row("A znode of that name is there already. An ephemeral one, as /brokers/ids/1, is of an earlier session, which ends "+
			"with its session timeout, or of another client that runs with the same id.", "NodeExists"),
		row("No znode has that name: nothing has made it yet, the connect string has another chroot or none, or it is of another "+
			"ensemble. Where it was there before, see whether the ensemble has lost its data.", "NoNode"),
		row("Another client changed the znode first. Programs expect that and try again.", "BadVersion"),
		row("The znode has children, and is deleted only without.", "Directory not empty"),
		row("The znode is ephemeral, and such have no children.", "NoChildrenForEphemerals"),
		row("The client did not authenticate as the server wants it: compare its JAAS section Client with the server's section "+
			"Server.", "AuthFailed", "Session closed because client failed to authenticate"),
		row("The ACL that the client gives is none, or is for a user that this session has not authenticated as.", "InvalidACL"),
		row("The session went to another server while a request was on its way by the first one. The client sends it again.",
			"Session moved"),
		row("The server did not answer within the client's limit for requests.", "OperationTimeout"),
		row("The client's server is without a quorum and serves reads alone (readonlymode.enabled).", "Not a read-only call"),
		row("The client's session is a local one, and such have no ephemeral znodes (localSessionsEnabled).",
			"Ephemeral node on local session"),
		row("The znode, or what is below it, is as large as its quota allows (enforceQuota).", "Quota has exceeded"),
		row("The server has more requests than it takes at a time (requestThrottler), and refused this one.",
			"Op throttled due to high load"),
		row("reconfig is off, which is the default (reconfigEnabled).", "Reconfig is disabled"),
		row("Another reconfig is in progress.", "ReconfigInProgress"),
		row("Too few of the new members are in sync with the leader for a quorum of them: start them as "+
			"observers first.", "NewConfigNoQuorum"),
		row("The client's request is not valid: a path, an option, or a combination of them.", "BadArguments"),
		row("The server could not read the request: what sent it speaks another protocol or release.", "MarshallingError"),
		row("The client has no watch of that kind on the znode.", "No such watcher"),
	}
}
