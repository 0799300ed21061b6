// Package findings holds the page of every finding, and finds the page for a
// slug, for a mistyped slug and for a pasted line of a log.
//
// A page is Markdown, one file a finding, named <slug>.md. It is embedded here
// because go:embed cannot reach upwards.
package findings

import (
	"embed"
	"path"
	"slices"
	"strings"
)

//go:embed *.md
var pages embed.FS

const (
	// maxWord is the longest word Suggest compares: twice the longest slug.
	// Anything longer is not a mistyped slug.
	maxWord = 64
	// maxEdits is how many letters of a slug may be wrong, missing or added.
	maxEdits = 3
	// minPart is the shortest part of a slug that Suggest looks for inside it:
	// two letters stand in nearly every slug.
	minPart = 3
	// maxSuggestions is how many near misses help; more is a list to read.
	maxSuggestions = 3
)

// Page returns the Markdown page of the finding called slug. ok is false when
// there is no such finding.
func Page(slug string) (markdown string, ok bool) {
	if !isSlug(slug) {
		return "", false
	}
	text, err := pages.ReadFile(slug + ".md")
	if err != nil {
		return "", false
	}
	return string(text), true
}

// Slugs returns the slugs that have a page, sorted.
func Slugs() []string {
	// The pattern is constant and valid, and embed reads no disk, so ReadDir of
	// the root cannot fail.
	entries, _ := pages.ReadDir(".")
	slugs := make([]string, 0, len(entries))
	for _, e := range entries {
		if slug, ok := strings.CutSuffix(path.Base(e.Name()), ".md"); ok {
			slugs = append(slugs, slug)
		}
	}
	slices.Sort(slugs)
	return slugs
}

// Title returns the finding in plain words: the bold sentence at the top of its
// page, without the asterisks. It is empty when there is no such page.
func Title(slug string) string {
	text, _ := Page(slug)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if len(line) > 4 && strings.HasPrefix(line, "**") && strings.HasSuffix(line, "**") {
			return line[2 : len(line)-2]
		}
	}
	return ""
}

// Suggest returns the slugs that a mistyped word may mean, best first, at most
// three: those within three edits of it, and those that contain it or are
// contained in it. Case, blanks and underscores do not count. It is empty when
// nothing comes near.
func Suggest(word string) []string {
	if len(word) > maxWord {
		return nil
	}
	word = slugForm(word)
	if word == "" {
		return nil
	}
	var near []string
	for off := range tooFar {
		for _, slug := range Slugs() {
			if howFar(word, slug) == off {
				near = append(near, slug)
			}
		}
	}
	return near[:min(len(near), maxSuggestions)]
}

// tooFar is where word cannot mean a slug.
const tooFar = maxEdits + 3

// howFar says how far off word is from slug: 0 is the slug itself. A typing error counts
// its edits; a part of a slug counts a little more at its start and most elsewhere.
func howFar(word, slug string) int {
	switch d := distance(word, slug); {
	case d <= maxEdits:
		return d
	case len(word) < minPart:
		return tooFar
	case strings.HasPrefix(slug, word):
		return maxEdits + 1
	case strings.Contains(slug, word), strings.Contains(word, slug):
		return maxEdits + 2
	}
	return tooFar
}

// slugForm writes word the way slugs are written.
func slugForm(word string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	word = strings.TrimSuffix(word, ".md")
	return strings.Trim(strings.Map(func(r rune) rune {
		if r == ' ' || r == '_' || r == '\t' {
			return '-'
		}
		return r
	}, word), "-")
}

// isSlug says whether s has the form of a slug, so that nothing else is taken
// for the name of a file.
func isSlug(s string) bool {
	for _, r := range s {
		if r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// distance is the Levenshtein distance of a and b, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
