package findings

import (
	"slices"
	"strings"
	"sync"

	"github.com/zkdoctor/zkdoctor/probe/logline"
)

// MaxPaste is how much of a pasted text MatchLine reads, in bytes. A stack trace
// has some kilobytes; more than this is a file, not a line.
const MaxPaste = 64 << 10

// Match is what a pasted line points to: a finding, or that it is something else.
type Match struct {
	// Slug names the finding, which always has a page; empty where the line points to none.
	Slug string
	// Kind is what the line is, where it points to no finding.
	Kind logline.Kind
	// Matched is the part of the pasted text that told, with single blanks.
	Matched string
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
	for _, row := range slices.Concat(replyRows(), scriptRows(), unitRows(), podRows(), logline.Rows()) {
		if len(row.Slugs) == 0 && row.Kind == "" && row.Family == "" {
			continue
		}
		s := signature{Row: row}
		for _, text := range row.Texts {
			s.forms = append(s.forms, strings.Split(lower(text), logline.Gap))
		}
		all = append(all, s)
	}
	return all
})

// MatchLine says what a pasted line of a log or of a console points to, best first: the
// findings, or where there are none, the one thing that the line is otherwise. The line may be several: a log
// line with its stack trace, of which the innermost cause counts first, or one that the terminal
// has wrapped. Case, timestamps and the form of the log do not matter. The result is empty when
// the line is not known.
func MatchLine(line string) []Match {
	if len(line) > MaxPaste {
		line = line[:MaxPaste]
	}
	ends := lineEnds(lower(line))
	p := paste{text: strings.Join(strings.Fields(line), " ")}
	p.lower = lower(p.text)

	var m matching
	m.add(p, ends, true)
	for _, from := range p.causes() {
		m.add(p.from(from), ends, false)
	}
	if len(m.findings) > 0 {
		return m.findings
	}
	return m.others[:min(len(m.others), 1)]
}

// matching collects what the parts of a paste point to.
type matching struct {
	findings, others []Match
	families         map[string]bool
}

// add puts what a part of a paste points to behind what those before it do; across are the rows that
// are looked for in all of it.
func (m *matching) add(p paste, ends map[string]bool, across bool) {
	if m.families == nil {
		m.families = map[string]bool{}
	}
	for _, s := range signatures() {
		if m.families[s.Family] || s.Across != across {
			continue
		}
		matched, why, ok := s.find(p, ends)
		if !ok {
			continue
		}
		if s.Family != "" {
			m.families[s.Family] = true
		}
		for _, slug := range s.Slugs {
			if !slices.ContainsFunc(m.findings, func(f Match) bool { return f.Slug == slug }) {
				m.findings = append(m.findings, Match{Slug: slug, Matched: matched, Why: why})
			}
		}
		if s.Kind != "" {
			m.others = append(m.others, Match{Kind: s.Kind, Matched: matched, Why: why})
		}
	}
}

// paste is a text with single blanks, and the same in lower case, byte for byte.
type paste struct{ text, lower string }

// lower is a text in lower case, of the same length: of what is not ASCII no text knows.
func lower(text string) string {
	b := []byte(text)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (p paste) from(i int) paste { return paste{p.text[i:], p.lower[i:]} }

// maxCauses is how many causes of a paste are looked at one by one, the innermost ones. Java
// prints a chain of a handful; a paste of many errors has a cause for each.
const maxCauses = 8

// causes are the places in a text from which on it is looked at: the innermost cause first, the
// text as a whole last.
func (p paste) causes() []int {
	const cause = "caused by: "
	var starts []int
	for end := len(p.lower); len(starts) < maxCauses; {
		i := strings.LastIndex(p.lower[:end], cause)
		if i < 0 {
			break
		}
		starts, end = append(starts, i), i
	}
	return append(starts, 0)
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

// find finds the signature in a paste: the part of it that told, and what that means.
func (s signature) find(p paste, ends map[string]bool) (matched, why string, ok bool) {
	for _, parts := range s.forms {
		if s.Whole {
			if ends[parts[0]] {
				i := strings.LastIndex(p.lower, parts[0])
				return p.text[max(i, 0):][:len(parts[0])], s.Why, i >= 0
			}
			continue
		}
		start, end := inOrder(p.lower, parts)
		if start < 0 {
			continue
		}
		if s.Reads == nil {
			return p.text[start:end], s.Why, true
		}
		if says := s.Reads(p.lower[start:]); says != "" {
			return p.text[start:end], strings.Replace(s.Why, logline.Gap, says, 1), true
		}
	}
	return "", "", false
}

// maxGap is how far apart the parts of a signature may stand, in bytes. The
// exception of a log line follows within its first lines, and a long host name
// or address list stands between; the next event of a pasted log must not be
// taken for the same one.
const maxGap = 300

// inOrder finds all parts in text, each at most maxGap bytes behind the one before it: where the
// first begins and the last ends, or -1.
func inOrder(text string, parts []string) (start, end int) {
	for at := 0; ; {
		i := strings.Index(text[at:], parts[0])
		if i < 0 {
			return -1, -1
		}
		start = at + i
		at = start + len(parts[0])
		if length := follow(text[at:], parts[1:]); length >= 0 {
			return start, at + length
		}
	}
}

// follow says where the last of the parts ends when they stand in text one after the other
// without a gap of more than maxGap bytes; -1 when they do not. The first place of each counts.
func follow(text string, parts []string) int {
	at := 0
	for _, part := range parts {
		near := text[at:min(len(text), at+maxGap+len(part))]
		i := strings.Index(near, part)
		if i < 0 {
			return -1
		}
		at += i + len(part)
	}
	return at
}
