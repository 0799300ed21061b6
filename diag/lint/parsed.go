package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// What zoocfg found while it read the files.

// expected reports whether a problem is only what newer syntax does to 3.4, and
// nobody said that 3.4 is to read the file.
func (s *subject) expected(p zoocfg.Problem) bool {
	return p.Versions == "3.4" && s.Version == "" && s.first.versions != ""
}

func wouldNotStart(s *subject) []Remark {
	var all []Remark
	for _, p := range s.Problems {
		if s.expected(p) {
			continue
		}
		r := Remark{
			Severity: report.Critical, File: p.File, Line: p.Line, Key: p.Key, Versions: p.Versions,
			Found: s.foundIn(p), Recommended: advice(p),
			Why: "ZooKeeper exits at its start with: " + withoutComment(p.TextFor(s.Version)),
		}
		if p.Kind == zoocfg.NoParticipants && s.Elsewhere {
			// What starts a container often appends them.
			r.Severity, r.Recommended = report.Info, "also check the file on its server"
			r.Why = "A script may add the server.N lines before the start. Where none does: " + r.Why
		}
		all = append(all, r)
	}
	return all
}

// olderVersion says once what 3.4 would trip over line by line.
func olderVersion(s *subject) []Remark {
	if !slices.ContainsFunc(s.Problems, s.expected) {
		return nil
	}
	return []Remark{{
		Severity: report.Info, File: s.first.file, Line: s.first.line, Key: s.first.key, Versions: "3.4",
		Found: "what only later versions know", Recommended: "ZooKeeper 3.5 or later",
		Why: "3.4 does not start with this file; --zookeeper 3.4 says where it stops.",
	}}
}

// dynamicFileMissing: QuorumPeerConfig.parse reads it, and takes what fails for a fault of
// the configuration.
func dynamicFileMissing(s *subject) []Remark {
	if s.NoDynamic == "" || !s.membersUnknown() {
		return nil
	}
	r := setting("dynamicConfigFile", s.DynamicConfigFile, report.Critical)
	r.Versions, r.Found = "3.5+", s.NoDynamic
	if s.Elsewhere {
		r.Severity = report.Info
		return r.say("also check the file on its server", "Its members are in a file on the server, and could not be checked here. "+
			"Without that file, ZooKeeper exits at its start.")
	}
	return r.say("the path of the file that lists the members, or leave it out and list them here",
		"ZooKeeper exits at its start without that file. It does not exist here, so its members could not be checked.")
}

// foundIn is the value of a key that cannot hold a secret: a key that ZooKeeper
// parses itself. Without a line there is none.
func (s *subject) foundIn(p zoocfg.Problem) string {
	switch {
	case p.Line == 0:
		return "not set"
	case p.Kind == zoocfg.SessionTimeouts:
		return fmt.Sprintf("minSessionTimeout %s, maxSessionTimeout %s",
			s.timeout(s.MinSessionTimeout, 2), s.timeout(s.MaxSessionTimeout, 20))
	case p.Kind == zoocfg.NotAMember:
		return "a line that ZooKeeper does not accept"
	}
	properties := s.Properties
	switch {
	case p.File != s.Path:
		properties = s.DynamicProperties
	case s.Dynamic == s.Path: // both are entries of one manifest
		properties = slices.Concat(properties, s.DynamicProperties)
	}
	for _, q := range properties {
		if q.Line != p.Line || q.Key == "" {
			continue
		}
		if p.Key == "" || strings.TrimSpace(q.Key) != p.Key {
			return "a line that ZooKeeper does not accept"
		}
		value := withoutComment(q.Value)
		if strings.TrimRight(value, " \t") != value {
			return fmt.Sprintf("%q", value)
		}
		return cmp.Or(value, "nothing")
	}
	return "not set"
}

// timeout is a session timeout as it counts.
func (s *subject) timeout(set zoocfg.Setting[int], ticks int) string {
	if set.IsSet() {
		return strconv.Itoa(set.Value)
	}
	if s.Version != "" && zoocfg.Concerns("3.4", s.Version) {
		return "not set: -1"
	}
	return fmt.Sprintf("not set: %d, %d ticks", ticks*s.TickTime.Value, ticks)
}

