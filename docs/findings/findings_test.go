package findings

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var sections = []string{
	"## Means", "## Why it matters", "## How it is found", "## What to do",
	"## When it is wrong", "## Versions", "## Sources",
}

// prose returns the lines of a page outside its fenced blocks, and whether the
// last block is closed.
func prose(text string) (lines []string, closed bool) {
	closed = true
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			closed = !closed
			continue
		}
		if closed {
			lines = append(lines, line)
		}
	}
	return lines, closed
}

func page(t *testing.T, slug string) string {
	t.Helper()
	text, ok := Page(slug)
	if !ok {
		t.Fatalf("Page(%q): no page", slug)
	}
	return text
}

func TestPagesHaveTheirSections(t *testing.T) {
	t.Parallel()
	for _, slug := range Slugs() {
		lines, closed := prose(page(t, slug))
		if !closed {
			t.Errorf("%s: a fenced block is not closed", slug)
		}
		if lines[0] != "# "+slug {
			t.Errorf("%s: first line is %q, want %q", slug, lines[0], "# "+slug)
		}
		var got []string
		for i, line := range lines {
			if !strings.HasPrefix(line, "#") {
				continue
			}
			if i > 0 {
				got = append(got, line)
			}
			rest := strings.Join(lines[i+1:], "\n")
			body, _, _ := strings.Cut(rest, "\n#")
			if strings.TrimSpace(body) == "" {
				t.Errorf("%s: %q is empty", slug, line)
			}
		}
		if diff := cmp.Diff(sections, got); diff != "" {
			t.Errorf("%s: headings (-want +got):\n%s", slug, diff)
		}
		if n := strings.Count(page(t, slug), "\n"); n < 35 || n > 80 {
			t.Errorf("%s: %d lines, want 35 to 80", slug, n)
		}
	}
}

func TestPagesHaveATitle(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, slug := range Slugs() {
		title := Title(slug)
		if !regexp.MustCompile(`^[A-Za-z][^*` + "`" + `]{12,90}\.$`).MatchString(title) {
			t.Errorf("%s: title %q is no plain sentence", slug, title)
		}
		if other := seen[title]; other != "" {
			t.Errorf("%s and %s have one title %q", slug, other, title)
		}
		seen[title] = slug
	}
}

func TestPagesFitATerminal(t *testing.T) {
	t.Parallel()
	for _, slug := range Slugs() {
		for i, line := range strings.Split(page(t, slug), "\n") {
			if len(line) > maxWidth {
				t.Errorf("%s:%d: %d columns, want at most %d", slug, i+1, len(line), maxWidth)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%s:%d: not plain ASCII: %q", slug, i+1, line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s:%d: blank at the end of the line", slug, i+1)
			}
		}
	}
}

// TestPagesNameOnlyFindingsWithAPage: whatever reads like a slug in a reference
// must be one.
func TestPagesNameOnlyFindingsWithAPage(t *testing.T) {
	t.Parallel()
	explain := regexp.MustCompile(`zkdoctor explain\s+([a-z][a-z0-9-]*)`)
	code := regexp.MustCompile("`([a-z0-9]+(?:-[a-z0-9]+)+)`")
	for _, slug := range Slugs() {
		text := page(t, slug)
		for _, m := range slices.Concat(explain.FindAllStringSubmatch(text, -1), code.FindAllStringSubmatch(text, -1)) {
			if _, ok := Page(m[1]); !ok {
				t.Errorf("%s: names %q, which has no page", slug, m[1])
			}
			if m[1] == slug {
				t.Errorf("%s: refers to itself", slug)
			}
		}
	}
}

// TestPagesUseOurWords: a ZooKeeper process is a server; a node is a znode.
func TestPagesUseOurWords(t *testing.T) {
	t.Parallel()
	node := regexp.MustCompile(`(?i)\bnodes?\b`)
	for _, slug := range Slugs() {
		if m := node.FindString(page(t, slug)); m != "" {
			t.Errorf("%s: says %q", slug, m)
		}
	}
}

// TestPagesDoNoHarm: no command of a page removes data, resets counters, asks
// the dear four-letter words, or needs a placeholder filled in.
func TestPagesDoNoHarm(t *testing.T) {
	t.Parallel()
	banned := regexp.MustCompile(`\brm\b|rmr|deleteall|zkCleanup|\b(srst|crst|stmk|wchp|wchc|dump)\b|cp -[a-zA-Z]*r|kill -9|<[a-zA-Z]`)
	for _, slug := range Slugs() {
		in := false
		for i, line := range strings.Split(page(t, slug), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				in = !in
				continue
			}
			if in && banned.MatchString(line) {
				t.Errorf("%s:%d: harmful command: %s", slug, i+1, line)
			}
		}
	}
}

