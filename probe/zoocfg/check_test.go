package zoocfg

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every text is ZooKeeper's own; each was also compared by hand with what the
// jars of 3.4.10, 3.5.10, 3.6.4 and 3.9.3 throw.
func TestProblems(t *testing.T) {
	t.Parallel()
	type problem struct {
		Line           int
		Versions, Text string
	}
	const observer = "server.4=d:2888:3888:observer\n"
	without := func(key string) string {
		before, after, _ := strings.Cut(base, key)
		_, after, _ = strings.Cut(after, "\n")
		return before + after
	}
	tests := []struct {
		name, data string
		want       []problem
	}{
		{"none", base + three, nil},
		{"empty", "", []problem{{0, "", "dataDir is not set"}, {0, "3.4", "clientPort is not set"}}},
		{"no limits", without("initLimit") + three, []problem{{0, "", "initLimit is not set"}}},
		{"limits of a standalone server", without("syncLimit"), nil},
		{"limits of one member", without("syncLimit") + "standaloneEnabled=false\nserver.1=a:1:2\n", []problem{
			{0, "3.5+", "syncLimit is not set"},
		}},
		{"not a number", base + "tickTime=2000 # ms\n", []problem{{5, "", `For input string: "2000 # ms"`}}},
		{"number too large", base + "tickTime=2147483648\n", []problem{{5, "", `For input string: "2147483648"`}}},
		{"no value", base + "maxClientCnxns\n", []problem{{5, "", `For input string: ""`}}},
		{"newer number", base + "observerMasterPort=x\n", []problem{{5, "3.6+", `For input string: "x"`}}},
		{"tickTime", base + "tickTime=0\n", []problem{{5, "", "tickTime is not set"}}},
		{"clientPort 0", without("clientPort") + "clientPort=0\nclientPortAddress=a\n", []problem{
			{4, "3.4", "clientPort is not set"}, {5, "3.5-3.8", "clientPortAddress is set but clientPort is not set"},
		}},
		{"clientPortAddress alone", without("clientPort") + "clientPortAddress=a\n", []problem{
			{0, "3.4", "clientPort is not set"}, {4, "3.5+", "clientPortAddress is set but clientPort is not set"},
		}},
		{"clientPort too large", base + "clientPort=70000\n", []problem{{5, "", "port out of range:70000"}}},
		{"secureClientPort", base + "secureClientPort=-1\n", []problem{{5, "3.5+", "port out of range:-1"}}},
		{"secureClientPortAddress", base + "secureClientPortAddress=a\n", []problem{
			{5, "3.5+", "secureClientPortAddress is set but secureClientPort is not set"},
		}},
		{"electionAlg", base + "electionAlg=0\n", []problem{{5, "3.6+", "Invalid electionAlg value. Only 3 is supported."}}},
		{"peerType", base + "peerType=leader\n", []problem{{5, "", "Unrecognised peertype: leader"}}},
		{"boolean", base + "quorumListenOnAllIPs=yes\n", []problem{
			{5, "3.7+", "Invalid option yes for quorumListenOnAllIPs. Choose 'true' or 'false.'"},
		}},
		{"standaloneEnabled", base + "standaloneEnabled=no\n" + three, []problem{
			{5, "3.5-3.6", "Invalid option no for standalone mode. Choose 'true' or 'false.'"},
			{5, "3.7+", "Invalid option no for standaloneEnabled. Choose 'true' or 'false.'"},
		}},
		{"least session timeout alone", base + "minSessionTimeout=4000\n", []problem{
			{5, "3.4", "minSessionTimeout must not be larger than maxSessionTimeout"},
		}},
		{"session timeouts", base + "minSessionTimeout=2\nmaxSessionTimeout=1\n", []problem{
			{6, "", "minSessionTimeout must not be larger than maxSessionTimeout"},
		}},
		{"most session timeout alone", base + "maxSessionTimeout=1\n", []problem{
			{5, "3.5+", "minSessionTimeout must not be larger than maxSessionTimeout"},
		}},
		{"SASL", base + "quorum.auth.serverRequireSasl=true\n", []problem{
			{5, "", "quorum.auth.enableSasl is disabled, so cannot enable quorum.auth.serverRequireSasl"},
			{5, "", "quorum.auth.learnerRequireSasl is disabled, so cannot enable quorum.auth.serverRequireSasl"},
		}},
		{"SASL of learners", base + "quorum.auth.learnerRequireSasl=true\n", []problem{
			{5, "", "quorum.auth.enableSasl is disabled, so cannot enable quorum.auth.learnerRequireSasl"},
		}},
		{"purge interval with a unit", base + "autopurge.purgeInterval=1d\n", []problem{{5, "3.4-3.9", `For input string: "1d"`}}},
		{"purge interval", base + "autopurge.purgeInterval=1w\n", []problem{
			{5, "3.4-3.9", `For input string: "1w"`}, {5, "3.10+", "Illegal time interval suffix: 1w"},
		}},
		{"metrics port", base + "metricsProvider.httpPort=x\nmetricsProvider.className=" +
			"org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n", []problem{{5, "3.6+", `For input string: "x"`}}},
		{"metrics port without provider", base + "metricsProvider.httpPort=x\n", nil},
		{"escape", base + `a=\u12`, []problem{{5, "", `Malformed \uxxxx encoding.`}}},
		{"id", base + "server.one=a:1:2\n", []problem{{5, "", `For input string: "one"`}}},
		{"group without dot", base + "groups=1\n", []problem{{5, "", `For input string: "groups"`}}},
		{"observers alone", base + observer, []problem{{5, "", "Observers w/o participants is an invalid configuration"}}},
		{"nobody", base + "standaloneEnabled=false\n", []problem{
			{5, "3.5+", "standaloneEnabled = false then number of participants should be >0"},
		}},
		{"one and an observer", base + "server.1=a:1:2\n" + observer, []problem{
			{6, "", "Observers w/o quorum is an invalid configuration"},
		}},
		{"one and an observer, on purpose", base + "standaloneEnabled=false\nserver.1=a:1:2\n" + observer, []problem{
			{7, "3.4", "Observers w/o quorum is an invalid configuration"},
		}},
		{"groups", base + three + "group.1=1:2:3\nweight.1=2\n", nil},
		{"in no group", base + three + "group.1=1:2\n", []problem{
			{7, "3.5+", "Server 3is not in a group"}, {8, "3.4", "Every server must be in exactly one group"},
		}},
		{"in two groups", base + three + "group.1=1:2:3\ngroup.2=3\n", []problem{{9, "", "Server 3is in multiple groups"}}},
		{"weights alone", base + "server.1=a:1:2\nserver.2=b:1:2\nweight.1=1\n", []problem{
			{5, "3.5+", "Server 1is not in a group"}, {6, "3.5+", "Server 2is not in a group"},
		}},
		{"observer in a group", base + three + observer + "group.1=1:2:3:4\n", []problem{
			{9, "3.5+", "java.lang.NullPointerException"}, {9, "3.4", "Every server must be in exactly one group"},
		}},
		{"blank after a group", base + three + "group.1=1:2:3 \n", []problem{{8, "3.5+", `For input string: "3 "`}}},
		{"weight", base + three + "group.1=1:2:3\nweight.1=x \n", []problem{
			{9, "3.4", `For input string: "x"`}, {9, "3.5+", `For input string: "x "`},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []problem
			for _, p := range Parse("zoo.cfg", []byte(test.data)).Problems {
				if p.File != "zoo.cfg" {
					t.Errorf("problem %+v", p)
				}
				got = append(got, problem{p.Line, p.Versions, p.Text})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestDistributed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, data, version string
		want                bool
	}{
		{"none", base, "3.8.0", false},
		{"three", base + three, "3.4.10", true},
		{"one", base + "server.1=a:1:2\n", "3.8.0", false},
		{"one, on purpose", base + "server.1=a:1:2\nstandaloneEnabled=false\n", "3.8.0", true},
		{"one, on purpose, unknown", base + "server.1=a:1:2\nstandaloneEnabled=false\n", "", true},
		{"one, on purpose, 3.4", base + "server.1=a:1:2\nstandaloneEnabled=false\n", "3.4.14", false},
	}
	for _, test := range tests {
		if got := Parse("", []byte(test.data)).Distributed(test.version); got != test.want {
			t.Errorf("%s: %t, want %t", test.name, got, test.want)
		}
	}
}

func TestConcerns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		versions, version string
		want              bool
	}{
		{"", "", true},
		{"", "3.4.10", true},
		{"3.4", "", false},
		{"3.4", "3.4.10", true},
		{"3.4", "3.5.0", false},
		{"3.5+", "3.4.14", false},
		{"3.5+", "3.5.0-alpha", true},
		{"3.5+", "3.10.0", true},
		{"3.10+", "3.9.5", false},
		{"3.5-3.8", "3.8.6", true},
		{"3.5-3.8", "3.9.0", false},
		{"3.5-3.8", "3.4.1", false},
		{"3.5.0-3.5.7", "3.5.7", true},
		{"3.5.0-3.5.7,3.6.0", "3.6.0", true},
		{"3.5.0-3.5.7,3.6.0", "3.6", true},
		{"3.5.0-3.5.7,3.6.0", "3.6.1", false},
		{"3.5.0-3.5.7,3.6.0", "3.5.8", false},
		{"3.4.10-3.4.14,3.5.4+", "3.9.5", true},
		{"3.5.0-3.5.7", "3.5.8", false},
		{"3.5.0-3.5.7", "3.5.10", false},
		{"3.5.0-3.5.7", "3.4.14", false},
		{"3.5.0-3.5.7", "3.5", true},
		{"3.5.8+", "3.5.7", false},
		{"3.5.8+", "3.5.10", true},
		{"3.5.8+", "3.5", true},
		{"3.5.8+", "3.6.0", true},
		{"3.5+", "3", false},
		{"3.5+", "x.y", false},
	}
	for _, test := range tests {
		if got := Concerns(test.versions, test.version); got != test.want {
			t.Errorf("%q %q: %t", test.versions, test.version, got)
		}
	}
}
