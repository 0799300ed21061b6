package diag

import (
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// counts sets keys of mntr: key, value, key, value.
func counts(pairs ...string) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		keys := s.Mntr.Value.Keys
		for i := 0; i < len(pairs); i += 2 {
			pair := snapshot.Pair{Key: pairs[i], Value: pairs[i+1]}
			at := -1
			for k := range keys {
				if keys[k].Key == pair.Key {
					at = k
				}
			}
			if at < 0 {
				keys = append(keys, pair)
			} else {
				keys[at] = pair
			}
		}
		s.Mntr.Value.Keys = keys
	}
}

// clocks are how far those of the first servers are ahead.
func clocks(ahead ...time.Duration) func(*snapshot.Snapshot) {
	return func(s *snapshot.Snapshot) {
		for i, by := range ahead {
			s.Servers[i].Admin.Clock = snapshot.Saw(by, quick)
		}
	}
}

// wrote sets the zxid.
func wrote(epoch, counter uint32) func(*snapshot.Server) {
	return func(s *snapshot.Server) { s.Srvr.Value.Zxid = snapshot.Zxid(uint64(epoch)<<32 | uint64(counter)) }
}

// runs sets the version.
func runs(version string) func(*snapshot.Server) {
	return func(s *snapshot.Server) {
		v, err := snapshot.ParseVersion(version)
		if err != nil {
			panic(err)
		}
		if s.Srvr.Seen() {
			s.Srvr.Value.Version = v
		}
		if s.Envi.Seen() {
			s.Envi.Value.Version = v
		}
	}
}

// set changes a setting in conf.
func set(change func(*snapshot.Conf, *int), value int) func(*snapshot.Server) {
	return func(s *snapshot.Server) { change(&s.Conf.Value, &value) }
}

func ticks(c *snapshot.Conf, v *int)   { c.TickTime = v }
func syncs(c *snapshot.Conf, v *int)   { c.SyncLimit = v }
func clients(c *snapshot.Conf, v *int) { c.MaxClientCnxns = v }
func longest(c *snapshot.Conf, v *int) { c.MaxSessionTimeout = v }

// blindNetwork are the blinds of every rule that needs an answer of a server.
func blindNetwork() []blind {
	return []blind{
		{"all unreachable", unseen(), report.SkipUnreachable},
		{"not looked at", unvisited(), report.SkipNotLooked},
	}
}

