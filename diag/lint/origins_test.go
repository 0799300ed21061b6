package lint

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// origin is the configuration that somebody's packaging writes with its defaults, and the
// remarks above a note that are true of it.
type origin struct {
	// name says whose, from is the file that writes it.
	name, from string
	config     string
	// dynamic is what the dynamic file has, empty for none.
	dynamic string
	// since and before bound the releases that it is written for; empty: all.
	since, before string
	// warns are the rules that rightly warn of it.
	warns []string
}

// members are server lines for hosts with this beginning, from the first id.
func members(first int, form string, hosts ...string) string {
	var b strings.Builder
	for i, host := range hosts {
		b.WriteString("server." + string(rune('0'+first+i)) + "=" + strings.ReplaceAll(form, "HOST", host) + "\n")
	}
	return b.String()
}

// origins are of public repositories, rendered with their defaults: three members where
// there is a list of them.
func origins() []origin {
	const (
		netty   = "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\n"
		metrics = "metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\nmetricsProvider.httpPort=7000\n"
		image34 = "clientPort=2181\ndataDir=/data\ndataLogDir=/datalog\ntickTime=2000\ninitLimit=5\nsyncLimit=2\n" +
			"autopurge.snapRetainCount=3\nautopurge.purgeInterval=0\nmaxClientCnxns=60\n"
		image = "dataDir=/data\ndataLogDir=/datalog\ntickTime=2000\ninitLimit=5\nsyncLimit=2\nautopurge.snapRetainCount=3\n" +
			"autopurge.purgeInterval=0\nmaxClientCnxns=60\nstandaloneEnabled=true\nadmin.enableServer=true\n"
		bitnami = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/bitnami/zookeeper/data\nclientPort=2181\nmaxClientCnxns=60\n" +
			"autopurge.snapRetainCount=3\nautopurge.purgeInterval=0\n\npreAllocSize=65536\nsnapCount=100000\nmaxCnxns=0\n" +
			"reconfigEnabled=false\nquorumListenOnAllIPs=false\n4lw.commands.whitelist=srvr, mntr\nmaxSessionTimeout=40000\n" +
			"admin.serverAddress=127.0.0.1\nadmin.serverPort=8080\nadmin.enableServer=false\n"
		strimzi = "dataDir=/var/lib/zookeeper/data\n4lw.commands.whitelist=*\nstandaloneEnabled=false\nreconfigEnabled=true\n" + netty +
			"ssl.clientAuth=need\nssl.quorum.clientAuth=need\nsecureClientPort=2181\nsslQuorum=true\n" +
			"ssl.trustStore.location=/tmp/zookeeper/cluster.truststore.p12\nssl.trustStore.password=x\nssl.trustStore.type=PKCS12\n" +
			"ssl.quorum.trustStore.location=/tmp/zookeeper/cluster.truststore.p12\nssl.quorum.trustStore.password=x\nssl.quorum.trustStore.type=PKCS12\n" +
			"ssl.keyStore.location=/tmp/zookeeper/cluster.keystore.p12\nssl.keyStore.password=x\nssl.keyStore.type=PKCS12\n" +
			"ssl.quorum.keyStore.location=/tmp/zookeeper/cluster.keystore.p12\nssl.quorum.keyStore.password=x\nssl.quorum.keyStore.type=PKCS12\n" +
			"admin.enableServer=false\nautopurge.purgeInterval=1\ninitLimit=5\nsyncLimit=2\ntickTime=2000\n"
		pravega = "4lw.commands.whitelist=cons, envi, conf, crst, srvr, stat, mntr, ruok\ndataDir=/data\nstandaloneEnabled=false\n" +
			"reconfigEnabled=true\nskipACL=yes\n" + metrics + "metricsProvider.exportJvmInfo=true\ninitLimit=10\nsyncLimit=2\ntickTime=2000\n" +
			"globalOutstandingLimit=1000\npreAllocSize=65536\nsnapCount=10000\ncommitLogCount=500\nsnapSizeLimitInKb=4194304\nmaxCnxns=0\n" +
			"maxClientCnxns=60\nminSessionTimeout=4000\nmaxSessionTimeout=40000\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=1\n" +
			"quorumListenOnAllIPs=false\ndynamicConfigFile=/data/zoo.cfg.dynamic\n"
		openstack = "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataLogDir=/var/lib/zookeeper/log\ndataDir=/var/lib/zookeeper\nclientPort=2181\n"
		charm     = "initLimit=5\nsyncLimit=2\ntickTime=2000\nsyncEnabled=true\nmaxClientCnxns=60\nminSessionTimeout=4000\nmaxSessionTimeout=40000\n" +
			"autopurge.snapRetainCount=3\nautopurge.purgeInterval=0\nreconfigEnabled=true\nstandaloneEnabled=false\n" +
			"4lw.commands.whitelist=mntr,srvr,stat,ruok\nquorum.auth.enableSasl=true\nquorum.auth.learnerRequireSasl=true\n" +
			"quorum.auth.serverRequireSasl=true\nauthProvider.sasl=org.apache.zookeeper.server.auth.SASLAuthenticationProvider\n" +
			"enforce.auth.enabled=true\nenforce.auth.schemes=sasl\nsessionRequireClientSASLAuth=true\naudit.enable=true\n" +
			"admin.serverAddress=localhost\ndataDir=/var/lib/zookeeper/data\ndataLogDir=/var/lib/zookeeper/log\ndynamicConfigFile=/etc/zookeeper/zookeeper-dynamic.properties\n" + metrics
		puppet  = "tickTime=2000\ninitLimit=10\nsyncLimit=5\nglobalOutstandingLimit=1000\ndataDir=/var/lib/zookeeper\nclientPort=2181\n"
		puppet2 = "preAllocSize=65536\nsnapCount=10000\nleaderServes=yes\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=0\n"
		stores  = "ssl.keyStore.location=/etc/zookeeper/key.p12\nssl.trustStore.location=/etc/zookeeper/trust.jks\n" +
			"ssl.quorum.keyStore.location=/etc/zookeeper/key.p12\nssl.quorum.trustStore.location=/etc/zookeeper/trust.jks\n"
	)
	const plain, client = "HOST:2888:3888", "HOST:2888:3888;2181"
	return []origin{
		{name: "official image of 3.4, alone", from: "31z4/zookeeper-docker 3.4.14/docker-entrypoint.sh", config: image34},
		{name: "official image of 3.4", from: "31z4/zookeeper-docker 3.4.14/docker-entrypoint.sh", config: image34 + members(1, plain, "0.0.0.0", "zoo2", "zoo3"), before: "3.5"},
		{name: "official image, alone", from: "31z4/zookeeper-docker 3.9.5/docker-entrypoint.sh", config: image + "server.1=localhost:2888:3888;2181\n", since: "3.5"},
		{name: "official image", from: "31z4/zookeeper-docker 3.9.5/docker-entrypoint.sh", config: image + members(1, client, "zoo1", "zoo2", "zoo3"), since: "3.5"},
		{name: "Bitnami, alone", from: "bitnami/containers 3.9/debian-12 libzookeeper.sh", config: bitnami, since: "3.6"},
		{name: "Bitnami", from: "bitnami/containers 3.9/debian-12 libzookeeper.sh", config: bitnami + members(1, client, "zookeeper1", "zookeeper2", "zookeeper3"), since: "3.6"},
		{
			name: "Bitnami with TLS", from: "bitnami/containers 3.9/debian-12 libzookeeper.sh", since: "3.6",
			config: strings.Replace(bitnami, "clientPort=2181\n", "", 1) + members(1, client, "zookeeper1", "zookeeper2", "zookeeper3") +
				"client.secure=true\nssl.clientAuth=need\nsecureClientPort=3181\n" + netty + "sslQuorum=true\nssl.quorum.clientAuth=need\n" + stores,
		},
		{name: "Confluent, alone", from: "confluentinc/cp-docker-images zookeeper.properties.template", config: "\nclientPort=2181\ndataDir=/var/lib/zookeeper/data\ndataLogDir=/var/lib/zookeeper/log\n\ntickTime=2000\n"},
		{
			name: "Confluent", from: "confluentinc/cp-docker-images zookeeper.properties.template",
			config: "clientPort=2181\ndataDir=/var/lib/zookeeper/data\ndataLogDir=/var/lib/zookeeper/log\ntickTime=2000\ninitLimit=5\nsyncLimit=2\n" +
				members(1, plain, "zookeeper-1", "zookeeper-2", "zookeeper-3"),
		},
		{
			name: "Strimzi", from: "strimzi/strimzi-kafka-operator zookeeper_config_generator.sh", since: "3.6.1",
			config: strimzi + members(1, "HOST:2888:3888:participant;127.0.0.1:12181", "0.0.0.0", "c-zookeeper-1.c-zookeeper-nodes.ns.svc", "c-zookeeper-2.c-zookeeper-nodes.ns.svc"),
		},
		{
			name: "pravega's operator", from: "pravega/zookeeper-operator pkg/zk/generators.go", config: pravega, since: "3.6", warns: []string{"skip-acl"},
			dynamic: members(1, "HOST:2888:3888:participant;2181", "zk-0.zk-headless.ns.svc.cluster.local", "zk-1.zk-headless.ns.svc.cluster.local", "zk-2.zk-headless.ns.svc.cluster.local"),
		},
		{
			name: "AnsibleShipyard", from: "AnsibleShipyard/ansible-zookeeper templates/zoo.cfg.j2",
			config: "tickTime=2000\ndataDir=/var/lib/zookeeper\ndataLogDir=/var/log/zookeeper\nclientPort=2181\ninitLimit=5\nsyncLimit=2\n" +
				"maxClientCnxns=60\npreAllocSize=65536\nsnapCount=100000\nleaderServes=yes\n\n" + members(1, plain, "zk1", "zk2", "zk3"),
		},
		{
			name: "idealista's Ansible role", from: "idealista/zookeeper_role templates/zoo.cfg.j2",
			config: "tickTime=2000\ndataDir=/var/lib/zookeeper\ndataLogDir=/var/log/zookeeper\nclientPort=2181\ninitLimit=5\nsyncLimit=2\n\n" +
				members(1, plain, "zk1", "zk2", "zk3") + "\n4lw.commands.whitelist=* ",
		},
		{
			name: "OpenStack's Ansible role", from: "openstack/ansible-role-zookeeper templates/zoo.cfg.j2", since: "3.5.5",
			config: openstack + members(1, plain, "10.0.0.1", "10.0.0.2", "10.0.0.3") + "autopurge.snapRetainCount=3\nautopurge.purgeInterval=1\n" +
				"4lw.commands.whitelist=stat, ruok, isro, envi\n" + netty + "secureClientPort=2281\nssl.keyStore.location=/etc/zookeeper/zookeeper.pem\n" +
				"ssl.trustStore.location=/etc/ssl/certs/ca-certificates.crt\nssl.enabledProtocols=TLSv1.2,TLSv1.3\nssl.trustStore.type=PEM\nssl.clientAuth=want\n" +
				"sslQuorum=true\nssl.quorum.keyStore.location=/etc/zookeeper/zookeeper.pem\nssl.quorum.trustStore.location=/etc/ssl/certs/ca-certificates.crt\n" +
				"ssl.quorum.enabledProtocols=TLSv1.2,TLSv1.3\nssl.quorum.trustStore.type=PEM\nssl.quorum.clientAuth=need\n",
		},
		{name: "Puppet module, alone", from: "deric/puppet-zookeeper templates/conf/zoo.cfg.erb", config: puppet + puppet2},
		{name: "Puppet module", from: "deric/puppet-zookeeper templates/conf/zoo.cfg.erb", config: puppet + members(1, plain, "10.0.0.1", "10.0.0.2", "10.0.0.3") + puppet2},
		{
			name: "Kubernetes tutorial", from: "kubernetes/website, Running ZooKeeper", warns: []string{"unknown-key"},
			config: "clientPort=2181\ndataDir=/var/lib/zookeeper/data\ndataLogDir=/var/lib/zookeeper/data/log\ntickTime=2000\ninitLimit=10\nsyncLimit=5\n" +
				"maxClientCnxns=60\nminSessionTimeout=4000\nmaxSessionTimeout=40000\nautopurge.snapRetainCount=3\nautopurge.purgeInteval=12\n" +
				members(1, plain, "zk-0.zk-hs.default.svc.cluster.local", "zk-1.zk-hs.default.svc.cluster.local", "zk-2.zk-hs.default.svc.cluster.local"),
		},
		{name: "Chef cookbook", from: "evertrue/zookeeper-cookbook attributes/default.rb", config: "clientPort=2181\ndataDir=/var/lib/zookeeper\ntickTime=2000\ninitLimit=5\nsyncLimit=2\n"},
		{
			name: "HBase's own", from: "apache/hbase ZKConfig, hbase-default.xml",
			config: "initLimit=10\nsyncLimit=5\ndataDir=/var/lib/hbase/zookeeper\nclientPort=2181\nmaxClientCnxns=300\nmaxSessionTimeout=90000\n" + members(0, plain, "n1", "n2", "n3"),
		},
		{
			name: "Kafka's own", from: "apache/kafka config/zookeeper.properties", warns: []string{"data-dir-volatile"},
			config: "dataDir=/tmp/zookeeper\nclientPort=2181\nmaxClientCnxns=0\nadmin.enableServer=false\n",
		},
		{
			name: "Debian's package", from: "zookeeper 3.8.0-11+deb12u2 conf_example/zoo.cfg", warns: []string{"data-dir-volatile"},
			config: "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/tmp/zookeeper\nclientPort=2181\n",
		},
		{
			name: "Pulsar's own", from: "apache/pulsar conf/zookeeper.conf",
			config: "tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=data/zookeeper\nclientPort=2181\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=1\n",
		},
		{
			name: "NixOS", from: "NixOS/nixpkgs nixos/modules/services/misc/zookeeper.nix",
			config: "dataDir=/var/lib/zookeeper\nclientPort=2181\nautopurge.purgeInterval=1\ninitLimit=5\nsyncLimit=2\ntickTime=2000\n\n" + members(0, plain, "host0", "host1", "host2"),
		},
		{
			name: "ClickHouse's tips", from: "ClickHouse/ClickHouse docs/en/operations/tips.md", since: "3.5",
			config: "tickTime=2000\ninitLimit=300\nsyncLimit=10\nmaxClientCnxns=2000\nmaxSessionTimeout=60000000\ndataDir=/opt/zookeeper/c/data\n" +
				"dataLogDir=/opt/zookeeper/c/logs\nautopurge.snapRetainCount=10\nautopurge.purgeInterval=1\npreAllocSize=131072\nsnapCount=3000000\n" +
				"leaderServes=yes\nstandaloneEnabled=false\ndynamicConfigFile=/etc/zookeeper-c/conf/zoo.cfg.dynamic\n",
			dynamic: members(1, "HOST:2888:3888:participant;0.0.0.0:2181", "zk1", "zk2", "zk3"),
		},
		{
			name: "Canonical's charm", from: "canonical/zookeeper-operator src/managers/config.py", config: charm, since: "3.6",
			dynamic: members(1, "HOST:2888:3888:participant;0.0.0.0:2181", "zk1", "zk2", "zk3"),
		},
		{
			name: "Canonical's charm with TLS", from: "canonical/zookeeper-operator src/managers/config.py", since: "3.6",
			config: charm + "secureClientPort=2182\nssl.clientAuth=none\nssl.quorum.clientAuth=none\nclientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty\n" + netty +
				"ssl.trustStore.type=JKS\nssl.keyStore.type=PKCS12\nsslQuorumReloadCertFiles=true\nclient.certReload=true\nssl.enabledProtocols=TLSv1.3,TLSv1.2\n" + stores + "sslQuorum=true\n",
			dynamic: members(1, "HOST:2888:3888:participant;0.0.0.0:2181", "zk1", "zk2", "zk3"),
		},
	}
}

// TestOrigins: what is written by default gives nothing above a note, but where that is so.
func TestOrigins(t *testing.T) {
	t.Parallel()
	for _, o := range origins() {
		for _, version := range []string{"", "3.4.10", "3.5.10", "3.6.4", "3.7.2", "3.8.6", "3.9.5"} {
			if version != "" && (version < o.since || o.before != "" && version >= o.before) {
				continue
			}
			t.Run(o.name+"/"+version, func(t *testing.T) {
				t.Parallel()
				config := zoocfg.Parse("zoo.cfg", []byte(o.config))
				if o.dynamic != "" {
					config.AddDynamic("zoo.cfg.dynamic", []byte(o.dynamic))
				}
				var warns []string
				for _, r := range Lint(config, Options{Version: version, ID: new(int64(1))}).Remarks {
					if r.Severity != report.Info && !slices.Contains(o.warns, r.Rule) {
						t.Errorf("%+v", r)
					}
					warns = append(warns, r.Rule)
				}
				for _, rule := range o.warns {
					if !slices.Contains(warns, rule) {
						t.Errorf("no %s", rule)
					}
				}
			})
		}
	}
}
