package findings

import (
	"regexp"
	"strings"
	"unicode"
)

const (
	// minWidth and maxWidth are the columns Plain wraps to: below, commands and
	// words no longer fit; above, lines are hard to follow.
	minWidth = 60
	maxWidth = 92

	// indent stands before the text under a heading, codeIndent before a command.
	indent     = "  "
	codeIndent = "        "
)

// hold stands for a blank inside a code span while a paragraph is wrapped, so
// that a command is not cut in two.
const hold = '\x00'

// Plain turns the Markdown of a page into text for a terminal: the name
// underlined, headings in capitals, commands set in from the left and never
// wrapped, everything else wrapped to width columns (60 to 92, the nearer one
// when outside). The result is ASCII without control characters and ends with a
// line feed; it is empty for an empty page.
func Plain(markdown string, width int) string {
	p := plain{width: min(max(width, minWidth), maxWidth)}
	for line := range strings.Lines(markdown) {
		p.line(ascii(strings.TrimRight(line, "\r\n")))
	}
	p.flush()
	return p.out.String()
}

// plain is a page on its way to the terminal.
type plain struct {
	out   strings.Builder
	width int
	// words are the paragraph or list item being gathered.
	words []string
	// lead stands before its first line, hang before the others.
	lead, hang string
	// code is true inside a fenced block; fence is what stands before its fence.
	code  bool
	fence string
	// gap is true when a blank line is due before what comes next.
	gap bool
}

// item finds the mark of a list item: what stands before it, the mark, the text.
var item = regexp.MustCompile(`^( *)([0-9]{1,9}\.|-) +(.*)$`)

// line takes one line of Markdown.
func (p *plain) line(line string) {
	text := strings.TrimSpace(line)
	switch {
	case strings.HasPrefix(text, "```"):
		p.flush()
		p.code = !p.code
		p.fence = line[:len(line)-len(strings.TrimLeft(line, " "))]
		p.gap = true
	case p.code:
		p.verbatim(strings.TrimPrefix(line, p.fence))
	case text == "":
		p.flush()
		p.gap = true
	case strings.HasPrefix(text, "# "):
		p.heading(strings.TrimSpace(text[2:]), true)
	case strings.HasPrefix(text, "#"):
		p.heading(strings.ToUpper(strings.TrimSpace(strings.TrimLeft(text, "#"))), false)
	default:
		p.text(line)
	}
}

// text takes a line of a paragraph or of a list.
func (p *plain) text(line string) {
	if m := item.FindStringSubmatch(line); m != nil {
		p.flush()
		p.lead = indent + m[1] + m[2] + " "
		p.hang = strings.Repeat(" ", len(p.lead))
		line = m[3]
	} else if len(p.words) == 0 {
		// A paragraph of a list item stays under its text.
		p.lead = indent + line[:len(line)-len(strings.TrimLeft(line, " "))]
		p.hang = p.lead
	}
	p.words = append(p.words, line)
}

// heading writes a heading; the name of the page is underlined.
func (p *plain) heading(text string, underlined bool) {
	p.flush()
	p.gap = p.out.Len() > 0
	p.write(text)
	if underlined {
		p.write(strings.Repeat("=", len(text)))
	}
	p.gap = underlined
}

// verbatim writes a line of a fenced block.
func (p *plain) verbatim(line string) {
	if strings.TrimSpace(line) == "" {
		p.gap = true
		return
	}
	p.write(codeIndent + strings.TrimRight(line, " "))
}

// flush writes the paragraph gathered so far, wrapped.
func (p *plain) flush() {
	if len(p.words) == 0 {
		return
	}
	words := strings.Fields(spans(strings.Join(p.words, " ")))
	p.words = nil
	line := p.lead
	empty := true
	for _, word := range words {
		if !empty && len(line)+1+len(word) > p.width {
			p.write(line)
			line, empty = p.hang, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	p.write(line)
}

// write writes one line, after the blank line that is due.
func (p *plain) write(line string) {
	if p.gap && p.out.Len() > 0 {
		p.out.WriteByte('\n')
	}
	p.gap = false
	p.out.WriteString(strings.ReplaceAll(strings.TrimRight(line, " "), string(hold), " "))
	p.out.WriteByte('\n')
}

// spans takes the marks of bold and of code out of a paragraph. Inside code it
// keeps asterisks, and blanks become hold. A sentence of the server may be
// longer than a line, so a span of more than half the narrowest line is let wrap.
func spans(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		switch {
		case i%2 == 0:
			b.WriteString(strings.ReplaceAll(part, "**", ""))
		case len(part) > minWidth/2:
			b.WriteString(part)
		default:
			b.WriteString(strings.ReplaceAll(part, " ", string(hold)))
		}
	}
	return b.String()
}

// ascii replaces what a plain terminal may not show, or would obey.
func ascii(line string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || unicode.IsSpace(r):
			return ' '
		case r < ' ' || r == 0x7f:
			return -1
		case r > 0x7f:
			return '?'
		}
		return r
	}, line)
}
