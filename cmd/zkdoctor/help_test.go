package main

import (
	"regexp"
	"slices"
	"testing"

	"github.com/alecthomas/kong"
)

// TestBriefHelp: the short help of check has eight flags, and all of them exist as they are written there.
func TestBriefHelp(t *testing.T) {
	t.Parallel()
	parser, err := newParser(new(cli), terminal{})
	if err != nil {
		t.Fatal(err)
	}
	context, err := kong.Trace(parser, []string{"check"})
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^  (?:-(\w),|   ) --([a-z-]+) `).FindAllStringSubmatch((*checkCmd)(nil).brief(), -1)
	if len(lines) != 8 {
		t.Errorf("%d flags", len(lines))
	}
	for _, line := range lines {
		if !slices.ContainsFunc(context.Flags(), func(f *kong.Flag) bool {
			short := ""
			if f.Short != 0 {
				short = string(f.Short)
			}
			return f.Name == line[2] && short == line[1]
		}) {
			t.Errorf("check has no %s", line[0])
		}
	}
}
