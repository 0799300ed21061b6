package advisory

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	// MaxFile bounds a file of advisories: the table of this program has 10 KiB.
	MaxFile = 1 << 20
	// maxRows and maxValue bound what is shown.
	maxRows  = 1000
	maxValue = 1000
)

// Parse reads a table in the format that advisories.txt describes. Its errors are
// "file:line: what is wrong".
func Parse(file string, data []byte) (Table, error) {
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%s: larger than %d KiB", file, MaxFile>>10)
	}
	p := parser{file: file}
	line := 0
	for raw := range bytes.Lines(data) {
		line++
		if err := p.line(line, strings.TrimRight(string(raw), "\r\n")); err != nil {
			return nil, err
		}
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	return p.table, nil
}

// field is one of a row, with the line on which it begins.
type field struct {
	name, value string
	line        int
}

// parser collects the fields of one row after the other.
type parser struct {
	file   string
	table  Table
	fields []field
}

func (p *parser) fault(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.file, line, fmt.Sprintf(format, args...))
}

// line takes one line of the file.
func (p *parser) line(n int, text string) error {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return p.fault(n, "byte %#02x: only printable ASCII is allowed", text[i])
		}
	}
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		return p.end()
	case strings.HasPrefix(text, "#"):
		return nil
	case text[0] == ' ':
		if len(p.fields) == 0 {
			return p.fault(n, "a line that begins with a blank goes on with a value, and there is none before it")
		}
		last := &p.fields[len(p.fields)-1]
		last.value = strings.TrimSpace(last.value + " " + trimmed)
		return p.bound(last)
	}
	name, value, ok := strings.Cut(text, ":")
	if !ok || !slices.Contains(names(), name) {
		return p.fault(n, "%q: a line is a field, a colon and a value; fields are %s", cut(text), strings.Join(names(), ", "))
	}
	if len(p.fields) == 0 && name != "id" {
		return p.fault(n, "%s before id: a row begins with its id, after an empty line", name)
	}
	if slices.ContainsFunc(p.fields, func(f field) bool { return f.name == name }) {
		return p.fault(n, "%s twice in one row: rows are separated by an empty line", name)
	}
	p.fields = append(p.fields, field{name, strings.TrimSpace(value), n})
	return p.bound(&p.fields[len(p.fields)-1])
}

func (p *parser) bound(f *field) error {
	if len(f.value) > maxValue {
		return p.fault(f.line, "%s: longer than %d characters", f.name, maxValue)
	}
	return nil
}

// names are the fields of a row.
func names() []string {
	return []string{"id", "also", "effect", "releases", "exposed", "when", "what", "log", "avoid", "fixed", "source"}
}

// end makes a row of the fields; there may be none.
func (p *parser) end() error {
	fields := p.fields
	p.fields = nil
	if len(fields) == 0 {
		return nil
	}
	if len(p.table) == maxRows {
		return p.fault(fields[0].line, "more than %d rows", maxRows)
	}
	var a Advisory
	for _, f := range fields {
		if f.value == "" {
			return p.fault(f.line, "%s: no value", f.name)
		}
		if err := a.set(f.name, f.value); err != nil {
			return p.fault(f.line, "%s: %v", f.name, err)
		}
	}
	for _, name := range names() {
		given := slices.ContainsFunc(fields, func(f field) bool { return f.name == name })
		if !given && !slices.Contains([]string{"also", "log", "avoid"}, name) {
			return p.fault(fields[0].line, "%s: no %s", a.ID, name)
		}
	}
	for _, release := range a.Fixed {
		if a.Concerns(release) {
			return p.fault(fields[0].line, "%s: %s is fixed, and has the fault", a.ID, release)
		}
	}
	for _, id := range a.ids() {
		if other, ok := p.table.Find(id); ok {
			return p.fault(fields[0].line, "%s is said twice: it is an id of %s", id, other.ID)
		}
	}
	p.table = append(p.table, a)
	return nil
}

var idForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,15}-[0-9][0-9.-]{0,20}$`)

// set reads one field.
func (a *Advisory) set(name, value string) (err error) {
	switch name {
	case "id":
		a.ID, err = readID(value)
	case "also":
		a.Also, err = each(strings.Fields(value), readID)
	case "effect":
		a.Effect, err = oneOf(Effect(value), Effects())
	case "releases":
		var ranges []string
		ranges, err = each(strings.Split(value, ","), readRange)
		a.Releases = strings.Join(ranges, ",")
	case "exposed":
		a.Exposed, err = oneOf(Condition(value), Conditions())
	case "when":
		a.When = value
	case "what":
		a.What = value
	case "log":
		a.Log = value
	case "avoid":
		a.Avoid = value
	case "fixed":
		if value != "none" {
			a.Fixed, err = each(strings.Split(value, ","), readRelease)
		}
	case "source":
		a.Sources, err = each(strings.Fields(value), readSource)
	}
	return err
}

func each(words []string, read func(string) (string, error)) ([]string, error) {
	var all []string
	for _, word := range words {
		one, err := read(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func oneOf[T ~string](word T, all []T) (T, error) {
	if slices.Contains(all, word) {
		return word, nil
	}
	var list []string
	for _, one := range all {
		list = append(list, string(one))
	}
	return "", fmt.Errorf("%q is none of %s", cut(string(word)), strings.Join(list, ", "))
}

func readID(word string) (string, error) {
	if !idForm.MatchString(word) {
		return "", fmt.Errorf("%q is no id: write it as ZOOKEEPER-4785, CVE-2023-44981 or EOL-3.4", cut(word))
	}
	return word, nil
}

func readSource(word string) (string, error) {
	if !strings.HasPrefix(word, "https://") || len(word) == len("https://") {
		return "", fmt.Errorf("%q is no address that begins with https://", cut(word))
	}
	return word, nil
}

func readRelease(word string) (string, error) {
	if n := numbers(word); len(n) != 3 {
		return "", fmt.Errorf("%q is no release: write it as 3.9.4", cut(word))
	}
	return word, nil
}

// readRange reads a release, a line, or a range within one line.
func readRange(word string) (string, error) {
	first, last, ranged := strings.Cut(word, "-")
	from, to := numbers(first), numbers(last)
	switch {
	case !ranged && (len(from) == 2 || len(from) == 3):
		return word, nil
	case !ranged || len(from) != 3 || len(to) != 3:
		return "", fmt.Errorf("%q is no range of releases: write it as 3.9.0-3.9.3, 3.9.3, or 3.4 for all of a line", cut(word))
	case from[0] != to[0] || from[1] != to[1]:
		return "", fmt.Errorf("%q goes over more than one line: write a range for each", cut(word))
	case from[2] > to[2]:
		return "", fmt.Errorf("%q ends before it begins", cut(word))
	}
	return word, nil
}

// numbers are those of a release or a line; nil where it is none.
func numbers(release string) []int {
	var all []int
	for part := range strings.SplitSeq(release, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 999 || part != strconv.Itoa(n) {
			return nil
		}
		all = append(all, n)
	}
	return all
}

// compareReleases orders releases; what follows a hyphen is not looked at.
func compareReleases(a, b string) int {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return slices.Compare(numbers(a), numbers(b))
}

// cut makes a word of the file short enough for an error.
func cut(word string) string { return word[:min(len(word), 60)] }
