package zoocfg

import (
	"slices"
	"strings"
	"testing"
)

// TestKeysAreKnown: what the parser reads is in the table, and the table is in order.
func TestKeysAreKnown(t *testing.T) {
	t.Parallel()
	known := KnownKeys()
	for name := range fields(new(Settings)) {
		if _, found := known.Find(name); !found {
			t.Errorf("%s is not in the table", name)
		}
	}
	keys := known.all
	if len(keys) < 200 || !slices.IsSortedFunc(keys, func(a, b Key) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	}) {
		t.Errorf("%d keys, or not in order", len(keys))
	}
	for _, k := range keys {
		if strings.HasPrefix(k.Name, "zookeeper.") || !slices.Contains([]string{"", readsNumber, readsLong, readsLogged, readsFlag}, k.reads) {
			t.Errorf("%+v", k)
		}
		if known.Nearest(k.Name) == "" {
			t.Errorf("%s: not near itself", k.Name)
		}
	}
	for line := range strings.Lines(strings.TrimSpace(aliasTable)) {
		alias, key, _ := strings.Cut(strings.TrimSpace(line), " ")
		if _, found := known.Find(key); !found {
			t.Errorf("%s stands for %s, which is no key", alias, key)
		}
		if k, found := known.Find(alias); found && k.Name == alias && !strings.HasPrefix(alias, "metricsProvider.") {
			t.Errorf("%s is a key", alias)
		}
	}
}

// TestKeyVersions samples what the sources of the releases say.
func TestKeyVersions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		yes   []string
		never []string
	}{
		{"tickTime", []string{"3.4.0", "3.9.5"}, nil},
		{"sslQuorum", []string{"3.5.5", "3.9.5"}, []string{"3.4.14", "3.5.4"}},
		{"quorum.auth.enableSasl", []string{"3.4.10", "3.5.4", "3.9"}, []string{"3.4.9", "3.5.3"}},
		{"4lw.commands.whitelist", []string{"3.4.14", "3.5.3"}, []string{"3.5.2", "3.4.9"}},
		{"leader.maxConcurrentSnapshots", []string{"3.5.0", "3.5.10"}, []string{"3.4.14", "3.6.0"}},
		{"metricsProvider.className", []string{"3.6.0"}, []string{"3.5.10"}},
		{"authProvider.1", []string{"3.4.10", "3.9.5"}, nil},
	} {
		k, known := KnownKeys().Find(test.name)
		for _, v := range test.yes {
			if !known || !Concerns(k.Versions, v) {
				t.Errorf("%s: %q does not concern %s", test.name, k.Versions, v)
			}
		}
		for _, v := range test.never {
			if Concerns(k.Versions, v) {
				t.Errorf("%s: %q concerns %s", test.name, k.Versions, v)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"autopurge.purgeinterval":       "autopurge.purgeInterval",
		"sever.1":                       "server.1",
		"server12":                      "server.12",
		"servers.3":                     "server.3",
		"wieght.2":                      "weight.2",
		"myserver.1":                    "server.1",
		"zookeeper.1":                   "",
		"maxClientConns":                "maxClientCnxns",
		"maxClientCnxn":                 "maxClientCnxns",
		"maxClientConnections":          "maxClientCnxns",
		"ssl.quorum.enable":             "sslQuorum",
		"quorum.trustStore.location":    "ssl.quorum.trustStore.location",
		"maxTimeToWaitForEpoch":         "leader.maxTimeToWaitForEpoch",
		"maxConcurrentSnapSyncs":        "leader.maxConcurrentSnapSyncs",
		"connectionMaxTokens":           "connection_throttle_tokens",
		"requestThrottleStallTime":      "request_throttle_stall_time",
		"throttledOpWaitTime":           "throttled_op_wait_time",
		"outstandingHandshake.limit":    "netty.server.outstandingHandshake.limit",
		"initlimit":                     "initLimit",
		"syncLimt":                      "syncLimit",
		"tickTmie":                      "tickTime",
		"tick.time":                     "tickTime",
		"datadir":                       "dataDir",
		"dataDirs":                      "dataDir",
		"keyStore.location":             "ssl.keyStore.location",
		"ssl.keystore.passwd":           "ssl.keyStore.password",
		"4lw.command.whitelist":         "4lw.commands.whitelist",
		"quorumListenOnAllIps":          "quorumListenOnAllIPs",
		"standalone.enabled":            "standaloneEnabled",
		"admin.enabledServer":           "admin.enableServer",
		"traceFile":                     "",
		"jaasLoginRenew":                "",
		"requireClientAuthScheme":       "",
		"com.example.audit.destination": "",
		"x":                             "",
		"":                              "",
	} {
		if got := KnownKeys().Nearest(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestReleased(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"3.4": true, "3.4.10": true, "3.4.14": true, "3.9.5": true, "3.9": true, "3.5.4-beta": true, "3.10": true, "3.4.5-cdh5.16": true,
		"3.4.15": false, "3.9.99": false, "3.3.6": false, "3.11": false, "4.0": false, "2.3.9": false, "3": false, "": false, "newest": false, "3.9.x": false,
	} {
		if Released(version) != want {
			t.Errorf("%q: %v", version, !want)
		}
	}
}