// TestRestartsAreGuarded: a page that stops or restarts a server also
// says what that may cost.
func TestRestartsAreGuarded(t *testing.T) {
	t.Parallel()
	act := regexp.MustCompile(`systemctl (restart|stop)`)
	guard := regexp.MustCompile(`spare|quorum|majority|can lose|one server at a time`)
	for _, slug := range Slugs() {
		_, todo, _ := strings.Cut(page(t, slug), "\n## What to do\n")
		todo, _, _ = strings.Cut(todo, "\n## ")
		if act.MatchString(todo) && !guard.MatchString(todo) {
			t.Errorf("%s: restarts a server without saying what it costs", slug)
		}
	}
}

// TestPagesHaveCommandsInBlocks: what a reader is to copy stands in a block, and prints what is so now; a
// copy of a file that was made before a change is never replaced.
func TestPagesHaveCommandsInBlocks(t *testing.T) {
	t.Parallel()
	programs := `sudo|ss|systemctl|journalctl|dmesg|iostat|vmstat|pidstat|top|grep|nc|zkCli\.sh|jstack|jstat|` +
		`timedatectl|lsattr|findmnt|df|du|ls|cat|echo|printf|openssl|keytool|getent|sysctl|nft|firewall-cmd|` +
		`curl|ulimit|prlimit|ps|pgrep|chown|chmod|sed|mv|cp|zkdoctor`
	inSentence := regexp.MustCompile("`((?:" + programs + ") [^`]+)`")
	reference := regexp.MustCompile(`^zkdoctor (explain|advisories|check$)`)
	stale := regexp.MustCompile(`sed -i\.|top -b -n 1\b|iostat -x `)
	for _, slug := range Slugs() {
		text := page(t, slug)
		if m := stale.FindString(text); m != "" {
			t.Errorf("%s: has %q", slug, m)
		}
		lines, _ := prose(text)
		for _, m := range inSentence.FindAllStringSubmatch(strings.Join(lines, " "), -1) {
			if command := strings.Join(strings.Fields(m[1]), " "); !reference.MatchString(command) {
				t.Errorf("%s: a command in a sentence: %s", slug, command)
			}
		}
	}
}

// TestPagesNameTheirSubject: no item of a list and no paragraph begins with "It".
func TestPagesNameTheirSubject(t *testing.T) {
	t.Parallel()
	it := regexp.MustCompile(`^(- |\d+\. )?(It|Its) `)
	for _, slug := range Slugs() {
		lines, _ := prose(page(t, slug))
		for i, line := range lines {
			begins := i > 0 && lines[i-1] == "" || strings.HasPrefix(line, "- ")
			if begins && it.MatchString(line) {
				t.Errorf("%s: begins with %q", slug, line)
			}
		}
	}
}

func TestPageOfWhatHasNone(t *testing.T) {
	t.Parallel()
	for _, slug := range []string{"", "no-such-finding", "quorum-lost.md", "../findings/quorum-lost", "Quorum-Lost", ".", "*", "quorum-lost/"} {
		if text, ok := Page(slug); ok || text != "" {
			t.Errorf("Page(%q) = %d bytes, %v; want none", slug, len(text), ok)
		}
		if got := Title(slug); got != "" {
			t.Errorf("Title(%q) = %q, want none", slug, got)
		}
	}
}

func TestSlugs(t *testing.T) {
	t.Parallel()
	got := Slugs()
	if len(got) < 30 || !slices.IsSorted(got) {
		t.Errorf("Slugs() = %d slugs %v, want all, sorted", len(got), got)
	}
	got[0] = "changed"
	if Slugs()[0] == "changed" {
		t.Error("Slugs returns a list it keeps")
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		word string
		want []string
	}{
		{"", nil},
		{"   ", nil},
		{"ab", nil},
		{"xyzzy", nil},
		{strings.Repeat("quorum-lost", 20), nil},
		{"quorum-lost", []string{"quorum-lost"}},
		{"quorum-lsot", []string{"quorum-lost"}},
		{"Quorum Lost", []string{"quorum-lost"}},
		{"quorum_lost.md", []string{"quorum-lost"}},
		{"split-brian", []string{"split-brain"}},
		{"spit-brain", []string{"split-brain"}},
		{"proces-dwn", []string{"process-down"}},
		{"quorum", []string{"quorum-lost", "quorum-port-conflict", "quorum-port-filtered"}},
		{"listener", []string{"process-without-listener"}},
		{"myid", []string{"myid-duplicate", "myid-malformed", "myid-missing"}},
		{"myid-mising", []string{"myid-missing"}},
		{"targets-incomplet", []string{"targets-incomplete"}},
		{"the split-brain", []string{"split-brain"}},
		{"filtered", []string{"quorum-port-filtered"}},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, Suggest(tt.word)); diff != "" {
				t.Errorf("Suggest(%q) (-want +got):\n%s", tt.word, diff)
			}
		})
	}
}

func FuzzSuggest(f *testing.F) {
	f.Add("quorum-lsot")
	f.Add("\xff -_")
	f.Fuzz(func(t *testing.T, word string) {
		got := Suggest(word)
		if len(got) > maxSuggestions {
			t.Errorf("Suggest(%q) = %d words", word, len(got))
		}
		for _, slug := range got {
			if _, ok := Page(slug); !ok {
				t.Errorf("Suggest(%q) names %q, which has no page", word, slug)
			}
		}
	})
}
