package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// source is what the files of one package say of its types.
type source struct {
	// types are the comments of types, fields those of fields as Type.Field.
	types, fields map[string]string
	// values are the constants of a type of strings, in their order.
	values map[string][]constant
}

type constant struct{ value, comment string }

// readSource reads the package in a directory of this module.
func readSource(t *testing.T, dir string) source {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no files, %v", dir, err)
	}
	s := source{types: map[string]string{}, fields: map[string]string{}, values: map[string][]constant{}}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			if d, ok := decl.(*ast.GenDecl); ok {
				s.read(d)
			}
		}
	}
	return s
}

func (s source) read(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			doc := spec.Doc
			if doc == nil {
				doc = d.Doc
			}
			s.types[spec.Name.Name] = prose(doc, spec.Name.Name, "")
			if structure, ok := spec.Type.(*ast.StructType); ok {
				s.readFields(spec.Name.Name, structure)
			}
		case *ast.ValueSpec:
			s.readValue(d.Tok, spec)
		}
	}
}

func (s source) readFields(of string, structure *ast.StructType) {
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			doc := field.Doc
			if doc == nil {
				doc = field.Comment
			}
			s.fields[of+"."+name.Name] = prose(doc, name.Name, jsonName(field))
		}
	}
}

// readValue keeps a constant that has a type and a literal value.
func (s source) readValue(tok token.Token, spec *ast.ValueSpec) {
	named, ok := spec.Type.(*ast.Ident)
	if tok != token.CONST || !ok || len(spec.Values) != 1 {
		return
	}
	literal, ok := spec.Values[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return
	}
	value, err := strconv.Unquote(literal.Value)
	if err != nil {
		return
	}
	s.values[named.Name] = append(s.values[named.Name], constant{value, prose(spec.Doc, spec.Names[0].Name, value)})
}

// jsonName is the name of a field in JSON, as its tag says.
func jsonName(field *ast.Field) string {
	if field.Tag == nil {
		return ""
	}
	_, rest, _ := strings.Cut(field.Tag.Value, `json:"`)
	name, _, _ := strings.Cut(rest, `"`)
	name, _, _ = strings.Cut(name, ",")
	return name
}

var nilWord = regexp.MustCompile(`\bnil\b`)

// prose is a comment as one line, with names of JSON in place of those of Go: of what it begins
// with, and of nil.
func prose(doc *ast.CommentGroup, name, by string) string {
	if doc == nil {
		return ""
	}
	text := nilWord.ReplaceAllString(strings.Join(strings.Fields(doc.Text()), " "), "null")
	if rest, ok := strings.CutPrefix(text, name); ok && by != "" && !startsWord(rest) {
		return by + rest
	}
	return text
}

func startsWord(s string) bool {
	return s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z' || s[0] >= '0' && s[0] <= '9')
}
