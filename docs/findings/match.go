package findings

import (
	"slices"
	"strings"
	"sync"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// maxPaste is how much of a pasted text MatchLine reads, in bytes. A stack trace
// has some kilobytes; more than this is a file, not a line.
const maxPaste = 64 << 10

// Match is a finding that a pasted line points to.
type Match struct {
	// Slug names the finding; it always has a page.
	Slug string
	// Why says in one sentence what the line means.
	Why string
}

// signature is a row as MatchLine reads it.
type signature struct {
	logline.Row
	// forms are its texts in lower case, each as the parts of it that do not differ.
	forms [][]string
}

// signatures are the rows with a meaning here: what a server or zkServer.sh answers, then
// the lines of a log. They are built once, as a log may be matched line by line.
var signatures = sync.OnceValue(func() []signature {
	var all []signature
	for _, row := range slices.Concat(replyRows(), scriptRows(), logline.Rows()) {
		if len(row.Slugs) == 0 && row.Family == "" {
			continue
		}
		s := signature{Row: row}
		for _, text := range row.Texts {
			s.forms = append(s.forms, strings.Split(strings.ToLower(text), logline.Gap))
		}
		all = append(all, s)
	}
	return all
})

// MatchLine says which findings a pasted line of a log or of a console points
// to, best first. The line may be several: a log line with its stack trace, or
// one that the terminal has wrapped. Case, timestamps and the form of the log do
// not matter. The result is empty when the line is not known, or belongs to a
// fault that has no page.
func MatchLine(line string) []Match {
	if len(line) > maxPaste {
		line = line[:maxPaste]
	}
	lower := strings.ToLower(line)
	text := strings.Join(strings.Fields(lower), " ")
	ends := lineEnds(lower)

	var found []Match
	slugs := make(map[string]bool)
	families := make(map[string]bool)
	for _, s := range signatures() {
		if families[s.Family] || !s.in(text, ends) {
			continue
		}
		if s.Family != "" {
			families[s.Family] = true
		}
		for _, slug := range s.Slugs {
			if !slugs[slug] {
				slugs[slug] = true
				found = append(found, Match{Slug: slug, Why: s.Why})
			}
		}
	}
	return found
}

// lineEnds returns what stands last in each line, after the " - " that ends the
// head of a log line; the whole line when it has no such head.
func lineEnds(text string) map[string]bool {
	ends := make(map[string]bool)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if i := strings.LastIndex(line, " - "); i >= 0 {
			line = strings.TrimSpace(line[i+len(" - "):])
		}
		ends[line] = true
	}
	return ends
}

// in says whether the signature stands in text, which is in lower case and has
// single blanks only.
func (s signature) in(text string, ends map[string]bool) bool {
	return slices.ContainsFunc(s.forms, func(parts []string) bool {
		if s.Whole {
			return ends[parts[0]]
		}
		return inOrder(text, parts)
	})
}

// maxGap is how far apart the parts of a signature may stand, in bytes. The
// exception of a log line follows within its first lines, and a long host name
// or address list stands between; the next event of a pasted log must not be
// taken for the same one.
const maxGap = 300

// inOrder says whether all parts stand in text, each at most maxGap bytes behind
// the one before it.
func inOrder(text string, parts []string) bool {
	for {
		i := strings.Index(text, parts[0])
		if i < 0 {
			return false
		}
		text = text[i+len(parts[0]):]
		if follows(text, parts[1:]) {
			return true
		}
	}
}

// follows says whether parts stand in text one after the other without a gap of
// more than maxGap bytes. The first place of each part is taken.
func follows(text string, parts []string) bool {
	for _, part := range parts {
		near := text[:min(len(text), maxGap+len(part))]
		i := strings.Index(near, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
