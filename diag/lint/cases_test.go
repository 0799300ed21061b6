package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// base is what a case adds its lines to: they begin with line 6 without members, and with
// line 9 after them.
const (
	base     = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/var/lib/zookeeper\nclientPort=2181\n"
	baseOf3  = base + "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n"
	partOf3  = base + "server.1=zk1:2888:3888;2182\nserver.2=zk2:2888:3888;2182\nserver.3=zk3:2888:3888;2182\n"
	metrics  = "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n"
	noClient = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/var/lib/zookeeper\n"
)

// lintCase is a configuration, and the remark that there must be of it: with its words, and
// without others.
type lintCase struct {
	name, config string
	o            Options
	rule         string
	severity     report.Severity
	line         int
	says, never  string
}

// check looks for the remark. An empty rule: nothing above a note.
func (c lintCase) check(t *testing.T, config *zoocfg.Config) {
	t.Helper()
	remarks := Lint(config, c.o).Remarks
	if c.rule == "" {
		for _, r := range remarks {
			if r.Severity != report.Info {
				t.Errorf("%+v", r)
			}
		}
		return
	}
	i := slices.IndexFunc(remarks, func(r Remark) bool { return r.Rule == c.rule && r.Line == c.line })
	if i < 0 {
		t.Fatalf("no %s on line %d: %+v", c.rule, c.line, remarks)
	}
	r := remarks[i]
	said := r.Found + "|" + r.Recommended + "|" + r.Why
	if r.Severity != c.severity || !strings.Contains(said, c.says) || c.never != "" && strings.Contains(said, c.never) {
		t.Errorf("%+v", r)
	}
}

