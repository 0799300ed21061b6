package render

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// ages are the releases that servers run, how long ago the last election was, and the ages of
// processes: what to compare before and after a restart. Where something is wrong, which matters
// more, they are the releases alone. Empty where nothing of it is known.
func (p *phrases) ages() string {
	if p.wrong() {
		return sentences(p.releases())
	}
	return sentences(p.releases(), p.elected(), p.processAges())
}

// wrong reports whether there is more to show than what is fine.
func (p *phrases) wrong() bool {
	_, full, also, _, _ := p.sorted()
	return !p.o.All && len(full)+len(also)+len(p.r.Unexplained) > 0
}

// sentences ends each part that is not empty with a full stop.
func sentences(all ...string) string {
	var parts []string
	for _, part := range all {
		if part != "" {
			parts = append(parts, part+".")
		}
	}
	return strings.Join(parts, " ")
}

// releases are those of the servers: one for all, or each with its servers.
func (p *phrases) releases() string {
	var all []string
	on := map[string][]string{}
	for i := range p.r.Servers {
		s := &p.r.Servers[i]
		if s.Version == nil {
			continue
		}
		product := s.Product
		if product == "" {
			product = "ZooKeeper"
		}
		v := clean(product, maxWord) + " " + clean(*s.Version, maxWord)
		if on[v] == nil {
			all = append(all, v)
		}
		on[v] = append(on[v], s.Name)
	}
	if len(all) == 1 && len(on[all[0]]) == len(p.r.Servers) {
		return all[0]
	}
	slices.Sort(all)
	for i, v := range all {
		all[i] = v + " (" + p.capServers(on[v]) + ")"
	}
	return strings.Join(all, ", ")
}

// elected is how long ago the last election was: its winner has led since then.
func (p *phrases) elected() string {
	if p.o.Deterministic {
		return ""
	}
	for i := range p.r.Servers {
		s := &p.r.Servers[i]
		if s.Role == report.Leader && s.UptimeOf == "election" && s.UptimeSeconds != nil {
			return "Last election " + ageLong(*s.UptimeSeconds) + " ago"
		}
	}
	return ""
}

// processAges are the ages of the processes that were seen on their hosts.
func (p *phrases) processAges() string {
	if p.o.Deterministic {
		return ""
	}
	var all []string
	for i := range p.r.Servers {
		if s := &p.r.Servers[i]; s.ProcessSeconds != nil && p.cap(len(all)+1, maxServers) > len(all) {
			all = append(all, p.names.of(s.Name)+" "+ageLong(*s.ProcessSeconds))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "Age of processes: " + strings.Join(all, ", ")
}
