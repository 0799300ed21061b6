package lint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// alone is a good configuration without members, of 8 lines; those of a test
// follow from line 9 on. The last one of two lines with the same key counts, so
// a test replaces a key by replace.
const alone = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/var/lib/zookeeper\n" +
	"dataLogDir=/srv/zookeeper-log\nclientPort=2181\nautopurge.purgeInterval=24\n" +
	"4lw.commands.whitelist=srvr,ruok,mntr,conf,isro\n"

// three are lines 9 to 11.
const three = "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n"

const good = alone + three

// guide is the zoo.cfg of the install guide: the sample with its directories, and
// the lines that the guide adds.
const guide = "# The number of milliseconds of each tick\ntickTime=2000\n# ticks of the first synchronization\ninitLimit=10\n" +
	"syncLimit=5\ndataDir=/var/data/zookeeper\ndataLogDir=/var/data/zookeeper/datalogs\nclientPort=2181\n" +
	"#格式: server.序号=ip/主机名:同步数据通信端口号:选主通信端口号\n" +
	"server.1=192.168.145.100:2888:3888\nserver.2=192.168.145.101:2888:3888\nserver.3=192.168.145.102:2888:3888\n"

// modern is what a 3.9 ensemble with TLS, reconfiguration and metrics looks like.
const modern = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/var/lib/zookeeper/data\ndataLogDir=/var/lib/zookeeper/log\n" +
	"autopurge.purgeInterval=1\nautopurge.snapRetainCount=5\nadmin.serverPort=8081\nstandaloneEnabled=false\nreconfigEnabled=true\n" +
	"secureClientPort=2281\nserverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\n" +
	"ssl.keyStore.location=/etc/zk/key.p12\nssl.keyStore.password=hush\nsslQuorum=true\nssl.quorum.keyStore.location=/etc/zk/key.p12\n" +
	"ssl.quorum.keyStore.password=hush\nmetricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n" +
	"metricsProvider.httpPort=7000\n4lw.commands.whitelist=*\nmaxClientCnxns=200\n" +
	"server.1=zk1.example:2888:3888;2181\nserver.2=zk2.example:2888:3888;2181\nserver.3=zk3.example:2888:3888;2181\n" +
	"server.4=zk4.example:2888:3888:observer;2181\n"

// image is what the official image writes for one of three servers.
const image = "dataDir=/data\ndataLogDir=/datalog\ntickTime=2000\ninitLimit=5\nsyncLimit=2\nautopurge.snapRetainCount=3\n" +
	"autopurge.purgeInterval=0\nmaxClientCnxns=60\nstandaloneEnabled=true\nadmin.enableServer=true\n" +
	"server.1=zoo1:2888:3888;2181\nserver.2=zoo2:2888:3888;2181\nserver.3=zoo3:2888:3888;2181\n"

// ownLoopback is the file of server 2, which listens on all addresses.
const ownLoopback = alone + "server.1=zk1:2888:3888\nserver.2=localhost:2888:3888\nserver.3=zk3:2888:3888\nquorumListenOnAllIPs=true\n"

// replace changes the value of a key of good and keeps its line.
func replace(config, key, value string) string {
	before, after, found := strings.Cut("\n"+config, "\n"+key+"=")
	if !found {
		panic("no " + key)
	}
	_, rest, _ := strings.Cut(after, "\n")
	return strings.TrimPrefix(before+"\n"+key+"="+value+"\n"+rest, "\n")
}

func without(config, key string) string {
	before, after, _ := strings.Cut("\n"+config, "\n"+key+"=")
	_, rest, _ := strings.Cut(after, "\n")
	return strings.TrimPrefix(before+"\n"+rest, "\n")
}

func lintText(config string, o Options) *Report {
	return Lint(zoocfg.Parse("zoo.cfg", []byte(config)), o)
}

// TestGood: a false remark is worse than a missing one.
func TestGood(t *testing.T) {
	t.Parallel()
	all := []string{"", "3.4.10", "3.5.0", "3.5.10", "3.6.4", "3.7.2", "3.8.6", "3.9.5", "3.9"}
	tests := []struct {
		name, config string
		versions     []string
	}{
		{"good", good, all},
		{"install guide", guide, all},
		{"install guide, with an observer", guide + "server.4=192.168.145.103:2888:3888:observer\n", all},
		{"modern", modern, append([]string{""}, all[3:]...)},
		{"alone", alone, all},
		{"the official image", image, append([]string{""}, all[2:]...)},
		{"5 voters", good + "server.4=zk4:2888:3888\nserver.5=zk5:2888:3888\n", all},
		{"on one host", alone + "server.1=127.0.0.1:2888:3888\nserver.2=127.0.0.1:2889:3889\nserver.3=127.0.0.1:2890:3890\n", all},
		{"IPv6", alone + "server.1=[2001:db8::1]:2888:3888\nserver.2=[2001:db8::2]:2888:3888\nserver.3=[2001:db8::3]:2888:3888\n", all},
		{"own wildcard", alone + "server.1=0.0.0.0:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n", []string{"", "3.4.10", "3.5.8", "3.9.5"}},
		{"TLS by SERVER_JVMFLAGS", good + "secureClientPort=2281\nsslQuorum=true\n", append([]string{""}, all[2:]...)},
		{"separate ports", good + "admin.serverPort=8080\nsecureClientPort=2182\nserverCnxnFactory=" + netty + "\nssl.keyStore.location=/k\n", all[2:]},
	}
	for _, test := range tests {
		for _, version := range test.versions {
			for _, own := range []*int64{nil, new(int64(1)), new(int64(3))} {
				for _, r := range lintText(test.config, Options{Version: version, ID: own}).Remarks {
					if r.Severity != report.Info {
						t.Errorf("%s, ZooKeeper %q: %+v", test.name, version, r)
					}
				}
			}
		}
	}
	if r := lintText(good, Options{}); len(r.Remarks) != 0 || r.ExitCode != 0 {
		t.Errorf("%+v", r)
	}
}

