package change

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// confOf are the settings in force, as the server reported them; nil where it did not.
func confOf(s *snapshot.Server) settings {
	conf := s.Conf
	if !conf.Seen() {
		conf = s.Admin.Settings
	}
	if !conf.Seen() {
		return nil
	}
	c, out := &conf.Value, settings{}
	for key, n := range map[string]*int{
		"clientPort": c.ClientPort, "secureClientPort": c.SecureClientPort, "tickTime": c.TickTime,
		"minSessionTimeout": c.MinSessionTimeout, "maxSessionTimeout": c.MaxSessionTimeout,
		"maxClientCnxns": c.MaxClientCnxns, "clientPortListenBacklog": c.ListenBacklog,
		"initLimit": c.InitLimit, "syncLimit": c.SyncLimit, "electionAlg": c.ElectionAlg,
	} {
		if n != nil {
			out[key] = strconv.Itoa(*n)
		}
	}
	if c.ServerID != nil {
		out["serverId"] = strconv.FormatInt(*c.ServerID, 10)
	}
	for key, dir := range map[string]string{"dataDir": c.DataDir, "dataLogDir": c.DataLogDir} {
		if dir != "" {
			out[key] = dir
		}
	}
	return out
}

// filesOf are the configuration files of the hosts that looked.
func filesOf(snap *snapshot.Snapshot) map[place]settings {
	out := map[place]settings{}
	looks := snap.Vantages
	if looks == nil {
		looks = []*snapshot.Snapshot{snap}
	}
	for _, look := range looks {
		for i := range look.Local {
			l := &look.Local[i]
			if !l.Config.Seen() || l.Config.Value == nil {
				continue
			}
			c := l.Config.Value
			file := settings{}
			for _, p := range slices.Concat(c.Properties, c.DynamicProperties) {
				file[p.Key] = p.Value // the last one counts
			}
			out[place{look.Vantage.Host, cmp.Or(c.Path, l.ConfigPath)}] = file
		}
	}
	return out
}

// shown is a value as it may be shown: a yes or no, or a line of the list of members. Others may
// be secrets, and a snapshot that was written does not have them.
func shown(file settings, key string) string {
	value, has := file[key]
	if !has {
		return "(not set)"
	}
	switch strings.ToLower(value) {
	case "true", "false", "yes", "no":
		return value
	}
	if _, err := zoocfg.ParseServer(0, value); err == nil && strings.HasPrefix(key, "server.") {
		return value
	}
	return "(not shown)"
}

// confChanges compare what servers run with, one with itself.
func confChanges(before, after *Look) []report.Change {
	var out []report.Change
	each(before, after, func(b, a *server) {
		for _, key := range keys(b.conf, a.conf) {
			from, was := b.conf[key]
			to, is := a.conf[key]
			if was && is && from != to { // a key that only one version prints is no change
				out = append(out, report.Change{
					Kind: report.ConfigChanged, Servers: []string{a.name}, Key: key, From: from, To: to, Text: "conf",
				})
			}
		}
	})
	for _, at := range slices.SortedFunc(maps.Keys(after.files), func(a, b place) int {
		return cmp.Or(strings.Compare(a.host, b.host), strings.Compare(a.path, b.path))
	}) {
		was, read := before.files[at]
		file := after.files[at]
		for _, key := range keys(was, file) {
			from, had := was[key]
			to, has := file[key]
			if !read || had == has && from == to || from == withheld || to == withheld {
				continue
			}
			out = append(out, report.Change{
				Kind: report.ConfigChanged, Key: key, From: shown(was, key), To: shown(file, key), Text: at.path,
			})
		}
	}
	return out
}

// withheld stands in a snapshot for a value that was not kept.
const withheld = "(not kept)"

// memberChanges compare the lists of members that servers reported. Where all servers say the
// same, it is the ensemble's.
func memberChanges(before, after *Look) []report.Change {
	compared := 0
	var out []report.Change
	each(before, after, func(b, a *server) {
		if b.members == nil || a.members == nil || b.votersOnly != a.votersOnly {
			return
		}
		compared++
		for _, key := range keys(b.members, a.members) {
			c := report.Change{Servers: []string{a.name}, Key: key, From: b.members[key], To: a.members[key]}
			switch {
			case c.From == c.To:
				continue
			case c.From == "":
				c.Kind = report.MemberAdded
			case c.To == "":
				c.Kind = report.MemberRemoved
			default:
				c.Kind = report.MemberChanged
			}
			out = append(out, c)
		}
	})
	out = grouped(out)
	for i := range out {
		if len(out[i].Servers) == compared {
			out[i].Servers = nil
		}
	}
	return out
}

// keys are those of both, in order.
func keys(a, b settings) []string {
	return slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for key := range maps.Keys(a) {
			if !yield(key) {
				return
			}
		}
		for key := range maps.Keys(b) {
			if !yield(key) {
				return
			}
		}
	}))
}
