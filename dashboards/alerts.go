package dashboards

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// severity is what an alert asks of people.
type severity string

const (
	// page: clients cannot write, or data is at risk. Page the on-call engineer.
	page severity = "critical"
	// ticket: it works now, and redundancy or the next restart is at risk.
	ticket severity = "warning"
)

// alert is one rule.
type alert struct {
	name     string
	severity severity
	// code is the finding that it speaks of; empty for an alert on what servers
	// report, or on the exporter itself.
	code report.Code
	// expr is empty for the finding itself, at warning or above.
	expr string
	// limit is the number at the end of expr, beyond which it is so; 0 for none.
	limit float64
	// unlessExplained has it wait anew once the alert of a cause is over. To keep it
	// quiet in Alertmanager is not enough for what outlives its causes.
	unlessExplained bool
	// wait is Prometheus's for, and why its reason.
	wait time.Duration
	why  string
	// summary is what follows the subject in one line; empty for the finding's title.
	// Both may have $labels and $value, a description $of too: the selector of the ensemble.
	summary, description string
}

// alertGroup is a group of rules.
type alertGroup struct {
	name   string
	title  string
	alerts []alert
}

// groups are all alerts. A finding stands in the first group that has it, and the
// tests want every one to stand somewhere, here or in withoutAlert.
func groups() []alertGroup {
	return []alertGroup{
		{"zkdoctor-ensemble", "Can clients write?", slices.Concat(ensembleAlerts(), agreementAlerts())},
		{"zkdoctor-servers", "Is a server out?", slices.Concat(serverAlerts(), reachAlerts())},
		{"zkdoctor-identity", "Is each server who it should be?", identityAlerts()},
		{"zkdoctor-build", "Is it built to last?", buildAlerts()},
		{"zkdoctor-data", "Will it start again?", dataAlerts()},
		{"zkdoctor-load", "Does it keep up?", loadAlerts()},
		{"zkdoctor-exporter", "Does zkdoctor see?", slices.Concat(exporterAlerts(), exporterGoneAlerts())},
	}
}

// What a wait is for. Prometheus scrapes every 15 s in all of these.
const (
	// oneMore is a second scrape: the verdict compares two checks itself.
	oneMore = 30 * time.Second
	// election is longer than one takes where the configuration is sane: initLimit
	// of 10 ticks of 2 s, and some.
	election = time.Minute
	// restart is longer than a server needs to stop, start, load its data and join.
	restart = 5 * time.Minute
	// rollout is longer than a change needs to reach all servers of an ensemble.
	rollout = 15 * time.Minute
)

// record is a recording rule.
type record struct{ name, expr, why string }

func records() []record {
	return []record{{
		"zookeeper_zxid_counter:newest_epoch",
		"max by (ensemble, server) (zookeeper_zxid_counter and on (ensemble, server) (zookeeper_epoch == on (ensemble) group_left () max by (ensemble) (zookeeper_epoch)))",
		"counters of different epochs cannot be compared, and after an election without a write all but the leader have the old one",
	}}
}

// found is the alert on a finding as it is, without words of its own for a summary.
func found(name string, s severity, code report.Code, wait time.Duration, why, description string) alert {
	return alert{name: name, severity: s, code: code, wait: wait, why: why, description: description}
}

