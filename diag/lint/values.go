package lint

import (
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Values that ZooKeeper takes as they stand, and that their writer meant otherwise.

// placeholderIn is what a template leaves when nobody fills it in: {{ x }}, {% x %}, ${x},
// $(X), %(x)s, or <x>. ZooKeeper expands none. Empty where there is none.
func placeholderIn(text string) string {
	for _, marks := range [][2]string{{"{{", "}}"}, {"{%", "%}"}, {"${", "}"}, {"$(", ")"}, {"%(", ")s"}, {"<", ">"}} {
		_, rest, opened := strings.Cut(text, marks[0])
		name, _, closed := strings.Cut(rest, marks[1])
		if opened && closed && (isName(name) || len(marks[1]) > 1 && marks[0][0] == '{' || marks[0] == "${") {
			return marks[0] + name + marks[1]
		}
	}
	return ""
}

// isName reports whether a text begins with a letter and has nothing in it that a name has not.
func isName(text string) bool {
	return strings.Trim(text[:min(len(text), 1)], "0123456789.-_ ") != "" &&
		zoocfg.LooksLikeKey(strings.ReplaceAll(text, " ", ""))
}

// placeholder: QuorumPeerConfig takes every value as it is written.
func placeholder(s *subject) []Remark {
	var all []Remark
	for _, in := range s.lines() {
		what := placeholderIn(in.Value)
		if what == "" {
			what = placeholderIn(in.Key)
		}
		if what == "" {
			continue
		}
		r := Remark{Severity: report.Warning, File: in.file, Line: in.Line, Key: strings.TrimSpace(in.Key), Found: what}
		if secret(in.Key) {
			r.Found = "a placeholder"
			if strings.HasPrefix(what, "<") { // a password may have it
				continue
			}
		}
		all = append(all, r.say("the value itself", "It is a placeholder without a value, and ZooKeeper does not expand placeholders.")...)
	}
	return all
}

// line is a property and its file.
type line struct {
	zoocfg.Property
	file string
}

// lines are those of both files.
func (s *subject) lines() []line {
	var all []line
	for _, p := range s.Properties {
		all = append(all, line{p, s.Path})
	}
	for _, p := range s.DynamicProperties {
		all = append(all, line{p, s.Config.Dynamic})
	}
	return all
}

// quoted: java.util.Properties knows no quotes.
func quoted(s *subject) []Remark {
	var all []Remark
	for _, in := range s.lines() {
		value := strings.TrimSpace(in.Value)
		if len(value) < 2 || value[0] != value[len(value)-1] || !strings.ContainsAny(value[:1], `'"`) ||
			secret(in.Key) || s.diesOf(in.file, in.Line) {
			continue
		}
		r := Remark{Severity: report.Warning, File: in.file, Line: in.Line, Key: strings.TrimSpace(in.Key)}
		r.Found = "a value in quotes"
		all = append(all, r.say("the value without them", "The quotes are part of the value: a path with quotes is a relative path of that name.")...)
	}
	return all
}

// emptyAddress: InetAddress.getByName of an empty name is the loopback address.
func emptyAddress(s *subject) []Remark {
	var all []Remark
	for _, a := range []struct {
		key     string
		setting zoocfg.Setting[string]
	}{{"clientPortAddress", s.ClientPortAddress}, {"secureClientPortAddress", s.SecureClientPortAddress}} {
		if !a.setting.IsSet() || a.setting.Value != "" || s.diesOf(a.setting.File, a.setting.Line) {
			continue
		}
		r := setting(a.key, a.setting, report.Warning)
		r.Found = "nothing"
		all = append(all, r.say("leave it out, for all addresses", "An empty address is the loopback address: no client of another host can connect.")...)
	}
	return all
}

// emptyDir: 3.4 takes an empty directory for the root of all; later ones do not start.
func emptyDir(s *subject) []Remark {
	var all []Remark
	for _, d := range []dir{{"dataDir", s.DataDir}, {"dataLogDir", s.DataLogDir}} {
		if !d.IsSet() || d.Value != "" {
			continue
		}
		r := setting(d.key, d.Setting, report.Warning)
		r.Versions, r.Found = "3.4", "nothing"
		all = append(all, r.say("a path from / on", "It keeps the data in /version-2.")...)
	}
	return all
}

// misspeltProvider: ProviderRegistry writes "Problems loading", and goes on without it.
func misspeltProvider(s *subject) []Remark {
	const own = "org.apache.zookeeper.server.auth."
	known := []string{
		"SASLAuthenticationProvider", "DigestAuthenticationProvider", "IPAuthenticationProvider",
		"X509AuthenticationProvider", "KeyAuthenticationProvider", "EnsembleAuthenticationProvider",
	}
	var all []Remark
	for _, p := range s.Properties {
		name, inPackage := strings.CutPrefix(strings.TrimSpace(p.Value), own)
		if !strings.HasPrefix(strings.TrimSpace(p.Key), "authProvider.") || !inPackage {
			continue
		}
		found := false
		for _, k := range known {
			found = found || name == k
		}
		if !found {
			r := Remark{Severity: report.Warning, Line: p.Line, Key: strings.TrimSpace(p.Key), Found: own + name}
			all = append(all, r.say(fmt.Sprintf("one of %s in %s", strings.Join(known, ", "), strings.TrimSuffix(own, ".")),
				"ZooKeeper has no such class: it logs this and starts without the provider.")...)
		}
	}
	return all
}
