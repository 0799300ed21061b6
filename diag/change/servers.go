package change

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// each calls for every server that both checks asked, in the order of the later one.
func each(before, after *Look, call func(b, a *server)) {
	for i := range after.servers {
		if b := before.find(after.servers[i].name); b != nil {
			call(b, &after.servers[i])
		}
	}
}

// serverChanges are those of servers by themselves.
func serverChanges(before, after *Look) []report.Change {
	var out []report.Change
	for i := range after.servers {
		if s := &after.servers[i]; before.find(s.name) == nil {
			out = append(out, report.Change{Kind: report.ServerAdded, Servers: []string{s.name}, To: string(s.role)})
		}
	}
	for i := range before.servers {
		if s := &before.servers[i]; after.find(s.name) == nil {
			out = append(out, report.Change{Kind: report.ServerRemoved, Servers: []string{s.name}, From: string(s.role)})
		}
	}
	each(before, after, func(b, a *server) {
		moved := standing(before, after, b, a)
		if c := restart(before, b, a); c != nil {
			moved = append(moved, *c)
		} else if c := anew(before, after, b, a); c != nil && len(moved) == 0 {
			moved = append(moved, *c)
		}
		out = append(out, moved...)
	})
	return out
}

// standing is what became of a server: at most one change.
func standing(before, after *Look, b, a *server) []report.Change {
	c := report.Change{Servers: []string{a.name}, From: string(b.role), To: string(a.role)}
	switch {
	case b.serving == nil && a.serving == nil:
		return nil
	case a.serving == nil:
		c.Kind = report.ServerNotJudged
	case !*a.serving && (b.serving == nil || *b.serving):
		c.Kind = report.ServerWentOut
	case *a.serving && (b.serving == nil || !*b.serving):
		c.Kind, c.When = report.ServerBack, tookRole(before, a)
	case a.role == b.role || tellsLeader(before, after, a.name):
		return nil
	default:
		c.Kind = report.RoleChanged
		if *a.serving {
			c.When = tookRole(before, a)
		}
	}
	return []report.Change{c}
}

// tookRole is when a server took its role, where that was after the earlier check had begun.
func tookRole(before *Look, a *server) *time.Time {
	if a.since == nil || a.since.Before(before.began) {
		return nil
	}
	return a.since
}

// tellsLeader reports whether the change of the leader says what became of a server.
func tellsLeader(before, after *Look, name string) bool {
	return slices.Contains(before.leaders, name) != slices.Contains(after.leaders, name)
}

// restart finds another process: by its host, or by counters of the whole process that are
// less than they were in a role that it has taken since. By themselves they may have been reset:
// srst resets all of them and not the age (3.6+, ServerStats.reset).
func restart(before *Look, b, a *server) *report.Change {
	c := &report.Change{Kind: report.ServerRestarted, Servers: []string{a.name}}
	if b.process != nil && a.process != nil {
		if b.process.pid == a.process.pid {
			return nil
		}
		c.From, c.To = "pid "+strconv.Itoa(b.process.pid), "pid "+strconv.Itoa(a.process.pid)
		c.When = &a.process.started
		return c
	}
	if tookRole(before, a) == nil {
		return nil
	}
	for _, key := range processCounters() {
		was, had := b.counters[key]
		if is, has := a.counters[key]; had && has && is < was {
			return c
		}
	}
	return nil
}

// anew finds a server that has taken its role again, or whose counters began again, where
// nothing else says so.
func anew(before, after *Look, b, a *server) *report.Change {
	if !slices.Equal(before.leaders, after.leaders) || a.serving == nil || !*a.serving {
		return nil
	}
	if before.epoch != nil && after.epoch != nil && *before.epoch != *after.epoch {
		return nil // all of them have
	}
	if a.since != nil && b.since != nil {
		// An age that stands still is no age: it would look like a new role at each check.
		stands := a.since.Sub(*b.since) == after.began.Sub(before.began)
		if a.since.After(before.ended) && a.since.After(*b.since) && !stands {
			return &report.Change{
				Kind: report.ServerRejoined, Servers: []string{a.name},
				From: string(b.role), To: string(a.role), When: a.since,
			}
		}
	}
	if b.received != nil && a.received != nil && *a.received < *b.received {
		return &report.Change{Kind: report.CountersRestarted, Servers: []string{a.name}}
	}
	return nil
}

// leaderChanges are those of the leader, its epoch and the verdict.
func leaderChanges(before, after *Look) []report.Change {
	var out []report.Change
	if !slices.Equal(before.leaders, after.leaders) {
		c := report.Change{
			Kind: report.LeaderChanged, From: strings.Join(before.leaders, " "), To: strings.Join(after.leaders, " "),
		}
		if len(after.leaders) == 1 {
			a, b := after.find(after.leaders[0]), before.find(after.leaders[0])
			if a != nil {
				c.When = tookRole(before, a)
			}
			if a != nil && b != nil {
				c.TookMs = took(b, a)
			}
		}
		out = append(out, c)
	}
	if before.epoch != nil && after.epoch != nil && *before.epoch != *after.epoch {
		out = append(out, report.Change{
			Kind: report.EpochChanged, From: strconv.Itoa(int(*before.epoch)), To: strconv.Itoa(int(*after.epoch)),
		})
	}
	if before.moment.State != after.moment.State {
		out = append(out, report.Change{
			Kind: report.VerdictChanged, From: string(before.moment.State), To: string(after.moment.State),
		})
	}
	return out
}

// took is how long the one election in between took, in milliseconds; nil where there were more,
// or the server does not tell.
func took(b, a *server) *int64 {
	was, is := b.elections, a.elections
	if was == nil || is == nil || is.count-was.count != 1 || is.ms < was.ms {
		return nil
	}
	return new(int64(is.ms - was.ms))
}

// versionChanges are those of the releases that servers run.
func versionChanges(before, after *Look) []report.Change {
	var out []report.Change
	each(before, after, func(b, a *server) {
		if b.version != "" && a.version != "" && b.version != a.version {
			out = append(out, report.Change{
				Kind: report.VersionChanged, Servers: []string{a.name}, From: b.version, To: a.version,
			})
		}
	})
	return out
}