// TestCorrected are configurations of which false or misleading things could be said.
func TestCorrected(t *testing.T) {
	t.Parallel()
	wildcard := strings.Replace(baseOf3, "zk2", "0.0.0.0", 1)
	oneLine := noClient + "server.1=localhost:2888:3888;12181\n"
	for _, c := range []lintCase{
		{name: "wildcard, 3.6.0", config: wildcard, o: Options{Version: "3.6.0"}, rule: "wildcard-address", severity: report.Warning, line: 7},
		{name: "wildcard, any", config: wildcard, rule: "wildcard-address", severity: report.Info, line: 7, says: "3.6.0"},
		{name: "wildcard, 3.6.4", config: wildcard, o: Options{Version: "3.6.4"}, rule: "wildcard-address", severity: report.Info, line: 7},
		{name: "one line with a client part", config: oneLine, rule: "one-voter", severity: report.Info, line: 5, says: "keep the line", never: "none for a standalone server"},
		{name: "one line with a client part", config: oneLine},
		{name: "one line, never standalone", config: base + "server.1=zk1:2888:3888\nstandaloneEnabled=false\n", rule: "one-voter", severity: report.Info, line: 6, says: "myid", never: "none for a standalone server"},
		{name: "id 0", config: baseOf3 + "server.0=zk0:2888:3888\n", rule: "id-range", severity: report.Info, line: 9, says: "1 to 255", never: "lowest byte"},
		{name: "whitelist without conf", config: baseOf3 + "4lw.commands.whitelist=ruok,mntr,isro\n", rule: "whitelist", severity: report.Info, line: 9, says: "no conf", never: "no mntr"},
		{name: "an observer at localhost", config: baseOf3 + "server.9=127.0.0.1:2888:3888:observer\n"},
		{name: "a voter at localhost", config: baseOf3 + "server.9=127.0.0.1:2888:3888\n", rule: "loopback-address", severity: report.Warning, line: 9},
		{name: "an observer below a voter", config: baseOf3 + "server.0=127.0.0.1:2888:3888:observer\n", rule: "loopback-address", severity: report.Warning, line: 9},
		{name: "own localhost on all addresses", config: ownLoopback, o: Options{Version: "3.9.5", ID: new(int64(2))}, rule: "loopback-address", severity: report.Warning, line: 10, says: "connect to themselves", never: "they cannot connect"},
		{name: "own localhost on all addresses, the highest id", config: strings.Replace(strings.Replace(ownLoopback, "localhost", "zk2", 1), "zk3", "localhost", 1), o: Options{Version: "3.9.5", ID: new(int64(3))}},
		{name: "log below data", config: baseOf3 + "dataLogDir=/var/lib/zookeeper/log\n", rule: "log-dir-shared", severity: report.Info, line: 9, says: "may share"},
		{name: "byte order mark before a comment", config: "\xef\xbb\xbf# zoo.cfg\n" + baseOf3},
		{name: "byte order mark before an empty line", config: "\xef\xbb\xbf\r\n" + strings.ReplaceAll(baseOf3, "\n", "\r\n"), rule: "crlf", severity: report.Warning, line: 1},
		{name: "byte order mark before a key", config: "\xef\xbb\xbf" + baseOf3, rule: "bom", severity: report.Warning, line: 1},
		{name: "session timeouts", config: baseOf3 + "maxSessionTimeout=3000\nminSessionTimeout=5000\n", rule: "would-not-start", severity: report.Critical, line: 10, says: "minSessionTimeout 5000, maxSessionTimeout 3000"},
		{name: "a session timeout", config: baseOf3 + "maxSessionTimeout=3000\n", o: Options{Version: "3.9.5"}, rule: "would-not-start", severity: report.Critical, line: 9, says: "minSessionTimeout not set: 4000, 2 ticks, maxSessionTimeout 3000"},
		{name: "form of 3.5", config: strings.Replace(baseOf3, "zk2:2888:3888", "zk2:2888", 1), o: Options{Version: "3.5.10"}, rule: "would-not-start", severity: report.Critical, line: 7, says: "where server_config is host:port:port or", never: "pipe"},
		{name: "form of 3.6", config: strings.Replace(baseOf3, "zk2:2888:3888", "zk2:2888", 1), o: Options{Version: "3.6.4"}, rule: "would-not-start", severity: report.Critical, line: 7, says: "the pipe separated list of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, zoocfg.Parse("zoo.cfg", []byte(c.config)))
		})
	}
	t.Run("empty dynamic file", func(t *testing.T) {
		t.Parallel()
		config := zoocfg.Parse("zoo.cfg", []byte(base+"standaloneEnabled=false\ndynamicConfigFile=d\n"))
		config.AddDynamic("d", nil)
		lintCase{rule: "would-not-start", severity: report.Critical, line: 6, says: "false"}.check(t, config)
		if r := Lint(config, Options{}).Remarks[0]; r.File != "zoo.cfg" || r.Key != "standaloneEnabled" || r.Found != "false" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("no members yet, of a container", func(t *testing.T) {
		t.Parallel()
		config := zoocfg.Parse("zoo.cfg", []byte(base+"standaloneEnabled=false\n"))
		r := Lint(config, Options{Elsewhere: true})
		if r.Remarks[0].Severity == report.Critical || !slices.ContainsFunc(r.Remarks, func(r Remark) bool {
			return r.Key == "standaloneEnabled" && strings.Contains(r.Why, "A script may add")
		}) {
			t.Errorf("%+v", r)
		}
	})
}

// TestNotSeen are faults that take an eye for what belongs together.
func TestNotSeen(t *testing.T) {
	t.Parallel()
	const crit, warn = report.Critical, report.Warning
	v := func(version string) Options { return Options{Version: version} }
	noStatic := strings.Replace(partOf3, "clientPort=2181\n", "", 1)
	address := base + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888;2181\nserver.3=zk3:2888:3888;2181\nclientPortAddress=10.1.0.1\n"
	for _, c := range []lintCase{
		{name: "client part and secureClientPort", config: noStatic + "secureClientPort=2182\n", rule: "port-collision", severity: crit, line: 8},
		{name: "client part and metrics", config: noStatic + metrics + "metricsProvider.httpPort=2182\n", rule: "port-collision", severity: crit, line: 5},
		{name: "client part and AdminServer", config: noStatic + "admin.serverPort=2182\n", rule: "port-collision", severity: warn, line: 8},
		{name: "client part of this server", config: noClient + "server.1=zk1:2888:3888;2181\nserver.2=zk2:2888:3888;2182\nsecureClientPort=2182\n", o: Options{ID: new(int64(2))}, rule: "port-collision", severity: crit, line: 7},
		{name: "observerMasterPort and client port", config: baseOf3 + "observerMasterPort=2181\n", rule: "port-collision", severity: crit, line: 9, says: "no quorum lasts"},
		{name: "observerMasterPort and client part", config: noStatic + "observerMasterPort=2182\n", rule: "port-collision", severity: crit, line: 8},
		{name: "observerMasterPort and election port", config: baseOf3 + "observerMasterPort=3888\n", rule: "port-collision", severity: crit, line: 9},
		{name: "secureClientPort and election port", config: baseOf3 + "secureClientPort=3888\n", rule: "port-collision", severity: crit, line: 6},
		{name: "metrics and secureClientPort", config: baseOf3 + metrics + "secureClientPort=7000\n", rule: "port-collision", severity: crit, line: 10},
		{name: "clientPortAddress and a client part", config: address, rule: "client-port-contradicts", severity: crit, line: 9, says: ";10.1.0.1:2181"},
		{name: "clientPortAddress and one client part", config: baseOf3 + "server.1=zk1:2888:3888;2181\nclientPortAddress=10.1.0.1\n", rule: "client-port-contradicts", severity: crit, line: 10},
		{name: "clientPortAddress of this server", config: address, o: Options{Version: "3.5.10", ID: new(int64(2))}, rule: "client-port-contradicts", severity: crit, line: 9},
		{name: "dataDir .", config: strings.Replace(baseOf3, "/var/lib/zookeeper", ".", 1), rule: "would-not-start", severity: crit, line: 4},
		{name: "dataDir d/", config: strings.Replace(baseOf3, "/var/lib/zookeeper", "d/", 1), rule: "would-not-start", severity: crit, line: 4},
		{name: "empty dataLogDir", config: baseOf3 + "dataLogDir=\n", o: v("3.9.5"), rule: "would-not-start", severity: crit, line: 9},
		{name: "empty dataLogDir, 3.4", config: baseOf3 + "dataLogDir=\n", o: v("3.4.10"), rule: "empty-dir", severity: warn, line: 9},
		{name: "no such metrics class", config: baseOf3 + strings.Replace(metrics, "Provider\n", "Providr\n", 1), rule: "would-not-start", severity: crit, line: 9, says: "metrics provider class was not found"},
		{name: "no such factory", config: baseOf3 + "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxFactory\n", rule: "would-not-start", severity: crit, line: 9},
		{name: "ssl.authProvider", config: baseOf3 + "secureClientPort=2281\nssl.authProvider=ldap\n", rule: "would-not-start", severity: crit, line: 10, says: "authProvider."},
		{name: "a switch of 3.6", config: baseOf3 + "sslQuorum=yes\n", o: v("3.6.3"), rule: "ignored-value", severity: warn, line: 9, says: "false"},
		{name: "a switch of 3.7", config: baseOf3 + "sslQuorum=yes\n", rule: "would-not-start", severity: crit, line: 9},
		{name: "a size with a unit", config: baseOf3 + "preAllocSize=2048M\n", rule: "ignored-value", severity: warn, line: 9, says: "line in its log"},
		{name: "a number with a unit", config: baseOf3 + "snapCount=50k\n", rule: "ignored-value", severity: warn, line: 9, says: "default"},
		{name: "a switch that is a property", config: baseOf3 + "digest.enabled=yes\n", rule: "ignored-value", severity: warn, line: 9, says: "false"},
		{name: "words by semicolons", config: baseOf3 + "4lw.commands.whitelist=ruok;mntr;conf\n", rule: "whitelist", severity: warn, line: 9, says: "comma"},
		{name: "words by blanks", config: baseOf3 + "4lw.commands.whitelist=ruok mntr conf\n", rule: "whitelist", severity: warn, line: 9},
		{name: "misspelt", config: baseOf3 + "autopurge.purgeinterval=1\n", rule: "unknown-key", severity: warn, line: 9, says: "autopurge.purgeInterval"},
		{name: "a switch of another name", config: baseOf3 + "ssl.quorum.enable=true\n", rule: "unknown-key", severity: warn, line: 9, says: "sslQuorum"},
		{name: "a variable of the environment", config: baseOf3 + "SERVER_JVMFLAGS=-Xmx1g\n", rule: "no-effect", severity: warn, line: 9},
		{name: "an option of Java", config: baseOf3 + "java.security.auth.login.config=/etc/jaas.conf\n", rule: "no-effect", severity: warn, line: 9, says: "-Djava.security"},
		{name: "a missing dynamic file, and data in /tmp", config: strings.Replace(base, "/var/lib", "/tmp", 1) + "dynamicConfigFile=/no/such\n", o: Options{NoDynamic: "no such file"}, rule: "data-dir-volatile", severity: warn, line: 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, zoocfg.Parse("zoo.cfg", []byte(c.config)))
		})
	}
}

