package diag

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// aside is server 3 that runs and stays out, in two looks.
func aside(changes ...func(*snapshot.Local)) scene {
	return look(follower, leader, looking).on(3, changes...).twice()
}

func asideWith(config string, changes ...func(*snapshot.Local)) scene {
	return look(follower, leader, looking).onWith(3, config, changes...).twice()
}

func logRules() []rule {
	tls, sasl := zoo(3, "sslQuorum=true"), zoo(3, "quorum.auth.enableSasl=true")
	failed := func(n int) snapshot.LogLine {
		return line(logline.PeerTLS, "javax.net.ssl.SSLHandshakeException: PKIX path building failed", n)
	}
	named := func(host, names string) snapshot.LogLine {
		return line(logline.PeerTLSName, "javax.net.ssl.SSLPeerUnverifiedException: Certificate for <"+host+"> doesn't match any of the subject alternative names: ["+names+"]", 3)
	}
	cut := line(logline.PeerTLSCut, "java.net.SocketException: Socket is closed", 5)
	hello := line(logline.PeerTLSHello, "Connection broken for id 1586114798943272961, my id = 3", 5)
	long := func(length string, n int) snapshot.LogLine {
		return line(logline.RecordTooLong, "java.io.IOException: Unreasonable length = "+length, n)
	}
	unloaded := line(logline.DatabaseUnloaded, "Unable to load database on disk", 1)
	older := line(logline.EpochAhead, "java.io.IOException: Leaders epoch, 3 is less than accepted epoch, 153", 900)
	ahead := keeps(epochs("3", "153"))
	bind := line(logline.AddressInUse, "Caused by: java.net.BindException: Address already in use", 1)
	admin := []func(*snapshot.Local){logged(adminLine("8080"), bind), withListeners("[::]:2181", "192.0.2.3:3888", "[::]:8080")}
	refused := line(logline.PeerSASL, "javax.security.sasl.SaslException: Authentication failed against server addr: /192.0.2.1:3888", 4)
	return []rule{
		{
			QuorumTLSHandshake,
			[]fire{
				{"handshakes fail", asideWith(tls, logged(failed(2))), "warning likely zk3"},
				{"connections of peers end", asideWith(tls, logged(cut)), "warning likely zk3"},
				{"the name is another", asideWith(tls, logged(named("node-1.example", "zk1"), cut)), "warning likely zk3"},
				{"it speaks no TLS", aside(logged(hello)), "warning likely zk3"},
				{"the quorum is lost", look(looking, looking, looking).onWith(3, tls, logged(failed(2))).twice(), "critical likely zk3"},
				{"by the files of two", look(looking, leader, follower).on(1).onWith(3, tls, unlogged).twice(), "warning proven zk1"},
				{"by the files of two, the other way", look(looking, leader, follower).onWith(1, tls, unlogged).on(3).twice(), "warning proven zk1"},
				{"by the log of one that serves", look(looking, leader, follower).onWith(3, tls, logged(failed(2))).twice(), "warning likely zk1"},
			},
			[]alike{
				{"it serves", healthy().onWith(3, tls, logged(failed(5))).twice()},
				{"it does not say so", asideWith(tls, logged())},
				{"of a moment", asideWith(tls, logged(failed(1)))},
				{"an hour ago", asideWith(tls, logged(agoLine(logline.PeerTLS, "javax.net.ssl.SSLHandshakeException: x", 50)))},
				{"its log stands still", asideWith(tls, logged(failed(5)), tailed(still))},
				{"a client's name", asideWith(tls, logged(named("desk.example", "mallory")))},
				{"a scanner that speaks TLS", aside(logged(failed(5)))},
				{"TLS is being introduced", look(looking, leader, follower).on(1, logged()).onWith(3, zoo(3, "sslQuorum=true", "portUnification=true"), logged()).twice()},
				{"the files of two agree", look(looking, leader, follower).onWith(1, tls, logged()).onWith(3, tls, logged()).twice()},
				{"it was joining", healthy().onWith(3, tls, logged(failed(5))).after(look(follower, leader, looking))},
				{"two others are out", look(looking, looking, follower, leader, follower).onWith(3, zoo(5, "sslQuorum=true"), logged(failed(2))).twice()},
				{"it has ended", out().onWith(3, tls, stopped, logged(failed(2))).twice()},
				{"standalone", look(standalone).onWith(1, zoo(0), logged(failed(2)))},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", asideWith(tls, unlogged), report.SkipUndecided},
				{"a log without times", asideWith(tls, logged(failed(2)), tailed(timeless)), report.SkipUndecided},
				{"a long log without its start", aside(logged(hello), tailed(func(l *snapshot.LogTail) { l.Begins = false })), report.SkipUndecided},
				{"the log of a run before", aside(logged(hello), tailed(func(l *snapshot.LogTail) { l.Modified = now().Add(-2 * time.Hour) })), report.SkipUndecided},
				{"one look", look(follower, leader, looking).onWith(3, tls, logged(failed(2))), report.SkipUndecided},
			},
		},
		{
			SyncTooSlow,
			[]fire{
				{"a leader that gives up", look(looking, looking, looking).on(3, logged(gaveUp(3)), keeps(much)).twice(), "critical likely zk1 zk2 zk3"},
				{"a follower that fetches all anew", aside(logged(fetched(3)), keeps(much)), "info possible zk3"},
				{"much data at the leader", look(follower, but(leader, holds(2*gib)), looking).on(3, logged(fetched(3))).twice(), "warning likely zk3"},
				{"little data", look(looking, looking, looking).on(3, logged(gaveUp(3))).twice(), "info possible zk1 zk2 zk3"},
			},
			[]alike{
				{"it serves", healthy().on(3, logged(fetched(3))).twice()},
				{"once", aside(logged(fetched(1)))},
				{"an hour ago", aside(logged(agoLine(logline.SnapshotFetched, "Getting a snapshot from leader", 9)))},
				{"many times a second", aside(logged(fetched(3000)))},
				{"a record that is too long", aside(logged(fetched(3), long("2500000", 3)))},
				{"standalone", look(standalone).onWith(1, zoo(0), logged(fetched(3)))},
				{"a limit that is no time", look(looking, looking, looking).onWith(3, strings.Replace(zoo(3), "initLimit=10", "initLimit=-10", 1), logged(gaveUp(3)), keeps(much)).twice()},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", aside(unlogged), report.SkipUndecided},
				{"one look", look(follower, leader, looking).on(3, logged(fetched(3))), report.SkipUndecided},
			},
		},
		{
			AdminPortConflict,
			[]fire{
				{"in an ensemble", healthy().on(3, admin...), "info proven zk3"},
				{"standalone", look(down).file(zoo(0)).onWith(1, zoo(0), append([]func(*snapshot.Local){stopped}, admin...)...), "critical proven zk1"},
				{"another port, by an option", healthy().on(3, logged(adminLine("9090"), bind), withListeners("[::]:2181", "192.0.2.3:3888", "[::]:9090")), "info proven zk3"},
			},
			[]alike{
				{"its own AdminServer", healthy().on(3, logged(), withListeners("[::]:2181", "192.0.2.3:3888", "[::]:8080"))},
				{"the port is free again", healthy().on(3, logged(adminLine("8080"), bind))},
				{"it failed for another reason", healthy().on(3, logged(adminLine("8080")), withListeners("[::]:2181", "192.0.2.3:3888", "[::]:8080"))},
				{"another address", healthy().onWith(3, zoo(3, "admin.serverAddress=192.0.2.3"), logged(adminLine("8080"), bind), withListeners("[::]:2181", "192.0.2.3:3888", "127.0.0.1:8080"))},
				{"it is off", healthy().onWith(3, zoo(3, "admin.enableServer=false"), admin...)},
				{"a member that has ended", out().on(3, append([]func(*snapshot.Local){stopped}, admin...)...)},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", healthy().on(3, unlogged), report.SkipUndecided},
				{"a long log without its start", healthy().on(3, append(admin, tailed(func(l *snapshot.LogTail) { l.Begins = false }))...), report.SkipUndecided},
				{"sockets not seen", healthy().on(3, append(admin, func(l *snapshot.Local) { l.Listeners = snapshot.Obs[[]netip.AddrPort]{} })...), report.SkipUndecided},
			},
		},
		{
			OversizePacket,
			[]fire{
				{"near the default", look(follower, leader, but(follower, answered(1_000_000))).on(3), "warning proven zk3"},
				{"near its own", look(follower, leader, but(follower, answered(4_000_000))).on(3, buffer("4194304")), "warning proven zk3"},
				{"the limit is not known", look(follower, leader, but(follower, answered(1_000_000))), "info possible zk3"},
				{"a client writes too much", healthy().on(3, logged(line(logline.PacketTooLong, "Exception causing close of session 0x1: Len error 1100054", 3))), "warning likely zk3"},
				{"HTTP", healthy().on(3, logged(line(logline.ForeignBytes, "Exception causing close of session 0x0: Len error 1195725856", 300))), "info proven zk3"},
			},
			[]alike{
				{"short", look(follower, leader, but(follower, answered(500_000))).on(3)},
				{"raised enough", look(follower, leader, but(follower, answered(1_000_000))).on(3, buffer("4194304"))},
				{"once", healthy().on(3, logged(line(logline.PacketTooLong, "Len error 1100054", 1)))},
				{"an hour ago", healthy().on(3, logged(agoLine(logline.PacketTooLong, "Len error 1100054", 30), agoLine(logline.ForeignBytes, "Len error 1195725856", 30)))},
			},
			[]blind{
				{"3.4 does not tell", healthy().as(oldest), report.SkipNotReported},
				{"unreachable", unseen(), report.SkipUnreachable},
				{"raised, how far is not known", look(follower, leader, but(follower, answered(2_000_000))), report.SkipUndecided},
			},
		},
		{
			DataUnreasonableLength,
			[]fire{
				{"it cannot load its data", out().on(3, stopped, logged(unloaded, long("1500000", 1)), keeps(large)), "warning likely zk3"},
				{"the leader's", aside(logged(long("2500000", 300))), "warning likely zk3"},
				{"the quorum is lost", look(down, looking, down).on(3, stopped, logged(unloaded, long("1500000", 1)), keeps(large)), "critical likely zk3"},
				{"standalone", look(down).file(zoo(0)).onWith(1, zoo(0), stopped, logged(line(logline.Exit, "Unexpected exception, exiting abnormally", 1), long("1500000", 1)), keeps(large)), "critical likely zk1"},
			},
			[]alike{
				{"a scanner on 2888 of one that serves", healthy().on(3, logged(long("1195725856", 30))).twice()},
				{"an hour ago", aside(logged(agoLine(logline.RecordTooLong, "java.io.IOException: Unreasonable length = 2500000", 3)))},
				{"it ended for another reason", out().on(3, stopped, logged(long("1500000", 1)), keeps(large))},
				{"nothing of the kind", out().on(3, stopped, logged(unloaded))},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", out().on(3, stopped, unlogged), report.SkipUndecided},
				{"no log, and it runs", aside(unlogged), report.SkipUndecided},
				{"one look", look(follower, leader, looking).on(3, logged(long("2500000", 300))), report.SkipUndecided},
				{"a long log without its start", out().on(3, stopped, logged(unloaded, long("1500000", 1)), tailed(func(l *snapshot.LogTail) { l.Begins = false })), report.SkipUndecided},
				{"no record's length", out().on(3, stopped, logged(unloaded, long("-1", 1))), report.SkipUndecided},
				{"longer than any of its files", out().on(3, stopped, logged(unloaded, long("99000000", 1))), report.SkipUndecided},
			},
		},
		{
			ForeignData,
			[]fire{
				{"by its files", aside(ahead), "warning likely zk3"},
				{"and its log", aside(ahead, logged(older)), "warning likely zk3"},
				{"it closes before it has answered", look(follower, leader, closing).on(3, ahead, logged(older)).after(look(follower, leader, looking).on(3, ahead)), "warning likely zk3"},
			},
			[]alike{
				{"it serves", healthy().on(3, ahead).twice()},
				{"its epoch is the leader's", aside(keeps(epochs("1", "1")))},
				{"it does not run", out().on(3, stopped, ahead).twice()},
				{"standalone", look(standalone).onWith(1, zoo(0), ahead).twice()},
			},
			[]blind{
				noLocal(), denied(),
				{"its data was not seen", aside(dataUnseen(snapshot.Denied)), report.SkipUndecided},
				{"one look", look(follower, leader, looking).on(3, ahead), report.SkipUndecided},
				{"nobody leads", look(looking, looking, looking).on(3, ahead).twice(), report.SkipUndecided},
				{"another leader than before", look(follower, leader, looking).on(3, ahead).after(look(leader, follower, looking).on(3, ahead)), report.SkipUndecided},
				{"it is accepting one this moment", look(follower, leader, looking).on(3, ahead).after(look(follower, leader, looking).on(3, keeps(epochs("3", "3")))), report.SkipUndecided},
				{"acceptedEpoch is not there", aside(keeps(func(d *snapshot.Data) { d.Dir.AcceptedEpoch = noPart[snapshot.EpochFile](snapshot.Absent) })), report.SkipUndecided},
			},
		},
		{
			QuorumSASLFailed,
			[]fire{
				{"another password", asideWith(sasl, logged(refused)), "warning likely zk3"},
				{"FIPS mode", look(looking, looking, looking).onWith(3, sasl, logged(line(logline.PeerFIPS, "QuorumLearner will not use DIGEST-MD5 as SASL mechanism, because FIPS mode is enabled.", 7))).twice(), "critical likely zk3"},
				{"by the log of one that serves", look(looking, leader, follower).onWith(3, sasl, logged(refused)).twice(), "warning likely zk1"},
			},
			[]alike{
				{"it serves", healthy().onWith(3, sasl, logged(refused)).twice()},
				{"no SASL among servers", aside(logged(refused))},
				{"an hour ago", asideWith(sasl, logged(agoLine(logline.PeerSASL, "javax.security.sasl.SaslException: x", 50)))},
			},
			[]blind{
				noLocal(), denied(),
				{"no log", asideWith(sasl, unlogged), report.SkipUndecided},
				{"one look", look(follower, leader, looking).onWith(3, sasl, logged(refused)), report.SkipUndecided},
			},
		},
	}
}

