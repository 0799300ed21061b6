package zoocfg

import (
	"math"
	"strings"
	"time"
)

// defaults are those of QuorumPeerConfig, and of the classes that read the
// system properties which zoo.cfg sets.
func defaults() Settings {
	return Settings{
		TickTime:                 Setting[int]{Value: 3000},
		MinSessionTimeout:        Setting[int]{Value: -1},
		MaxSessionTimeout:        Setting[int]{Value: -1},
		MaxClientCnxns:           Setting[int]{Value: 60},
		ElectionAlg:              Setting[int]{Value: 3},
		PeerType:                 Setting[Role]{Value: Participant},
		StandaloneEnabled:        Setting[bool]{Value: true},
		AutopurgeSnapRetainCount: Setting[int]{Value: 3},
		LeaderServes:             Setting[bool]{Value: true},
		ForceSync:                Setting[bool]{Value: true},
		AdminEnabled:             Setting[bool]{Value: true},
		AdminPort:                Setting[int]{Value: 8080},
		AdminAddress:             Setting[string]{Value: "0.0.0.0"},
		AdminCommandURL:          Setting[string]{Value: "/commands"},
		MetricsPort:              Setting[int]{Value: 7000},
	}
}

// fields says which key goes where; versions is the range that looks at the
// key in QuorumPeerConfig. What 3.4 does not know is a system property to it.
func fields(s *Settings) map[string]field {
	return map[string]field{
		"dataDir":                        text{&s.DataDir},
		"dataLogDir":                     text{&s.DataLogDir},
		"dynamicConfigFile":              text{&s.DynamicConfigFile},
		"tickTime":                       number{&s.TickTime, ""},
		"initLimit":                      number{&s.InitLimit, ""},
		"syncLimit":                      number{&s.SyncLimit, ""},
		"minSessionTimeout":              number{&s.MinSessionTimeout, ""},
		"maxSessionTimeout":              number{&s.MaxSessionTimeout, ""},
		"connectToLearnerMasterLimit":    number{&s.ConnectToLearnerMasterLimit, "3.6+"},
		"clientPort":                     number{&s.ClientPort, ""},
		"clientPortAddress":              text{&s.ClientPortAddress},
		"secureClientPort":               number{&s.SecureClientPort, "3.5+"},
		"secureClientPortAddress":        text{&s.SecureClientPortAddress},
		"observerMasterPort":             number{&s.ObserverMasterPort, "3.6+"},
		"maxClientCnxns":                 number{&s.MaxClientCnxns, ""},
		"maxCnxns":                       getInteger{&s.MaxCnxns},
		"client.portUnification":         property{&s.ClientPortUnification, onlyTrue},
		"electionAlg":                    number{&s.ElectionAlg, ""},
		"peerType":                       role{&s.PeerType},
		"quorumListenOnAllIPs":           strict{&s.QuorumListenOnAllIPs, ""},
		"standaloneEnabled":              strict{&s.StandaloneEnabled, "standalone mode"},
		"reconfigEnabled":                strict{&s.ReconfigEnabled, "reconfigEnabled flag"},
		"oraclePath":                     text{&s.OraclePath},
		"sslQuorum":                      strict{&s.SSLQuorum, ""},
		"portUnification":                strict{&s.PortUnification, ""},
		"quorum.auth.enableSasl":         strict{&s.QuorumSASL, ""},
		"quorum.auth.serverRequireSasl":  strict{&s.QuorumServerRequireSASL, ""},
		"quorum.auth.learnerRequireSasl": strict{&s.QuorumLearnerRequireSASL, ""},
		"multiAddress.enabled":           strict{&s.MultiAddress, ""},
		"autopurge.snapRetainCount":      number{&s.AutopurgeSnapRetainCount, ""},
		"autopurge.purgeInterval":        interval{&s.AutopurgePurgeInterval},
		"4lw.commands.whitelist":         text{&s.Whitelist},
		"leaderServes":                   property{&s.LeaderServes, unlessNo},
		"forceSync":                      property{&s.ForceSync, unlessNo},
		"admin.enableServer":             property{&s.AdminEnabled, unlessFalse},
		"admin.serverPort":               getInteger{&s.AdminPort},
		"admin.serverAddress":            text{&s.AdminAddress},
		"admin.commandURL":               text{&s.AdminCommandURL},
		"admin.portUnification":          property{&s.AdminPortUnification, onlyTrue},
		"admin.forceHttps":               property{&s.AdminForceHTTPS, onlyTrue},
		"metricsProvider.className":      text{&s.MetricsProvider},
		"metricsProvider.httpPort":       metricsPort{&s.MetricsPort},
		"localSessionsEnabled":           strict{new(Setting[bool]), ""},
		"localSessionsUpgradingEnabled":  strict{new(Setting[bool]), ""},
		"syncEnabled":                    strict{new(Setting[bool]), ""},
		"sslQuorumReloadCertFiles":       strict{new(Setting[bool]), ""},
		"jvm.pause.monitor":              strict{new(Setting[bool]), ""},
		"clientPortListenBacklog":        number{new(Setting[int]), "3.6+"},
		"quorum.cnxn.threads.size":       number{new(Setting[int]), ""},
	}
}

