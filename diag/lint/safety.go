package lint

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Data, and who may do what.

// setting is a remark on a key.
func setting[T any](key string, s zoocfg.Setting[T], severity report.Severity) Remark {
	return Remark{Severity: severity, File: s.File, Line: s.Line, Key: key, Found: fmt.Sprint(s.Value)}
}

func dataDirVolatile(s *subject) []Remark {
	var all []Remark
	for _, d := range s.dirs() {
		if Volatile(d.Value) == "" {
			continue
		}
		r := setting(d.key, d.Setting, report.Warning)
		all = append(all, r.say("a directory that survives a reboot, as /var/lib/zookeeper", "Files there are removed at a reboot or by a cleaner, and the data with them.")...)
	}
	return all
}

type dir struct {
	key string
	zoocfg.Setting[string]
}

func (s *subject) dirs() []dir {
	all := []dir{{"dataDir", s.DataDir}, {"dataLogDir", s.DataLogDir}}
	return slices.DeleteFunc(all, func(d dir) bool { return !d.IsSet() || d.Value == "" })
}

// dataDirRelative: VerifyingFileFactory warns from 3.5 on.
func dataDirRelative(s *subject) []Remark {
	var all []Remark
	for _, d := range s.dirs() {
		if path.IsAbs(d.Value) || strings.Contains(d.Value, `:`) { // C:\ of Windows
			continue
		}
		r := setting(d.key, d.Setting, report.Info)
		all = append(all, r.say("a path from / on", "The path depends on the directory in which ZooKeeper is started; from another directory it starts without data.")...)
	}
	return all
}

// logDirShared: the guide, dataLogDir: "Having a dedicated log device has a large
// impact on throughput and stable latencies".
func logDirShared(s *subject) []Remark {
	if !s.DataDir.IsSet() || s.DataDir.Value == "" {
		return nil
	}
	r := setting("dataLogDir", s.DataLogDir, report.Info)
	r.Recommended = "a directory on a separate disk, if writes must be fast"
	r.Why = "The transaction log and the snapshots share a disk: every write waits for the log's sync, and a snapshot slows that."
	data, log := path.Clean(s.DataDir.Value), path.Clean(s.DataLogDir.Value)
	switch {
	case !s.DataLogDir.IsSet():
		r.Found = "not set: dataDir"
	case data == log:
	case within(data, log), within(log, data):
		r.Why = "The transaction log and the snapshots may share a disk: every write waits for the log's sync, and a snapshot slows that."
	default:
		return nil
	}
	return []Remark{r}
}

func purgeOff(s *subject) []Remark {
	if !NeverPurges(s.Config) {
		return nil
	}
	r := setting("autopurge.purgeInterval", s.AutopurgePurgeInterval, report.Info)
	r.Found, r.Recommended = "0: off", "24, or a cron job with zkCleanup.sh"
	if !s.AutopurgePurgeInterval.IsSet() {
		r.Found = "not set: off"
	}
	r.Why = "Snapshots and logs are never removed, until the disk is full and the server cannot start again."
	return []Remark{r}
}

// purgeRetain: QuorumPeerConfig, MIN_SNAP_RETAIN_COUNT.
func purgeRetain(s *subject) []Remark {
	n := s.AutopurgeSnapRetainCount
	if !n.IsSet() || n.Value >= 3 {
		return nil
	}
	return setting("autopurge.snapRetainCount", n, report.Info).say("3 or more", "ZooKeeper keeps at least 3, even if a smaller number is set, and reports this only in its log.")
}

func forceSyncOff(s *subject) []Remark {
	if !SyncIsOff(s.Config) {
		return nil
	}
	r := setting("forceSync", s.ForceSync, report.Warning)
	r.Found = "no"
	return r.say("leave it out", "Writes are acknowledged before they are on the disk: if the power fails, servers lose acknowledged writes.")
}

// skipACL: PrepRequestProcessor of 3.4 and 3.5, ZooKeeperServer later; "yes"
// exactly.
func skipACL(s *subject) []Remark {
	if !s.yes("skipACL") {
		return nil
	}
	p, _ := s.Property("skipACL")
	return []Remark{{
		Severity: report.Warning, Line: p.Line, Key: "skipACL", Found: "yes", Recommended: "leave it out",
		Why: "No ACL is checked: every host that reaches the client port can read, write and delete everything.",
	}}
}

// trustEmptySnapshot: the guide wants it "back to false after upgrading".
func trustEmptySnapshot(s *subject) []Remark {
	p, trusts := TrustsEmpty(s.Config)
	if !trusts {
		return nil
	}
	return []Remark{{
		Severity: report.Warning, Line: p.Line, Key: "snapshot.trust.empty", Versions: "3.5.6+", Found: "true",
		Recommended: "remove it when there is a snapshot after the upgrade from 3.4",
		Why:         "If the snapshots are lost, the server starts anyway, with part of the data, and may become the leader.",
	}}
}

