package runbook

import (
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strings"
)

// toHTML turns the Markdown of a page into HTML: headings, paragraphs, lists, blocks of code
// and, in a text, code, bold, italics and links to pages. Everything else is text. page is the
// address of the page of a finding, empty for none; no other address gets into a link.
func toHTML(markdown string, page func(slug string) string) template.HTML {
	p := parser{page: page}
	for line := range strings.Lines(markdown) {
		p.line(strings.TrimRight(line, "\r\n"))
	}
	p.flush()
	if p.code {
		p.out.WriteString("</code></pre>\n")
	}
	p.closeLists(-1)
	return template.HTML(p.out.String()) //nolint:gosec // made of escaped text
}

// parser is a page on its way.
type parser struct {
	out  strings.Builder
	page func(slug string) string
	// words are the paragraph being gathered.
	words []string
	// lists are those that are open, the innermost last.
	lists []list
	// code is set inside a block of code, fence is what stands before its marks.
	code  bool
	fence string
}

// list is an open list: its element, and the columns of its marks and of its text.
type list struct {
	element    string
	mark, text int
}

// item finds the mark of a list item: what stands before it, the mark, the text.
var item = regexp.MustCompile(`^( *)([0-9]{1,9}\.|-) +(.*)$`)

func (p *parser) line(line string) {
	text := strings.TrimSpace(line)
	indent := len(line) - len(strings.TrimLeft(line, " "))
	switch {
	case strings.HasPrefix(text, "```"):
		p.flush()
		p.fenced(line[:indent])
	case p.code:
		fmt.Fprintf(&p.out, "%s\n", html.EscapeString(strings.TrimPrefix(line, p.fence)))
	case text == "":
		p.flush()
	case strings.HasPrefix(text, "#"):
		p.flush()
		p.heading(text)
	default:
		p.text(line, text, indent)
	}
}

// fenced begins or ends a block of code.
func (p *parser) fenced(before string) {
	p.code = !p.code
	if !p.code {
		p.out.WriteString("</code></pre>\n")
		return
	}
	p.closeLists(len(before))
	p.fence = before
	p.out.WriteString("<pre><code>")
}

// text takes a line of a paragraph or of a list.
func (p *parser) text(line, text string, indent int) {
	m := item.FindStringSubmatch(line)
	if m == nil {
		if len(p.words) == 0 {
			p.closeLists(indent)
		}
		p.words = append(p.words, text)
		return
	}
	p.flush()
	p.item(len(m[1]), m[2], len(line)-len(m[3]))
	p.words = []string{m[3]}
}

// item begins an item of a list, or a list with it.
func (p *parser) item(column int, mark string, text int) {
	element, start := "ul", ""
	if mark != "-" {
		element = "ol"
		if number := strings.TrimSuffix(mark, "."); number != "1" {
			start = ` start="` + number + `"`
		}
	}
	for n := len(p.lists); n > 0; n-- {
		if last := p.lists[n-1]; last.mark < column || last.mark == column && last.element == element {
			break
		}
		p.closeList()
	}
	if n := len(p.lists); n > 0 && p.lists[n-1].mark == column {
		p.out.WriteString("</li>\n<li>")
		return
	}
	fmt.Fprintf(&p.out, "<%s%s>\n<li>", element, start)
	p.lists = append(p.lists, list{element, column, text})
}

func (p *parser) closeList() {
	n := len(p.lists) - 1
	fmt.Fprintf(&p.out, "</li>\n</%s>\n", p.lists[n].element)
	p.lists = p.lists[:n]
}

// closeLists ends the lists whose text begins further in than a column.
func (p *parser) closeLists(column int) {
	for len(p.lists) > 0 && p.lists[len(p.lists)-1].text > column {
		p.closeList()
	}
}

var spaces = regexp.MustCompile(`[^a-z0-9]+`)

func (p *parser) heading(text string) {
	p.closeLists(-1)
	level := len(text) - len(strings.TrimLeft(text, "#"))
	text = strings.TrimSpace(text[level:])
	id := strings.Trim(spaces.ReplaceAllString(strings.ToLower(text), "-"), "-")
	fmt.Fprintf(&p.out, "<h%[1]d id=\"%[2]s\">%[3]s</h%[1]d>\n", min(level, 6), id, html.EscapeString(plainTitle(text)))
}

// flush writes the paragraph gathered so far.
func (p *parser) flush() {
	if len(p.words) > 0 {
		p.out.WriteString("<p>" + p.spans(strings.Join(p.words, " ")) + "</p>\n")
		p.words = nil
	}
}

var (
	bold    = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	italics = regexp.MustCompile(`\*([^* ][^*]*)\*`)
	// toPage is a link to the page of a finding; what else has the form of a link is text.
	toPage = regexp.MustCompile(`\[([^][]+)\]\(findings/([a-z0-9-]+)\.md\)`)
	// explained is the command that prints a page.
	explained = regexp.MustCompile(`^zkdoctor explain ([a-z0-9-]+)$`)
)

// spans marks code, bold and italics in a paragraph, and links what names a page.
func (p *parser) spans(text string) string {
	var b strings.Builder
	parts := strings.Split(text, "`")
	for i, part := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			b.WriteString(p.span(part))
			continue
		}
		if i%2 == 1 {
			b.WriteByte('`')
		}
		part = html.EscapeString(part)
		part = toPage.ReplaceAllStringFunc(part, func(link string) string {
			m := toPage.FindStringSubmatch(link)
			return p.link(m[2], m[1])
		})
		part = bold.ReplaceAllString(part, "<strong>$1</strong>")
		b.WriteString(italics.ReplaceAllString(part, "<em>$1</em>"))
	}
	return b.String()
}

// span is a piece of code; one that names a page links to it.
func (p *parser) span(code string) string {
	out := "<code>" + html.EscapeString(code) + "</code>"
	slug := code
	if m := explained.FindStringSubmatch(code); m != nil {
		slug = m[1]
	}
	return p.link(slug, out)
}

// link is text that leads to the page of a finding, where there is one.
func (p *parser) link(slug, text string) string {
	if to := p.page(slug); to != "" {
		return fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(to), text)
	}
	return text
}

// plainTitle is a heading without the marks of Markdown.
func plainTitle(text string) string { return strings.NewReplacer("`", "", "*", "").Replace(text) }
