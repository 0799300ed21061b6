package render

import (
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// roleWord is the role as people say it; the leader stands out without colour.
func roleWord(s *report.ServerView) string {
	r := strings.ReplaceAll(clean(string(s.Role), 14), "-", " ")
	switch {
	case s.Role == report.ReadOnly:
		r = "read-only"
	case s.Inferred:
		return r + "?"
	case s.Role == report.Leader:
		return "LEADER"
	case s.Role == "":
		return string(report.RoleUnknown)
	}
	return r
}

func zxidWord(s *report.ServerView) string {
	return known(s.Zxid, func(zxid string) string { return clean(zxid, 20) })
}

// upWord is how long the process has run, inRoleWord how long ago the server took its role.
func upWord(s *report.ServerView) string {
	if s.UptimeOf == "election" {
		return ""
	}
	return known(s.UptimeSeconds, age)
}

func inRoleWord(s *report.ServerView) string {
	if s.UptimeOf != "election" {
		return ""
	}
	return known(s.UptimeSeconds, age)
}

// receivedWord is how many packets a server gets a second, transactionsWord how many
// transactions the leader makes.
func (p *phrases) receivedWord(s *report.ServerView) string {
	return p.rateWord(s, func(r *report.Rate) *float64 { return r.Received })
}

func (p *phrases) transactionsWord(s *report.ServerView) string {
	return p.rateWord(s, func(r *report.Rate) *float64 { return r.Transactions })
}

func (p *phrases) rateWord(s *report.ServerView, of func(*report.Rate) *float64) string {
	for i := range p.rates {
		if p.rates[i].Server == s.Name {
			return known(of(&p.rates[i]), func(n float64) string { return millis(&n) })
		}
	}
	return ""
}

// lagWord is how many transactions a server is behind its leader.
func lagWord(s *report.ServerView) string {
	return known(s.Lag, func(n int64) string { return itoa(n) + " txn" })
}

// known is a value as shown, empty when it is not known.
func known[T any](v *T, shown func(T) string) string {
	if v == nil {
		return ""
	}
	return shown(*v)
}

func latencyWord(s *report.ServerView) string {
	if s.LatencyAvgMs == nil && s.LatencyMaxMs == nil {
		return ""
	}
	return millis(s.LatencyAvgMs) + " / " + millis(s.LatencyMaxMs) + " ms"
}

// portWord is what a port column shows.
func portWord(v report.PortView) string {
	switch s := v.State; s {
	case report.PortOpen:
		switch v.Speaks {
		case "tls":
			return "TLS"
		case "both":
			return "TLS, plain"
		}
		return "open"
	case report.PortNotExpected:
		return "-"
	case report.PortNotProbed, "":
		return "?"
	default:
		return clean(string(s), 12)
	}
}

// legend explains the words of the table that do not explain themselves, "-" too
// where nothing is to be left out.
func (p *phrases) legend(whole bool) []string {
	seen := map[report.PortState]bool{}
	for _, s := range p.r.Servers {
		for _, v := range []report.PortView{s.Ports.Client, s.Ports.Quorum, s.Ports.Election} {
			seen[v.State] = true
		}
	}
	var words []string
	for _, w := range []struct {
		state report.PortState
		means string
	}{
		{report.PortFiltered, "filtered = no reply in time (firewall, route or host down)"},
		{report.PortUnreachable, "unreachable = the network has no route there"},
		{report.PortSilent, "silent = accepts connections, sends no answer"},
	} {
		if seen[w.state] {
			words = append(words, w.means)
		}
	}
	if whole && seen[report.PortNotExpected] {
		words = append(words, "- = closed as expected (only the leader opens it)")
	}
	if seen[report.PortNotProbed] && len(words) > 0 {
		words = append(words, "? = not checked")
	}
	return words
}

// otherEpoch says why the lag is 0 beside another zxid than the leader's, where that is so; empty elsewhere.
func (p *phrases) otherEpoch() string {
	leader, follows := uint64(0), false
	for i := range p.r.Servers {
		if s := &p.r.Servers[i]; s.Role == report.Leader && leader == 0 {
			leader = epochOf(s.Zxid)
		}
	}
	for i := range p.r.Servers {
		s := &p.r.Servers[i]
		follows = follows || s.Lag != nil && *s.Lag == 0 && s.Zxid != nil && leader > 0 && epochOf(s.Zxid) < leader
	}
	if !follows {
		return ""
	}
	return "0 txn at another zxid = nothing is written yet in the leader's new epoch"
}

// epochOf is the upper half of a zxid; 0 where there is none.
func epochOf(zxid *string) uint64 {
	if zxid == nil {
		return 0
	}
	n, _ := strconv.ParseUint(*zxid, 0, 64)
	return n >> 32
}

// nameClass keeps room for a long name.
func nameClass(s *report.ServerView) string {
	if len(s.Name) > longName {
		return "name long"
	}
	return "name"
}

// roleClass makes servers that do not work stand out, and those of which that is
// not known otherwise.
func roleClass(s *report.ServerView) string {
	switch s.Role {
	case report.NotServing, report.RoleDown, report.ReadOnly:
		return "role bad"
	case report.RoleUnknown, "":
		return "role unsure"
	default:
		return "role"
	}
}

// portClass makes a port stand out that is closed and should not be, and one of
// which that is not known otherwise.
func portClass(s report.PortState) string {
	switch s {
	case report.PortOpen, report.PortNotExpected, report.PortNotProbed, "":
		return "port"
	case report.PortFiltered, report.PortUnreachable:
		return "port unsure"
	default:
		return "port bad"
	}
}
