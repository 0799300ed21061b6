// Package manual makes manual pages of a command line, from kong's model.
package manual

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Book is what stands on every page.
type Book struct {
	// Version is that of the program, and Date that of the pages.
	Version string
	Date    time.Time
}

// Page is a manual page of section 1.
type Page struct {
	// Name is that of its file, as in zkdoctor-check.1.
	Name string
	// Text is in the macros of man(7).
	Text string
}

// Pages are those of the program and of each of its commands.
func (b Book) Pages(app *kong.Application) []Page {
	pages := []Page{b.page(app.Node)}
	for _, command := range app.Leaves(true) {
		pages = append(pages, b.page(command))
	}
	return pages
}

// name is that of a page: zkdoctor-check for the command check.
func name(node *kong.Node) string { return strings.ReplaceAll(node.FullPath(), " ", "-") }

func (b Book) page(node *kong.Node) Page {
	w := &writer{}
	title := name(node)
	program, _, _ := strings.Cut(node.FullPath(), " ")
	w.line(fmt.Sprintf(`.TH %s 1 %s "%s %s" %[3]s`,
		strings.ToUpper(escape(title)), b.Date.Format(time.DateOnly), program, escape(b.Version)))
	summary, details, _ := strings.Cut(node.Help, "\n\n")
	w.section("NAME")
	w.fill(title + " - " + headline(strings.TrimPrefix(summary, program+" ")))
	w.synopsis(node)
	body, exits, examples := split(cmp.Or(node.Detail, details))
	w.section("DESCRIPTION")
	w.paragraph(summary)
	for _, paragraph := range body {
		w.paragraph(paragraph)
	}
	w.commands(node)
	w.arguments(node)
	w.options(node)
	if exits != "" {
		w.section("EXIT STATUS")
		w.paragraph(exits)
	}
	if examples != "" {
		w.section("EXAMPLES")
		w.paragraph(examples)
	}
	w.seeAlso(node)
	return Page{title + ".1", w.text.String()}
}

// headline is a help text as whatis shows it: its first sentence.
func headline(help string) string {
	sentence, _, _ := strings.Cut(help, ". ")
	return lowerFirst(strings.TrimSuffix(sentence, "."))
}

// split takes what has sections of its own out of a help text.
func split(text string) (body []string, exits, examples string) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		title, rest, _ := strings.Cut(paragraph, ":")
		switch title {
		case "Exit codes":
			exits = strings.TrimSpace(rest)
		case "Example", "Examples":
			examples = strings.Trim(rest, "\n")
		default:
			body = append(body, paragraph)
		}
	}
	return body, exits, examples
}

func lowerFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// writer writes in the macros of man(7).
type writer struct{ text strings.Builder }

// columns is the longest line of the source that mandoc finds no fault with.
const columns = 78

func (w *writer) line(text string) { fmt.Fprintln(&w.text, text) }

func (w *writer) section(title string) { w.line(".SH " + title) }

// fill writes text that may be broken anywhere.
func (w *writer) fill(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(escape(line+" "+word)) > columns {
			w.line(escape(line))
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		w.line(escape(line))
	}
}

// paragraph writes lines that may be filled, and those that are set in as they are.
func (w *writer) paragraph(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	if !w.afterTitle() {
		w.line(".PP")
	}
	var filled []string
	literal := false
	for line := range strings.SplitSeq(text, "\n") {
		set := strings.HasPrefix(line, "  ")
		if set != literal {
			w.fill(strings.Join(filled, " "))
			filled = nil
			w.line(map[bool]string{true: ".nf", false: ".fi"}[set])
			literal = set
		}
		if set {
			w.line(escape(line[2:]))
		} else {
			filled = append(filled, line)
		}
	}
	w.fill(strings.Join(filled, " "))
	if literal {
		w.line(".fi")
	}
}

// afterTitle is true where the last line is that of a section's title.
func (w *writer) afterTitle() bool {
	lines := strings.Split(strings.TrimSuffix(w.text.String(), "\n"), "\n")
	return strings.HasPrefix(lines[len(lines)-1], ".SH")
}

func (w *writer) synopsis(node *kong.Node) {
	w.section("SYNOPSIS")
	words := []string{`\fB` + escape(node.FullPath()) + `\fR`}
	if node.Parent == nil {
		words = append(words, `\fICOMMAND\fR`)
	}
	words = append(words, `[\fIOPTION\fR...]`)
	for _, argument := range node.Positional {
		words = append(words, escape(argument.Summary()))
	}
	w.line(strings.Join(words, " "))
}

func (w *writer) commands(node *kong.Node) {
	if len(node.Children) == 0 {
		return
	}
	w.section("COMMANDS")
	for _, child := range node.Children {
		if !child.Hidden {
			w.line(".TP")
			w.line(`\fB` + escape(child.Name) + `\fR`)
			w.fill(child.Help)
		}
	}
}

func (w *writer) arguments(node *kong.Node) {
	if len(node.Positional) == 0 {
		return
	}
	w.section("ARGUMENTS")
	for _, argument := range node.Positional {
		w.line(".TP")
		w.line(`\fI` + escape(argument.Summary()) + `\fR`)
		w.fill(argument.Help)
	}
}

// options writes the flags, those of a group under its title; those of none come first.
func (w *writer) options(node *kong.Node) {
	w.section("OPTIONS")
	flags := slices.Concat(node.AllFlags(true)...)
	titles := []string{""}
	for _, flag := range flags {
		if title := groupOf(flag); !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	for _, title := range titles {
		if title != "" {
			w.line(".SS " + title)
		}
		for _, flag := range flags {
			if groupOf(flag) == title {
				w.option(flag)
			}
		}
	}
}

func groupOf(flag *kong.Flag) string {
	if flag.Group == nil {
		return ""
	}
	return strings.TrimSuffix(flag.Group.Title, ":")
}

func (w *writer) option(flag *kong.Flag) {
	w.line(".TP")
	text := `\fB` + escape("--"+flag.Name) + `\fR`
	if flag.Short != 0 {
		text = `\fB` + escape("-"+string(flag.Short)) + `\fR, ` + text
	}
	if !flag.IsBool() {
		text += ` \fI` + escape(placeholder(flag)) + `\fR`
	}
	w.line(text)
	help := flag.Help
	if flag.Default != "" {
		help += " Default: " + flag.Default + "."
	}
	if len(flag.Envs) > 0 {
		help += " Variable: " + strings.Join(flag.Envs, ", ") + "."
	}
	w.fill(help)
}

// placeholder stands for the value of a flag.
func placeholder(flag *kong.Flag) string {
	return strings.ToUpper(cmp.Or(flag.PlaceHolder, flag.Target.Type().Name(), "value"))
}

func (w *writer) seeAlso(node *kong.Node) {
	w.section("SEE ALSO")
	root := node
	for root.Parent != nil {
		root = root.Parent
	}
	var others []string
	if node != root {
		others = append(others, name(root))
	}
	for _, command := range root.Leaves(true) {
		if command != node {
			others = append(others, name(command))
		}
	}
	slices.Sort(others)
	for i, other := range others {
		comma := ","
		if i == len(others)-1 {
			comma = ""
		}
		w.line(".BR " + escape(other) + " (1)" + comma)
	}
}

// escape keeps text from being taken for a request or an escape of roff.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}
