package exporter

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestFiguresOfTheReadme: what README.md says of the exporter's costs stands in
// docs/performance.md, which is written from one run of make figures.
func TestFiguresOfTheReadme(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		must(t, err)
		return strings.Join(strings.Fields(string(text)), " ")
	}
	page := read("../docs/performance.md")
	figure := regexp.MustCompile(`\b\d[\d.,]*(?:\.\d+)? (?:ms|MiB|µs|% of)\b`)
	for sentence := range strings.SplitSeq(read("../README.md"), ". ") {
		if !strings.Contains(sentence, "docs/performance.md") {
			continue
		}
		for _, quoted := range figure.FindAllString(sentence, -1) {
			if !strings.Contains(page, quoted) {
				t.Errorf("%q is not in docs/performance.md: %s", quoted, sentence)
			}
		}
	}
}
