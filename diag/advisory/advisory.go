// Package advisory is the table of what releases of ZooKeeper do to people: which lose data or
// stop servers, which have vulnerabilities, and which lines have ended; and the reader of its
// format, for rows that are newer than the program. It does no I/O.
package advisory

import (
	_ "embed" // advisories.txt
	"slices"
	"strings"
	"sync"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Effect is what a fault of a release does.
type Effect string

const (
	// Data is lost, or differs from server to server.
	Data Effect = "data"
	// Stops is that a server stops, does not start, or serves nobody.
	Stops Effect = "stops"
	// Security is that someone can do what he must not.
	Security Effect = "security"
	// EndOfLife is that the project releases no fixes for the line any more.
	EndOfLife Effect = "end-of-life"
)

// Effects are all of them, the worst first.
func Effects() []Effect { return []Effect{Data, Stops, Security, EndOfLife} }

// Advisory is one row of the table.
type Advisory struct {
	// ID is that of the issue, the CVE, or EOL-3.4.
	ID string
	// Also are other ids of the same fault.
	Also   []string
	Effect Effect
	// Releases are those that have it, as zoocfg.Concerns reads them.
	Releases string
	// Exposed is what it takes, as far as zkdoctor can see it; When is that in words, and What
	// is what happens then.
	Exposed Condition
	When    string
	What    string
	// Log is what a server writes again and again that has the fault: a message at WARN or above, and
	// behind ": " its innermost exception. Avoid is what helps without another release. Each is empty
	// where there is none.
	Log   string
	Avoid string
	// Fixed are the first releases with the fix, one a line; empty where there is none.
	Fixed   []string
	Sources []string
}

// Concerns reports whether a release has the fault, or any release of a line as "3.9".
func (a *Advisory) Concerns(version string) bool { return zoocfg.Concerns(a.Releases, version) }

// ofServers reports whether it is a fault that a server can have by its release alone, or by
// its configuration: it keeps the release from being advised.
func (a *Advisory) ofServers() bool {
	return a.Effect != Security && a.Exposed != JavaClients && a.Exposed != Unseen
}

// Table is a list of advisories; no two have the same id.
type Table []Advisory

//go:embed advisories.txt
var text string

// Builtin is the table that this program was built with. Nobody may change it.
func Builtin() Table { return builtin() }

// builtin reads the table once: each diagnosis asks for it.
var builtin = sync.OnceValue(func() Table {
	t, err := Parse("advisories.txt", []byte(text))
	if err != nil {
		panic(err) // a broken table: a test reads it
	}
	return t
})

// With is the table with newer rows: those with an id that it has, as one or as another id of a
// fault, take the place of its own.
func (t Table) With(newer Table) Table {
	var all Table
	for i := range t {
		if !slices.ContainsFunc(newer, t[i].same) {
			all = append(all, t[i])
		}
	}
	return append(all, newer...)
}

// same reports whether two rows have an id in common.
func (a *Advisory) same(b Advisory) bool {
	return slices.ContainsFunc(b.ids(), func(id string) bool { return slices.Contains(a.ids(), id) })
}

func (a *Advisory) ids() []string { return append([]string{a.ID}, a.Also...) }

// Knows reports whether a row names a release, as one that has its fault or the fix: a table may
// be newer than the program.
func (t Table) Knows(release string) bool {
	names := func(one string) bool {
		first, _, _ := strings.Cut(one, "-")
		return len(numbers(first)) == 3 && zoocfg.Concerns(one, release)
	}
	return len(numbers(release)) == 3 && slices.ContainsFunc(t, func(a Advisory) bool {
		return slices.Contains(a.Fixed, release) || slices.ContainsFunc(strings.Split(a.Releases, ","), names)
	})
}

// Find is the advisory with that id, or with that other id.
func (t Table) Find(id string) (Advisory, bool) {
	is := func(one string) bool { return strings.EqualFold(one, id) }
	for _, a := range t {
		if is(a.ID) || slices.ContainsFunc(a.Also, is) {
			return a, true
		}
	}
	return Advisory{}, false
}

// Of are the advisories that concern a release, or any of a line as "3.9".
func (t Table) Of(version string) Table {
	return t.where(func(a *Advisory) bool { return a.Concerns(version) })
}

// withEffect are those with that effect.
func (t Table) withEffect(e Effect) Table {
	return t.where(func(a *Advisory) bool { return a.Effect == e })
}

func (t Table) where(keep func(*Advisory) bool) Table {
	var some Table
	for i := range t {
		if keep(&t[i]) {
			some = append(some, t[i])
		}
	}
	return some
}

// IDs are the ids of the rows.
func (t Table) IDs() []string {
	ids := make([]string, len(t))
	for i := range t {
		ids[i] = t[i].ID
	}
	return ids
}

// Next is the oldest later release that has a fix, has none of the faults that named has, and
// none of the table that a server can have without being set up for it; empty where the table
// knows none.
func (t Table) Next(version string, named Table) string {
	var fixed []string
	for i := range t {
		fixed = append(fixed, t[i].Fixed...)
	}
	slices.SortFunc(fixed, compareReleases)
	for _, release := range slices.Compact(fixed) {
		bad := func(a Advisory) bool { return a.Concerns(release) }
		if compareReleases(release, version) > 0 && !slices.ContainsFunc(named, bad) &&
			!slices.ContainsFunc(t.where((*Advisory).ofServers), bad) {
			return release
		}
	}
	return ""
}

// Sentence is what the advisories say together: "can lose data (ZOOKEEPER-4785)".
func (t Table) Sentence() string {
	words := map[Effect]string{
		Data: "can lose or diverge data", Stops: "can stop servers",
		Security: "has vulnerabilities here", EndOfLife: "gets no fixes any more",
	}
	var parts []string
	for _, e := range Effects() {
		if rows := t.withEffect(e); len(rows) > 0 {
			parts = append(parts, words[e]+" ("+strings.Join(rows.IDs(), ", ")+")")
		}
	}
	if n := len(parts); n > 1 {
		parts[n-1] = "and " + parts[n-1]
	}
	return strings.Join(parts, ", ")
}
