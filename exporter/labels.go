package exporter

import (
	"cmp"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// label is one label: of a sample, or of a key as the Prometheus provider writes it.
type label struct{ name, value string }

func labelValue(labels []label, name string) (value string, found bool) {
	for i := range labels {
		if labels[i].name == name {
			return labels[i].value, true
		}
	}
	return "", false
}

// parseLabels appends what stands behind the brace of key{a="x",b="y"}. The
// provider escapes nothing, so a value ends where a quote and then a comma or
// the closing brace stand.
func parseLabels(into []label, rest string) (labels []label, ok bool) {
	for rest != "}" {
		name, tail, found := strings.Cut(rest, `="`)
		if !found {
			return into, false
		}
		value, more, found := strings.Cut(tail, `",`)
		if !found {
			value, ok = strings.CutSuffix(tail, `"}`)
			return append(into, label{name, value}), ok
		}
		into = append(into, label{name, value})
		rest = more
	}
	return into, true
}

// labelSeparator cannot be in UTF-8.
const labelSeparator = "\xff"

// The most that a label has in bytes: of what a server said, and of what else there is, of
// which a connect string is the longest.
const (
	maxServerText = 256
	maxLabelText  = 4096
)

// serverText is the value of a label that a server made, without what is not printable. Two
// values may be one then, so it is made before they are told apart.
func serverText(value string) string { return snapshot.Printable(value, maxServerText) }

// labelText is any other value.
func labelText(value string) string { return snapshot.Printable(value, maxLabelText) }

func pair(name, value string) label { return label{name, labelText(value)} }

func byName(a, b label) int { return cmp.Compare(a.name, b.name) }

// validLabel reports whether name is one of a label, and not Prometheus's own.
func validLabel(name string) bool {
	if name == "" || name[0] >= '0' && name[0] <= '9' || strings.HasPrefix(name, "__") {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool { return !isWordRune(r) })
}

func isWordRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
