package findings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		width          int
	}{
		{"empty", "", "", 80},
		{
			"a page", "# a-slug\n\n**One sentence.**\n\n## Means\n\nText with `log.*` and `a b`\nin it.\n",
			"a-slug\n======\n\n  One sentence.\n\nMEANS\n\n  Text with log.* and a b in it.\n", 80,
		},
		{
			"a list with a command",
			"## What to do\n\n1. First\n   more.\n\n   ```sh\n   # not a heading\n   for x in `ls *`; do\n     **y**\n   done\n   ```\n\n   After.\n2. Second.\n- dash\n  goes on\n",
			"WHAT TO DO\n\n  1. First more.\n\n        # not a heading\n        for x in `ls *`; do\n          **y**\n        done\n\n     After.\n  2. Second.\n  - dash goes on\n",
			80,
		},
		{
			"commands are not cut", "- " + strings.Repeat("word ", 10) + "`zkdoctor explain quorum-lost` end.\n",
			"  - word word word word word word word word word word\n    zkdoctor explain quorum-lost end.\n", 60,
		},
		{
			"what a terminal would obey", "Caf\u00e9 \x1b[31mred\x07\tend\r\n",
			"  Caf? [31mred end\n", 80,
		},
		{"an open fence", "```\na\n\nb", "        a\n\n        b\n", 80},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, Plain(tt.in, tt.width)); diff != "" {
				t.Errorf("Plain (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlainPages(t *testing.T) {
	t.Parallel()
	for _, slug := range Slugs() {
		text := page(t, slug)
		for _, width := range []int{0, 60, 72, 80, 92, 500} {
			got := Plain(text, width)
			want := min(max(width, minWidth), maxWidth)
			for i, line := range strings.Split(got, "\n") {
				limit := want
				if strings.HasPrefix(line, codeIndent) {
					limit = maxWidth
				}
				if len(line) > limit {
					t.Errorf("%s at %d, line %d: %d columns: %s", slug, width, i+1, len(line), line)
				}
				if !strings.HasPrefix(line, codeIndent) && strings.Contains(line, "`") || strings.Contains(line, "**") {
					t.Errorf("%s at %d, line %d: marks left: %s", slug, width, i+1, line)
				}
			}
			if !strings.HasPrefix(got, slug+"\n===") || !strings.HasSuffix(got, "\n") || strings.Contains(got, "\n\n\n") {
				t.Errorf("%s at %d: bad start, end or blank lines", slug, width)
			}
		}
	}
}

// TestPlainKeepsTheWords: nothing of a page is lost on its way to the terminal.
func TestPlainKeepsTheWords(t *testing.T) {
	t.Parallel()
	for _, slug := range Slugs() {
		text := page(t, slug)
		lines, _ := prose(text)
		got := strings.Join(strings.Fields(strings.ToLower(Plain(text, 80))), " ")
		for word := range strings.FieldsSeq(strings.ToLower(strings.NewReplacer("`", "", "**", "").Replace(strings.Join(lines, "\n")))) {
			if strings.Trim(word, "#") != "" && !strings.Contains(got, word) {
				t.Errorf("%s: %q is missing from the plain text", slug, word)
			}
		}
	}
}

func FuzzPlain(f *testing.F) {
	text, _ := Page("quorum-lost")
	f.Add(text, 80)
	f.Add("1. `a\n```\nb", -3)
	f.Add("#\n##\n- ", 70)
	f.Fuzz(func(t *testing.T, in string, width int) {
		got := Plain(in, width)
		for _, r := range got {
			if r != '\n' && (r < ' ' || r > '~') {
				t.Fatalf("Plain wrote %q", r)
			}
		}
		if got != "" && !strings.HasSuffix(got, "\n") {
			t.Error("Plain does not end its last line")
		}
	})
}
