package diag

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// judged is a setting that lint judges by the file, and check on the server.
type judged struct {
	rule string
	code report.Code
	// says picks the remarks and the findings that are of this setting; nil: all.
	says  func(lint.Remark) bool
	finds func(line string) bool
	// id is the server whose file it is, and next a proposal beside the file.
	id    int64
	next  bool
	scene func(config, version string) scene
	cases []setTo
}

// setTo is a file that a release reads, and whether there is something to say.
type setTo struct {
	config, version string
	speaks          bool
}

// TestLintAgrees: of one file zkdoctor lint and zkdoctor check say the same.
func TestLintAgrees(t *testing.T) {
	t.Parallel()
	for _, j := range slices.Concat(judgedData(), judgedServers(), judgedMembers()) {
		for _, c := range j.cases {
			config := zoocfg.Parse("/etc/zookeeper/zoo.cfg", []byte(c.config))
			o := lint.Options{Version: c.version, ID: &j.id}
			if j.next {
				o.Next = config.Path + ".dynamic.next"
			}
			remarks := slices.DeleteFunc(lint.Lint(config, o).Remarks, func(r lint.Remark) bool {
				return r.Rule != j.rule || j.says != nil && !j.says(r)
			})
			findings := slices.DeleteFunc(concluded(j.scene(c.config, c.version).report(), j.code), func(line string) bool {
				return j.finds != nil && !j.finds(line)
			})
			if lints, checks := len(remarks) > 0, len(findings) > 0; lints != c.speaks || checks != c.speaks {
				t.Errorf("%s: want %t, ZooKeeper %s, of\n%slint says %t: %+v\ncheck says %t: %q", j.code, c.speaks, c.version, c.config, lints, remarks, checks, findings)
			}
		}
	}
}

func isWarning(r lint.Remark) bool { return r.Severity == report.Warning }

// each is a line that is added to the files of three servers, and what is to be said.
func each(speaks bool, lines ...string) []setTo {
	var all []setTo
	for _, line := range lines {
		all = append(all, setTo{zoo(3, line), newest, speaks})
	}
	return all
}

func judgedData() []judged {
	inDirs := func(speaks bool, dirs ...string) []setTo {
		var all []setTo
		for _, dir := range dirs {
			all = append(all, setTo{strings.Replace(zoo(3), "/var/lib/zookeeper", dir, 1), newest, speaks})
		}
		return all
	}
	return []judged{
		{
			rule: "data-dir-volatile", code: DataDirInTmp, id: 3,
			scene: func(config, _ string) scene {
				dir := zoocfg.Parse("", []byte(config)).DataDir.Value
				return healthy().onWith(3, config, keeps(inDir(dir, "/"), func(d *snapshot.Data) { d.Dir.Real = "" }))
			},
			cases: slices.Concat(
				inDirs(true, "/tmp", "/tmp/zookeeper", "/tmp/", "//tmp/zookeeper", "/var/../tmp/zookeeper", "/var/tmp/zookeeper", "/run/zookeeper", "/var/run/zookeeper", "/dev/shm/zookeeper"),
				inDirs(false, "/var/lib/zookeeper", "/tmpfs/zookeeper", "/srv/tmp", "/var/tmpl", "/runner/zookeeper", "/dev/shmem", "/tmp/../srv"),
			),
		},
		{
			rule: "purge-off", code: AutopurgeOff, id: 3,
			scene: func(config, _ string) scene {
				return healthy().onWith(3, config, keeps(snapshots(11, snapFile(1, mib))))
			},
			cases: slices.Concat(
				each(true, "", "autopurge.purgeInterval=0", "autopurge.purgeInterval=-1", "autopurge.snapRetainCount=3"),
				each(false, "autopurge.purgeInterval=24", "autopurge.purgeInterval=x", "autopurge.purgeInterval=1d"),
			),
		},
		{
			rule: "force-sync-off", code: ForceSyncOff, id: 3,
			scene: func(config, _ string) scene { return healthy().onWith(3, config) },
			cases: slices.Concat(each(true, "forceSync=no", "forceSync= no"), each(false, "", "forceSync=No", "forceSync=false", "forceSync=yes")),
		},
		{
			rule: "trust-empty-snapshot", code: KnownBadVersion, id: 1,
			finds: func(line string) bool { return strings.HasPrefix(line, "warning") },
			scene: func(config, version string) scene { return look(but(standalone, runs(version))).onWith(1, config) },
			cases: []setTo{
				{zoo(0, "snapshot.trust.empty=true"), "3.5.6", true},
				{zoo(0, "snapshot.trust.empty=TRUE"), "3.5.6", true},
				{zoo(0, "snapshot.trust.empty=true "), "3.5.6", true},
				{zoo(0, "snapshot.trust.empty=yes"), "3.5.6", false},
				{zoo(0, "zookeeper.snapshot.trust.empty=true"), "3.5.6", false},
				{zoo(0, "snapshot.trust.empty=true"), "3.5.5", false},
			},
		},
	}
}