func ensembleAlerts() []alert {
	return []alert{
		{
			name: "ZooKeeperQuorumLost", severity: page, code: diag.QuorumLost,
			expr: "max by (ensemble) (zkdoctor_quorum) == 0",
			wait: oneMore, why: "the verdict is down after two checks; one more scrape, so that no single one can page",
			summary:     "no quorum, clients cannot write",
			description: "Too few voters are alive, or none serves.",
		},
		{
			name: "ZooKeeperLeaderLost", severity: page,
			expr: "((max by (ensemble) (zkdoctor_leaders) == 0) unless on (ensemble) (zkdoctor_quorum == 1)) and on (ensemble) (max by (ensemble) (zookeeper_up) == 1)",
			wait: election, why: "longer than an election; and no alarm where nothing answers, for then nothing is known",
			summary:     "no leader",
			description: "Servers respond and no leader was seen for a minute: elections do not end, the leader does not respond, or the quorum is lost.",
		},
		found("ZooKeeperLeaderNotCommitting", page, diag.LeaderNotCommitting, oneMore,
			"the finding itself compares two checks; one more scrape, so that no single one can page",
			"It says that it leads, and no write gets through: too few followers confirm them."),
		{
			name: "ZooKeeperNoSpare", severity: ticket, code: diag.DegradedNoSpare, unlessExplained: true,
			wait: restart + time.Minute, why: "longer than a rolling restart has one voter out, and than its causes wait; anew after one of those is over, for the server is only coming back",
			summary:     "it serves, and the loss of one more voter is an outage",
			description: "A configured voter is not in the quorum. Restart nothing before it is back.",
		},
		{
			name: "ZooKeeperNotExplained", severity: ticket,
			expr: "min by (ensemble, symptom) (zkdoctor_unexplained) == 1",
			wait: restart, why: "what passes in an election or a restart needs no explaining",
			summary:     "{{ $labels.symptom }}, and no finding explains it",
			description: "No rule knows the cause, or it cannot be seen from where the exporter runs. zkdoctor check shows what was ruled out, the most telling evidence, and the next step.",
		},
		found("ZooKeeperReadOnly", ticket, diag.ReadOnlyMode, restart,
			"a server that starts before its peers passes through it",
			"It is cut off from the quorum and shows old data to those who only read."),
		{
			name: "ZooKeeperLeaderFlaps", severity: ticket, code: diag.LeaderFlapping,
			expr: "max by (ensemble) (changes(zookeeper_epoch[15m]))", limit: 3,
			wait: 0, why: "the window is the wait",
			summary:     "{{ $value }} leader changes in 15 minutes",
			description: "Each election is a time without service. Slow disks, long garbage collections and a blocked quorum port do that.",
		},
	}
}

// agreementAlerts are about servers that do not hold the same: leader, members, data.
func agreementAlerts() []alert {
	return []alert{
		{
			name: "ZooKeeperSplitBrain", severity: page, code: diag.SplitBrain,
			expr: `max by (ensemble) (zkdoctor_verdict{state="split"}) == 1`,
			wait: 0, why: "two checks have shown two leaders; every further write makes it worse",
			summary:     "two leaders, and each accepts writes",
			description: "Stop writes if you can, and decide whose data counts before anything is restarted.",
		},
		found("ZooKeeperStandalone", page, diag.StandaloneInEnsemble, election,
			"its data diverges with every write; a minute for a configuration that is being written",
			"It accepts writes that no other server has."),
		found("ZooKeeperMembershipDivergent", ticket, diag.MembershipDivergent, rollout,
			"during a change of the members it is as it should be",
			"With different lists two quorums can form beside each other. Give all servers one list."),
		found("ZooKeeperDataDiffers", page, diag.DataDigestMismatch, oneMore,
			"the count never falls while the server runs; one scrape more",
			"Clients read different data from different servers. Restart nothing before you know which of them is right."),
	}
}

func serverAlerts() []alert {
	return []alert{
		found("ZooKeeperProcessDown", ticket, diag.ProcessDown, restart,
			"a restart takes less",
			"Its host refuses the client and the election port: nothing runs there."),
		found("ZooKeeperClassPathBroken", ticket, diag.StartFailedClassPath, restart,
			"an upgrade that is under way has no jars for a moment",
			"Java is started without ZooKeeper's jars. Only an exporter that runs on the server sees this."),
		found("ZooKeeperJavaMissing", ticket, diag.JavaMissingOrWrong, restart,
			"an upgrade that is under way has no Java for a moment",
			"There is no Java where its start script expects one, or one that cannot run it. Only an exporter that runs on the server sees this."),
		found("ZooKeeperRestartLoop", ticket, diag.RestartLoop, oneMore,
			"it takes several starts to be found; one scrape more",
			"It ends soon after each start. Only an exporter that runs on the server sees this."),
		found("ZooKeeperServerHung", ticket, diag.ServerHung, 2*time.Minute,
			"longer than a bad garbage collection",
			"The kernel accepts connections for it, and the process does not answer."),
		found("ZooKeeperServerNotServing", ticket, diag.ServerNotServing, restart,
			"a server that joins takes less",
			"It runs, ruok says imok, and it is in no quorum. Run zkdoctor check on its host."),
		found("ZooKeeperServerStarting", ticket, diag.ServerStarting, restart,
			"the finding itself waits for five minutes; as long again",
			"It loads its data, or is stuck in that."),
		found("ZooKeeperHostUnreachable", ticket, diag.HostUnreachable, 10*time.Minute,
			"networks and hosts come back; what the server does is not known",
			"Nothing came back from any port: firewall, route or dead host, as seen from the exporter."),
		found("ZooKeeperPeerPortFiltered", ticket, diag.QuorumPortFiltered, 10*time.Minute,
			"peer ports are checked every 5 minutes; twice",
			"New connections between servers are blocked, and one of them is not in the quorum. Only an exporter on a server of the ensemble reports this as a warning; from outside, a blocked port may be intended."),
		found("ZooKeeperPeerPortBlockSleeps", ticket, diag.LatentPortBlock, 10*time.Minute,
			"peer ports are checked every 5 minutes; twice",
			"It works until the next restart: new connections between servers are blocked. Only an exporter on a server of the ensemble sees this."),
		found("ZooKeeperNoElectionListener", ticket, diag.ProcessWithoutListener, restart,
			"a server that starts opens the port last",
			"The process runs without an election listener: it cannot join any more."),
	}
}

