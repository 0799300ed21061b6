package schema

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/restart"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/internal/scenes"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

var update = flag.Bool("update", false, "write the schemas")

// document is what a schema is of.
type document struct {
	name, title string
	// types are the forms that it has.
	types []any
	// kept: documents of this kind are kept, and those of earlier versions are valid too. Where
	// an empty list was written as null it may be.
	kept bool
	// files are patterns of recorded documents, from the root of the module.
	files []string
}

// documents are all that have a schema.
var documents = []document{
	{
		name: "report", title: "what zkdoctor check -o json writes", types: []any{report.Report{}},
		files: []string{
			"internal/render/testdata/guide-json.golden", "internal/render/testdata/h*-json.golden",
			"internal/render/testdata/no-quorum-json.golden", "internal/render/testdata/unexplained-json.golden",
		},
	},
	{
		name: "snapshot", title: "what zkdoctor collect writes", types: []any{snapshot.Snapshot{}}, kept: true,
		files: []string{"docs/examples/[hmns]*.json"},
	},
	{
		name: "lint", title: "what zkdoctor lint -o json writes: of one configuration, or of several",
		types: []any{lint.Report{}, lint.Several{}},
		files: []string{"internal/render/testdata/lint-*-json.golden"},
	},
	{
		name: "ok-to-restart", title: "what zkdoctor ok-to-restart -o json writes", types: []any{restart.Answer{}},
		files: []string{"internal/render/testdata/restart-*-json.golden"},
	},
	{
		name: "diff", title: "what zkdoctor diff -o json writes", types: []any{report.Changes{}},
		files: []string{"internal/render/testdata/changes-*-json.golden"},
	},
	{
		name: "watch", title: "a line of zkdoctor watch -o json", types: []any{report.Event{}},
		files: []string{"internal/render/testdata/event-*-json.golden"},
	},
}

// TestSchemas: the schemas are those of the types. A field that is new is new in its schema.
func TestSchemas(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		file := d.name + ".schema.json"
		got := generate(t, d)
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what the types say; go test ./docs/schema -update (-want +got):\n%s", file, diff)
		}
	}
}

// TestRecorded: recorded documents are as their schemas say, with no property beyond.
func TestRecorded(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		schema := compiled(t, d.name, true)
		for _, pattern := range d.files {
			files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: no files, %v", pattern, err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				valid(t, schema, file, text)
			}
		}
	}
}

// TestScenes: what was seen of real ensembles, and what is said of them.
func TestScenes(t *testing.T) {
	t.Parallel()
	all, err := scenes.All()
	if err != nil {
		t.Fatal(err)
	}
	snapshots, reports, answers := compiled(t, "snapshot", true), compiled(t, "report", true), compiled(t, "ok-to-restart", true)
	for _, scene := range all {
		valid(t, snapshots, scene.Name, scene.Snapshot)
		seen, err := snapshot.ReadSnapshot(scene.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		if err := render.JSON(&said, diag.Diagnose(seen, diag.Options{})); err != nil {
			t.Fatal(err)
		}
		valid(t, reports, "the report of "+scene.Name, said.Bytes())
		said.Reset()
		question := restart.Question{Servers: []snapshot.Target{seen.Servers[0].Target}}
		if err := render.RestartJSON(&said, restart.Judge(seen, diag.Options{}, question)); err != nil {
			t.Fatal(err)
		}
		valid(t, answers, "whether a server may be restarted of "+scene.Name, said.Bytes())
	}
}

// TestReaders: a document of a later version, with properties that this one does not know, is
// a document for readers, and one without what every version has is none.
func TestReaders(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../internal/render/testdata/healthy-json.golden")
	if err != nil {
		t.Fatal(err)
	}
	var later map[string]any
	if err := json.Unmarshal(text, &later); err != nil {
		t.Fatal(err)
	}
	later["new"], later["verdict"].(map[string]any)["new"] = 1, true
	if err := compiled(t, "report", false).Validate(later); err != nil {
		t.Error(err)
	}
	if err := compiled(t, "report", true).Validate(later); err == nil {
		t.Error("the strict schema takes what it does not know")
	}
	for _, key := range slices.Sorted(maps.Keys(later)) {
		cut := maps.Clone(later)
		delete(cut, key)
		err := compiled(t, "report", false).Validate(cut)
		if always := key != "new" && key != "processes" && key != "reach"; (err != nil) != always {
			t.Errorf("without %s: %v", key, err)
		}
	}
}

// compiled is a schema as it is published, or one that takes no property that it does not know.
func compiled(t *testing.T, name string, closed bool) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile(name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if closed {
		schema = strict(schema)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(name, schema); err != nil {
		t.Fatal(err)
	}
	out, err := compiler.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func valid(t *testing.T, schema *jsonschema.Schema, what string, text []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}