// TestRules has for each rule a configuration that it speaks of, with the versions
// to which it is limited, and its likes of which it does not.
func TestRules(t *testing.T) {
	t.Parallel()
	type fires struct {
		config   string
		o        Options
		severity report.Severity
		line     int
	}
	type quiet struct {
		config string
		o      Options
	}
	v := func(version string) Options { return Options{Version: version} }
	const crit, warn, info = report.Critical, report.Warning, report.Info
	all := Options{}
	mentioned := map[string]bool{}
	for _, test := range []struct {
		rule  string
		fires []fires
		quiet []quiet
	}{
		{"would-not-start", []fires{
			{replace(good, "clientPort", "2181 # clients"), all, crit, 6},
			{replace(good, "tickTime", "4294967296"), all, crit, 1},
			{without(good, "initLimit"), all, crit, 0},
			{alone + "server.1=zk1:2888:3888 \nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n", all, crit, 9},
			{good + "minSessionTimeout=4000\n", all, warn, 12}, // 3.4 only
			{good + "minSessionTimeout=4000\n", v("3.4.10"), crit, 12},
			{good + "dynamicConfigFile=/etc/zk.dynamic\n", all, crit, 9},
			{good + "syncEnabled=yes\n", v("3.7.2"), crit, 12},
			{alone + "server.1=zk1:2888:3888;2181\n", v("3.4.10"), crit, 9},
		}, []quiet{
			{good + "minSessionTimeout=4000\n", v("3.5.10")},
			{good + "syncEnabled=yes\n", v("3.6.4")},
			{alone + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888;2181\n", all},
		}},
		{
			"older-version",
			[]fires{{alone + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888;2181\n", all, info, 9}},
			[]quiet{{good, all}, {alone + "server.1=zk1:2888:3888;2181\n", v("3.4.10")}},
		},
		{"client-port-contradicts", []fires{
			{alone + "server.1=zk1:2888:3888;2182\nserver.2=zk2:2888:3888;2182\n", all, crit, 6},
			{alone + "server.1=zk1:2888:3888;2182\nserver.2=zk2:2888:3888;2181\n", Options{ID: new(int64(1))}, crit, 6},
		}, []quiet{
			{alone + "server.1=zk1:2888:3888;2182\nserver.2=zk2:2888:3888;2181\n", all},
			{alone + "server.1=zk1:2888:3888;2182\nserver.2=zk2:2888:3888;2181\n", Options{ID: new(int64(2))}},
			{alone + "server.1=zk1:2888:3888;2182\nserver.2=zk2:2888:3888;2182\n", v("3.4.10")},
		}},
		{"no-quorum-possible", []fires{
			{good + "group.1=1\ngroup.2=2\ngroup.3=3\nweight.1=1\nweight.2=-1\nweight.3=-1\n", all, crit, 12},
		}, []quiet{
			{good + "group.1=1:2:3\nweight.1=2\n", all},
			{good + "group.1=1\ngroup.2=2\n", all}, // would not start
		}},
		{"port-collision", []fires{
			{replace(good, "clientPort", "3888"), all, crit, 9},
			{replace(good, "clientPort", "2888"), all, warn, 9},
			{replace(alone, "clientPort", "8080"), all, crit, 6},
			{replace(good, "clientPort", "8080"), all, warn, 6},
			{good + "admin.serverPort=2181\n", all, warn, 12},
			{good + "secureClientPort=2181\n", all, crit, 12},
			{alone + "server.1=zk1:2888:3888;3888\nserver.2=zk2:2888:3888\n", all, crit, 9},
			{alone + "server.1=zk1:2888:3888;2888\nserver.2=zk2:2888:3888\n", all, warn, 9},
			{alone + "server.1=zk1:2888:2888\nserver.2=zk2:2888:2888\nserver.3=zk3:2888:2888\n", v("3.4.10"), warn, 9},
			{alone + "server.1=zk1:2181:3888\nserver.2=zk2:2888:3888\n", Options{ID: new(int64(1))}, warn, 9},
			{good + "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\nmetricsProvider.httpPort=2181\n", all, crit, 6},
			{good + "secureClientPort=7000\nmetricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n", v("3.6.4"), crit, 12},
		}, []quiet{
			{replace(alone, "clientPort", "8080") + "admin.enableServer=false\n", all},
			{replace(alone, "clientPort", "8080"), v("3.4.10")},
			{replace(alone, "clientPort", "8080"), v("3.10.0")},
			{alone + "server.1=zk1:2181:3888\nserver.2=zk2:2888:3888\n", all},
			{alone + "server.1=zk1:2181:3888\nserver.2=zk2:2888:3888\n", Options{ID: new(int64(2))}},
			{alone + "server.1=10.0.0.1:2181:3888\nserver.2=zk2:2888:3888\nclientPortAddress=10.0.0.2\n", Options{ID: new(int64(1))}},
			{replace(good, "clientPort", "3888") + "clientPortAddress=127.0.0.1\n", all},
			{good + "secureClientPort=7000\nmetricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n", v("3.5.10")},
			{good + "metricsProvider.httpPort=2181\n", all},
			{alone + "server.1=10.0.0.1:2888:3888;10.0.0.2:3888\nserver.2=zk2:2888:3888\n", all},
		}},
		{"bom", []fires{{"\xef\xbb\xbf" + good, all, warn, 1}}, []quiet{{good, all}}},
		{"crlf", []fires{{strings.ReplaceAll(good, "\n", "\r\n"), all, warn, 1}}, []quiet{{good, all}}},
		{"not-latin1", []fires{{replace(good, "dataDir", "/var/ünï"), all, warn, 4}}, []quiet{{guide, all}}},
		{"duplicate", []fires{{good + "tickTime=2000\n", all, warn, 12}, {good + "server.1=zk9:2888:3888\n", all, warn, 12}}, []quiet{{good, all}}},
		{"trailing-comment", []fires{{replace(good, "dataDir", "/var/lib/zookeeper # data"), all, warn, 4}}, []quiet{
			{good + "ssl.keyStore.password=a #b\n", all},
			{replace(good, "clientPort", "2181 # clients"), all}, // it would not start
		}},
		{"no-effect", []fires{
			{good + "jute.maxbuffer=1\n", all, warn, 12},
			{good + "zookeeper.skipACL=yes\n", all, warn, 12},
			{good + "multiAddress.enabled=true\n", all, info, 12},
		}, []quiet{{good + "fsync.warningthresholdms=500\n", v("3.4.10")}, {good + "multiAddress.enabled=true\n", v("3.5.10")}}},
		{"ignored-value", []fires{{good + "forceSync=false\n", all, warn, 12}}, []quiet{{good + "forceSync=yes\n", all}}},
		{"server-key", []fires{{good + "server4=zk4:2888:3888\n", all, warn, 12}}, []quiet{{good + "serverCnxnFactory=" + netty + "\n", all}}},
		{"multi-address", []fires{{alone + "server.1=a:2888:3888|b:2888:3888\nserver.2=zk2:2888:3888\n", all, info, 9}}, []quiet{{good, all}}},
		{
			"no-client-port",
			[]fires{{without(good, "clientPort"), v("3.9.5"), warn, 0}},
			[]quiet{{good, all}, {without(good, "clientPort"), v("3.4.10")}, {without(good, "clientPort") + "secureClientPort=2281\n", all}, {modern, all}},
		},
		{"limit-negative", []fires{{replace(good, "initLimit", "-1"), all, warn, 2}}, []quiet{{replace(alone, "initLimit", "-1"), all}}},
		{"init-limit", []fires{
			{replace(good, "initLimit", "2"), all, warn, 2},
			{replace(good, "tickTime", "2"), all, warn, 2},
			{replace(good, "initLimit", "20000"), all, warn, 2},
			{replace(good, "initLimit", "2000000000"), all, warn, 2},
		}, []quiet{{replace(alone, "initLimit", "2"), all}, {replace(good, "tickTime", "500"), all}, {without(good, "initLimit"), all}}},
		{"sync-limit", []fires{
			{replace(replace(good, "tickTime", "1000"), "syncLimit", "1"), all, warn, 3},
			{replace(good, "syncLimit", "1000"), all, warn, 3},
		}, []quiet{{replace(alone, "syncLimit", "1"), all}, {replace(good, "syncLimit", "2"), all}, {replace(good, "syncLimit", "x"), all}}},
		{
			"two-voters",
			[]fires{{alone + "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\n", all, warn, 10}},
			[]quiet{{good, all}, {alone + "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\noraclePath=/etc/oracle\n", all}},
		},
		{
			"even-voters",
			[]fires{{good + "server.4=zk4:2888:3888\n", all, info, 12}, {good + "server.4=zk4:2888:3888\noraclePath=/etc/oracle\n", all, info, 12}},
			[]quiet{{good + "server.4=zk4:2888:3888:observer\n", all}, {alone + "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\n", all}},
		},
		{"one-voter", []fires{
			{alone + "server.1=zk1:2888:3888\n", all, info, 9},
			{alone + "server.1=zk1:2888:3888\nstandaloneEnabled=false\n", all, info, 9},
		}, []quiet{{alone, all}, {good, all}}},
		{"same-address", []fires{
			{alone + "server.1=zk1:2888:3888\nserver.2=ZK1.:2888:3888\nserver.3=zk3:2888:3888\n", all, warn, 10},
			{alone + "server.1=[::1]:2888:3888\nserver.2=[0:0::1]:2889:2888\n", all, warn, 10},
		}, []quiet{{alone + "server.1=zk1:2888:3888\nserver.2=zk1:2889:3889\nserver.3=zk1:2890:3890\n", all}}},
		{"wildcard-address", []fires{
			{alone + "server.1=0.0.0.0:2888:3888\nserver.2=zk2:2888:3888\n", v("3.5.7"), warn, 9},
			{alone + "server.1=0.0.0.0:2888:3888\nserver.2=zk2:2888:3888\n", v("3.5"), warn, 9},
			{alone + "server.1=0.0.0.0:2888:3888\nserver.2=zk2:2888:3888\n", v("3.5.8"), info, 9},
			{alone + "server.1=0.0.0.0:2888:3888\n", v("3.5.7"), info, 9}, // it has no peers
			{alone + "server.1=0.0.0.0:2888:3888\nstandaloneEnabled=false\n", v("3.5.7"), warn, 9},
			{alone + "server.1=[::]:2888:3888\nserver.2=zk2:2888:3888\n", all, info, 9},
			{alone + "server.1=0.0.0.0:2888:3888\nserver.2=0.0.0.0:2888:3888\n", all, warn, 9},
		}, []quiet{{good, all}}},
		{
			"loopback-address",
			[]fires{
				{alone + "server.1=localhost:2888:3888\nserver.2=zk2:2888:3888\n", all, warn, 9},
				{ownLoopback, all, warn, 10},
				{ownLoopback, Options{Version: "3.9.5", ID: new(int64(2))}, warn, 10},
				{ownLoopback, Options{Version: "3.4.10", ID: new(int64(1))}, warn, 10}, // not its own line
				{strings.Replace(ownLoopback, "zk3", "127.0.0.1", 1), all, warn, 11},
			},
			[]quiet{
				{good, all},
				{alone + "server.1=localhost:2888:3888\nserver.2=127.0.0.2:2888:3888\n", all},
				{ownLoopback, Options{Version: "3.4.10", ID: new(int64(2))}},
				{ownLoopback, v("3.4.10")},
				{strings.Replace(ownLoopback, "zk3:2888:3888", "zk3:2888:3888:observer", 1), Options{Version: "3.9.5", ID: new(int64(2))}},
			},
		},
		{"id-range", []fires{
			{good + "server.257=zk4:2888:3888\n", all, warn, 12},
			{good + "server.0=zk4:2888:3888\n", all, info, 12},
			{good + "server.300=zk4:2888:3888\n", all, info, 12},
		}, []quiet{{good + "server.255=zk4:2888:3888\n", all}}},
		{"peer-type", []fires{
			{good + "peerType=observer\n", all, info, 12},
			{good + "server.4=zk4:2888:3888:observer\npeerType=observer\n", Options{ID: new(int64(1))}, info, 13},
		}, []quiet{
			{good + "peerType=participant\n", all},
			{good + "server.4=zk4:2888:3888:observer\npeerType=observer\n", all},
			{good + "server.4=zk4:2888:3888:observer\npeerType=observer\n", Options{ID: new(int64(4))}},
			{good + "peerType=observer\n", Options{ID: new(int64(9))}},
			{alone + "peerType=observer\n", all},
			{alone + "server.1=zk1:2888:3888\npeerType=observer\n", Options{ID: new(int64(1))}}, // it runs standalone
			{alone + "server.1=zk1:2888:3888\npeerType=observer\n", all},
			{good + "server.4=zk4:2888:3888:observer\npeerType=voter\n", Options{ID: new(int64(4))}}, // it would not start
		}},
		{"next-file", []fires{{good, Options{Next: "/etc/zoo.cfg.dynamic.next"}, warn, 0}}, []quiet{{good, all}, {good, Options{Next: "x", Version: "3.4.10"}}, {good, Options{Next: "x", Version: "3.5.0"}}}},
		{
			"reconfig-no-super",
			[]fires{{good + "reconfigEnabled=true\n", all, info, 12}},
			[]quiet{{good, all}, {good + "reconfigEnabled=true\nDigestAuthenticationProvider.superDigest=super:x\n", all}, {good + "reconfigEnabled=true\nskipACL=yes\n", all}, {good + "reconfigEnabled=true\n", v("3.4.10")}},
		},
		{"data-dir-volatile", []fires{
			{replace(good, "dataDir", "/tmp/zookeeper"), all, warn, 4},
			{replace(good, "dataLogDir", "/tmp"), all, warn, 5},
			{replace(good, "dataDir", "/var/../tmp/"), all, warn, 4},
			{replace(good, "dataDir", "/var/tmp/zookeeper"), all, warn, 4},
			{replace(good, "dataDir", "/run/zookeeper"), all, warn, 4},
			{replace(good, "dataDir", "/var/run/zookeeper"), all, warn, 4},
			{replace(good, "dataDir", "/dev/shm/zookeeper"), all, warn, 4},
		}, []quiet{{replace(good, "dataDir", "/tmpfs/zookeeper"), all}, {replace(good, "dataDir", "/srv/tmp/zookeeper"), all}}},
		{"data-dir-relative", []fires{{replace(good, "dataDir", "data"), all, info, 4}}, []quiet{{good, all}, {replace(good, "dataDir", "C:/zookeeper"), all}}},
		{"log-dir-shared", []fires{
			{replace(good, "dataLogDir", "/var/lib/zookeeper/log"), all, info, 5},
			{without(good, "dataLogDir"), all, info, 0},
			{replace(good, "dataLogDir", "/var/lib/zookeeper/"), all, info, 5},
		}, []quiet{{replace(good, "dataLogDir", "/var/lib/zookeeper2"), all}, {good, all}}},
		{
			"purge-off",
			[]fires{{without(good, "autopurge.purgeInterval"), all, info, 0}, {replace(good, "autopurge.purgeInterval", "0"), all, info, 7}},
			[]quiet{{good, all}, {replace(good, "autopurge.purgeInterval", "x"), all}},
		},
		{"purge-retain", []fires{{good + "autopurge.snapRetainCount=1\n", all, info, 12}}, []quiet{{good + "autopurge.snapRetainCount=3\n", all}}},
		{
			"force-sync-off",
			[]fires{{good + "forceSync=no\n", all, warn, 12}, {good + "forceSync=no\n", v("3.4.10"), warn, 12}},
			[]quiet{{good + "forceSync=yes\n", all}, {good + "forceSync=false\n", all}},
		},
		{"skip-acl", []fires{{good + "skipACL=yes\n", all, warn, 12}}, []quiet{{good + "skipACL=true\n", all}}},
		{
			"trust-empty-snapshot",
			[]fires{{good + "snapshot.trust.empty=TRUE \n", v("3.5.6"), warn, 12}},
			[]quiet{{good + "snapshot.trust.empty=false\n", all}, {good + "snapshot.trust.empty=true\n", v("3.5.5")}, {good + "snapshot.trust.empty=true\n", v("3.4.10")}},
		},
		{"fsync-threshold", []fires{
			{good + "fsync.warningthresholdms=1s\n", all, warn, 12},
			{good + "fsync.warningthresholdms=0\n", v("3.4.10"), warn, 12},
			{good + "fsync.warningthresholdms=60000\n", all, info, 12},
		}, []quiet{{good + "fsync.warningthresholdms=50\n", all}, {good + "fsync.warningthresholdms=0\n", v("3.4.8")}, {alone + "fsync.warningthresholdms=60000\n", all}}},
		{"max-connections", []fires{
			{good + "maxClientCnxns=0\n", all, info, 12}, {good + "maxClientCnxns=2\n", all, warn, 12},
		}, []quiet{{good + "maxClientCnxns=10\n", all}, {good + "maxClientCnxns=x\n", all}}},
		{"whitelist", []fires{
			{without(good, "4lw.commands.whitelist"), v("3.5.3"), info, 0},
			{replace(good, "4lw.commands.whitelist", "*"), v("3.4.10"), info, 8},
			{replace(good, "4lw.commands.whitelist", "ruok, stat"), all, info, 8},
		}, []quiet{{without(good, "4lw.commands.whitelist"), v("3.4.10")}, {without(good, "4lw.commands.whitelist"), v("3.5.2")}, {replace(good, "4lw.commands.whitelist", " mntr , conf "), all}}},
		{"leader-serves-no", []fires{{good + "leaderServes=no\n", all, info, 12}}, []quiet{{good + "leaderServes=yes\n", all}}},
		{"listen-on-all", []fires{{good + "quorumListenOnAllIPs=true\n", all, info, 12}}, []quiet{{alone + "quorumListenOnAllIPs=true\n", all}, {good + "quorumListenOnAllIPs=false\n", all}}},
		{"admin-standalone", []fires{{alone, v("3.9.5"), info, 0}}, []quiet{{alone, v("3.4.10")}, {alone, v("3.10.0")}, {good, all}, {alone + "admin.enableServer=false\n", all}, {alone + "admin.serverPort=9000\n", all}}},
		{"secure-port-factory", []fires{
			{good + "secureClientPort=2281\n", all, info, 12},
			{good + "secureClientPort=2281\nserverCnxnFactory=org.apache.zookeeper.server.NIOServerCnxnFactory\n", all, crit, 13},
		}, []quiet{{good + "secureClientPort=2281\nserverCnxnFactory=" + netty + "\n", all}, {good, all}, {good + "secureClientPort=2281\n", v("3.4.10")}}},
		{"secure-port-key-store", []fires{
			{good + "secureClientPort=2281\n", all, info, 12},
			{good + "secureClientPort=2281\nssl.trustStore.location=/t\n", all, warn, 12},
			{good + "secureClientPort=2281\nssl.quorum.trustStore.location=/t\n", all, info, 12},
		}, []quiet{{good + "secureClientPort=2281\nssl.keyStore.location=/k\n", all}}},
		{"quorum-key-store", []fires{
			{good + "sslQuorum=true\n", all, info, 12}, {good + "sslQuorum=true\nssl.quorum.trustStore.location=/t\n", all, warn, 12},
		}, []quiet{{good + "sslQuorum=true\nssl.quorum.keyStore.location=/k\n", all}, {good + "sslQuorum=true\n", v("3.4.10")}}},
		{"dynamic-file-missing", []fires{
			{replace(alone, "dataDir", "/tmp/zk") + "dynamicConfigFile=/etc/absent\n", Options{NoDynamic: "no such file"}, crit, 9},
		}, []quiet{
			{good + "dynamicConfigFile=/etc/absent\n", Options{NoDynamic: "no such file", Version: "3.4.14"}},
			{good, all},
		}},
		{"backslash", []fires{
			{replace(good, "dataDir", `E:\data\zk`), all, warn, 4},
			{replace(good, "dataDir", `C:\temp`), v("3.4.10"), warn, 4},
			{good + "authProvider.1=a\\b\n", all, warn, 12},
		}, []quiet{
			{replace(good, "dataDir", `E:/data/zk`), all},
			{replace(good, "dataDir", `E:\\data\\zk`), all},
			{replace(good, "dataDir", `/var/\u006cib`), all},
			{good + "4lw.commands.whitelist=mntr,\\\n   conf\n", all},
			{good + `a\:b\==c\#` + "\n", all},
		}},
		{"unknown-key", []fires{
			{good + "autopurge.purgeinterval=1\n", all, warn, 12},
			{good + "maxClientConns=60\n", v("3.9.5"), warn, 12},
			{good + "ssl.quorum.enable=true\n", all, warn, 12},
			{good + "quorum.trustStore.location=/t\n", all, warn, 12},
			{good + "maxTimeToWaitForEpoch=100\n", all, warn, 12},
			{good + "metricsProvider.httpport=7001\n", all, warn, 12},
			{good + "requireClientAuthScheme=sasl\n", all, info, 12},
			{good + "jaasLoginRenew=3600000\n", all, info, 12},
			{good + "traceFile=x\n", all, info, 12},
			{good + "com.example.plugin=x\n", all, info, 12},
			{good + "see <https://example.org/>\n", all, info, 12},
		}, []quiet{
			{modern, all},
			{image, all},
			{good + "learner.closeSocketAsync=true\ndigest.enabled=true\naudit.enable=true\ncnxTimeout=5000\n" +
				"electionPortBindRetry=3\nnetty.advancedFlowControl.enabled=true\nleader.maxTimeToWaitForEpoch=1000\n", all},
			{good + "authProvider.sasl=com.example.P\nmetricsProvider.own=1\n", all},
			{good + "jute.maxbuffer=1\nserver4=zk4:2888:3888\n", all}, // said by other rules
			{"\xef\xbb\xbf# ZooKeeper\n" + good, all},
		}},
		{"other-release", []fires{
			{good + "metricsProvider.className=x.Y\n", v("3.5.10"), info, 12},
			{good + "leader.maxConcurrentSnapshots=1\n", v("3.9.5"), info, 12},
			{good + "sslQuorum=false\n", v("3.5.4"), info, 12},
		}, []quiet{
			{good + "metricsProvider.className=x.Y\n", all},
			{good + "metricsProvider.className=x.Y\n", v("3.6.0")},
			{good + "sslQuorum=false\n", v("3.5")},
		}},
		{"release-faults", []fires{
			{good, v("3.8.4"), info, 0},
			{good, v("3.8.4-acme1"), info, 0},
			{alone + "snapshot.trust.empty=true\n", v("3.5.6"), warn, 9},
			{good + "quorum.auth.enableSasl=true\n", v("3.8.2"), info, 0},
		}, []quiet{
			{good, all},
			{good, v("3.8")},
			{good, v("3.8.6")},
			{good, v("3.9.5")},
			{alone, v("3.8.3")},
			{good + "snapshot.trust.empty=true\n", v("3.9.5")},
		}},
		{"placeholder", []fires{
			{alone + "server.1=zk1:2888:3888\nserver.2=<zk2-ip>:2888:3888\nserver.3=zk3:2888:3888\n", all, warn, 10},
			{replace(good, "dataDir", "{{ zookeeper_data }}"), all, warn, 4},
			{alone + "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=${ZK3}:2888:3888\n", all, warn, 11},
			{good + "ssl.keyStore.password=${PASSWORD}\n", all, warn, 12},
		}, []quiet{
			{good + "ssl.keyStore.password=a<b>c$d\n", all},
			{good + `security.auth_to_local=RULE:[1:$1@$0](.*@EXAMPLE.COM)s/@.*//` + "\n", all},
		}},
		{"quoted", []fires{
			{replace(good, "dataDir", "'/data'"), all, warn, 4}, {replace(good, "dataLogDir", `"/data"`), all, warn, 5},
		}, []quiet{
			{good + `ssl.keyStore.password="x"` + "\n", all},
			{replace(good, "clientPort", `"2181"`), all}, // it would not start
		}},
		{"empty-address", []fires{{good + "clientPortAddress=\n", all, warn, 12}}, []quiet{
			{good + "clientPortAddress=127.0.0.1\n", all}, {without(good, "clientPort") + "clientPortAddress=\n", v("3.9.5")},
		}},
		{"empty-dir", []fires{{replace(good, "dataLogDir", ""), v("3.4.10"), warn, 5}}, []quiet{{replace(good, "dataLogDir", ""), v("3.5.10")}}},
		{"client-part-missing", []fires{
			{without(alone, "clientPort") + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888;2181\nserver.3=zk3:2888:3888\n", all, warn, 10},
			{without(alone, "clientPort") + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888\n", Options{ID: new(int64(2))}, warn, 9},
		}, []quiet{
			{alone + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888\n", all},
			{without(alone, "clientPort") + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888\n", Options{ID: new(int64(1))}},
			{without(good, "clientPort"), all}, // no-client-port
		}},
		{"extended-id", []fires{
			{good + "server.255=zk4:2888:3888\nextendedTypesEnabled=true\n", all, warn, 12},
			{good + "server.300=zk4:2888:3888\nextendedTypesEnabled=true\n", v("3.9.5"), warn, 12},
		}, []quiet{
			{good + "server.254=zk4:2888:3888\nextendedTypesEnabled=true\n", all},
			{good + "server.255=zk4:2888:3888\n", all},
			{good + "server.255=zk4:2888:3888:observer\nextendedTypesEnabled=true\n", all},
			{good + "server.255=zk4:2888:3888\nextendedTypesEnabled=true\n", v("3.4.14")},
		}},
		{"auth-provider-class", []fires{
			{good + "authProvider.1=org.apache.zookeeper.server.auth.SaslAuthenticationProvider\n", all, warn, 12},
		}, []quiet{
			{good + "authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n", all},
			{good + "authProvider.1=com.example.Provider\n", all},
		}},
		{"quorum-tls-off", []fires{
			{good + "ssl.quorum.keyStore.location=/k\nssl.quorum.keyStore.password=x\n", all, warn, 12},
			{good + "sslQuorum=false\nssl.quorum.keyStore.location=/k\n", v("3.9.5"), warn, 13},
		}, []quiet{
			{modern, all},
			{good + "sslQuorum=false\nportUnification=true\nssl.quorum.keyStore.location=/k\n", all},
			{good + "admin.forceHttps=true\nssl.quorum.keyStore.location=/k\n", all},
			{good + "admin.portUnification=true\nssl.quorum.keyStore.location=/k\n", all},
			{good + "sslQuorum=yes\nssl.quorum.keyStore.location=/k\n", v("3.9.5")}, // it would not start
			{alone + "ssl.quorum.keyStore.location=/k\n", all},                      // it has no peers
			{good + "ssl.quorum.hostnameVerification=false\n", all},
			{good + "ssl.quorum.keyStore.location=/k\n", v("3.5.4")},
		}},
		{"client-tls-off", []fires{{good + "ssl.keyStore.location=/k\n", all, warn, 12}}, []quiet{
			{modern, all},
			{good + "ssl.keyStore.location=/k\nclient.portUnification=true\n", all},
			{good + "ssl.quorum.keyStore.location=/k\nsslQuorum=true\n", all},
		}},
		{"plain-text-peers", []fires{
			{good + "portUnification=true\nsslQuorum=true\n", all, warn, 12}, {good + "portUnification=true\n", all, info, 12},
		}, []quiet{{good + "sslQuorum=true\n", all}, {good + "portUnification=true\n", v("3.5.4")}}},
	} {
		mentioned[test.rule] = true
		t.Run(test.rule, func(t *testing.T) {
			t.Parallel()
			says := func(config string, o Options) []Remark {
				return slices.DeleteFunc(lintText(config, o).Remarks, func(r Remark) bool { return r.Rule != test.rule })
			}
			for _, f := range test.fires {
				found := slices.ContainsFunc(says(f.config, f.o), func(r Remark) bool {
					return r.Severity == f.severity && r.Line == f.line && r.Found != "" && r.Recommended != "" && r.Why != ""
				})
				if !found {
					t.Errorf("%+v: no %s on line %d:\n%s\ngot %+v", f.o, f.severity, f.line, f.config, says(f.config, f.o))
				}
			}
			for _, q := range test.quiet {
				if got := says(q.config, q.o); len(got) > 0 {
					t.Errorf("%+v: %+v of\n%s", q.o, got, q.config)
				}
			}
		})
	}
	for _, rule := range Rules() {
		if !mentioned[rule.Name] {
			t.Errorf("%s: no test", rule.Name)
		}
	}
}

// TestAdvice: what to write goes by the kind of a problem, not by its text.
func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ config, dynamic, key, want string }{
		{config: without(good, "dataDir"), key: "dataDir", want: "dataDir=/var/lib/zookeeper"},
		{config: replace(good, "tickTime", "2000ms"), key: "tickTime", want: "32 bits"},
		{config: replace(good, "tickTime", "2000 # ms"), key: "tickTime", want: "a comment needs"},
		{config: replace(good, "clientPort", "70000"), key: "clientPort", want: "1 to 65535"},
		{config: good + "sslQuorum=yes\n", key: "sslQuorum", want: "true or false"},
		{config: good + "minSessionTimeout=5000\nmaxSessionTimeout=3000\n", key: "minSessionTimeout", want: "both, or neither"},
		{config: good + "minSessionTimeout=5s\n", key: "minSessionTimeout", want: "32 bits"},
		{config: good + "quorum.auth.learnerRequireSasl=true\n", key: "quorum.auth.learnerRequireSasl", want: "quorum.auth.enableSasl=true"},
		{config: good + "quorum.auth.enableSasl=true\nquorum.auth.serverRequireSasl=true\n", key: "quorum.auth.serverRequireSasl", want: "learnerRequireSasl=true"},
		{config: good + "server.4=zk4:2888:3888 \n", key: "server.4", want: "no blanks"},
		{config: good + "server.4=zk4:2888:x\n", key: "server.4", want: "host:2888:3888"},
		{config: good + "server.4=zk4:2888:2888\n", key: "server.4", want: "two different ports"},
		{config: alone + "server.1=zk1:2888:3888:observer\n", key: "server.1", want: "two participants"},
		{config: alone + "standaloneEnabled=false\n", key: "standaloneEnabled", want: "server.N line for each"},
		{config: good + "group.1=1:2\n", key: "server.3", want: "one group"},
		{config: good + "group.1=1:2:x\n", key: "group.1", want: "whole numbers"},
		{config: good + "electionAlg=0\n", key: "electionAlg", want: "leave electionAlg out"},
		{config: good + "peerType=voter\n", key: "peerType", want: "participant or observer"},
		{config: good + "a=\\u12\n", want: "hexadecimal"},
		{config: good + "dynamicConfigFile=d\n", dynamic: three, key: "server.1", want: "move the line"},
		{config: alone + "dynamicConfigFile=d\n", dynamic: three + "version=1\n", key: "version", want: "leave version out"},
		{config: alone + "dynamicConfigFile=d\n", dynamic: three + "minSessionTimeout=1\n", key: "minSessionTimeout", want: "belongs in zoo.cfg"},
	} {
		c := zoocfg.Parse("zoo.cfg", []byte(test.config))
		if test.dynamic != "" {
			c.AddDynamic("d", []byte(test.dynamic))
		}
		if r := Lint(c, Options{Version: "3.9.5"}).Remarks; !slices.ContainsFunc(r, func(r Remark) bool {
			return r.Rule == "would-not-start" && r.Key == test.key && strings.Contains(r.Recommended, test.want)
		}) {
			t.Errorf("%s: want %q in %+v", test.key, test.want, r)
		}
	}
}

func TestExitCode(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]int{
		good: 0, guide: 0, good + "forceSync=no\n": 1, without(good, "dataDir"): 2, "": 2, good + "minSessionTimeout=1\n": 1,
	} {
		if got := lintText(config, Options{}).ExitCode; got != want {
			t.Errorf("%d, want %d:\n%s", got, want, config)
		}
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	c := zoocfg.Parse("zoo.cfg", []byte(without(alone, "syncLimit")+"forceSync=no\nskipACL=yes\ndynamicConfigFile=/a.dynamic\n"))
	c.AddDynamic("/a.dynamic", []byte(three+"server.4=zk4:x:3888\n"))
	var got []string
	for _, r := range Lint(c, Options{}).Remarks {
		got = append(got, fmt.Sprintf("%s %s:%d %s", r.Severity, r.File, r.Line, r.Rule))
	}
	want := []string{
		"critical zoo.cfg:0 would-not-start", "critical /a.dynamic:4 would-not-start",
		"warning zoo.cfg:8 force-sync-off", "warning zoo.cfg:9 skip-acl",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestSecrets: no value of a key that may hold a secret is in what is said, however
// wrong the line is.
func TestSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hush-5f2b"
	keys := []string{
		"ssl.keyStore.password", "ssl.quorum.keyStore.password", "zookeeper.ssl.keyStore.password",
		"DigestAuthenticationProvider.superDigest", "unknown", "server1", "jute.maxbuffer", "skipACL", "4lw.commands.whitelist",
		"snapshot.trust.empty", "fsync.warningthresholdms", "serverCnxnFactory", "admin.serverPort", "forceSync", "metricsProvider.x",
	}
	for _, key := range keys {
		for _, line := range []string{
			key + "=" + secret, key + "=" + secret + "\n" + key + "=x", key + "=1 # " + secret, key + "=" + secret + " #x",
			key + "=ü" + secret, key + `=\u12` + secret, "clientPort=2181 # " + secret, "server.1=zk1:2888:3888 # " + secret,
		} {
			for _, version := range []string{"", "3.4.10", "3.9.5"} {
				text, err := json.Marshal(lintText(good+line+"\n", Options{Version: version}))
				if err != nil || strings.Contains(string(text), secret) {
					t.Errorf("%q: %s", line, text)
				}
			}
		}
	}
}

func FuzzLint(f *testing.F) {
	for _, config := range []string{good, guide, modern, alone, "", "server.", "server.1=a:1:1;1\ngroup.1=1\nweight.1=0\n", "\xef\xbb\xbfa=b\r\n"} {
		f.Add([]byte(config), []byte(three), int64(1), "")
		f.Add([]byte(config+"dynamicConfigFile=x\n"), []byte(three), int64(-1), "3.4.10")
	}
	f.Fuzz(func(t *testing.T, data, dynamic []byte, own int64, version string) {
		c := zoocfg.Parse("zoo.cfg", data)
		if c.DynamicConfigFile.IsSet() {
			c.AddDynamic("zoo.cfg.dynamic", dynamic)
		}
		for _, o := range []Options{{}, {Version: version, ID: &own, Next: "n"}} {
			r := Lint(c, o)
			if len(r.Remarks) > maxRemarks || len(r.Remarks)+r.Omitted != r.Counts.Critical+r.Counts.Warning+r.Counts.Info {
				t.Fatalf("%d remarks, %d omitted, %+v", len(r.Remarks), r.Omitted, r.Counts)
			}
			for _, m := range r.Remarks {
				if m.Found == "" || m.Recommended == "" || m.Why == "" || max(len(m.Key), len(m.Found), len(m.Why), len(m.Recommended)) > maxText+2 {
					t.Fatalf("%+v", m)
				}
			}
		}
	})
}

func BenchmarkTenThousandServers(b *testing.B) {
	var config strings.Builder
	config.WriteString(alone)
	for i := range 10_000 {
		fmt.Fprintf(&config, "server.%d=zk%d.example:2888:3888\n", i+1, i+1)
	}
	data := []byte(config.String())
	for b.Loop() {
		if r := Lint(zoocfg.Parse("zoo.cfg", data), Options{}); len(r.Remarks) != maxRemarks || r.Omitted == 0 {
			b.Fatalf("%d remarks", len(r.Remarks))
		}
	}
}
