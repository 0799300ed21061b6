package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Several files of one ensemble: what differs that must not. The first file of an ensemble is
// what the others are held against.

// File is a configuration, and what is known beside it.
type File struct {
	*zoocfg.Config
	Options
}

// All judges several configurations, each by itself and those of one ensemble by each other.
func All(files []File) []*Report {
	differ := differences(files)
	reports := make([]*Report, len(files))
	for i, f := range files {
		reports[i] = judge(&subject{Config: f.Config, Options: f.Options, first: firstVersion(f.Config)}, differ[i])
	}
	return reports
}

// differences are the remarks on each file.
func differences(files []File) [][]Remark {
	all, firstWith := make([][]Remark, len(files)), map[identity]int{}
	for i := range files {
		first := i
		for _, id := range identities(files[i].Config) {
			if j, known := firstWith[id]; known {
				first = min(first, j)
			} else {
				firstWith[id] = i
			}
		}
		if first < i {
			all[i] = files[first].against(&files[i])
		}
	}
	return all
}

// identity is what two files have in common that are of one ensemble: the id of a member, and a
// host that both know by the same name.
type identity struct {
	id   int64
	host string
}

func identities(c *zoocfg.Config) []identity {
	var all []identity
	for i := range c.Servers {
		m := &c.Servers[i]
		for _, at := range m.Addresses {
			if !IsWildcard(m) && !isLoopback(at.Host) {
				all = append(all, identity{m.ID, canonical(at.Host)})
			}
		}
	}
	return all
}

// against is what a file has otherwise than f.
func (f *File) against(other *File) []Remark {
	return slices.Concat(f.members(other), f.limits(other), f.security(other))
}

// name is how a remark on another file calls this one.
func (f *File) name() string {
	return strings.TrimSpace(f.Path + " " + f.Object)
}

const differs = "differs"

// members: each server elects and counts by its own list (FastLeaderElection, QuorumMaj).
func (f *File) members(other *File) []Remark {
	var all []Remark
	say := func(r Remark, found, why string) {
		r.Rule, r.Found = differs, found
		all = append(all, r.say("the same list of servers in all files", why)...)
	}
	for i := range other.Servers {
		m := &other.Servers[i]
		r := about(m, report.Warning)
		was := f.Find(m.ID)
		switch {
		case was == nil:
			say(r, fmt.Sprintf("%s, which %s does not have", serverKey(m), f.name()),
				"Servers with different lists count a quorum differently, and may elect two leaders.")
		case was.Role != m.Role:
			say(r, fmt.Sprintf("%s, %s in %s", m.Role, was.Role, f.name()),
				"Servers that disagree on which servers vote count a quorum differently.")
		case !sameSockets(was, m):
			say(r, fmt.Sprintf("%s, %s in %s", withoutComment(m.Raw), withoutComment(was.Raw), f.name()),
				"This server is not reached at one of the two addresses.")
		}
	}
	for i := range f.Servers {
		if m := &f.Servers[i]; other.Find(m.ID) == nil {
			say(Remark{Severity: report.Warning, Key: serverKey(m)}, fmt.Sprintf("no %s, which %s has", serverKey(m), f.name()),
				"Servers with different lists count a quorum differently, and may elect two leaders.")
		}
	}
	return all
}

// sameSockets reports whether two lines of a server can be one: a server's own line may be
// a wildcard or a loopback address, and a name may stand for an address or for a longer name.
func sameSockets(a, b *zoocfg.Server) bool {
	if len(a.Addresses) != len(b.Addresses) {
		return false
	}
	for i, one := range a.Addresses {
		two := b.Addresses[i]
		if one.QuorumPort != two.QuorumPort || one.ElectionPort != two.ElectionPort || !sameHost(one.Host, two.Host) {
			return false
		}
	}
	return true
}

func sameHost(a, b string) bool {
	if own := func(h string) bool { return isWildcard(h) || isLoopback(h) }; own(a) || own(b) {
		return true
	}
	if isAddress(a) != isAddress(b) {
		return true // a name, and what it may stand for
	}
	a, b = canonical(a), canonical(b)
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// limits: LearnerHandler and Learner count ticks of their own.
func (f *File) limits(other *File) []Remark {
	var all []Remark
	for _, l := range []struct {
		key      string
		one, two zoocfg.Setting[int]
	}{
		{"tickTime", f.TickTime, other.TickTime},
		{"initLimit", f.InitLimit, other.InitLimit},
		{"syncLimit", f.SyncLimit, other.SyncLimit},
	} {
		if l.one.Value == l.two.Value {
			continue
		}
		r := setting(l.key, l.two, report.Warning)
		r.Rule, r.Found = differs, fmt.Sprintf("%d, %d in %s", l.two.Value, l.one.Value, f.name())
		all = append(all, r.say("one value in all files", "The leader and its followers then wait for each other for different times.")...)
	}
	return all
}

// security: peers that speak TLS, and peers that do not (QuorumPeer, UnifiedServerSocket), or
// ask for SASL (SaslQuorumAuthServer).
func (f *File) security(other *File) []Remark {
	var all []Remark
	both := f.PortUnification.Value && other.PortUnification.Value
	if f.SSLQuorum.Value != other.SSLQuorum.Value && !both {
		r := setting("sslQuorum", other.SSLQuorum, report.Warning)
		r.Rule, r.Found = differs, fmt.Sprintf("%t, %t in %s", other.SSLQuorum.Value, f.SSLQuorum.Value, f.name())
		all = append(all, r.say("one value in all files, or portUnification=true in all while it changes",
			"Servers with TLS and servers without cannot connect to each other.")...)
	}
	if f.QuorumServerRequireSASL.Value && !other.QuorumSASL.Value ||
		other.QuorumServerRequireSASL.Value && !f.QuorumSASL.Value {
		r := setting("quorum.auth.enableSasl", other.QuorumSASL, report.Warning)
		r.Rule, r.Found = differs, fmt.Sprintf("%t, %t in %s", other.QuorumSASL.Value, f.QuorumSASL.Value, f.name())
		all = append(all, r.say("quorum.auth.enableSasl=true in all files",
			"One of them requires SASL of its peers, and the other does not speak it.")...)
	}
	return all
}