func gaveUp(n int) snapshot.LogLine {
	return line(logline.SyncGaveUp, "Shutdown called. For the reason Waiting for a quorum of followers, only synced with sids: [ [3] ]", n)
}

func fetched(n int) snapshot.LogLine {
	return line(logline.SnapshotFetched, "Getting a snapshot from leader 0x30000000a", n)
}

// much is a snapshot of 2 GiB.
func much(d *snapshot.Data) { d.Dir.Snapshots.Value.Newest[0].Size = 2 * gib }

// holds is the size of a leader's data.
func holds(bytes int) func(*snapshot.Server) { return tellsMntr("zk_approximate_data_size", bytes) }

func adminLine(port string) snapshot.LogLine {
	return line(logline.AdminPort, "org.apache.zookeeper.server.admin.AdminServer$AdminServerException: Problem starting AdminServer on address 0.0.0.0, port "+port+" and command URL /commands", 2)
}

// answered sets the longest answer that a server tells of.
func answered(bytes int) func(*snapshot.Server) {
	return tellsMntr("zk_max_client_response_size", bytes)
}

// tellsMntr sets a value of mntr.
func tellsMntr(key string, value int) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		s.Mntr.Value.Keys = slices.Clone(s.Mntr.Value.Keys)
		for i, p := range s.Mntr.Value.Keys {
			if p.Key == key {
				s.Mntr.Value.Keys[i].Value = strconv.Itoa(value)
			}
		}
	}
}