// fsyncThreshold: FileTxnLog, Long.getLong with the default 1000, from 3.4.9 on
// under this name.
func fsyncThreshold(s *subject) []Remark {
	p, found := s.Property("fsync.warningthresholdms")
	if !found {
		return nil
	}
	r := Remark{
		Severity: report.Warning, Line: p.Line, Key: "fsync.warningthresholdms",
		Versions: "3.4.9+", Recommended: "1000, or leave it out",
	}
	ms, err := strconv.ParseInt(strings.TrimSpace(p.Value), 0, 64)
	switch budget := s.ticks(s.SyncLimit.Value); {
	case err != nil:
		r.Found, r.Why = "no number", "ZooKeeper does not understand it and uses 1000, without a message."
	case ms <= 0:
		r.Found, r.Why = strconv.FormatInt(ms, 10), "Every write that takes a millisecond is logged as a warning."
	case s.limited() && budget > 0 && ms > budget.Milliseconds():
		r.Severity, r.Found = report.Info, strconv.FormatInt(ms, 10)
		r.Why = fmt.Sprintf("A disk that stalls is not reported until it stalls longer than syncLimit (%s), when the server has left the quorum.", budget.Round(time.Millisecond))
	default:
		return nil
	}
	return []Remark{r}
}

// fewConnections is a sixth of the default of 60. The limit is per client address;
// four-letter words, exporters and zkServer.sh status count (NIOServerCnxnFactory).
const fewConnections = 10

func maxConnections(s *subject) []Remark {
	n := s.MaxClientCnxns
	if !n.IsSet() || n.Value >= fewConnections || s.diesOf(n.File, n.Line) {
		return nil
	}
	r := setting("maxClientCnxns", n, report.Warning)
	r.Recommended = "60, the default, or what one host really needs"
	r.Why = "So few connections per address are soon in use, and four-letter words and monitors count too: they then get an empty answer."
	if n.Value <= 0 {
		r.Severity, r.Why = report.Info, "There is no limit: one client that leaks connections can use up all file descriptors."
	}
	return []Remark{r}
}

// whitelist: FourLetterCommands (ServerCnxn before 3.5.3). Not set, 3.4.10 and
// later 3.4 allow all but wchc and wchp, 3.5.3 and later only srvr; before, there
// was no list. srvr is always allowed.
func whitelist(s *subject) []Remark {
	const want = "srvr,ruok,mntr,conf,isro"
	w := s.Whitelist
	r := setting("4lw.commands.whitelist", w, report.Info)
	r.Recommended = want
	words := strings.Split(w.Value, ",")
	for i := range words {
		words[i] = strings.TrimSpace(words[i])
	}
	var lacking []string
	for _, word := range []string{"mntr", "conf"} {
		if !slices.Contains(words, word) {
			lacking = append(lacking, "no "+word)
		}
	}
	switch {
	case !w.IsSet():
		r.Found, r.Versions = "not set: only srvr", "3.5.3+"
	case AllowsAllWords(w.Value):
		r.Found, r.Why = "*", "Every host that reaches the client port can send wchp, wchc and dump, which take a busy server seconds, and srst, which resets its statistics."
		return []Remark{r}
	case slices.ContainsFunc(words, severalWords):
		r.Severity, r.Found = report.Warning, "words without a comma between them"
		r.Why = "Only commas separate the words: the text between two commas is one word, which does not exist."
		return []Remark{r}
	case len(lacking) == 0:
		return nil
	default:
		r.Found = strings.Join(lacking, ", and ")
	}
	r.Why = "Monitors read mntr, and zkdoctor compares the servers' lists by conf; without them some checks are skipped."
	return []Remark{r}
}

// severalWords knows two words with anything but a comma between them.
func severalWords(text string) bool {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("; |:\t", r) })
	return len(parts) > 1
}

// leaderServesNo: Leader, "no" exactly.
func leaderServesNo(s *subject) []Remark {
	if s.LeaderServes.Value {
		return nil
	}
	r := setting("leaderServes", s.LeaderServes, report.Info)
	r.Found = "no"
	return r.say("remove it, unless there are very many writes", "The leader answers clients, srvr and zkServer.sh status like a server without a quorum; monitors report it as down.")
}

// listenOnAll: QuorumCnxManager.Listener and Leader bind the wildcard address.
func listenOnAll(s *subject) []Remark {
	if !s.QuorumListenOnAllIPs.Value || !s.distributed() {
		return nil
	}
	return setting("quorumListenOnAllIPs", s.QuorumListenOnAllIPs, report.Info).say("false, unless the server's address is translated (NAT, cloud, Kubernetes)", "2888 and 3888 are open on every interface, and a wrong myid is no longer detected by an address that cannot be bound.")
}
