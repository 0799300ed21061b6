package diag

import (
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
)

// aside is server 3 that runs and stays out, in two looks.
func aside(changes ...func(*probe.Local)) scene {
	return look(follower, leader, looking).on(3, changes...).twice()
}

func asideWith(config string, changes ...func(*probe.Local)) scene {
	return look(follower, leader, looking).onWith(3, config, changes...).twice()
}

func logRules() []rule {
	tls, sasl := zoo(3, "sslQuorum=true"), zoo(3, "quorum.auth.enableSasl=true")
	failed := func(n int) probe.LogLine {
		return line(probe.LogPeerTLS, "javax.net.ssl.SSLHandshakeException: PKIX path building failed", n)
	}
	cut := line(probe.LogPeerTLSCut, "java.net.SocketException: Socket is closed", 5)
	hello := line(probe.LogPeerTLSHello, "Connection broken for id 1586114798943272961, my id = 3", 5)
	probed := line(probe.LogPeerPlain, "java.io.IOException: Blocked insecure connection attempt", 9)
	long := func(length string, n int) probe.LogLine {
		return line(probe.LogRecordTooLong, "java.io.IOException: Unreasonable length = "+length, n)
	}
	unloaded := line(probe.LogDatabaseUnloaded, "Unable to load database on disk", 1)
	older := line(probe.LogEpochAhead, "java.io.IOException: Leaders epoch, 3 is less than accepted epoch, 153", 900)
	ahead := keeps(epochs("3", "153"))
	refused := line(probe.LogPeerSASL, "javax.security.sasl.SaslException: Authentication failed against server addr: /192.0.2.1:3888", 4)
	return []rule{
		{
			QuorumTLSHandshake,
			[]fire{
				{"handshakes fail", asideWith(tls, logged(failed(2))), "warning likely zk3"},
				{"connections of peers end", asideWith(tls, logged(cut)), "warning likely zk3"},
				{"it speaks no TLS", aside(logged(hello)), "warning likely zk3"},
				{"the quorum is lost", look(looking, looking, looking).onWith(3, tls, logged(failed(2))).twice(), "critical likely zk3"},
				{"by the log of one that serves", look(looking, leader, follower).onWith(3, tls, logged(failed(2))).twice(), "warning likely zk1"},
			},
			[]alike{
				{"it serves", healthy().onWith(3, tls, logged(failed(5))).twice()},
				{"it does not say so", asideWith(tls, logged())},
				{"of a moment", asideWith(tls, logged(failed(1)))},
				{"an hour ago", asideWith(tls, logged(agoLine(probe.LogPeerTLS, "javax.net.ssl.SSLHandshakeException: x", 50)))},
				{"its log stands still", asideWith(tls, logged(failed(5)), tailed(still))},
				{"what knocks in vain is no peer", asideWith(tls, logged(probed))},
				{"a scanner that speaks TLS", aside(logged(failed(5)))},
				{"it was joining", healthy().onWith(3, tls, logged(failed(5))).after(look(follower, leader, looking))},
				{"two others are out", look(looking, looking, follower, leader, follower).onWith(3, zoo(5, "sslQuorum=true"), logged(failed(2))).twice()},
				{"it has ended", out().onWith(3, tls, stopped, logged(failed(2))).twice()},
				{"standalone", look(standalone).onWith(1, zoo(0), logged(failed(2)))},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", asideWith(tls, unlogged), SkipUndecided},
				{"a log without times", asideWith(tls, logged(failed(2)), tailed(timeless)), SkipUndecided},
				{"a long log without its start", aside(logged(hello), tailed(func(l *probe.LogTail) { l.Begins = false })), SkipUndecided},
				{"the log of a run before", aside(logged(hello), tailed(func(l *probe.LogTail) { l.Modified = now().Add(-2 * time.Hour) })), SkipUndecided},
				{"one look", look(follower, leader, looking).onWith(3, tls, logged(failed(2))), SkipUndecided},
			},
		},
		{
			DataUnreasonableLength,
			[]fire{
				{"it cannot load its data", out().on(3, stopped, logged(unloaded, long("1500000", 1)), keeps(large)), "warning likely zk3"},
				{"the leader's", aside(logged(long("2500000", 300))), "warning likely zk3"},
				{"the quorum is lost", look(down, looking, down).on(3, stopped, logged(unloaded, long("1500000", 1)), keeps(large)), "critical likely zk3"},
				{"standalone", look(down).file(zoo(0)).onWith(1, zoo(0), stopped, logged(line(probe.LogExit, "Unexpected exception, exiting abnormally", 1), long("1500000", 1)), keeps(large)), "critical likely zk1"},
			},
			[]alike{
				{"a scanner on 2888 of one that serves", healthy().on(3, logged(long("1195725856", 30))).twice()},
				{"an hour ago", aside(logged(agoLine(probe.LogRecordTooLong, "java.io.IOException: Unreasonable length = 2500000", 3)))},
				{"it ended for another reason", out().on(3, stopped, logged(long("1500000", 1)), keeps(large))},
				{"nothing of the kind", out().on(3, stopped, logged(unloaded))},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", out().on(3, stopped, unlogged), SkipUndecided},
				{"no log, and it runs", aside(unlogged), SkipUndecided},
				{"one look", look(follower, leader, looking).on(3, logged(long("2500000", 300))), SkipUndecided},
				{"a long log without its start", out().on(3, stopped, logged(unloaded, long("1500000", 1)), tailed(func(l *probe.LogTail) { l.Begins = false })), SkipUndecided},
				{"no record's length", out().on(3, stopped, logged(unloaded, long("-1", 1))), SkipUndecided},
				{"longer than any of its files", out().on(3, stopped, logged(unloaded, long("99000000", 1))), SkipUndecided},
			},
		},
		{
			ForeignData,
			[]fire{
				{"by its files", aside(ahead), "warning likely zk3"},
				{"and its log", aside(ahead, logged(older)), "warning proven zk3"},
				{"it closes before it has answered", look(follower, leader, closing).on(3, ahead, logged(older)).after(look(follower, leader, looking).on(3, ahead)), "warning proven zk3"},
			},
			[]alike{
				{"it serves", healthy().on(3, ahead).twice()},
				{"its epoch is the leader's", aside(keeps(epochs("1", "1")))},
				{"it does not run", out().on(3, stopped, ahead).twice()},
				{"standalone", look(standalone).onWith(1, zoo(0), ahead).twice()},
			},
			[]blind{
				noLocal(), denied(),
				{"its data was not seen", aside(dataUnseen(probe.Denied)), SkipUndecided},
				{"one look", look(follower, leader, looking).on(3, ahead), SkipUndecided},
				{"nobody leads", look(looking, looking, looking).on(3, ahead).twice(), SkipUndecided},
				{"another leader than before", look(follower, leader, looking).on(3, ahead).after(look(leader, follower, looking).on(3, ahead)), SkipUndecided},
				{"it is accepting one this moment", look(follower, leader, looking).on(3, ahead).after(look(follower, leader, looking).on(3, keeps(epochs("3", "3")))), SkipUndecided},
				{"acceptedEpoch is not there", aside(keeps(func(d *probe.Data) { d.Dir.AcceptedEpoch = noPart[probe.EpochFile](probe.Absent) })), SkipUndecided},
			},
		},
		{
			QuorumSASLFailed,
			[]fire{
				{"another password", asideWith(sasl, logged(refused)), "warning likely zk3"},
				{"FIPS mode", look(looking, looking, looking).onWith(3, sasl, logged(line(probe.LogPeerFIPS, "QuorumLearner will not use DIGEST-MD5 as SASL mechanism, because FIPS mode is enabled.", 7))).twice(), "critical likely zk3"},
				{"by the log of one that serves", look(looking, leader, follower).onWith(3, sasl, logged(refused)).twice(), "warning likely zk1"},
			},
			[]alike{
				{"it serves", healthy().onWith(3, sasl, logged(refused)).twice()},
				{"no SASL among servers", aside(logged(refused))},
				{"an hour ago", asideWith(sasl, logged(agoLine(probe.LogPeerSASL, "javax.security.sasl.SaslException: x", 50)))},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", asideWith(sasl, unlogged), SkipUndecided},
				{"one look", look(follower, leader, looking).onWith(3, sasl, logged(refused)), SkipUndecided},
			},
		},
	}
}