// reachAlerts are about ports and names.
func reachAlerts() []alert {
	return []alert{
		{
			name: "ZooKeeperAllRefuseClients", severity: page, code: diag.ConnLimitReached,
			expr: `max by (ensemble, code) (zkdoctor_finding{code="conn-limit-reached",severity="critical"}) == 1`,
			wait: 2 * time.Minute, why: "clients that reconnect after an outage come in a wave; where no server accepts any, waiting longer does not help",
			summary:     "all servers refuse new clients",
			description: "No server accepts a connection of a new client: the limit for all clients together (maxCnxns) is reached on each. Connected clients continue; a client that loses its connection cannot come back.",
		},
		found("ZooKeeperConnectionLimit", ticket, diag.ConnLimitReached, restart,
			"clients that reconnect after an outage come in a wave",
			"It refuses connections from the exporter's host, and so those of clients there (maxClientCnxns); or those of all new clients (maxCnxns)."),
		found("ZooKeeperClientPortMismatch", ticket, diag.ClientPortMismatch, rollout,
			"a fault of configuration, which does not pass by itself",
			"It runs, and nothing listens on the port that clients use."),
		found("ZooKeeperNotZooKeeper", ticket, diag.NotZooKeeper, rollout,
			"a fault of configuration, which does not pass by itself",
			"Something else answers on its port."),
		found("ZooKeeperSeveralServersBehindTarget", ticket, diag.SeveralServers, rollout,
			"a fault of configuration, which does not pass by itself",
			"A balancer or a service is in the place of a server: what is shown of it is of one server now, and of another in the next scrape. Give the exporter the address of each server."),
		found("ZooKeeperPeerNameUnresolvable", ticket, diag.PeerNameUnresolvable, 10*time.Minute,
			"names are resolved every 5 minutes; twice",
			"A member of the ensemble cannot connect to it. Seen where the exporter runs on a server of the ensemble."),
		found("ZooKeeperClientPortTaken", ticket, diag.ClientPortConflict, restart,
			"a server that is being replaced ends in less",
			"Another program has its client port. Seen where the exporter runs on that server."),
		found("ZooKeeperElectionPortTaken", ticket, diag.ElectionPortConflict, restart,
			"a server that is being replaced ends in less",
			"Another program has its election port. Seen where the exporter runs on that server."),
		found("ZooKeeperQuorumPortTaken", ticket, diag.QuorumPortConflict, rollout,
			"a fault of configuration, which does not pass by itself",
			"It follows, and could not lead."),
		found("ZooKeeperNameUnresolvable", ticket, diag.TargetUnresolvable, 10*time.Minute,
			"name servers hiccup; Kubernetes has no name for a pod that is not ready",
			"Its name has no address where the exporter runs."),
	}
}

