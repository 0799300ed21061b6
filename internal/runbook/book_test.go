package runbook

import (
	"bytes"
	"flag"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/zkdoctor/zkdoctor/docs/findings"
)

var update = flag.Bool("update", false, "write the golden page anew")

// served is where an exporter has the pages.
var served = Site{Page: func(name string) string { return "/zk/findings/" + name }, Index: "/zk/findings/", Status: "/zk/"}

func hostileBook() *Book {
	return New("1.2.3", map[string]string{"alerts": "# Alerts\n\n<script>alert(1)</script> [x](javascript:alert(1)) [quorum-lost](findings/quorum-lost.md)\n\n" +
		"- `a < b` **bold *x** & `` ` \n\n  ```\n  <b>&amp;\n"})
}

// elements are all elements of a page, which parses without being repaired: what is written is
// what is read.
func elements(t *testing.T, page []byte) []*html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// TestPages: every page is whole, inert, and leads only to pages that are there.
func TestPages(t *testing.T) {
	t.Parallel()
	b := hostileBook()
	pages := map[string][]byte{"": b.Index(served)}
	for _, name := range b.Names() {
		pages[name], _ = b.Page(name, served)
	}
	if len(pages) != len(findings.Slugs())+2 {
		t.Fatalf("%d pages", len(pages))
	}
	allowed := strings.Fields("html head meta title link style body header main footer nav a span strong em div ul ol li p h1 h2 h3 code pre")
	for name, page := range pages {
		if i := bytes.IndexFunc(page, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s: an invisible character at %q", name, page[max(0, i-20):i])
		}
		if bytes.Contains(page, []byte("ZgotmplZ")) {
			t.Errorf("%s: html/template refused a value", name)
		}
		headings, opened := 0, 0
		for _, n := range elements(t, page) {
			if !slices.Contains(allowed, n.Data) {
				t.Errorf("%s: an element <%s>", name, n.Data)
			}
			for _, a := range n.Attr {
				to := strings.TrimPrefix(a.Val, "/zk/findings/")
				_, there := pages[to]
				known := to != a.Val && there || a.Val == "/zk/" || a.Val == "#main" || n.Data == "link" && a.Val == "data:,"
				if a.Key == "href" && !known || strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "style" {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
			}
			if n.Data == "h1" {
				headings++
			}
			if n.Data == "li" && n.Parent.Data != "ul" && n.Parent.Data != "ol" {
				t.Errorf("%s: an item in <%s>", name, n.Parent.Data)
			}
			opened++
		}
		if headings != 1 {
			t.Errorf("%s: %d headings of the first level", name, headings)
		}
		// A number at the beginning of a line of a paragraph is no item of a list.
		if broken := regexp.MustCompile(`[^.:!?)]</p>\n<ol start=`).Find(page); broken != nil {
			t.Errorf("%s: a paragraph is cut: %q", name, broken)
		}
		for _, tag := range []string{"ul", "ol", "li", "pre", "p"} {
			begun := bytes.Count(page, []byte("<"+tag+">")) + bytes.Count(page, []byte("<"+tag+" "))
			if ended := bytes.Count(page, []byte("</"+tag+">")); begun != ended && name != "alerts" {
				t.Errorf("%s: %d times <%s>, %d times its end", name, begun, tag, ended)
			}
		}
	}
}

// TestEverything: all words of a page are there, in their order.
func TestEverything(t *testing.T) {
	t.Parallel()
	b := New("", nil)
	words := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	for _, slug := range findings.Slugs() {
		text, _ := findings.Page(slug)
		want := []string{}
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "```") {
				continue
			}
			if m := item.FindStringSubmatch(line); m != nil {
				line = m[3]
			}
			want = append(want, words(line)...)
		}
		page, _ := b.Page(slug, served)
		doc, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && n.Data == "main" {
				for inner := range n.Descendants() {
					if inner.Type == html.TextNode {
						got = append(got, words(inner.Data)...)
					}
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: (-page +web)\n%s", slug, d)
		}
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	text := "# sample\n\n**A title.**\n\n## Means\n\nSee `zkdoctor explain process-down` & *more*.\n\n" +
		"1. Run it.\n\n   ```sh\n   zkdoctor check <zk1>\n   ```\n\n2. Read:\n   - this\n   - that\n"
	page, ok := New("1.2.3", map[string]string{"sample": text}).Page("sample", served)
	_, rest, _ := strings.Cut(string(page), "</style>")
	file := filepath.Join("testdata", "page.golden")
	if *update {
		if err := os.WriteFile(file, []byte(rest), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !ok {
		t.Fatal(err, ok)
	}
	if d := cmp.Diff(string(want), rest); d != "" {
		t.Error(d)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	page := func(slug string) string { return map[string]string{"process-down": "/p"}[slug] }
	for text, want := range map[string]string{
		"":              "",
		"a\nb":          "<p>a b</p>\n",
		"a\n\nb":        "<p>a</p>\n<p>b</p>\n",
		"- a\n  b\n- c": "<ul>\n<li><p>a b</p>\n</li>\n<li><p>c</p>\n</li>\n</ul>\n",
		"2. a\n\n   ```sh\n   x  <y\n\n     z\n   ```\n\n3. b\n\nc": "<ol start=\"2\">\n<li><p>a</p>\n<pre><code>x  &lt;y\n\n  z\n</code></pre>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n<p>c</p>\n",
		"- a\n  - b\n- c":                        "<ul>\n<li><p>a</p>\n<ul>\n<li><p>b</p>\n</li>\n</ul>\n</li>\n<li><p>c</p>\n</li>\n</ul>\n",
		"- a\n1. b":                              "<ul>\n<li><p>a</p>\n</li>\n</ul>\n<ol>\n<li><p>b</p>\n</li>\n</ol>\n",
		"## A `b` c!":                            "<h2 id=\"a-b-c\">A b c!</h2>\n",
		"`zkdoctor explain process-down`, `x` `": "<p><a href=\"/p\"><code>zkdoctor explain process-down</code></a>, <code>x</code> `</p>\n",
		"**a** *b* 2 * 3 \"<i>":                  "<p><strong>a</strong> <em>b</em> 2 * 3 &#34;&lt;i&gt;</p>\n",
		"[process-down](findings/process-down.md) [x](http://a) [no](findings/no.md)": "<p><a href=\"/p\">process-down</a> [x](http://a) no</p>\n",
	} {
		if d := cmp.Diff(want, string(toHTML(text, page))); d != "" {
			t.Errorf("%q: (-want +got)\n%s", text, d)
		}
	}
}

// TestFiles: each page has a place that a web server finds by its name alone, and the links
// between them lead from place to place, wherever the directory is.
func TestFiles(t *testing.T) {
	t.Parallel()
	files := New("1.2.3", map[string]string{"alerts": "# Alerts\n\n`quorum-lost`\n"}).Files()
	if len(files) != len(findings.Slugs())+2 {
		t.Errorf("%d files", len(files))
	}
	for name, page := range files {
		for _, n := range elements(t, page) {
			to := attribute(n, "href")
			if n.Data != "a" || strings.HasPrefix(to, "#") {
				continue
			}
			file := path.Join(path.Dir(name), to, "index.html")
			if _, ok := files[file]; !ok || !strings.HasSuffix(to, "/") {
				t.Errorf("%s: a link to %q", name, to)
			}
		}
	}
}

func TestNoPage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "nothing", "..", "../findings", "quorum-lost.md", "quorum-lost/", "QUORUM-LOST", "a\x00", strings.Repeat("a", 1000)} {
		if _, ok := hostileBook().Page(name, served); ok {
			t.Errorf("a page called %q", name)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, slug := range findings.Slugs()[:5] {
		text, _ := findings.Page(slug)
		f.Add(text)
	}
	f.Add("- a\n   1. b\n ```\n`*\n#")
	f.Fuzz(func(t *testing.T, text string) {
		body := []byte("<!DOCTYPE html><html><head></head><body>" + string(toHTML(text, func(string) string { return "/p" })))
		for _, n := range elements(t, body) {
			if !slices.Contains(strings.Fields("html head body p ul ol li a code pre strong em h1 h2 h3 h4 h5 h6"), n.Data) {
				t.Errorf("an element <%s>", n.Data)
			}
			for _, a := range n.Attr {
				if !(a.Key == "href" && a.Val == "/p" || a.Key == "id" || a.Key == "start") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
	})
}
