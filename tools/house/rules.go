package main

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"
)

// rules is where the rules of diag stand.
type rules struct {
	// files declare a rule each, or a family of them.
	files map[*file]bool
	// lists name most of the rules, of any package, and do nothing else with them.
	lists map[*file]bool
	// own is the file of the rule that looks for a code.
	own map[types.Object]*file
}

// inDiag: diag and what is below it, but for lint, which has rules of another kind.
func inDiag(pkg string) bool {
	return pkg == "diag" || strings.HasPrefix(pkg, "diag/") && pkg != "diag/lint"
}

func (m *module) rules() rules {
	r := rules{files: map[*file]bool{}, lists: map[*file]bool{}, own: map[types.Object]*file{}}
	checks := false
	for _, f := range m.files {
		if f.pkg != "diag" {
			continue
		}
		for node := range ast.Preorder(f.syntax) {
			if lit, ok := node.(*ast.CompositeLit); ok {
				checks = m.rule(r, f, lit) == "Check" || checks
			}
		}
	}
	for _, f := range m.files {
		if checks && strings.HasPrefix(f.name, "diag/check_") {
			r.files[f] = true
		}
	}
	m.lists(r, "diag", r.files)
	m.lists(r, "diag/lint", m.judges("diag/lint"))
	return r
}

// lists notes the files that are no rule's and use most of those that are.
func (m *module) lists(r rules, pkg string, of map[*file]bool) {
	for _, f := range m.files {
		if f.pkg == pkg && !r.files[f] && len(of) > 2 && 2*len(m.usedBy(f, of)) > len(of) {
			r.lists[f] = true
		}
	}
}

// rule notes what a literal of the type Rule declares: its file is a rule's. A literal of
// the type Check names the function that judges, and that function's file is. It returns
// the name of the type, if it is one of them.
func (m *module) rule(r rules, f *file, lit *ast.CompositeLit) string {
	kind := m.nameOf(f.info.TypeOf(lit))
	if kind != "Rule" && kind != "Check" {
		return ""
	}
	var code types.Object
	at := f
	for _, elt := range lit.Elts {
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			elt = pair.Value
		}
		switch obj := named(f.info, elt).(type) {
		case *types.Const:
			if code == nil && m.nameOf(obj.Type()) == "Code" {
				code = obj
			}
		case *types.Func:
			if file := m.fileOf(obj); kind == "Check" && file != nil {
				at = file
			}
		}
	}
	// What makes a rule of its arguments has no code of its own.
	if code != nil {
		r.files[at], r.own[code] = true, at
	}
	return kind
}

// judges are the files of lint with functions that its table of rules names.
func (m *module) judges(pkg string) map[*file]bool {
	files := map[*file]bool{}
	for _, f := range m.files {
		if f.pkg != pkg {
			continue
		}
		for node := range ast.Preorder(f.syntax) {
			lit, ok := node.(*ast.CompositeLit)
			if !ok || !strings.HasSuffix(types.TypeString(f.info.TypeOf(lit), nil), "/diag/lint.Rule") {
				continue
			}
			for _, elt := range lit.Elts {
				if fn, ok := named(f.info, elt).(*types.Func); ok && m.fileOf(fn) != nil && m.fileOf(fn) != f {
					files[m.fileOf(fn)] = true
				}
			}
		}
	}
	return files
}

// nameOf is the name of a type of diag or below it, else nothing.
func (m *module) nameOf(t types.Type) string {
	if t == nil {
		return ""
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	if pkg, ok := strings.CutPrefix(named.Obj().Pkg().Path(), m.path+"/"); !ok || !inDiag(pkg) {
		return ""
	}
	return named.Obj().Name()
}

// named is what a plain name means, or one behind the name of its package.
func named(info *types.Info, e ast.Expr) types.Object {
	switch e := e.(type) {
	case *ast.Ident:
		return info.Uses[e]
	case *ast.SelectorExpr:
		return info.Uses[e.Sel]
	default:
		return nil
	}
}

// usedBy are those of the files whose declarations f uses.
func (m *module) usedBy(f *file, of map[*file]bool) []*file {
	var used []*file
	for _, u := range m.uses {
		if u.from == f && u.to != f && of[u.to] && !slices.Contains(used, u.to) {
			used = append(used, u.to)
		}
	}
	return used
}

// codes are the codes of findings, with their slugs.
func (m *module) codes() map[types.Object]string {
	codes := map[types.Object]string{}
	for _, f := range m.files {
		if !inDiag(f.pkg) {
			continue
		}
		for _, obj := range f.info.Defs {
			if c, ok := obj.(*types.Const); ok && m.nameOf(c.Type()) == "Code" && c.Val().Kind() == constant.String {
				codes[c] = constant.StringVal(c.Val())
			}
		}
	}
	return codes
}