func identityAlerts() []alert {
	config := func(name string, code report.Code, s severity, description string) alert {
		return found(name, s, code, oneMore, "it does not pass by itself; one scrape more", description)
	}
	return []alert{
		config("ZooKeeperMyidDuplicate", diag.MyidDuplicate, page, "Two servers count as one vote, and throw each other's connections out."),
		config("ZooKeeperMyidWrong", diag.MyidWrongServer, ticket, "Its id belongs to another line of the list."),
		config("ZooKeeperMyidMissing", diag.MyidMissing, ticket, "It cannot start, or will not start again."),
		config("ZooKeeperMyidMalformed", diag.MyidMalformed, ticket, "It cannot start, or will not start again."),
		config("ZooKeeperMyidNotListed", diag.MyidNotInServers, ticket, "It cannot start, or will not start again."),
		config("ZooKeeperOwnAddressForeign", diag.SelfAddrNotLocal, ticket, "It cannot listen on the address that its own line gives it."),
		config("ZooKeeperOwnAddressWildcard", diag.WildcardSelfAddr, ticket, "Its release sends 0.0.0.0 to its peers as its address: after a restart it may not rejoin."),
		config("ZooKeeperOwnAddressLoopback", diag.SelfAddrLoopback, ticket,
			"It listens for its peers where none can reach it."),
		config("ZooKeeperConfigNotLoaded", diag.ConfigNotLoaded, ticket, "It cannot start, or will not start again: its configuration is not there, or not for its user. Only an exporter that runs on the server sees this."),
		found("ZooKeeperDynamicConfigContradicted", ticket, diag.DynamicConfigOverrides, rollout,
			"a reconfiguration passes in seconds, a rollout in minutes",
			"It will not start again with the members that are in its zoo.cfg beside dynamicConfigFile, or a reconfiguration was never finished."),
		config("ZooKeeperForceSyncOff", diag.ForceSyncOff, ticket, "It confirms writes that are not on its disk: a power failure loses them."),
	}
}

func buildAlerts() []alert {
	return []alert{
		{
			name: "ZooKeeperTwoVoters", severity: ticket, code: diag.EvenOrTinyEnsemble,
			wait: time.Hour, why: "an ensemble that is being built has two voters for a while",
			summary:     "two voters: the loss of either is an outage",
			description: "A third one, however small, makes it safe.",
		},
		found("ZooKeeperMembershipTooLarge", ticket, diag.MembershipTooLarge, rollout,
			"a list is corrected on one server after the other",
			"Its list of members has more than 1,000 servers or 256 KiB. Its members are not known, and not judged."),
		found("ZooKeeperConfigDrift", ticket, diag.ConfigDrift, rollout,
			"new settings reach one server after the other",
			"After the next election other timeouts hold for all."),
		found("ZooKeeperMemoryShort", ticket, diag.HeapPressure, 2*time.Minute,
			"longer than a bad garbage collection; what only may happen can wait as long",
			"Its heap is exhausted or too large for its host, or it stands still to collect garbage. Most of that only an exporter that runs on the server sees."),
		found("ZooKeeperKnownBadVersion", ticket, diag.KnownBadVersion, oneMore,
			"it does not pass by itself; one scrape more",
			"Its release may lose data, and what it takes for that was seen."),
		found("ZooKeeperCertificateExpiring", ticket, diag.CertificateExpiring, rollout,
			"days are left; where it has expired, clients notice sooner than any alert",
			"Clients that check it will be refused from its last day on, all of them at once."),
		found("ZooKeeperClientTLSFailed", ticket, diag.ClientTLSFailed, rollout,
			"certificates are being changed on servers and clients one after the other",
			"The exporter cannot speak to the client port: nothing is known of that server. Clients with the same authorities fare no better."),
		found("ZooKeeperClockSkew", ticket, diag.ClockSkew, rollout,
			"a clock that was started recently follows its time server within minutes",
			"More than a minute apart. Kerberos and certificates fail first, and no two logs can be laid side by side."),
		{
			name: "ZooKeeperVersionsMixed", severity: ticket, code: diag.VersionMixed,
			expr: `count by (ensemble) (count by (ensemble, version) (zookeeper_server_info{version!=""})) > 1`,
			wait: 7 * 24 * time.Hour, why: "an upgrade that is under way, with a weekend in it",
			summary:     "{{ $value }} versions of ZooKeeper for a week",
			description: "An upgrade was begun and not ended.",
		},
	}
}