// place says where a setting was found; the value keeps its default.
func place[T any](r *reader, to *Setting[T], p Property) { to.Line, to.File = p.Line, r.file }

// text is any value.
type text struct{ to *Setting[string] }

func (f text) take(r *reader, p Property) {
	place(r, f.to, p)
	f.to.Value = p.Value
}

// number is read with Integer.parseInt.
type number struct {
	to       *Setting[int]
	versions string
}

func (f number) take(r *reader, p Property) {
	place(r, f.to, p)
	n, err := javaInt(p.Value)
	if err != nil {
		r.problem(p.Line, p.Key, err, f.versions)
		r.unreadable[p.Key] = true
		return
	}
	f.to.Value = n
}

// strict is a boolean of QuorumPeerConfig: until 3.6 anything but true is
// false, from 3.7 on anything else is fatal. Two keys, which have a name for
// it in the text, were strict from 3.5 on.
type strict struct {
	to   *Setting[bool]
	name string
}

func (f strict) take(r *reader, p Property) {
	place(r, f.to, p)
	f.to.Value = strings.EqualFold(p.Value, "true")
	if f.to.Value || strings.EqualFold(p.Value, "false") {
		return
	}
	if f.name != "" {
		r.problem(p.Line, p.Key, notABoolean(p.Value, f.name), "3.5-3.6")
	} else {
		key, _ := r.known.Find(p.Key)
		r.notUnderstood(p, readAsFalse, until36(key.Versions))
	}
	r.problem(p.Line, p.Key, notABoolean(p.Value, p.Key), "3.7+")
}

// until36 is a range from where that one begins, up to 3.6.
func until36(versions string) string {
	first, _, _ := strings.Cut(strings.TrimSuffix(versions, "+"), "-")
	switch first {
	case "":
		first = "3.4"
	case "3.6":
		return first
	}
	return first + "-3.6"
}

func notABoolean(value, name string) error {
	return fatal{NotABoolean, "Invalid option " + value + " for " + name + ". Choose 'true' or 'false.'"}
}

// property is a boolean that is read from a system property, without a check.
type property struct {
	to   *Setting[bool]
	read func(string) (value, known bool)
}

func (f property) take(r *reader, p Property) {
	place(r, f.to, p)
	value, known := f.read(p.Value)
	f.to.Value = value
	if !known {
		r.ignored(p)
	}
}

// unlessNo is how leaderServes (Leader) and forceSync (FileTxnLog) are read:
// nothing but a lower case "no" turns them off.
func unlessNo(text string) (value, known bool) { return text != "no", text == "no" || text == "yes" }

// unlessFalse is AdminServerFactory until 3.9; 3.10 reads it as onlyTrue.
func unlessFalse(text string) (value, known bool) {
	return text != "false", text == "false" || text == "true"
}

// getInteger is Integer.getInteger: what is no number leaves the default.
type getInteger struct{ to *Setting[int] }

func (f getInteger) take(r *reader, p Property) {
	place(r, f.to, p)
	n, err := decode(p.Value, 32)
	if err != nil {
		r.ignored(p)
		return
	}
	f.to.Value = int(n)
}

// metricsPort is read by PrometheusMetricsProvider alone, so that a bad value
// does no harm without it; see checkMetrics.
type metricsPort struct{ to *Setting[int] }

func (f metricsPort) take(r *reader, p Property) {
	place(r, f.to, p)
	if n, err := javaInt(p.Value); err == nil {
		f.to.Value = n
	}
}

// role is peerType.
type role struct{ to *Setting[Role] }

func (f role) take(r *reader, p Property) {
	place(r, f.to, p)
	value, err := parseRole(p.Value, p.Value)
	if err != nil {
		r.problem(p.Line, p.Key, err, "")
		return
	}
	f.to.Value = value
}

// interval is autopurge.purgeInterval: hours until 3.9, with or without a unit
// on 3.10 (Time.parseTimeInterval).
type interval struct{ to *Setting[time.Duration] }

func (f interval) take(r *reader, p Property) {
	place(r, f.to, p)
	if n, err := javaInt(p.Value); err == nil {
		f.to.Value = times(n, time.Hour)
		return
	}
	r.problem(p.Line, p.Key, numberFormat(p.Value), "3.4-3.9")
	lower := strings.ToLower(p.Value)
	for _, u := range []struct {
		suffix string
		unit   time.Duration
	}{{"ms", time.Millisecond}, {"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour}} {
		digits, found := strings.CutSuffix(lower, u.suffix)
		if !found {
			continue
		}
		n, err := javaInt(digits)
		if err != nil {
			r.problem(p.Line, p.Key, err, "3.10+")
			return
		}
		f.to.Value = times(n, u.unit)
		return
	}
	r.problem(p.Line, p.Key, fatal{text: "Illegal time interval suffix: " + p.Value}, "3.10+")
}

// times multiplies without overflow; a negative interval is none.
func times(n int, unit time.Duration) time.Duration {
	if n <= 0 {
		return 0
	}
	if time.Duration(n) > math.MaxInt64/unit {
		return math.MaxInt64
	}
	return time.Duration(n) * unit
}