func judgedServers() []judged {
	observing := strings.Replace(zoo(3), "zk3:2888:3888", "zk3:2888:3888:observer", 1)
	moved := zoo(0, "dynamicConfigFile=/etc/zookeeper/zoo.cfg.dynamic")
	return []judged{
		{
			rule: "whitelist", code: WideOpen, id: 3,
			says:  func(r lint.Remark) bool { return r.Found == "*" },
			scene: func(config, _ string) scene { return healthy().onWith(3, config) },
			cases: slices.Concat(
				each(true, "4lw.commands.whitelist=*", "4lw.commands.whitelist= * "),
				each(false, "", "4lw.commands.whitelist=srvr, mntr", "4lw.commands.whitelist=**"),
			),
		},
		{
			rule: "peer-type", code: PeerTypeMismatch, id: 3,
			scene: func(config, version string) scene { return healthyAs(version).onWith(3, config) },
			cases: []setTo{
				{zoo(3, "peerType=observer"), newest, true},
				{zoo(3, "peerType=Observer"), newest, true},
				{observing + "peerType=participant\n", newest, true},
				{zoo(3, "peerType=observer"), oldest, true},
				{observing + "peerType=observer\n", newest, false},
				{observing, newest, false},
				{observing + "peerType=voter\n", newest, false},
				{zoo(2, "peerType=observer"), newest, false},                           // no line of its own
				{zoo(0, "server.3=zk3:2888:3888", "peerType=observer"), newest, false}, // it runs standalone
				{zoo(0, "server.3=zk3:2888:3888", "peerType=observer", "standaloneEnabled=false"), newest, true},
				{zoo(0, "server.3=zk3:2888:3888", "peerType=observer", "standaloneEnabled=false"), oldest, false},
			},
		},
		{
			rule: "next-file", code: DynamicConfigOverrides, id: 3, next: true,
			scene: func(config, version string) scene { return healthyAs(version).onWith(3, config, next(true)) },
			cases: []setTo{{zoo(3), newest, true}, {zoo(3), "3.5.1", true}, {zoo(3), "3.5.0", false}, {zoo(3), oldest, false}},
		},
		{
			rule: "would-not-start", code: DynamicConfigOverrides, id: 3,
			says:  func(r lint.Remark) bool { return strings.HasPrefix(r.Key, "server.") },
			scene: func(config, version string) scene { return healthyAs(version).onWith(3, config, next(false)) },
			cases: []setTo{
				{zoo(3, "dynamicConfigFile=/etc/zookeeper/zoo.cfg.dynamic"), newest, true},
				{zoo(3, "dynamicConfigFile=/etc/zookeeper/zoo.cfg.dynamic"), oldest, false},
				{moved, newest, false},
			},
		},
	}
}

func judgedMembers() []judged {
	wildcard := strings.Replace(zoo(3), "zk3", "0.0.0.0", 1)
	loopback := strings.Replace(zoo(3), "zk2", "127.0.0.1", 1)
	onAll := loopback + "quorumListenOnAllIPs=true\n"
	oracle := "oraclePath=/var/oracle"
	return []judged{
		{
			rule: "wildcard-address", code: WildcardSelfAddr, id: 3, says: isWarning,
			scene: func(config, version string) scene {
				if zoocfg.Parse("", []byte(config)).Distributed(version) {
					return look(follower, leader, but(looking, runs(version))).onWith(3, config)
				}
				return look(down, down, but(standalone, runs(version))).onWith(3, config)
			},
			cases: []setTo{
				{wildcard, "3.5.0", true},
				{wildcard, "3.5.7", true},
				{wildcard, "3.6.0", true},
				{wildcard, "3.6.1", false},
				{strings.Replace(wildcard, "0.0.0.0", "[::]", 1), "3.5.7", true},
				{strings.Replace(wildcard, "0.0.0.0", "[::ffff:0.0.0.0]", 1), "3.5.7", true},
				{wildcard, "3.5.8", false},
				{wildcard, newest, false},
				{wildcard, oldest, false},
				{zoo(3), "3.5.7", false},
				{zoo(0, "server.3=0.0.0.0:2888:3888"), "3.5.7", false},
			},
		},
		{
			rule: "loopback-address", code: SelfAddrLoopback, id: 2,
			scene: func(config, version string) scene { return healthyAs(version).onWith(2, config) },
			cases: []setTo{
				{loopback, newest, true},
				{loopback, oldest, true},
				{onAll, newest, true},
				{onAll, "3.5.0", true},
				{onAll, oldest, false},
				{strings.Replace(onAll, "zk3:2888:3888", "zk3:2888:3888:observer", 1), newest, false},
				{strings.NewReplacer("zk1", "127.0.0.1", "zk3", "127.0.0.1").Replace(loopback), newest, false},
				{zoo(3, "quorumListenOnAllIPs=true"), newest, false},
			},
		},
		{
			rule: "two-voters", code: EvenOrTinyEnsemble, id: 1, scene: ensembleOf,
			cases: []setTo{{zoo(2), newest, true}, {zoo(2, oracle), newest, false}, {zoo(3), newest, false}},
		},
		{
			rule: "even-voters", code: EvenOrTinyEnsemble, id: 1, scene: ensembleOf,
			cases: []setTo{
				{zoo(4), newest, true},
				{zoo(4, oracle), newest, true},
				{zoo(3, "server.4=zk4:2888:3888:observer"), newest, false},
				{zoo(5), newest, false},
				{zoo(4, "group.1=1:2", "group.2=3:4"), newest, false},
			},
		},
	}
}

// ensembleOf is the ensemble of a file, in good health; it stands on server 1.
func ensembleOf(config, _ string) scene {
	c := zoocfg.Parse("", []byte(config))
	states := slices.Repeat([]state{follower}, len(c.Servers))
	states[1] = leader
	lines := strings.Split(c.String(), "\n")
	return look(states...).membership(lines[:len(lines)-1]...).onWith(1, config)
}