// dataAlerts are about what only an exporter on the server itself sees, which is why
// each says so. It checks its own host every 5 minutes.
func dataAlerts() []alert {
	onHost := func(name string, code report.Code, wait time.Duration, why, description string) alert {
		return found(name, ticket, code, wait, why, description+" Only an exporter that runs on the server sees this.")
	}
	stays := "it does not go away by itself; the host is checked every 5 minutes, so it was seen at least once when this fires"
	return []alert{
		onHost("ZooKeeperDiskFull", diag.DiskFull, oneMore, "each further write stops the server; one more scrape, so that no single one can alert", "Free space outside version-2: its next write, or the next snapshot, fails."),
		onHost("ZooKeeperTransactionLogCorrupt", diag.TxnlogCorrupt, restart, stays, "It will not start again. Restart nothing else before it is fixed."),
		onHost("ZooKeeperNoSnapshot", diag.NoSnapshot, restart, stays, "It will not start again. Restart nothing else before it is fixed."),
		onHost("ZooKeeperEpochMismatch", diag.EpochMismatch, restart, stays, "It will not start again. Restart nothing else before it is fixed."),
		onHost("ZooKeeperDataNotWritable", diag.DataDirNotWritable, restart, stays, "It will not start again, or fails at its next write."),
		onHost("ZooKeeperForeignData", diag.ForeignData, restart, stays, "It has data of another ensemble. Restart no other server before it is fixed: it may win the election."),
		onHost("ZooKeeperSyncTooSlow", diag.SyncTooSlow, restart, "a follower that fetches much may need more than one go", "Its data does not arrive within initLimit ticks. Start no server with emptied data meanwhile."),
		onHost("ZooKeeperRecordTooLong", diag.DataUnreasonableLength, restart, stays, "It lost its -Djute.maxbuffer. Leave its data alone, and give it the option back."),
		onHost("ZooKeeperPeerTLSFails", diag.QuorumTLSHandshake, restart, "a certificate that is being replaced", "Servers do not accept each other's certificate, and one is not in the quorum. Restart nothing else before it is fixed."),
		onHost("ZooKeeperPeerPasswordRefused", diag.QuorumSASLFailed, restart, "a password that is being replaced", "Servers do not accept each other's password, and one is not in the quorum. Restart nothing else before it is fixed."),
		onHost("ZooKeeperNothingPurged", diag.AutopurgeOff, time.Hour, "the disk is full within 30 days, and an hour of purging by hand may be under way", "Set autopurge.purgeInterval: at this rate the disk is full within 30 days."),
		onHost("ZooKeeperDataInTmp", diag.DataDirInTmp, time.Hour, "a cleaner there takes days, and this may be a trial", "The next reboot, or systemd-tmpfiles, deletes its data."),
	}
}