// withoutComment drops what stands behind a # in a value: a comment may say
// anything.
func withoutComment(text string) string {
	for _, mark := range []string{" #", "\t#"} {
		if before, _, found := strings.Cut(text, mark); found {
			return before + " #..." + strings.Repeat(`"`, strings.Count(before, `"`)%2)
		}
	}
	return text
}

// advice is what to write in the place of what ZooKeeper dies of.
func advice(p zoocfg.Problem) string {
	if strings.Contains(p.Text, " #") || strings.Contains(p.Text, "\t#") { // the text cites the value
		return "the value alone; a comment needs a line of its own"
	}
	switch p.Kind {
	case zoocfg.BesideDynamic:
		return "move the line to the file that dynamicConfigFile names, or leave dynamicConfigFile out"
	case zoocfg.NotSet:
		return missing(p)
	case zoocfg.SessionTimeouts:
		return "set both, or neither: 2 and 20 ticks are the default"
	case zoocfg.NotABoolean:
		return "true or false"
	case zoocfg.NeedsSASL:
		return "quorum.auth.enableSasl=true too"
	case zoocfg.NeedsLearnerSASL:
		return "quorum.auth.learnerRequireSasl=true too"
	case zoocfg.NotANumber: // it depends on the key
	case zoocfg.NotAPort:
		if strings.HasSuffix(p.Text, " ") { // the text ends in the value
			return "no blanks at the end of the line"
		}
	case zoocfg.PortRange:
		return "a port from 1 to 65535"
	case zoocfg.SamePorts:
		return "two different ports, as 2888 and 3888"
	case zoocfg.ObserversAlone:
		return "two participants or more; three for an ensemble that can lose one"
	case zoocfg.NoParticipants:
		return "a server.N line for each server, or standaloneEnabled=true"
	case zoocfg.BadGroups:
		return "every participant in one group, and no other server in any"
	case zoocfg.NotFastElection:
		return "leave electionAlg out"
	case zoocfg.NotAMember:
		return "only server.N, group.N and weight.N here; the rest belongs in zoo.cfg"
	case zoocfg.VersionInside:
		return "leave version out: the name of the file ends in it"
	case zoocfg.ShortPath:
		return "a path from / on, as /var/lib/zookeeper"
	case zoocfg.NoSuchClass:
		return nearestClass(p.Key)
	case zoocfg.NoAuthProvider:
		return "authProvider.SCHEME=CLASS too, here or as -Dzookeeper.authProvider.SCHEME in SERVER_JVMFLAGS"
	case zoocfg.BadEscape:
		return `\u and four hexadecimal digits, or \\u for a backslash`
	}
	return form(p)
}

// form is what the value of a key must look like.
func form(p zoocfg.Problem) string {
	switch {
	case strings.HasPrefix(p.Key, "server."):
		return "host:2888:3888, or host:2888:3888:observer; from 3.5 on a client part may follow, ;2181"
	case strings.HasPrefix(p.Key, "group"), strings.HasPrefix(p.Key, "weight"):
		return "whole numbers, and no blanks at the end"
	case p.Key == "peerType":
		return "participant or observer"
	case p.Key == "autopurge.purgeInterval":
		return "a number of hours without a unit, as 24"
	case p.Kind == zoocfg.NotANumber:
		return "a whole number of 32 bits, alone"
	}
	return "what ZooKeeper's message asks for"
}

func missing(p zoocfg.Problem) string {
	switch p.Key {
	case "dataDir":
		return "dataDir=/var/lib/zookeeper, or wherever the data lies"
	case "tickTime":
		return "tickTime=2000, as the sample has it"
	case "initLimit":
		return "initLimit=10, as the sample has it"
	case "syncLimit":
		return "syncLimit=5, as the sample has it"
	case "clientPort":
		return "clientPort=2181"
	}
	return "set it, or remove the setting that needs it"
}

// nearestClass is what the value of a key that names a class must be.
func nearestClass(key string) string {
	if key == factoryKey {
		return netty + ", or leave it out"
	}
	return "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider, or leave it out"
}

// noted is a rule for the notes of one kind.
func noted(kind zoocfg.NoteKind) func(*subject) []Remark {
	return func(s *subject) []Remark {
		var all []Remark
		for _, n := range s.Notes {
			if n.Kind != kind {
				continue
			}
			if r, ok := s.surprise(n); ok {
				all = append(all, r)
			}
		}
		return all
	}
}