// large is a log of 4 MiB.
func large(d *probe.Data) { newestLog(func(f *probe.DataFile) { f.Allocated = 4 * mib })(d) }

// TestLogFolds: what a log tells of a server that stays out explains that it does.
func TestLogFolds(t *testing.T) {
	t.Parallel()
	degraded := "degraded 1: 2 of 3 by conf, need 2, spare 0"
	runGrid(t, []row{
		{
			"a certificate", asideWith(zoo(3, "sslQuorum=true"), logged(line(probe.LogPeerTLS, "javax.net.ssl.SSLHandshakeException: x", 3))), degraded,
			findings("root quorum-tls-handshake warning likely zk3", "fold degraded-no-spare warning proven", "fold server-not-serving warning proven zk3", "fold status-script-misleading info proven zk3"),
		},
		{
			"a record too long", out().on(3, stopped, logged(line(probe.LogDatabaseUnloaded, "Unable to load database on disk", 1), line(probe.LogRecordTooLong, "java.io.IOException: Unreasonable length = 1500000", 1)), keeps(large)), degraded,
			findings("root data-unreasonable-length warning likely zk3", "fold degraded-no-spare warning proven", "fold process-down warning proven zk3"),
		},
		{
			"data of another ensemble", aside(keeps(epochs("3", "153"))), degraded,
			findings("root foreign-data warning likely zk3", "fold degraded-no-spare warning proven", "fold server-not-serving warning proven zk3", "fold status-script-misleading info proven zk3"),
		},
	})
}