// stateRules are about what servers report in one look.
func stateRules() []rule {
	full := counts("zk_open_file_descriptor_count", "900", "zk_max_file_descriptor_count", "1000")
	differs := counts("zk_digest_mismatches_count", "3")
	return []rule{
		{
			ReadOnlyMode,
			[]fire{
				{"no quorum", look(readOnly, down, down), "critical proven zk1"},
				{"cut off, one look", look(follower, leader, readOnly), "info possible zk3"},
				{"cut off, two looks", look(follower, leader, readOnly).twice(), "warning proven zk3"},
			},
			[]alike{
				{"no quorum, and no reads", look(looking, down, down)},
				{"serving", look(follower, leader, follower)},
				{"an observer", look(follower, leader, follower, observer).observing(4)},
				{"a session of reads alone", look(follower, leader, but(silentServer, func(s *snapshot.Server) { s.Session.Value.ReadOnly = true }))},
			},
			blindNetwork(),
		},
		{
			DataDigestMismatch,
			[]fire{
				{"one server", look(follower, leader, but(follower, differs)), "critical likely zk3"},
				{"Prometheus's numbers", look(follower, leader, but(follower, counts("zk_digest_mismatches_count", "1.0"))), "critical likely zk3"},
			},
			[]alike{
				{"none", look(follower, leader, follower)},
				{"none, as Prometheus writes it", look(follower, leader, but(follower, counts("zk_digest_mismatches_count", "0.0")))},
			},
			append(blindNetwork(),
				blind{"3.4 counts none", look(follower, leader, follower).as(oldest), report.SkipNotReported},
				blind{"mntr is not allowed", look(but(follower, whitelisted), but(leader, whitelisted)), report.SkipNotReported},
				blind{"mntr was cut short", look(but(follower, noWords), but(leader, noWords)), report.SkipNotLooked},
			),
		},
		{
			ZxidRolloverNear,
			[]fire{
				{"the leader's", look(but(follower, wrote(7, 0xF0000000)), but(leader, wrote(7, 0xF0000001)), follower), "warning proven zk2"},
				{"the leader was not seen", look(but(follower, wrote(7, 0xF0000001)), gone, follower), "warning likely zk1"},
			},
			[]alike{
				{"at the limit", look(follower, but(leader, wrote(7, 0xF0000000)), follower)},
				{"followers that saw no write since the election", look(but(follower, wrote(7, 0xF0000001)), but(leader, wrote(8, 0)), follower)},
				{"standalone", look(but(standalone, wrote(7, 0xF0000001)))},
				{"-1: a server without data", look(but(follower, wrote(0xFFFFFFFF, 0xFFFFFFFF)), but(leader, wrote(7, 5)), follower)},
				{"read-only, of the epoch before", look(but(readOnly, wrote(7, 0xF0000001)), leader, follower)},
			},
			[]blind{
				{"all unreachable", unseen(), report.SkipNotReported},
				{"no quorum", look(looking, looking, looking), report.SkipNotReported},
				{"read-only", look(but(readOnly, wrote(7, 0xF0000001)), down, down), report.SkipNotReported},
			},
		},
		{
			FDLimitNear,
			[]fire{
				{"90 %", look(follower, leader, but(follower, full)), "warning proven zk3"},
				{"3.4", look(follower, leader, but(follower, full)).as(oldest), "warning proven zk3"},
				{"standalone", look(but(standalone, full)), "warning proven zk1"},
			},
			[]alike{
				{"few", look(follower, leader, follower)},
				{"85 %", look(follower, leader, but(follower, counts("zk_open_file_descriptor_count", "850", "zk_max_file_descriptor_count", "1000")))},
			},
			append(blindNetwork(),
				blind{"Java cannot tell", look(but(standalone, counts("zk_open_file_descriptor_count", "-1", "zk_max_file_descriptor_count", "-1"))), report.SkipNotReported},
				blind{"mntr is not allowed", look(but(standalone, whitelisted)), report.SkipNotReported},
				blind{"no quorum", look(looking, looking, looking), report.SkipNotReported},
			),
		},
	}
}

