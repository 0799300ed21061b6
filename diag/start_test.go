package diag

import (
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// How a server of a scene would be started.

// noConfig fails the look at the configuration, with what else is in its directory.
func noConfig(kind probe.FailureKind, beside ...string) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Config = probe.Failed[*zoocfg.Config](&probe.Failure{Kind: kind, Text: l.ConfigPath + ": " + string(kind)}, quick)
		l.MyID, l.DataDir, l.Data = probe.Obs[probe.MyID]{}, probe.Obs[bool]{}, probe.Obs[probe.Data]{}
		l.Resolved, l.Beside = nil, beside
	}
}

// byUnit is started by a unit, as user zookeeper (1000).
func byUnit(changes ...func(*probe.Unit)) func(*probe.Local) {
	return func(l *probe.Local) {
		l.Unit = &probe.Unit{
			Name: "zookeeper.service", File: "/etc/systemd/system/zookeeper.service", Config: "/etc/zookeeper/zoo.cfg",
			Script: "/opt/zookeeper/bin/zkServer.sh", User: "zookeeper",
			Credentials: probe.Saw(probe.Credentials{UID: 1000, Groups: []uint32{1000}}, quick),
		}
		for _, change := range changes {
			change(l.Unit)
		}
	}
}

// configMode sets the permissions of the configuration, of the directory that it is in,
// or of both.
func configMode(dir, file probe.Owner) func(*probe.Local) {
	return func(l *probe.Local) {
		l.ConfigAccess = probe.Saw(probe.Access{
			{Path: "/", Owner: probe.Owner{Mode: 0o755}},
			{Path: "/etc/zookeeper", Owner: dir},
			{Path: "/etc/zookeeper/zoo.cfg", Owner: file},
		}, quick)
	}
}

func ownedBy(uid, gid, mode uint32) probe.Owner { return probe.Owner{UID: uid, GID: gid, Mode: mode} }