func loadAlerts() []alert {
	return []alert{
		{
			name: "ZooKeeperWritesSlow", severity: ticket, code: diag.LatencyHigh,
			expr: "max by (ensemble, server) (rate(zookeeper_update_latency_seconds_sum[5m]) / (rate(zookeeper_update_latency_seconds_count[5m]) > 0))", limit: 0.1,
			wait: 10 * time.Minute, why: "a snapshot or a backup takes less",
			summary:     "a write takes {{ $value | humanizeDuration }}",
			description: "Of the last five minutes, not since the start. Check the disk of dataLogDir, and the leader. ZooKeeper 3.6 and later.",
		},
		{
			name: "ZooKeeperReadsSlow", severity: ticket, code: diag.LatencyHigh,
			expr: "max by (ensemble, server) (rate(zookeeper_read_latency_seconds_sum[5m]) / (rate(zookeeper_read_latency_seconds_count[5m]) > 0))", limit: 0.1,
			wait: 10 * time.Minute, why: "a garbage collection or a burst takes less",
			summary:     "a read takes {{ $value | humanizeDuration }}",
			description: "Of the last five minutes, not since the start. ZooKeeper 3.6 and later.",
		},
		{
			name: "ZooKeeperFsyncSlow", severity: ticket, code: diag.FsyncSlow,
			expr: "max by (ensemble, server) (rate(zookeeper_fsync_seconds_sum[5m]) / (rate(zookeeper_fsync_seconds_count[5m]) > 0))", limit: 0.1,
			wait: 10 * time.Minute, why: "a snapshot on the same disk takes less",
			summary:     "a sync of the transaction log takes {{ $value | humanizeDuration }}",
			description: "Every write waits for that, and the ensemble for the slowest of its majority. Give dataLogDir a disk of its own. ZooKeeper 3.6 and later.",
		},
		{
			name: "ZooKeeperRequestsOutstanding", severity: ticket, code: diag.LatencyHigh,
			expr: "max by (ensemble, server) (min_over_time(zookeeper_outstanding_requests[5m]))", limit: 10,
			wait: restart, why: "a queue that was never short for ten minutes in all",
			summary:     "{{ $value }} requests are waiting",
			description: "They come faster than they are answered.",
		},
		{
			name: "ZooKeeperFollowerLags", severity: ticket, code: diag.FollowerLagging,
			expr: "(max by (ensemble) (zookeeper_zxid_counter:newest_epoch) - on (ensemble) group_right () max by (ensemble, server) (zookeeper_zxid_counter:newest_epoch))", limit: 1000,
			wait: restart, why: "a server that joined recently catches up in less",
			summary:     "{{ $value }} transactions behind the newest server",
			description: "By more than 1,000 transactions, for five minutes. Servers are asked at slightly different moments, so a few are nothing.",
		},
		found("ZooKeeperPacketsTooLong", ticket, diag.OversizePacket, 10*time.Minute,
			"this may be a trial",
			"Answers are near jute.maxbuffer, or a client sends more than it allows. What is longer is neither written nor read. Seen in full where the exporter runs on the server."),
		{
			name: "ZooKeeperFileDescriptorsLow", severity: ticket, code: diag.FDLimitNear,
			expr: "max by (ensemble, server) (zookeeper_open_file_descriptors / zookeeper_max_file_descriptors)", limit: 0.85,
			wait: restart, why: "a wave of clients that reconnect passes",
			summary:     "{{ $value | humanizePercentage }} of its file descriptors are used",
			description: "At the end it takes no more connections, and cannot write snapshots.",
		},
		{
			name: "ZooKeeperZxidRollover", severity: ticket, code: diag.ZxidRolloverNear,
			expr: "max by (ensemble) (zookeeper_zxid_counter)", limit: 0xF0000000,
			wait: restart, why: "it is days away; it need not be known at once",
			summary:     "{{ $value | humanize }} transactions of the 4.295G of this epoch are used",
			description: `At 2^32 the leader steps down and the ensemble elects another one. {{ with printf "(4294967296 - max(zookeeper_zxid_counter{%s})) / (max(rate(zookeeper_zxid_counter{%s}[1h])) > 0) / 86400" $of $of | query }}At the rate of the last hour that is in {{ . | first | value | printf "%.1f" }} days. {{ end }}Restart the leader at a time of your choice instead.`,
		},
	}
}

func exporterAlerts() []alert {
	return []alert{
		{
			name: "ZkdoctorVerdictUnknown", severity: ticket,
			expr: `min by (ensemble) (zkdoctor_verdict{state="unknown"}) == 1`,
			wait: 10 * time.Minute, why: "elections and restarts of the exporter take less",
			summary:     "zkdoctor cannot judge it: the verdict is unknown",
			description: "No alert about this ensemble can be trusted meanwhile. The status page of the exporter says what it lacks.",
		},
		{
			name: "ZkdoctorCheckFails", severity: ticket,
			expr: "min by (ensemble, instance) (zkdoctor_probe_success) == 0",
			wait: restart, why: "a scrape that came too late is nothing",
			summary:     "zkdoctor{{ with $labels.instance }} at {{ . }}{{ end }} cannot check it",
			description: "Its configuration cannot be read, or no check ends in time. The exporter's log says which.",
		},
		{
			name: "ZkdoctorCannotCheck", severity: ticket,
			expr: "max by (instance, reason) (rate(zkdoctor_probe_errors_total[5m])) > 0",
			wait: restart, why: "a burst of requests passes",
			summary:     "cannot check servers: {{ $labels.reason }}",
			description: "The exporter itself has no file descriptor, local port, memory or time left. zookeeper_up is NaN for the servers concerned: they may be fine. Raise the limit on its host, or give it fewer servers.",
		},
		{
			name: "ZkdoctorReloadFailed", severity: ticket,
			expr: "min by (instance) (zkdoctor_config_last_reload_successful) == 0",
			wait: rollout, why: "it may be being fixed",
			summary:     "runs with an old configuration",
			description: "The last reload failed; the log has file, line and reason.",
		},
		{
			name: "ZkdoctorTurnsScrapesAway", severity: ticket,
			expr: `max by (instance) (rate(zkdoctor_requests_rejected_total{reason="busy"}[5m])) > 0`,
			wait: 10 * time.Minute, why: "a burst passes",
			summary:     "rejects requests: too many at a time",
			description: "More come at a time than --web.max-requests. Raise it, or share the ensembles among several exporters.",
		},
	}
}