// TestRight are configurations that look wrong and are right.
func TestRight(t *testing.T) {
	t.Parallel()
	modernOnly := []string{"", "3.6.4", "3.9.5"}
	for _, c := range []struct {
		name, config string
		versions     []string
	}{
		{"an empty client part", base + "server.1=zk1:2888:3888;\nserver.2=zk2:2888:3888;\nserver.3=zk3:2888:3888;\n", modernOnly},
		{"separators", "tickTime 2000\ninitLimit\t10\nsyncLimit:5\ndataDir = /var/lib/zookeeper\n! a comment\nclientPort=\\\n  2181\nserver.1 = zk1:2888:3888\nserver.2 = zk2:2888:3888\nserver.3: zk3:2888:3888\n", modernOnly},
		{"the first step to TLS", baseOf3 + "sslQuorum=false\nportUnification=true\nssl.quorum.keyStore.location=/k\nssl.quorum.keyStore.password=x\nssl.quorum.trustStore.location=/t\nssl.quorum.trustStore.password=x\n", modernOnly},
		{"two with an oracle", base + "server.1=zk1:2888:3888\nserver.2=zk2:2888:3888\noraclePath=/etc/zk/oracle\n", []string{"", "3.8.6", "3.9.5"}},
		{"nine in three groups", base + nine() + "group.1=1:2:3\ngroup.2=4:5:6\ngroup.3=7:8:9\n", modernOnly},
		{"IPv6", base + "server.1=[2001:db8::1]:2888:3888\nserver.2=[2001:db8::2]:2888:3888\nserver.3=[2001:db8::3]:2888:3888\n", modernOnly},
		{"own wildcard", strings.Replace(baseOf3, "zk2", "0.0.0.0", 1), []string{"", "3.6.1", "3.5.8", "3.9.5"}},
		{"the same address in both", base + "server.1=zk1:2888:3888;10.1.0.1:2181\nserver.2=zk2:2888:3888;10.1.0.1:2181\nclientPortAddress=10.1.0.1\nserver.3=zk3:2888:3888;10.1.0.1:2181\n", modernOnly},
		{"Strimzi", strimzi, modernOnly},
		{"Bitnami", bitnami, modernOnly},
		{"Confluent", confluent, modernOnly},
		{"Solr's guide", solr, modernOnly},
		{"an operator", operator, modernOnly},
		{"Ansible", ansible, modernOnly},
		{"Hadoop", hadoop, modernOnly},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, version := range c.versions {
				lintCase{o: Options{Version: version}}.check(t, zoocfg.Parse("zoo.cfg", []byte(c.config)))
			}
		})
	}
}

