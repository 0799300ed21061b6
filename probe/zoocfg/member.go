package zoocfg

import (
	"fmt"
	"strings"
)

// takeMember reads one server.N, group.N or weight.N of a file. 3.5+ reads the
// value as it stands (QuorumMaj, QuorumHierarchical), 3.4 trims it first.
func (r *reader) takeMember(p Property) {
	p.Key = javaTrim(p.Key)
	id, err := memberID(p.Key)
	if err != nil {
		r.problem(p.Line, p.Key, err, "")
		return
	}
	trimmed := javaTrim(p.Value)
	switch kindOf(p.Key) {
	case serverKey:
		r.takeServer(id, p, trimmed)
	case groupKey:
		members, err := parseGroup(trimmed)
		_, rawErr := parseGroup(p.Value)
		r.refuseBlanks(p, err, rawErr)
		if err == nil {
			r.takeGroup(Group{ID: id, Members: members, Line: p.Line, File: r.file}, p.Key)
		}
	case weightKey:
		weight, err := javaLong(trimmed)
		_, rawErr := javaLong(p.Value)
		r.refuseBlanks(p, err, rawErr)
		if err == nil {
			r.config.setWeight(id, weight)
		}
	case otherKey: // no member, and not taken for one
	}
}

// refuseBlanks reports what 3.4 says of the trimmed value and later versions of
// the whole one.
func (r *reader) refuseBlanks(p Property, trimmed, raw error) {
	switch {
	case trimmed != nil && trimmed.Error() == raw.Error():
		r.problem(p.Line, p.Key, raw, "")
		return
	case trimmed != nil:
		r.problem(p.Line, p.Key, trimmed, "3.4")
	}
	if raw != nil {
		r.problem(p.Line, p.Key, raw, "3.5+")
	}
}

func (r *reader) takeGroup(g Group, key string) {
	refused := false
	for _, id := range g.Members {
		if r.grouped[id] && !refused {
			refused = true // ZooKeeper stops here
			r.problem(g.Line, key, fatal{BadGroups, fmt.Sprintf("Server %dis in multiple groups", id)}, "")
		}
		r.grouped[id] = true
	}
	r.config.Groups = append(r.config.Groups, g)
}

// takeServer keeps a server when any version would, and says which would not.
func (r *reader) takeServer(id int64, p Property, trimmed string) {
	kept, ok := Server{}, false
	all := forms()
	refusals := make([]error, len(all))
	for i, form := range all {
		value := p.Value
		if i == 0 {
			value = trimmed
		}
		server, err := form.parse(id, value)
		if err != nil {
			refusals[i] = err
			continue
		}
		kept, ok = server, true
		if i == 0 && server.Addresses[0].ElectionPort == 0 {
			r.noElection = append(r.noElection, Server{ID: id, Role: server.Role, Line: p.Line})
		}
	}
	r.refuse(p, all, refusals)
	if server, err := ParseServer(id, trimmed); err == nil {
		kept, ok = server, true
	}
	if !ok {
		return
	}
	if len(kept.Addresses) > 1 {
		r.note(Note{
			Kind: NoteMultiAddress, Line: p.Line, Key: p.Key, Versions: "3.6+",
			Text: "several addresses need -Dzookeeper.multiAddress.enabled=true in SERVER_JVMFLAGS",
		})
	}
	kept.Line, kept.File, kept.Raw = p.Line, r.file, p.Value
	r.config.Servers = append(r.config.Servers, kept)
}

// refuse reports the errors of the forms, one Problem for neighbours that say
// the same.
func (r *reader) refuse(p Property, all []form, refusals []error) {
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && sameText(refusals[end], refusals[i]) {
			end++
		}
		if refusals[i] != nil {
			r.problem(p.Line, p.Key, refusals[i], span(all[i].versions, all[end-1].versions))
		}
		i = end
	}
}

func sameText(a, b error) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Error() == b.Error()
}

// span is the range of versions from the first one of a to the last one of b,
// which are ranges themselves: 3.5 and 3.6-3.9 make 3.5-3.9.
func span(a, b string) string {
	first, _, _ := strings.Cut(a, "-")
	_, last, closed := strings.Cut(b, "-")
	switch {
	case strings.HasSuffix(b, "+") && a == "3.4":
		return ""
	case a == b:
		return a
	case strings.HasSuffix(b, "+"):
		return first + "+"
	case !closed:
		last = b
	}
	return first + "-" + last
}
