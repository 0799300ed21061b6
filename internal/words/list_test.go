package words

import (
	"regexp"
	"strings"
)

// unused is an expression for words that are not used, and what stands in their place.
type unused struct {
	// word is what was found.
	word string
	// instead is what to write.
	instead string
}

// row is one line of the list: an expression without its word boundaries, and its replacement.
type row struct{ pattern, instead string }

// rows returns the list. "looking" is a state of ZooKeeper's, and "hung" and "no more" have their uses.
func rows() []row {
	return []row{
		{`looks?|looked|looking (at|for|again|up)|second look`, "check, second check, sample, find, read"},
		{`mend(s|ed|ing)?|heal(s|ed|ing)?`, "fix, recover"},
		{`told|tells?|heard|hears?`, "reported, reports"},
		{`strangers?`, "host that is not a member"},
		{`twins?|rivals?`, "the two servers, the duplicate"},
		{
			`whoever|whatever it|whom|somebody|nobody|anybody|everybody|someone|anyone|no one`,
			"which server, any server, no server, every host",
		},
		{`hang|hangs|hanging`, "does not respond (hung)"},
		{`by choice|out of choice`, "because of SETTING"},
		{`and leaves?`, "and exit"},
		{`unwise`, "the effect, in one clause"},
		{`(is|are|was|were) out`, "not in the quorum"},
		{`has lost (it|them)( too)?|lost by the leader`, "no longer counts it as a follower"},
		{`(is|are) called (at|where|by)|calls? (it|an address|each other|a peer|its peers|them)`, "connects to"},
		{`passes on|is passing|may be passing`, "is in progress"},
		{`told last|vote comes from`, "last known members, voters are taken from"},
		{`(is|are) kept from|keeps \w+ from`, "cannot"},
		{`you named|the user wrote|was named|were named|name (it|them) too`, "listed, given as targets"},
		{`what starts it`, "its start script, its systemd unit"},
		{`needs nothing else`, "no options needed"},
		{`one (row|file|page|line) an? \w+`, "one row per ensemble"},
		{
			`for want of|of its own accord|be it|for it is|has it its|where it is no more|is no more`,
			"a plain sentence",
		},
		{`just|simply|please`, "nothing"},
		{`\w+n't|it's|you'll|you're|that's|let's`, "the words in full"},
		{`one leader after the other`, "leader changes repeatedly"},
		{`serves nobody|serve nobody`, "does not serve"},
		{`cleared away|thrown out|throws .* out`, "the field's term"},
		{`in earnest|swallows?`, "the field's term"},
	}
}

// wordList finds the words of the list.
type wordList struct {
	all  *regexp.Regexp
	rows []compiled
}

type compiled struct {
	re      *regexp.Regexp
	instead string
}

// newList compiles the list.
func newList() *wordList {
	var l wordList
	var all []string
	for _, r := range rows() {
		all = append(all, r.pattern)
		l.rows = append(l.rows, compiled{whole(r.pattern), r.instead})
	}
	l.all = whole(strings.Join(all, "|"))
	return &l
}

func whole(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(^|[^\w.-])(` + pattern + `)($|[^\w-])`)
}

// find returns what of text is on the list, first of each row. Quoted text is not looked at.
func (l *wordList) find(text string) []unused {
	text = unquoted(text)
	if !l.all.MatchString(text) {
		return nil
	}
	var found []unused
	for _, r := range l.rows {
		if m := r.re.FindStringSubmatch(text); m != nil {
			found = append(found, unused{m[2], r.instead})
		}
	}
	return found
}

// quoted are the parts of a text that are not ours: what ZooKeeper, a file or a command says, in
// code marks or double quotes, and addresses.
var quoted = regexp.MustCompile("(?s)`[^`]*`" + `|"[^"\n]*"|https?://\S+`)

// unquoted is text without its quoted parts, on single blanks.
func unquoted(text string) string {
	return strings.Join(strings.Fields(quoted.ReplaceAllString(text, " _ ")), " ")
}

// prose is a Markdown text without its fenced blocks.
func prose(markdown string) string {
	var out []string
	in := false
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			in = !in
			continue
		}
		if !in {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}
