package runbook

import (
	"bytes"
	_ "embed" // page.html
	"html/template"
	"slices"

	"github.com/zkdoctor/zkdoctor/docs/findings"
	"github.com/zkdoctor/zkdoctor/internal/render"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// Book are all pages: one for each finding, and those that the program has beside them.
type Book struct {
	version string
	// more are pages in Markdown, by their names.
	more map[string]string
}

// New makes a book of the findings' pages and more, in Markdown, by their names. Version is
// that of the program.
func New(version string, more map[string]string) *Book { return &Book{version, more} }

// Site is where pages are: how they refer to each other and to what is around them.
type Site struct {
	// Page is the address of a page by its name, Index that of the list of all.
	Page  func(name string) string
	Index string
	// Status is the address of the exporter's status page; empty for none.
	Status string
}

// Names are the names of all pages, sorted.
func (b *Book) Names() []string {
	names := findings.Slugs()
	for name := range b.more {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// view is a page as the template has it.
type view struct {
	Title, Version, Status, Index string
	Style                         template.CSS
	Body                          template.HTML
	// Finding is set where zkdoctor explain has the page too.
	Finding bool
	List    []entry
	More    []entry
}

type entry struct{ URL, Name, Title string }

// Page is the page of that name; ok is false when there is none.
func (b *Book) Page(name string, site Site) (html []byte, ok bool) {
	text, finding := findings.Page(name)
	if !finding {
		if text, ok = b.more[name]; !ok {
			return nil, false
		}
	}
	body := toHTML(text, func(slug string) string {
		if _, known := findings.Page(slug); !known || slug == name {
			return ""
		}
		return site.Page(slug)
	})
	return b.fill(view{Title: name, Body: body, Finding: finding}, site), true
}

// Index is the list of all pages.
func (b *Book) Index(site Site) []byte {
	v := view{Title: "Findings"}
	for _, name := range b.Names() {
		e := entry{site.Page(name), name, findings.Title(name)}
		if _, extra := b.more[name]; extra {
			v.More = append(v.More, e)
		} else {
			v.List = append(v.List, e)
		}
	}
	return b.fill(v, site)
}

func (b *Book) fill(v view, site Site) []byte {
	v.Version, v.Status, v.Index = b.version, site.Status, site.Index
	v.Style = template.CSS(render.Style()) //nolint:gosec // the program's own
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, v); err != nil {
		panic(err) // a broken template, which the tests find first
	}
	return out.Bytes()
}

// Files are all pages as files of a directory that a web server serves: NAME/index.html,
// which it gives for NAME too.
func (b *Book) Files() map[string][]byte {
	files := map[string][]byte{
		"index.html": b.Index(Site{Page: func(name string) string { return name + "/" }, Index: "./"}),
	}
	beside := Site{Page: func(name string) string { return "../" + name + "/" }, Index: "../"}
	for _, name := range b.Names() {
		files[name+"/index.html"], _ = b.Page(name, beside)
	}
	return files
}
