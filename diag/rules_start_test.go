package diag

import "github.com/zkdoctor/zkdoctor/probe"

func startRules() []rule {
	missing := &probe.Failure{Kind: probe.Absent, Text: "/srv/zoo.cfg: no such file or directory"}
	ok, closed := ownedBy(0, 0, 0o755), ownedBy(0, 0, 0o600)
	named := func(keys ...string) func(*probe.Local) {
		return func(l *probe.Local) { l.Named = &probe.NamedConfig{Path: "/root/zoo.cfg", Keys: keys} }
	}
	return []rule{
		{
			ConfigNotLoaded,
			[]fire{
				{"missing", out().on(3, stopped, noConfig(probe.Absent, "zoo_sample.cfg")), "warning likely zk3"},
				{"missing, and its log says so", out().on(3, stopped, noConfig(probe.Absent), logs(probe.LogConfigInvalid)), "warning proven zk3"},
				{"a directory", out().on(3, stopped, noConfig(probe.Protocol)), "warning likely zk3"},
				{"quorum lost", look(down, looking, down).on(3, stopped, noConfig(probe.Absent)), "critical likely zk3"},
				{"gone under a running server", healthy().on(3, noConfig(probe.Absent)), "warning proven zk3"},
				{"the unit leads to another", out().on(3, stopped, byUnit(func(u *probe.Unit) { u.Config, u.ConfigFailure = "/srv/zoo.cfg", missing })), "warning likely zk3"},
				{"its user may not read it", out().on(3, stopped, byUnit(), configMode(ok, closed)), "warning proven zk3"},
				{"its user may not enter the directory", out().on(3, stopped, byUnit(), configMode(ownedBy(0, 0, 0o700), ok)), "warning proven zk3"},
				{"its own, without r", out().on(3, stopped, byUnit(), configMode(ok, ownedBy(1000, 0, 0o044))), "warning proven zk3"},
				{"closed under a running server", healthy().on(3, configMode(ok, closed)), "warning proven zk3"},
				{"another was named", healthy().on(3, named("server.3", "tickTime")), "info proven zk3"},
			},
			[]alike{
				{"there", out().on(3, stopped)},
				{"there, for its user", out().on(3, stopped, byUnit(), configMode(ok, ownedBy(0, 1000, 0o640)))},
				{"root reads all", out().on(3, stopped, byUnit(func(u *probe.Unit) { u.Credentials.Value.WritesAll = true }), configMode(ok, closed))},
				{"a process that reads all", healthy().on(3, runsAs(0, true), configMode(ok, closed))},
				{"nobody says whom it runs as", out().on(3, stopped, configMode(ok, closed))},
				{"another server's unit", out().on(3, stopped, byUnit(func(u *probe.Unit) { u.Config = "/srv/zoo.cfg" }), configMode(ok, closed))},
				{"a left-over unit beside a running server", healthy().on(3, byUnit(func(u *probe.Unit) { u.Config, u.ConfigFailure = "/srv/zoo.cfg", missing }))},
				{"a container's users are its own", healthy().on(3, contained)},
			},
			[]blind{
				noLocal(), denied(),
				{"without a file", healthy().on(3, noConfig(probe.Absent), func(l *probe.Local) { l.ConfigPath = "" }), SkipUndecided},
				{"an unknown user", out().on(3, stopped, byUnit(func(u *probe.Unit) {
					u.Credentials = probe.Failed[probe.Credentials](&probe.Failure{Kind: probe.Absent, Text: "no such user"}, quick)
				}), configMode(ok, closed)), SkipUndecided},
				{"perhaps an access list", out().on(3, stopped, byUnit(), configMode(ok, ownedBy(0, 0, 0o640))), SkipUndecided},
			},
		},
	}
}
