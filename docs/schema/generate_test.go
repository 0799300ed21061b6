package schema

import (
	"encoding"
	"encoding/json"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const module = "github.com/zkdoctor/zkdoctor/"

// generator makes the schema of one document from the types that it is written from.
type generator struct {
	t *testing.T
	// root is the document's first type. Types of its package need no package before their names.
	root    reflect.Type
	kept    bool
	defs    map[string]object
	sources map[string]source
}

// generate makes the schema of a document, which is one of these types.
func generate(t *testing.T, d document) []byte {
	t.Helper()
	g := generator{
		t: t, root: reflect.TypeOf(d.types[0]), kept: d.kept,
		defs: map[string]object{}, sources: map[string]source{},
	}
	root := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", d.title},
	}
	var forms []object
	for _, value := range d.types {
		forms = append(forms, g.of(reflect.TypeOf(value)))
	}
	if len(forms) == 1 {
		root = append(root, forms[0]...)
	} else {
		root = root.with("anyOf", forms)
	}
	var defs object
	for _, name := range slices.Sorted(maps.Keys(g.defs)) {
		defs = defs.with(name, g.defs[name])
	}
	text, err := json.MarshalIndent(root.with("$defs", defs), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, '\n')
}

// of is the schema of a type, where a value is always there.
func (g generator) of(t reflect.Type) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return g.of(t.Elem())
	case t == reflect.TypeFor[time.Time]():
		return object{{"type", "string"}, {"format", "date-time"}}
	case t == reflect.TypeFor[time.Duration]():
		return object{{"type", "integer"}}
	case t == reflect.TypeFor[snapshot.Pairs]():
		return object{{"type", "object"}, {"additionalProperties", object{{"type", "string"}}}}
	case t.Implements(reflect.TypeFor[json.Marshaler]()):
		g.t.Fatalf("%v writes itself as JSON: say here how", t)
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{{"type", "string"}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return g.structure(t)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{{"type", "string"}, {"contentEncoding", "base64"}}
		}
		return object{{"type", "array"}, {"items", g.of(t.Elem())}}
	case reflect.Map:
		return object{{"type", "object"}, {"additionalProperties", g.of(t.Elem())}}
	case reflect.String:
		return g.text(t)
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Float64:
		return object{{"type", "number"}}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return object{{"type", "integer"}}
	case reflect.Uint, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return object{{"type", "integer"}, {"minimum", 0}}
	default:
		g.t.Fatalf("%v: no schema for a %v", t, t.Kind())
		return nil
	}
}

// structure refers to the definition of a struct, which it makes once. The definition of a
// generic type says nothing of the types that it is made of: where it is used does.
func (g generator) structure(t reflect.Type) object {
	name := g.name(t)
	if _, done := g.defs[name]; !done {
		g.defs[name] = nil
		var properties object
		required := []string{}
		g.fields(t, &properties, &required)
		def := object{{"type", "object"}}.with("description", g.source(t).types[baseName(t)]).with("properties", properties)
		if len(required) > 0 {
			def = def.with("required", required)
		}
		g.defs[name] = def
	}
	use := object{{"$ref", "#/$defs/" + name}}
	if value, ok := parameter(t); ok {
		use = use.with("properties", object{{"value", g.of(value)}})
	}
	return use
}

// parameter is the type of the field Value of a generic type.
func parameter(t reflect.Type) (reflect.Type, bool) {
	if !strings.Contains(t.Name(), "[") {
		return nil, false
	}
	field, ok := t.FieldByName("Value")
	return field.Type, ok
}

func (g generator) fields(t reflect.Type, properties *object, required *[]string) {
	_, generic := parameter(t)
	for field := range t.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous && name == "":
			embedded := field.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			g.fields(embedded, properties, required)
			continue
		case name == "-" || !field.IsExported():
			continue
		case name == "":
			g.t.Errorf("%v.%s has no name in JSON", t, field.Name)
		}
		property := object{}
		omitted := strings.Contains(options, "omit")
		if !generic || field.Name != "Value" {
			property = g.of(field.Type)
			if g.nullable(field.Type, omitted) {
				property = orNull(property)
			}
		}
		if !omitted && (!g.kept || t == g.root) {
			*required = append(*required, name)
		}
		comment := g.source(t).fields[baseName(t)+"."+field.Name]
		*properties = properties.with(name, property.with("description", comment))
	}
}

// nullable reports a field that is null where there is nothing.
func (g generator) nullable(t reflect.Type, omitted bool) bool {
	if omitted {
		return false
	}
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && g.kept && t != reflect.TypeFor[snapshot.Pairs]()
}

func orNull(schema object) object {
	if schema[0].key == "type" && !slices.ContainsFunc(schema, func(m member) bool { return m.key == "enum" }) {
		return append(object{{"type", []any{schema[0].value, "null"}}}, schema[1:]...)
	}
	return object{{"anyOf", []object{schema, {{"type", "null"}}}}}
}

// text is a string, or one of the constants of its type.
func (g generator) text(t reflect.Type) object {
	if t.PkgPath() == "" || slices.Contains(open, t) {
		return object{{"type", "string"}}
	}
	s := g.source(t)
	if len(s.values[t.Name()]) == 0 {
		return object{{"type", "string"}}
	}
	name := g.name(t)
	if _, done := g.defs[name]; !done {
		var values []string
		lines := []string{s.types[t.Name()]}
		for _, c := range s.values[t.Name()] {
			values = append(values, c.value)
			if c.comment != "" {
				lines = append(lines, c.comment)
			}
		}
		g.defs[name] = object{{"type", "string"}}.with("description", strings.Join(lines, "\n")).with("enum", values)
	}
	return object{{"$ref", "#/$defs/" + name}}
}

// open are types of strings that have more values than constants.
var open = []reflect.Type{reflect.TypeFor[report.Code]()}

// name is that of a definition: the type's, with its package where that is another one.
func (g generator) name(t reflect.Type) string {
	if t.PkgPath() == g.root.PkgPath() {
		return baseName(t)
	}
	return path.Base(t.PkgPath()) + "." + baseName(t)
}

// baseName is the name of a type without what it is made of.
func baseName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}

// source is what the package of a type says of its types.
func (g generator) source(t reflect.Type) source {
	dir, ok := strings.CutPrefix(t.PkgPath(), module)
	if !ok {
		g.t.Fatalf("%v is of another module", t)
	}
	if _, read := g.sources[dir]; !read {
		g.sources[dir] = readSource(g.t, dir)
	}
	return g.sources[dir]
}

// strict is a schema that knows all properties there are: a document has no others.
func strict(schema any) any {
	switch schema := schema.(type) {
	case map[string]any:
		closed := map[string]any{}
		for key, value := range schema {
			closed[key] = strict(value)
		}
		_, refers := schema["$ref"]
		if _, has := schema["properties"].(map[string]any); has && !refers {
			closed["unevaluatedProperties"] = false
		}
		return closed
	case []any:
		closed := make([]any, len(schema))
		for i, value := range schema {
			closed[i] = strict(value)
		}
		return closed
	}
	return schema
}
