package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// module is the code of a Go module without its tests, as this system builds it.
type module struct {
	root, path string
	fset       *token.FileSet
	packages   []*packages.Package
	// files are in order of their names.
	files  []*file
	byPath map[string]*file
	// uses are in order of where they stand.
	uses []use
	// ignored are files that other systems build.
	ignored []*file
	// reached is what the packages of diag import, and what that imports.
	reached map[string]*packages.Package
}

// file is one file of Go.
type file struct {
	// name and pkg are relative to the module: diag/fold.go, diag.
	name, pkg string
	lines     []string
	syntax    *ast.File
	info      *types.Info
}

// use is a place that names a declaration that more than one file can see: one of a
// package, or a method or field.
type use struct {
	from *file
	line int
	obj  types.Object
	// to is the file of the declaration, nil outside the module.
	to *file
}

func (u use) String() string { return fmt.Sprintf("%s:%d: %s", u.from.name, u.line, u.obj.Name()) }

const needTypes = packages.NeedName | packages.NeedFiles | packages.NeedModule | packages.NeedImports |
	packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo

func load(root string) (*module, error) {
	m := &module{root: root, fset: token.NewFileSet(), byPath: map[string]*file{}, reached: map[string]*packages.Package{}}
	var err error
	m.packages, err = packages.Load(&packages.Config{Dir: root, Fset: m.fset, Mode: needTypes}, "./...")
	if err != nil {
		return nil, err
	}
	slices.SortFunc(m.packages, func(a, b *packages.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	for _, p := range m.packages {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("%s: %w", p.PkgPath, p.Errors[0])
		}
		m.path = p.Module.Path
		for _, syntax := range p.Syntax {
			f, err := m.read(m.fset.File(syntax.FileStart).Name(), p)
			if err != nil {
				return nil, err
			}
			f.syntax, f.info = syntax, p.TypesInfo
			m.files = append(m.files, f)
			m.byPath[filepath.Join(root, f.name)] = f
		}
		for _, name := range p.IgnoredFiles {
			if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				f, err := m.read(name, p)
				if err != nil {
					return nil, err
				}
				m.ignored = append(m.ignored, f)
			}
		}
	}
	slices.SortFunc(m.files, func(a, b *file) int { return strings.Compare(a.name, b.name) })
	for _, f := range m.files {
		m.uses = append(m.uses, m.usesIn(f)...)
	}
	return m, m.reach()
}

func (m *module) read(path string, p *packages.Package) (*file, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	name, err := filepath.Rel(m.root, path)
	return &file{
		name:  filepath.ToSlash(name),
		pkg:   strings.TrimPrefix(strings.TrimPrefix(p.PkgPath, p.Module.Path), "/"),
		lines: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"),
	}, err
}

func (m *module) usesIn(f *file) []use {
	var uses []use
	for node := range ast.Preorder(f.syntax) {
		if id, ok := node.(*ast.Ident); ok && f.info.Uses[id] != nil {
			if obj := origin(f.info.Uses[id]); shared(obj) {
				uses = append(uses, use{from: f, line: m.fset.Position(id.Pos()).Line, obj: obj, to: m.fileOf(obj)})
			}
		}
	}
	slices.SortStableFunc(uses, func(a, b use) int { return cmp.Compare(a.line, b.line) })
	return uses
}

// fileOf is where something is declared, nil outside the module.
func (m *module) fileOf(obj types.Object) *file { return m.byPath[m.fset.Position(obj.Pos()).Filename] }

// origin is the declaration of what may be an instance of it.
func origin(obj types.Object) types.Object {
	switch o := obj.(type) {
	case *types.Func:
		return o.Origin()
	case *types.Var:
		return o.Origin()
	default:
		return obj
	}
}

// shared are declarations of a package, methods and fields; not what is declared in a
// function, nor what import declares.
func shared(obj types.Object) bool {
	if obj.Pkg() == nil {
		return false
	}
	switch o := obj.(type) {
	case *types.PkgName:
		return false
	case *types.Var:
		if o.IsField() {
			return true
		}
	case *types.Func:
		return true
	}
	return obj.Parent() == obj.Pkg().Scope()
}

// reach follows the imports of the packages of diag.
func (m *module) reach() error {
	roots, err := packages.Load(&packages.Config{
		Dir:  m.root,
		Mode: packages.NeedName | packages.NeedModule | packages.NeedImports | packages.NeedDeps,
	}, "./diag/...")
	if err != nil {
		return err
	}
	packages.Visit(roots, nil, func(p *packages.Package) { m.reached[p.PkgPath] = p })
	return nil
}

// has: whether the module has such a package.
func (m *module) has(pkg string) bool {
	return slices.ContainsFunc(m.files, func(f *file) bool { return f.pkg == pkg })
}
