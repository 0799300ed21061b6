package main

import (
	"path/filepath"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// deadlyConfig is a configuration that ZooKeeper does not start with, and what lint says of it.
type deadlyConfig struct {
	name string
	// dies are the releases of which that is so.
	dies func(version string) bool
	// unsure: the others are not seen to run with it either, for another reason.
	unsure bool
	// servers of the ensemble, of which one is started; 0 is 3.
	servers int
	// edit changes zoo.cfg, and dynamic is what the file s.Dir/dynamic has.
	edit    func(s *zktest.Server)
	dynamic string
	// rule is lint's, empty for would-not-start.
	rule string
	// log is what the server says before it ends; empty: what lint cites.
	log string
}

// since are the releases from one on, and until those before it.
func since(release string) func(string) bool {
	return func(version string) bool { return atLeast(version, release) }
}

func until(release string) func(string) bool {
	return func(version string) bool { return !atLeast(version, release) }
}

// atLeast compares 3.x or 3.x.y with 3.x: the first two numbers have one digit each.
func atLeast(version, release string) bool { return version[:3] >= release }

func everywhere(string) bool { return true }

func set(pairs ...string) func(*zktest.Server) {
	return func(s *zktest.Server) {
		for i := 0; i < len(pairs); i += 2 {
			s.Set(pairs[i], pairs[i+1])
		}
	}
}

// unset leaves out keys.
func unset(keys ...string) func(*zktest.Server) {
	return func(s *zktest.Server) {
		for _, key := range keys {
			s.Unset(key)
		}
	}
}

// firstLine changes what the first server.N line has behind the equals sign.
func firstLine(change func(value string) string) func(*zktest.Server) {
	return func(s *zktest.Server) {
		key, value, _ := strings.Cut(s.ServerLines[0], "=")
		s.ServerLines[0] = key + "=" + change(value)
	}
}

// withDynamic has the members in a file of their own, and none in zoo.cfg.
func withDynamic(s *zktest.Server) {
	s.Set("dynamicConfigFile", filepath.Join(s.Dir, "dynamic"))
	s.ServerLines = nil
}

const nettyFactory = "org.apache.zookeeper.server.NettyServerCnxnFactory"

// deadly are all of them.
func deadly() []deadlyConfig {
	ends := func(suffix string) func(string) string { return func(value string) string { return value + suffix } }
	is := func(value string) func(string) string { return func(string) string { return value } }
	return append(deadlyPorts(), []deadlyConfig{
		{name: "a comment behind a value", dies: everywhere, edit: set("tickTime", "500 # ms")},
		{name: "a number of 33 bits", dies: everywhere, edit: set("maxClientCnxns", "4294967296")},
		{name: "no number", dies: everywhere, edit: set("syncLimit", "five")},
		{name: "no dataDir", dies: everywhere, edit: func(s *zktest.Server) { s.DataDir = "" }},
		{name: "tickTime of 0", dies: everywhere, edit: set("tickTime", "0")},
		{name: "no initLimit", dies: everywhere, edit: unset("initLimit")},
		{name: "no syncLimit", dies: everywhere, edit: unset("syncLimit")},
		{name: "no initLimit for one that is never alone", dies: since("3.5"), servers: 1, edit: func(s *zktest.Server) {
			s.Set("standaloneEnabled", "false")
			s.ServerLines = []string{"server.1=" + s.Addr + ":2888:3888"}
			s.Unset("initLimit")
		}},
		{name: "no clientPort", dies: until("3.5"), edit: unset("clientPort", "clientPortAddress")},
		{name: "an address without its port", dies: since("3.5"), unsure: true, edit: unset("clientPort")},
		{name: "an address with port 0", dies: func(v string) bool { return since("3.5")(v) && until("3.9")(v) }, unsure: true, edit: set("clientPort", "0"), log: "clientPortAddress is set but clientPort is not set"},
		{name: "an old election", dies: since("3.6"), edit: set("electionAlg", "1")},
		{name: "a role that is none", dies: everywhere, edit: set("peerType", "voter")},
		{name: "hours with a unit", dies: everywhere, edit: set("autopurge.purgeInterval", "1h")},
		{name: "a broken escape", dies: everywhere, edit: set("note", "C:\\users")},
		{name: "a server in no group", dies: everywhere, edit: set("group.1", "1:2")},
		{name: "a server in two groups", dies: everywhere, edit: set("group.1", "1:2:3", "group.2", "3")},
		{name: "a group of strangers", dies: since("3.5"), unsure: true, edit: set("group.1", "1:2:3:9"), log: "NullPointerException"},
		{name: "a weight with a blank", dies: since("3.5"), edit: set("group.1", "1:2:3", "weight.1", "1 ")},
		{name: "quorum SASL by half", dies: everywhere, edit: set("quorum.auth.learnerRequireSasl", "true")},
		{name: "quorum SASL that one side wants", dies: everywhere, edit: set("quorum.auth.enableSasl", "true", "quorum.auth.serverRequireSasl", "true")},
		{name: "minSessionTimeout alone", dies: until("3.5"), edit: set("minSessionTimeout", "1000")},
		{name: "maxSessionTimeout below two ticks", dies: since("3.5"), edit: set("maxSessionTimeout", "500")},
		{name: "session timeouts that cross", dies: everywhere, edit: set("minSessionTimeout", "5000", "maxSessionTimeout", "3000")},
		{name: "a client part", dies: until("3.5"), unsure: true, edit: func(s *zktest.Server) { s.ServerLines[0] += ";2181" }},
		{name: "a blank at the end", dies: since("3.5"), edit: firstLine(ends(" "))},
		{name: "no election port", dies: everywhere, edit: firstLine(func(value string) string { return strings.TrimSuffix(value, ":3888") })},
		{name: "a port that is no number", dies: everywhere, edit: firstLine(func(value string) string { return strings.TrimSuffix(value, "3888") + "38x8" })},
		{name: "a port out of range in a line", dies: everywhere, edit: firstLine(func(value string) string { return strings.TrimSuffix(value, "3888") + "73888" })},
		{name: "a line of four ports", dies: everywhere, edit: firstLine(ends(":4888"))},
		{name: "a role in a line that is none", dies: everywhere, edit: firstLine(ends(":voter"))},
		{name: "two addresses", dies: until("3.6"), unsure: true, edit: firstLine(ends("|127.0.0.1:2889:3889"))},
		{name: "an id that is no number", dies: everywhere, edit: func(s *zktest.Server) { s.ServerLines = append(s.ServerLines, "server.one="+s.Addr+":2889:3889") }},
		{name: "observers alone", dies: everywhere, edit: func(s *zktest.Server) {
			for i := range s.ServerLines {
				s.ServerLines[i] += ":observer"
			}
		}},
		{name: "observers and one voter", dies: everywhere, edit: func(s *zktest.Server) {
			s.ServerLines[1] += ":observer"
			s.ServerLines[2] += ":observer"
		}},
		{name: "no members and never alone", dies: since("3.5"), servers: 1, edit: set("standaloneEnabled", "false")},
		{name: "a boolean that is none", dies: since("3.7"), edit: set("syncEnabled", "yes")},
		{name: "a boolean of the ensemble", dies: since("3.5"), edit: set("standaloneEnabled", "yes")},
		{name: "servers beside a dynamic file", dies: since("3.5"), edit: func(s *zktest.Server) {
			s.Set("dynamicConfigFile", filepath.Join(s.Dir, "dynamic"))
		}},
		{name: "an empty dynamic file", dies: since("3.5"), unsure: true, edit: func(s *zktest.Server) {
			withDynamic(s)
			s.Set("standaloneEnabled", "false")
		}},
		{name: "a key in the dynamic file", dies: since("3.5"), unsure: true, edit: withDynamic, dynamic: "server.1=127.0.0.1:2888:3888;2181\ntickTime=2000\n"},
		{name: "a version in the dynamic file", dies: since("3.5"), unsure: true, edit: withDynamic, dynamic: "server.1=127.0.0.1:2888:3888;2181\nversion=100000000\n"},
		{name: "no dynamic file", dies: since("3.5"), unsure: true, edit: func(s *zktest.Server) {
			withDynamic(s)
			s.Set("dynamicConfigFile", filepath.Join(s.Dir, "absent"))
		}, rule: "dynamic-file-missing", log: "absent"},
		{name: "a directory of one letter", dies: since("3.5"), edit: set("dataLogDir", "d/"), log: "StringIndexOutOfBoundsException"},
		{name: "an empty directory", dies: since("3.5"), unsure: true, edit: set("dataLogDir", ""), log: "StringIndexOutOfBoundsException"},
		{name: "a class that is not there", dies: since("3.6"), edit: set("metricsProvider.className", "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvidr")},
		{name: "a port of the metrics that is none", dies: since("3.6"), edit: set(
			"metricsProvider.className", "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider", "metricsProvider.httpPort", "7000/tcp")},
		{name: "a factory that is not there", dies: everywhere, edit: set("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxFactory")},
		{name: "a scheme without its provider", dies: since("3.5"), unsure: true, edit: set("secureClientPort", "2281", "serverCnxnFactory", nettyFactory, "ssl.authProvider", "ldap")},
		{name: "members without an address", dies: everywhere, edit: firstLine(is("2888:3888"))},
	}...)
}

// deadlyPorts are those that come to two listeners, or two addresses, for one port.
func deadlyPorts() []deadlyConfig {
	const taken = "Address already in use"
	part := func(line string, pairs ...string) func(*zktest.Server) {
		return func(s *zktest.Server) {
			unset("clientPort", "clientPortAddress")(s)
			s.ServerLines[0] += line
			set(pairs...)(s)
		}
	}
	return []deadlyConfig{
		{name: "a port out of range", dies: everywhere, edit: set("clientPort", "70000")},
		{name: "a port for TLS out of range", dies: since("3.5"), edit: set("secureClientPort", "70000")},
		{name: "one port for peers twice", dies: since("3.5"), unsure: true, edit: firstLine(func(value string) string { return strings.TrimSuffix(value, "3888") + "2888" })},
		{name: "two client ports", dies: since("3.5"), unsure: true, edit: func(s *zktest.Server) { s.ServerLines[0] += ";2182" }, rule: "client-port-contradicts", log: "is different from client address found in dynamic file"},
		{name: "an address beside a client part", dies: since("3.5"), unsure: true, edit: func(s *zktest.Server) {
			s.Set("clientPortAddress", s.Addr)
			s.ServerLines[0] += ";2181"
		}, rule: "client-port-contradicts", log: "is different from client address found in dynamic file"},
		{name: "TLS without Netty", dies: since("3.5"), unsure: true, edit: set("secureClientPort", "2281", "serverCnxnFactory", "org.apache.zookeeper.server.NIOServerCnxnFactory"), rule: "secure-port-factory", log: "SSL isn't supported in NIOServerCnxn"},
		{name: "one port for clients with and without TLS", dies: since("3.5"), unsure: true, servers: 1, edit: func(s *zktest.Server) {
			set("secureClientPort", "2181", "secureClientPortAddress", s.Addr, "serverCnxnFactory", nettyFactory)(s)
		}, rule: "port-collision", log: taken},
		{name: "a client part that clients with TLS have too", dies: since("3.5"), unsure: true, edit: part(";2182", "secureClientPort", "2182", "serverCnxnFactory", nettyFactory), rule: "port-collision", log: taken},
		{name: "a client part on the port of the metrics", dies: since("3.6"), unsure: true, edit: part(";2182",
			"metricsProvider.className", "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider", "metricsProvider.httpPort", "2182"), rule: "port-collision", log: taken},
		{name: "a client part on the election port", dies: since("3.5"), unsure: true, edit: part(";3888"), rule: "port-collision", log: taken},
		{name: "clients on the election port", dies: since("3.5"), unsure: true, edit: set("clientPort", "3888"), rule: "port-collision", log: taken},
		{name: "clients on the port of the AdminServer", dies: since("3.5"), unsure: true, servers: 1, edit: func(s *zktest.Server) {
			set("admin.enableServer", "true", "admin.serverAddress", s.Addr, "admin.serverPort", "2181")(s)
		}, rule: "port-collision", log: taken},
	}
}
