// Package complete says what may come next on a command line. It knows the commands and
// their flags from kong's model alone, and has the scripts that ask it in three shells.
package complete

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// Candidate is a word that may come next.
type Candidate struct {
	Word string
	// Help is one line of text; empty where there is none.
	Help string
}

// Answer is what may come next.
type Answer struct {
	Candidates []Candidate
	// Files and Dirs: the shell adds the names of files, or of directories.
	Files, Dirs bool
}

// Words are the values of arguments and flags of a kind, by the kind: what the tag
// complete:"KIND" says, or else the placeholder in lower case, as in placeholder:"FINDING".
// FILE and DIR are known to this package, as are the words of an enum.
type Words map[string][]Candidate

//go:embed scripts
var scripts embed.FS

// Shells are those that Script has a script for.
const Shells = "bash,zsh,fish"

// Script is what makes a shell ask zkdoctor.
func Script(shell string) (string, error) {
	text, err := scripts.ReadFile("scripts/zkdoctor." + shell)
	return string(text), err
}

// line is a command line that was read from the left.
type line struct {
	node *kong.Node
	// pending is the flag whose value comes next.
	pending *kong.Flag
	// position counts the arguments of node.
	position int
	// noFlags is true behind --.
	noFlags bool
	// lost is true where a command is not known.
	lost bool
}

// Next says what words may stand in the place of the last of args, which is what was
// typed of it so far.
func Next(app *kong.Application, args []string, words Words) Answer {
	if len(args) == 0 {
		args = []string{""}
	}
	l := line{node: app.Node}
	for _, word := range args[:len(args)-1] {
		l.read(word)
	}
	typed := args[len(args)-1]
	answer := l.next(typed, words)
	answer.Candidates = slices.DeleteFunc(answer.Candidates, func(c Candidate) bool {
		return !strings.HasPrefix(c.Word, typed)
	})
	return answer
}

// read takes a whole word.
func (l *line) read(word string) {
	switch {
	case l.pending != nil:
		l.pending = nil
	case l.noFlags:
		l.position++
	case word == "--":
		l.noFlags = true
	case len(word) > 1 && word[0] == '-':
		l.readFlag(word)
	case len(l.node.Children) > 0:
		l.descend(word)
	default:
		l.position++
	}
}

func (l *line) descend(word string) {
	for _, child := range l.node.Children {
		if child.Name == word {
			l.node = child
			return
		}
	}
	l.lost = true
}

func (l *line) readFlag(word string) {
	name, _, has := strings.Cut(word, "=")
	flag := l.flag(name)
	if flag == nil || flag.IsBool() || has {
		return
	}
	// -ofile has its value in the same word.
	if strings.HasPrefix(word, "--") || len(word) == 2 {
		l.pending = flag
	}
}

// flag is the one that is written so: --name or -n.
func (l *line) flag(word string) *kong.Flag {
	for _, flag := range l.flags() {
		if word == "--"+flag.Name || flag.Short != 0 && strings.HasPrefix(word, "-"+string(flag.Short)) {
			return flag
		}
	}
	return nil
}

func (l *line) flags() []*kong.Flag { return slices.Concat(l.node.AllFlags(true)...) }

func (l *line) next(typed string, words Words) Answer {
	switch name, _, has := strings.Cut(typed, "="); {
	case l.lost:
		return Answer{}
	case l.pending != nil:
		return values(l.pending.Value, typed, words)
	case !l.noFlags && has && strings.HasPrefix(name, "--"):
		flag := l.flag(name)
		if flag == nil || flag.IsBool() {
			return Answer{}
		}
		return values(flag.Value, typed[len(name)+1:], words).after(name + "=")
	case !l.noFlags && strings.HasPrefix(typed, "-"):
		return l.flagNames()
	case len(l.node.Children) > 0:
		return commands(l.node)
	case len(l.node.Positional) > 0:
		last := len(l.node.Positional) - 1
		if l.position <= last || l.node.Positional[last].IsCumulative() {
			return values(l.node.Positional[min(l.position, last)], typed, words)
		}
	}
	return Answer{}
}

func (l *line) flagNames() Answer {
	var answer Answer
	for _, flag := range l.flags() {
		answer.Candidates = append(answer.Candidates, Candidate{"--" + flag.Name, flag.Help})
	}
	return answer
}

func commands(node *kong.Node) Answer {
	var answer Answer
	for _, child := range node.Children {
		if !child.Hidden {
			answer.Candidates = append(answer.Candidates, Candidate{child.Name, child.Help})
		}
	}
	return answer
}

// values are what the value of a flag or an argument may be.
func values(value *kong.Value, typed string, words Words) Answer {
	kind := value.Tag.Get("complete")
	if kind == "" {
		kind = strings.ToLower(value.Tag.PlaceHolder)
	}
	switch {
	case kind == "file":
		return Answer{Files: true}
	case kind == "dir":
		return Answer{Dirs: true}
	case value.Enum != "":
		var answer Answer
		for _, word := range value.EnumSlice() {
			if word != "" {
				answer.Candidates = append(answer.Candidates, Candidate{Word: word})
			}
		}
		return answer
	}
	answer := Answer{Candidates: slices.Clone(words[kind])}
	if cut := strings.LastIndex(typed, ","); cut >= 0 && value.IsSlice() && value.Tag.Sep == ',' {
		return answer.after(typed[:cut+1])
	}
	return answer
}

// after puts what is typed already before each word.
func (a Answer) after(prefix string) Answer {
	for i := range a.Candidates {
		a.Candidates[i].Word = prefix + a.Candidates[i].Word
	}
	return a
}

// String is the answer as the scripts read it: a word a line, its help behind a tab, and
// at last :file or :dir where the shell is to add names.
func (a Answer) String() string {
	var b strings.Builder
	for _, c := range a.Candidates {
		fmt.Fprintf(&b, "%s\t%s\n", c.Word, strings.Join(strings.Fields(c.Help), " "))
	}
	switch {
	case a.Files:
		b.WriteString(":file\n")
	case a.Dirs:
		b.WriteString(":dir\n")
	}
	return b.String()
}