func nine() string {
	var b strings.Builder
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		b.WriteString("server." + id + "=zk" + id + ":2888:3888\n")
	}
	return b.String()
}

// What well-known packagers write.
const (
	strimzi = "tickTime=2000\ninitLimit=5\nsyncLimit=2\nautopurge.purgeInterval=1\ndataDir=/var/lib/zookeeper/data\n" +
		"4lw.commands.whitelist=*\nstandaloneEnabled=false\nreconfigEnabled=true\nclientPort=12181\nclientPortAddress=127.0.0.1\n" +
		"serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\nssl.clientAuth=need\nssl.quorum.clientAuth=need\n" +
		"secureClientPort=2181\nsslQuorum=true\nssl.trustStore.location=/tmp/zookeeper/cluster.truststore.p12\nssl.trustStore.password=x\n" +
		"ssl.trustStore.type=PKCS12\nssl.quorum.trustStore.location=/tmp/zookeeper/cluster.truststore.p12\nssl.quorum.trustStore.password=x\n" +
		"ssl.quorum.trustStore.type=PKCS12\nssl.keyStore.location=/tmp/zookeeper/cluster.keystore.p12\nssl.keyStore.password=x\n" +
		"ssl.keyStore.type=PKCS12\nssl.quorum.keyStore.location=/tmp/zookeeper/cluster.keystore.p12\nssl.quorum.keyStore.password=x\n" +
		"ssl.quorum.keyStore.type=PKCS12\nadmin.enableServer=false\n" +
		"server.1=c-zookeeper-0.c-zookeeper-nodes.ns.svc:2888:3888:participant;127.0.0.1:12181\n" +
		"server.2=c-zookeeper-1.c-zookeeper-nodes.ns.svc:2888:3888:participant;127.0.0.1:12181\n" +
		"server.3=c-zookeeper-2.c-zookeeper-nodes.ns.svc:2888:3888:participant;127.0.0.1:12181\n"
	bitnami = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/bitnami/zookeeper/data\nclientPort=2181\nmaxClientCnxns=60\n" +
		"autopurge.snapRetainCount=3\nautopurge.purgeInterval=0\n4lw.commands.whitelist=srvr, mntr, ruok\nmaxCnxns=0\n" +
		"metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\nmetricsProvider.httpPort=9141\n" +
		"metricsProvider.exportJvmInfo=true\nadmin.serverPort=8080\nadmin.enableServer=true\nreconfigEnabled=false\nquorumListenOnAllIPs=true\n" +
		"preAllocSize=65536\nsnapCount=100000\npeerType=participant\n" +
		"server.1=z-0.z-headless.ns.svc.cluster.local:2888:3888;2181\nserver.2=z-1.z-headless.ns.svc.cluster.local:2888:3888;2181\n" +
		"server.3=z-2.z-headless.ns.svc.cluster.local:2888:3888;2181\n"
	confluent = "dataDir=/var/lib/zookeeper/data\ndataLogDir=/var/lib/zookeeper/log\nclientPort=2181\ntickTime=2000\ninitLimit=5\n" +
		"syncLimit=2\nmaxClientCnxns=0\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=24\nadmin.enableServer=false\n" +
		"authProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\nauthProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n" +
		"requireClientAuthScheme=sasl\njaasLoginRenew=3600000\nserver.1=zookeeper-1:22888:23888\nserver.2=zookeeper-2:32888:33888\nserver.3=zookeeper-3:42888:43888\n"
	solr = "dataDir=/var/lib/zookeeper\nclientPort=2181\n4lw.commands.whitelist=mntr,conf,ruok\nmetricsProvider.className=" +
		"org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\nmetricsProvider.httpPort=7000\nmetricsProvider.exportJvmInfo=true\n" +
		"tickTime=2000\ninitLimit=5\nsyncLimit=2\nserver.1=zoo1:2888:3888\nserver.2=zoo2:2888:3888\nserver.3=zoo3:2888:3888\n" +
		"autopurge.snapRetainCount=3\nautopurge.purgeInterval=1\n"
	operator = "dataDir=/data\nstandaloneEnabled=false\nreconfigEnabled=true\nskipACL=no\n" +
		"metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\nmetricsProvider.httpPort=7000\n" +
		"metricsProvider.exportJvmInfo=true\ninitLimit=10\nsyncLimit=2\ntickTime=2000\nglobalOutstandingLimit=1000\npreAllocSize=65536\n" +
		"snapCount=10000\ncommitLogCount=500\nsnapSizeLimitInKb=4194304\nmaxCnxns=0\nmaxClientCnxns=60\nminSessionTimeout=4000\n" +
		"maxSessionTimeout=40000\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=1\nquorumListenOnAllIPs=false\nadmin.serverPort=8080\n" +
		"4lw.commands.whitelist=cons, envi, conf, crst, srvr, stat, mntr, ruok\n" +
		"server.1=zk-0.zk-headless.default.svc.cluster.local:2888:3888:participant;0.0.0.0:2181\n" +
		"server.2=zk-1.zk-headless.default.svc.cluster.local:2888:3888:participant;0.0.0.0:2181\n" +
		"server.3=zk-2.zk-headless.default.svc.cluster.local:2888:3888:participant;0.0.0.0:2181\n"
	ansible = "# Ansible managed\ntickTime=2000\ninitLimit=5\nsyncLimit=2\ndataDir=/var/lib/zookeeper\ndataLogDir=/var/log/zookeeper\n" +
		"clientPort=2181\nmaxClientCnxns=60\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=24\n4lw.commands.whitelist=*\n" +
		"forceSync=yes\nleaderServes=yes\nserver.1=10.0.0.11:2888:3888\nserver.2=10.0.0.12:2888:3888\nserver.3=10.0.0.13:2888:3888\n"
	hadoop = "admin.enableServer=false\nautopurge.purgeInterval=24\nautopurge.snapRetainCount=30\nclientPort=2181\ndataDir=/hadoop/zookeeper\n" +
		"initLimit=10\nsyncLimit=5\ntickTime=2000\nauthProvider.1=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n" +
		"kerberos.removeHostFromPrincipal=true\nkerberos.removeRealmFromPrincipal=true\nleaderServes=yes\nminSessionTimeout=4000\nmaxSessionTimeout=60000\n" +
		"4lw.commands.whitelist=conf, cons, crst, dirs, dump, envi, gtmk, ruok, stmk, srst, srvr, stat, wchs, mntr, isro\n" +
		"server.1=n1.example:2888:3888\nserver.2=n2.example:2888:3888\nserver.3=n3.example:2888:3888\n"
)