// buffer is -Djute.maxbuffer.
func buffer(bytes string) func(*snapshot.Local) {
	return func(l *snapshot.Local) { l.Process.JuteMaxBuffer = bytes }
}

// large is a log of 4 MiB.
func large(d *snapshot.Data) { newestLog(func(f *snapshot.DataFile) { f.Allocated = 4 * mib })(d) }

// TestLogFolds: what a log tells of a server that stays out explains that it does.
func TestLogFolds(t *testing.T) {
	t.Parallel()
	degraded := "degraded 1: 2 of 3 by conf, need 2, spare 0"
	runGrid(t, []row{
		{
			"a certificate", asideWith(zoo(3, "sslQuorum=true"), logged(line(logline.PeerTLS, "javax.net.ssl.SSLHandshakeException: x", 3))), degraded,
			findings("root quorum-tls-handshake warning likely zk3", "fold degraded-no-spare warning proven", "fold server-not-serving warning proven zk3", "fold status-script-misleading info proven zk3"),
		},
		{
			"sslQuorum differs, and a log says so too", look(looking, leader, follower).on(1).onWith(3, zoo(3, "sslQuorum=true"), logged(line(logline.PeerTLS, "javax.net.ssl.SSLHandshakeException: x", 3))).twice(), degraded,
			findings("root quorum-tls-handshake warning proven zk1", "fold degraded-no-spare warning proven", "fold server-not-serving warning proven zk1", "fold status-script-misleading info proven zk1"),
		},
		{
			"a record too long", out().on(3, stopped, logged(line(logline.DatabaseUnloaded, "Unable to load database on disk", 1), line(logline.RecordTooLong, "java.io.IOException: Unreasonable length = 1500000", 1)), keeps(large)), degraded,
			findings("root data-unreasonable-length warning likely zk3", "fold degraded-no-spare warning proven", "fold process-down warning proven zk3"),
		},
		{
			"data of another ensemble", aside(keeps(epochs("3", "153"))), degraded,
			findings("root foreign-data warning likely zk3", "fold degraded-no-spare warning proven", "fold server-not-serving warning proven zk3", "fold status-script-misleading info proven zk3"),
		},
	})
}