// exporterGoneAlerts are about exporters that are not there, or not all the same.
func exporterGoneAlerts() []alert {
	return []alert{
		{
			name: "ZkdoctorDown", severity: ticket,
			expr: "min by (instance) (up == 0 and on (instance, job) last_over_time(zkdoctor_build_info[1d]))",
			wait: restart, why: "a restart of the exporter, and an upgrade of it, take less",
			summary:     "Prometheus cannot scrape it",
			description: "It served metrics within the last day and does not now. No alert about its ensembles can fire meanwhile, unless another exporter watches them too.",
		},
		{
			name: "ZkdoctorAbsent", severity: ticket,
			expr: "absent(zkdoctor_build_info)",
			wait: 10 * time.Minute, why: "a restart of the only exporter, or a move to another host, takes less",
			summary:     "no exporter is scraped",
			description: "No alert about ZooKeeper can fire. Check that an exporter runs, and that Prometheus has it as a target.",
		},
		{
			name: "ZkdoctorFileDescriptorsLow", severity: ticket,
			expr: "max by (instance) (process_open_fds / process_max_fds and on (instance, job) zkdoctor_build_info)", limit: 0.8,
			wait: restart, why: "a wave of requests passes",
			summary:     "{{ $value | humanizePercentage }} of its file descriptors are used",
			description: "Without any left it cannot check servers (ZkdoctorCannotCheck). Raise the limit (LimitNOFILE in its unit), or give it fewer servers.",
		},
		{
			name: "ZkdoctorVersionsMixed", severity: ticket,
			expr: "count(count by (version) (zkdoctor_build_info)) > 1",
			wait: 24 * time.Hour, why: "an upgrade of the exporters that is under way",
			summary:     "{{ $value }} versions run for a day",
			description: "Exporters of different versions may judge one ensemble differently. Upgrade all of them, and write the rules and dashboards again with the same version.",
		},
	}
}

// withoutAlert are the findings that have no alert, with the reason.
func withoutAlert() map[report.Code]string {
	return map[report.Code]string{
		diag.ElectionInProgress:     "info: it passes, and ZooKeeperLeaderLost says when it does not",
		diag.WideOpen:               "info: hygiene, for a working day",
		diag.DataSetLarge:           "info: large is no fault; what it does to the heap and to syncs has alerts",
		diag.ObserverCounted:        "info: it only says how to count",
		diag.NonVotingFollower:      "info: one that joins or leaves is no fault",
		diag.LeaderServesNo:         "info: it is a choice",
		diag.ElectionPortHeld:       "it takes two checks of a host's connections, seconds apart, and the exporter checks its host every 5 minutes: ZooKeeperServerNotServing names the server that waits",
		diag.PeerAddrStale:          "as above: ZooKeeperServerNotServing sends to zkdoctor check, which sees it",
		diag.PeerConnectionDead:     "as above: ZooKeeperServerNotServing and ZooKeeperQuorumLost send to zkdoctor check, which sees it",
		diag.CmdNotWhitelisted:      "info: it only says what cannot be seen",
		diag.TargetsIncomplete:      "info: about the question, not the ensemble",
		diag.PeerTypeMismatch:       "info: the list has the role, and that is what counts",
		diag.AdminPortConflict:      "info in an ensemble; for a standalone server that does not start, ZooKeeperProcessDown fires",
		diag.SwapInUse:              "info: what it costs shows as pauses, in heap-pressure",
		diag.TargetDuplicate:        "info: about the question, not the ensemble",
		diag.TargetsMixed:           "about the question: ZkdoctorVerdictUnknown says that nothing is judged",
		diag.StatusScriptMisleading: "info: about a script, for people on the host",
	}
}
