package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	longFile = 450 // lines
	longLine = 120 // characters, a tab counts as one
)

// figure is one measure of the code.
type figure struct {
	name  string
	value float64
	// parts name what makes it up, the worst first.
	parts []string
}

func (m *module) figures() []figure {
	r := m.rules()
	return slices.Concat(m.sizes(), m.ruleUses(r), m.edges(r), m.cycles(r),
		m.methods(r), m.purity(), m.codeUses(r), m.lengths())
}

// tally counts under names.
type tally map[string]int

// parts are its names and counts, the greatest first.
func (t tally) parts() []string {
	names := make([]string, 0, len(t))
	for name := range t {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(t[b], t[a]), strings.Compare(a, b)) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%4d  %s", t[name], name)
	}
	return names
}

// add counts the different users of something, or what it uses.
func (t tally) add(name string, users []string) {
	slices.Sort(users)
	users = slices.Compact(users)
	if len(users) > 0 {
		name += ": " + strings.Join(users, ", ")
	}
	t[name] = len(users)
}

func (t tally) max() float64 {
	highest := 0
	for _, n := range t {
		highest = max(highest, n)
	}
	return float64(highest)
}

// mean is rounded to a tenth: less is no difference that one would see in the code.
func (t tally) mean() float64 {
	sum := 0
	for _, n := range t {
		sum += n
	}
	if len(t) == 0 {
		return 0
	}
	return math.Round(float64(sum)/float64(len(t))*10) / 10
}

// both are the figures of a tally that has a mean and a greatest.
func (t tally) both(name string) []figure {
	return []figure{{name + ", mean", t.mean(), nil}, {name + ", max", t.max(), t.parts()}}
}

func count(name string, parts []string) figure { return figure{name, float64(len(parts)), parts} }

func (m *module) sizes() []figure {
	var out []figure
	lines := tally{}
	for _, f := range slices.Concat(m.files, m.ignored) {
		lines[cmp.Or(f.pkg, ".")] += len(f.lines)
	}
	for _, pkg := range []string{"diag", "diag/model", "diag/theory", "diag/report", "diag/lint"} {
		if !m.has(pkg) {
			continue
		}
		of := tally{}
		for _, f := range m.files {
			if f.pkg == pkg {
				of[f.name] = len(f.lines)
			}
		}
		out = append(out,
			figure{"files: " + pkg, float64(len(of)), nil},
			figure{"lines: " + pkg, float64(lines[pkg]), of.parts()})
	}
	total := 0
	for _, n := range lines {
		total += n
	}
	return append(out, figure{"lines, all packages", float64(total), lines.parts()})
}

// ruleUses are the files that one has to know to write a rule.
func (m *module) ruleUses(r rules) []figure {
	own, others := tally{}, tally{}
	var names []string
	for f := range r.files {
		names = append(names, f.name)
		var near, far []string
		for _, u := range m.uses {
			switch {
			case u.from != f || u.to == nil || u.to == f:
			case u.to.pkg == f.pkg:
				near = append(near, path.Base(u.to.name))
			default:
				far = append(far, u.to.name)
			}
		}
		own.add(f.name, near)
		others.add(f.name, far)
	}
	slices.Sort(names)
	return slices.Concat(
		[]figure{count("files of rules", names)},
		own.both("files of its package that a rule uses"),
		others.both("files of other packages that a rule uses"),
	)
}

// edges go from one rule to another, and from what is no rule to one.
func (m *module) edges(r rules) []figure {
	var rule, other []string
	for _, f := range m.files {
		if r.lists[f] || f.pkg != "diag" {
			continue
		}
		for _, used := range m.usedBy(f, r.files) {
			edge := f.name + " -> " + used.name + " (" + m.names(f, used) + ")"
			if r.files[f] {
				rule = append(rule, edge)
			} else {
				other = append(other, edge)
			}
		}
	}
	return []figure{count("uses of one rule by another", rule), count("uses of a rule by what is none", other)}
}

// names are the declarations of one file that another uses, the first few.
func (m *module) names(from, to *file) string {
	var names []string
	for _, u := range m.uses {
		if u.from == from && u.to == to && !slices.Contains(names, u.obj.Name()) {
			names = append(names, u.obj.Name())
		}
	}
	if len(names) > 5 {
		names = append(names[:5], "...")
	}
	return strings.Join(names, ", ")
}