func (s *subject) surprise(n zoocfg.Note) (Remark, bool) {
	r := Remark{
		Severity: report.Warning, File: n.File, Line: n.Line, Key: n.Key, Versions: n.Versions,
		Why: sentence(n.Text),
	}
	switch n.Kind {
	case zoocfg.NoteDuplicate:
		r.Found, r.Recommended = fmt.Sprintf("also on line %d", n.Other), "one line for each key"
	case zoocfg.NoteCRLF:
		r.Key = ""
		r.Found, r.Recommended = "line ends of Windows", "line ends of Unix: sed -i 's/\\r$//' FILE"
		r.Why += " zkServer.sh status then says that the server is probably not running."
	case zoocfg.NoteBOM:
		r.Found, r.Recommended = "a byte order mark", "the file without it: sed -i '1s/^\\xef\\xbb\\xbf//' FILE"
	case zoocfg.NoteNotLatin1:
		r.Found, r.Recommended = "characters beyond ASCII", "ASCII, or escapes"
	case zoocfg.NoteTrailingComment:
		// A password may well have a # in it.
		if secret(n.Key) || s.diesOf(n.File, n.Line) {
			return r, false
		}
		r.Found, r.Recommended = "a # behind the value", "a line of its own for the comment"
	case zoocfg.NoteNoEffect:
		r.Found, r.Recommended = "set here", noEffectAdvice(n.Key)
		if strings.HasPrefix(r.Recommended, "-D") && strings.HasPrefix(n.Key, "zookeeper.") {
			r.Why = "No effect: ZooKeeper does not read it from zoo.cfg, with or without the prefix."
		}
		if n.Key == "multiAddress.enabled" {
			r.Severity = report.Info
		}
	case zoocfg.NoteServerKey:
		r.Found, r.Recommended = "no server.N line", "server.N, with the dot"
	case zoocfg.NoteMultiAddress:
		// The option may well be there.
		r.Severity = report.Info
		r.Found, r.Recommended = "several addresses", "-Dzookeeper.multiAddress.enabled=true in SERVER_JVMFLAGS"
		r.Why = "Without the option ZooKeeper exits at its start; in zoo.cfg it has no effect."
	case zoocfg.NoteBackslash:
		r.Found, r.Recommended = "a backslash before a letter", `/ in a path, or \\ for a backslash`
	case zoocfg.NoteIgnoredValue:
		if s.Version == "" && s.diesOf(n.File, n.Line) {
			return r, false
		}
		r.Found, r.Recommended = "a value that ZooKeeper does not understand", ignoredAdvice(n)
	}
	return r, true
}

// diesOf reports whether the line is a problem anyhow.
func (s *subject) diesOf(file string, line int) bool {
	return dies(s.Config, file, line)
}

func noEffectAdvice(key string) string {
	switch rest, prefixed := strings.CutPrefix(key, "zookeeper."); {
	case rest == "multiAddress.enabled":
		return "-Dzookeeper.multiAddress.enabled=true in SERVER_JVMFLAGS"
	case strings.ToUpper(key) == key:
		return "export it in zookeeper-env.sh, or where ZooKeeper is started"
	case strings.EqualFold(key, "jute.maxbuffer"):
		return "-Djute.maxbuffer=... in SERVER_JVMFLAGS"
	case rest == "jute.maxbuffer", rest == "readonlymode.enabled":
		key = rest // no prefix at all
	case prefixed:
		return rest + ", without the prefix"
	}
	return "-D" + key + "=... in SERVER_JVMFLAGS"
}

func ignoredAdvice(n zoocfg.Note) string {
	switch {
	case n.Key == "leaderServes", n.Key == "forceSync":
		return "yes or no"
	case n.Key == "admin.serverPort":
		return "a port"
	case strings.Contains(n.Text, "number"):
		return "a number without a unit"
	}
	return "true or false"
}

// sentence makes one of a note's text.
func sentence(text string) string {
	return cmp.Or(strings.ToUpper(text[:min(len(text), 1)])+text[min(len(text), 1):]+".", text)
}