// TestReadLength: a length that is no length is read for people.
func TestReadLength(t *testing.T) {
	t.Parallel()
	const otherProtocol = "this value is the first bytes of another protocol"
	for length, want := range map[int64]string{
		1195725856: `1195725856 is "GET ", the beginning of HTTP`,
		369295618:  "369295618 is the beginning of TLS",
		1397966893: `1397966893 is "SSH-", the beginning of SSH`,
		1 << 32:    otherProtocol,
		0:          otherProtocol,
	} {
		if got := readLength(length); got != want {
			t.Errorf("%d: got %q, want %q", length, got, want)
		}
	}
}

// TestOnlyCopy: data that is ahead of the leader's is not to be moved away, for the others may
// have lost theirs.
func TestOnlyCopy(t *testing.T) {
	t.Parallel()
	newest := func(zxid snapshot.Zxid) func(*snapshot.Data) {
		return func(d *snapshot.Data) {
			d.Dir.Logs.Value.Newest = nil
			d.Dir.Snapshots.Value.Newest = []snapshot.DataFile{snapFile(zxid, mib)}
		}
	}
	for zxid, want := range map[snapshot.Zxid]bool{1: true, 153 << 32: false} {
		r := aside(keeps(epochs("153", "153"), newest(zxid))).membership(three...).report()
		moves := false
		for _, f := range r.Findings {
			for _, fix := range f.Fix {
				moves = moves || f.Code == ForeignData && strings.Contains(fix.Command, "mv -T")
			}
		}
		if moves != want || concluded(r, ForeignData) == nil {
			t.Errorf("newest %s: data is moved away: %t, want %t; %q", zxid, moves, want, digest(r))
		}
	}
}
