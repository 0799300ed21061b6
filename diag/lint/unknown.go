package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Keys that no release reads, or not the one that is to read the file. ZooKeeper makes a
// system property of each, without a word (QuorumPeerConfig.parseProperties).

// unknownKey is about names that are in no release's source. A name of one's own, for a
// plugin, may be right.
func unknownKey(s *subject) []Remark {
	known := zoocfg.KnownKeys()
	var all []Remark
	for _, p := range s.Properties {
		key := strings.TrimSpace(p.Key)
		if _, found := known.Find(key); found && !s.misspeltClassKey(known, key) || s.noted(p.Line) || s.glued(p.Key) {
			continue
		}
		if len(all) == maxRemarks {
			break
		}
		all = append(all, unread(known, key, p.Line))
	}
	return all
}

// misspeltClassKey is of a family that anybody may add to, and has the letters of one of
// ZooKeeper's own names: metricsProvider.httpport.
func (*subject) misspeltClassKey(known zoocfg.Keys, key string) bool {
	near := known.Nearest(key)
	return near != key && strings.EqualFold(near, key)
}

// noted reports whether another rule has said that the key on that line is none.
func (s *subject) noted(line int) bool {
	kinds := []zoocfg.NoteKind{zoocfg.NoteNoEffect, zoocfg.NoteServerKey}
	return slices.ContainsFunc(s.Notes, func(n zoocfg.Note) bool {
		return n.File == s.Path && n.Line == line && slices.Contains(kinds, n.Kind)
	})
}

// glued reports whether a key begins with a byte order mark, as Java reads it.
func (s *subject) glued(key string) bool { return strings.HasPrefix(key, "\u00ef\u00bb\u00bf") }

func unread(known zoocfg.Keys, key string, line int) Remark {
	r := Remark{Severity: report.Info, Line: line, Key: key, Found: "a key that no release of ZooKeeper reads"}
	r.Recommended = "remove it, unless your own plugin reads it"
	r.Why = "ZooKeeper accepts any key without a message, and this one has no effect."
	if !zoocfg.LooksLikeKey(key) { // it may be anything
		r.Key, r.Found = "", "a line that does not begin with a key"
		r.Recommended = "key=value, or a # before a comment"
		return r
	}
	if instead := oldKeys()[key]; instead != "" {
		r.Recommended = instead
		return r
	}
	if near := known.Nearest(key); near != "" {
		r.Severity = report.Warning
		r.Recommended = near
		r.Why = fmt.Sprintf("ZooKeeper accepts any key without a message, and this one has no effect; %s is a key.", near)
	}
	return r
}

// oldKeys are keys of guides and of other programs that people take over, and what to do
// instead. They are on many good servers.
func oldKeys() map[string]string {
	return map[string]string{
		"requireClientAuthScheme": "leave it out; enforce.auth.enabled=true and enforce.auth.schemes=sasl do that from 3.7 on",
		"jaasLoginRenew":          "leave it out",
		"traceFile":               "leave it out",
	}
}

// otherRelease is about keys that the release in question does not read, and others do.
func otherRelease(s *subject) []Remark {
	if s.Version == "" {
		return nil
	}
	known := zoocfg.KnownKeys()
	var all []Remark
	for _, p := range s.Properties {
		name := strings.TrimSpace(p.Key)
		key, found := known.Find(name)
		if !found || zoocfg.Concerns(key.Versions, s.Version) || s.noted(p.Line) || s.dynamicAlone(name) {
			continue
		}
		r := Remark{Severity: report.Info, Line: p.Line, Key: name}
		r.Found = "a key of other releases: " + Releases(key.Versions)
		all = append(all, r.say("leave it out for ZooKeeper "+s.Version, "This release accepts any key without a message, and does not read this one.")...)
	}
	return all
}

// dynamicAlone: of a file with dynamicConfigFile for 3.4 more is wrong than that.
func (s *subject) dynamicAlone(name string) bool {
	return name == "dynamicConfigFile" && s.Dynamic != ""
}