// TestRolloverForecast: two looks tell when the epoch is used up.
func TestRolloverForecast(t *testing.T) {
	t.Parallel()
	const left = 180000
	now := look(follower, but(leader, wrote(7, 0xFFFFFFFF-left)), follower)
	for name, c := range map[string]struct {
		before scene
		want   string
	}{
		"1,000 a second": {look(follower, but(leader, wrote(7, 0xFFFFFFFF-left-3000)), follower), "1000 transactions a second: used up in less than an hour"},
		"1 a second":     {look(follower, but(leader, wrote(7, 0xFFFFFFFF-left-3)), follower), "1 transactions a second: used up in 2 days"},
		"another epoch":  {look(follower, but(leader, wrote(6, 5)), follower), ""},
		"no write":       {now, ""},
	} {
		var got []string
		for _, f := range now.after(c.before).report().Findings {
			for _, e := range f.Evidence {
				if f.Code == ZxidRolloverNear && strings.Contains(e.Value, "used up") {
					got = append(got, e.Value)
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// shapeRules are about how the ensemble is built.
func shapeRules() []rule {
	wild := func(id int) string {
		lines := append([]string{}, three...)
		lines[id-1] = strings.Replace(lines[id-1], "=zk", "=0.0.0.0#", 1)
		lines[id-1] = strings.Replace(lines[id-1], "#"+string(rune('0'+id)), "", 1)
		return strings.Join(append(lines, "version=0"), "\n")
	}
	old := runs("3.5.6")
	two := look(follower, leader)
	four := look(follower, leader, follower, follower)
	weights := look(follower, leader, follower, follower).membership(
		"server.1=zk1:2888:3888:participant", "server.2=zk2:2888:3888:participant", "server.3=zk3:2888:3888:participant",
		"server.4=zk4:2888:3888:participant", "group.1=1:2", "group.2=3:4", "weight.1=1", "weight.2=1", "weight.3=1", "weight.4=1")
	return []rule{
		{
			WildcardSelfAddr,
			[]fire{
				{"3.5.6, by conf", look(but(follower, lists(wild(1)), old), but(leader, old), but(follower, old)), "warning proven zk1"},
				{"3.5.6 of a vendor", look(but(follower, lists(wild(1)), runs("3.5.6.1-20--1")), but(leader, old), but(follower, old)), "warning likely zk1"},
				{"3.5.6, IPv6", look(but(follower, lists(strings.Replace(wild(1), "0.0.0.0", "[::]", 1)), old), but(leader, old), but(follower, old)), "warning proven zk1"},
				{"3.5.6, it does not serve, by its file", look(follower, leader, but(looking, old)).onWith(3, zoo(2, "server.3=0.0.0.0:2888:3888")), "warning likely zk3"},
				{"it costs the quorum", look(but(looking, old), down, down).onWith(1, zoo(0, "server.1=0.0.0.0:2888:3888", "server.2=zk2:2888:3888", "server.3=zk3:2888:3888")), "critical likely zk1"},
			},
			[]alike{
				{"3.9 ignores it", look(but(follower, lists(wild(1))), leader, follower)},
				{"3.5.8 ignores it", look(but(follower, lists(wild(1)), runs("3.5.8")), leader, follower)},
				{"3.4 sends none", look(but(follower, lists(wild(1)), runs("3.4.14")), leader, follower)},
				{"a peer's line", look(but(follower, lists(wild(2)), old), but(leader, old), but(follower, old))},
				{"its own address", look(but(follower, old), but(leader, old), but(follower, old))},
				{"standalone", look(but(standalone, old))},
			},
			append(blindNetwork(),
				blind{"3.5.6 without conf", look(but(follower, old, whitelisted), but(leader, old, whitelisted)), report.SkipNotReported},
			),
		},
		knownBadRule(),
		{
			ClockSkew,
			[]fire{
				{"one of three", look(follower, leader, follower).edit(clocks(0, 0, 10*time.Second)).twice(), "info proven zk3"},
				{"one of three, much", look(follower, leader, follower).edit(clocks(-2*time.Minute, 0, 0)).twice(), "warning proven zk1"},
				{"all ahead of this host, and one more", look(follower, leader, follower).edit(clocks(time.Hour, time.Hour, time.Hour+6*time.Second)).twice(), "info proven zk3"},
				{"in one check", look(follower, leader, follower).edit(clocks(0, 0, time.Minute)), "info likely zk3"},
				{"a cache repeats it", look(follower, leader, follower).edit(clocks(0, 0, -13*time.Second)).after(look(follower, leader, follower).edit(clocks(0, 0, -10*time.Second))), "info likely zk3"},
				{"two that tell, and none is right", look(follower, leader, down).edit(clocks(0, 7*time.Second)).twice(), "info proven zk1 zk2"},
			},
			[]alike{
				{"alike", look(follower, leader, follower).edit(clocks(0, 0, 0))},
				{"this host is wrong", look(follower, leader, follower).edit(clocks(time.Hour, time.Hour, time.Hour))},
				{"no more than the look took", look(follower, leader, follower).edit(clocks(0, 0, 8*time.Second)).edit(func(s *snapshot.Snapshot) { s.Servers[2].Admin.Clock.Took = 4 * time.Second })},
				{"seconds", look(follower, leader, follower).edit(clocks(0, 2*time.Second, -3*time.Second))},
			},
			append(blindNetwork(),
				blind{"no AdminServer was asked", healthy(), report.SkipNotReported},
				blind{"one told", healthy().edit(clocks(time.Hour)), report.SkipNotReported}),
		},
		{
			VersionMixed,
			[]fire{
				{"half an upgrade", look(but(follower, runs("3.8.6")), leader, follower), "info proven zk1 zk2 zk3"},
				{"one without a quorum tells by envi", look(follower, leader, but(looking, runs("3.8.6"))), "info proven zk1 zk2 zk3"},
			},
			[]alike{
				{"all alike", look(follower, leader, follower)},
				{"another build of the same", look(but(follower, runs("3.9.5-abc, built on 2026-01-01")), leader, follower)},
				{"a standalone server is no member", look(follower, leader, but(standalone, runs("3.4.14")))},
				{"standalone", look(standalone)},
			},
			append(blindNetwork(), blind{"one tells", look(follower, gone, gone), report.SkipNotReported}),
		},
		{
			ConfigDrift,
			[]fire{
				{"syncLimit", look(follower, leader, but(follower, set(syncs, 50))), "warning proven zk3"},
				{"3.4", look(follower, leader, but(follower, set(syncs, 50))).as(oldest), "warning proven zk3"},
				{"no two alike", look(but(follower, set(ticks, 1)), but(leader, set(ticks, 2)), but(follower, set(ticks, 3))), "warning proven zk1 zk2 zk3"},
				{"what clients get", look(follower, leader, but(follower, set(clients, 0), set(longest, 90000))), "info proven zk3"},
			},
			[]alike{
				{"all alike", look(follower, leader, follower)},
				{"an observer is more patient", look(follower, leader, follower, but(observer, set(syncs, 50))).observing(4)},
				{"another port", look(follower, leader, but(follower, at("zk3", "192.0.2.3", 2182)))},
				{"standalone", look(standalone)},
				{"a standalone server has settings of its own", look(follower, leader, but(standalone, set(ticks, 9)))},
			},
			append(blindNetwork(),
				blind{"conf is not allowed", look(but(follower, whitelisted), but(leader, whitelisted)), report.SkipNotReported},
				blind{"one tells", look(follower, gone, gone), report.SkipNotReported},
			),
		},
		{
			EvenOrTinyEnsemble,
			[]fire{
				{"two, and an oracle may be there", two, "info possible"},
				{"two, before there were oracles", look(follower, leader).as("3.7.2"), "warning proven"},
				{"two, by the file", look(follower, but(leader, insync(1))).as(oldest).file(zoo(2)), "warning likely"},
				{"two, and their file has no oracle", look(follower, leader).on(1), "warning proven"},
				{"four", four, "info proven"},
				{"four, and an oracle, which has a say with two", four.on(1).onWith(2, zoo(4, "oraclePath=/var/oracle")), "info proven"},
				{"four, one is out", look(follower, leader, follower, down), "info proven"},
			},
			[]alike{
				{"three", look(follower, leader, follower)},
				{"three and an observer", look(follower, leader, follower, observer).observing(4)},
				{"standalone", look(standalone)},
				{"standalone, by its file", look(standalone).onWith(1, zoo(1))},
			},
			[]blind{
				{"two were named, and none tells", look(follower, leader).as(oldest), report.SkipNotReported},
				{"groups", weights, report.SkipUndecided},
				{"two lists", look(but(follower, lists(three[0]+"\n"+three[1]+"\nversion=0")), but(leader, lists(three[0]+"\n"+three[1]+"\nversion=0")), follower), report.SkipUndecided},
				{"all unreachable", unseen(), report.SkipNotReported},
			},
		},
	}
}