// cycles are groups of files of a package each of which leads to all others.
func (m *module) cycles(r rules) []figure {
	var out []figure
	for _, p := range m.packages {
		pkg := strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, m.path), "/")
		graph := map[*file][]*file{}
		var files []*file
		for _, f := range m.files {
			if f.pkg == pkg && !r.lists[f] {
				files = append(files, f)
			}
		}
		for _, u := range m.uses {
			if u.from.pkg == pkg && u.to != nil && u.to.pkg == pkg && u.to != u.from && !r.lists[u.from] && !r.lists[u.to] {
				graph[u.from] = append(graph[u.from], u.to)
			}
		}
		cycle := largestCycle(files, graph)
		if len(cycle) < 2 {
			continue
		}
		slices.SortFunc(cycle, func(a, b *file) int { return strings.Compare(a.name, b.name) })
		var parts []string
		for _, from := range cycle {
			for _, to := range cycle {
				if slices.Contains(graph[from], to) {
					parts = append(parts, from.name+" -> "+to.name+" ("+m.names(from, to)+")")
				}
			}
		}
		out = append(out, figure{"largest cycle of files: " + cmp.Or(pkg, "."), float64(len(cycle)), parts})
	}
	return out
}

// methods of types of diag: how many one has, and which only one rule uses.
func (m *module) methods(r rules) []figure {
	each := tally{}
	users := map[types.Object]map[*file]bool{}
	for _, u := range m.uses {
		if users[u.obj] == nil {
			users[u.obj] = map[*file]bool{}
		}
		users[u.obj][u.from] = true
	}
	var lonely []string
	for _, f := range m.files {
		if f.pkg != "diag" && !strings.HasPrefix(f.pkg, "diag/") {
			continue
		}
		for _, decl := range f.syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv == nil {
				continue
			}
			method := f.info.Defs[fn.Name].(*types.Func)
			name := receiver(method)
			each[name]++
			for user := range users[method] {
				if len(users[method]) == 1 && r.files[user] && user != f {
					lonely = append(lonely, fmt.Sprintf("%s.%s of %s, for %s", name, method.Name(), f.name, user.name))
				}
			}
		}
	}
	return []figure{
		{"most methods of a type", each.max(), each.parts()},
		count("methods that one rule alone uses", lonely),
	}
}

// receiver is the type of a method with its package, without its pointer and arguments.
func receiver(method *types.Func) string {
	t := method.Signature().Recv().Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	return method.Pkg().Name() + "." + t.(*types.Named).Obj().Name()
}

// codeUses: what has to be touched when a finding comes or goes.
func (m *module) codeUses(r rules) []figure {
	named, said := tally{}, tally{}
	words := map[*file]map[string]bool{}
	for _, f := range m.files {
		if f.pkg != "diag" && !strings.HasPrefix(f.pkg, "diag/") {
			words[f] = m.words(f)
		}
	}
	for code, slug := range m.codes() {
		places := map[string]int{}
		total := 0
		for _, u := range m.uses {
			if u.obj == code && u.from != r.own[code] && !r.lists[u.from] {
				places[u.from.name]++
				total++
			}
		}
		label := []string{slug}
		for _, name := range slices.Sorted(maps.Keys(places)) {
			label = append(label, fmt.Sprintf("%s %d", name, places[name]))
		}
		named[strings.Join(label, ", ")] = total
		var writers []string
		for f, said := range words {
			if said[slug] {
				writers = append(writers, f.name)
			}
		}
		said.add(slug, writers)
	}
	return slices.Concat(
		named.both("places that name a code, beside its rule"),
		said.both("files outside diag that say a slug"),
	)
}

var slugs = regexp.MustCompile(`[a-z0-9]+(-[a-z0-9]+)+`)

// words are all words with hyphens in the strings of a file.
func (m *module) words(f *file) map[string]bool {
	words := map[string]bool{}
	for node := range ast.Preorder(f.syntax) {
		if lit, ok := node.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				continue
			}
			for _, word := range slugs.FindAllString(text, -1) {
				words[word] = true
			}
		}
	}
	return words
}

// lengths are of functions, files and lines of the whole module.
func (m *module) lengths() []figure {
	functions := tally{}
	var files, lines []string
	for _, f := range m.files {
		for _, decl := range f.syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				from, to := m.fset.Position(fn.Pos()).Line, m.fset.Position(fn.End()).Line
				functions[fmt.Sprintf("%s:%d: %s", f.name, from, fn.Name.Name)] = to - from + 1
			}
		}
		if len(f.lines) > longFile {
			files = append(files, fmt.Sprintf("%s: %d lines", f.name, len(f.lines)))
		}
		for i, line := range f.lines {
			if n := len([]rune(line)); n > longLine {
				lines = append(lines, fmt.Sprintf("%s:%d: %d", f.name, i+1, n))
			}
		}
	}
	longest := functions.parts()
	return []figure{
		{"longest function, lines", functions.max(), longest[:min(len(longest), 10)]},
		count("files over "+strconv.Itoa(longFile)+" lines", files),
		count("lines over "+strconv.Itoa(longLine)+" characters", lines),
	}
}
