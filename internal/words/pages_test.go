package words

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/docs/findings"
)

// mostTitleWords is how long a title may be: subject and state.
const mostTitleWords = 8

// TestPagesBeginWithTheTitle: the first sentence of a page is what screen and alert say.
func TestPagesBeginWithTheTitle(t *testing.T) {
	t.Parallel()
	for _, rule := range diag.Catalogue() {
		if got := findings.Title(string(rule.Code)); !strings.EqualFold(got, rule.Title+".") {
			t.Errorf("%s: the page begins with %q, the title is %q", rule.Code, got, rule.Title)
		}
		if n := len(strings.Fields(rule.Title)); n > mostTitleWords {
			t.Errorf("%s: %d words: %q", rule.Code, n, rule.Title)
		}
	}
}
