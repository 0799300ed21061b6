package render

import (
	"bytes"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/zkdoctor/zkdoctor/diag/lint"
)

// TestLintSARIF holds every report against the schema of SARIF 2.1.0, which one of the
// linters has.
func TestLintSARIF(t *testing.T) {
	t.Parallel()
	schema := sarifSchema(t)
	all := lintReports()
	var several []*lint.Report
	for _, name := range slices.Sorted(maps.Keys(all)) {
		several = append(several, all[name])
	}
	for _, reports := range [][]*lint.Report{several[:1], several[1:2], several, nil} {
		var b bytes.Buffer
		if err := LintSARIF(&b, reports); err != nil {
			t.Fatal(err)
		}
		log, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(log); err != nil {
			t.Error(err)
		}
	}
	if err := schema.Validate(map[string]any{"version": "2.1.0", "runs": []any{map[string]any{}}}); err == nil {
		t.Error("the schema takes a run without a tool")
	}
}

// sarifSchema is that of OASIS, from the module that make lint fetches.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-modfile=../../tools/golangci-lint/go.mod", "-m", "-f", "{{.Dir}}", "github.com/securego/gosec/v2")
	dir, err := list.Output()
	if err != nil || len(dir) < 2 {
		t.Skipf("the schema comes with the linters, which are not here (make lint): %v", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join(strings.TrimSpace(string(dir)), "report/sarif/testdata/sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestSARIFLinks: what a configuration says is no link in a message, by the syntax of 3.11.6.
func TestSARIFLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\[(\\[\\\[\]]|[^\\\[\]])*\]\([^)]*\)`)
	for found, want := range map[string]string{
		"[again](https://evil.example/t)": `tickTime: \[again\](https://evil.example/t). Why.`,
		`\[again\](https://evil.example)`: `tickTime: \\\[again\\\](https://evil.example). Why.`,
		`[a\\](b)`:                        `tickTime: \[a\\\\\](b). Why.`,
		"[[a](b)](c)":                     `tickTime: \[\[a\](b)\](c). Why.`,
		`[fd00::1]:2888 C:\zk`:            `tickTime: [fd00::1]:2888 C:\zk. Why.`,
	} {
		got := sarifOf(&lint.Remark{Key: "tickTime", Found: found, Why: "Why.", Recommended: "2000"}).Message.Text
		if !strings.HasPrefix(got, want) || link.MatchString(got) {
			t.Errorf("%s: %s, want %s", found, got, want)
		}
	}
	if !link.MatchString("[para\\[0\\]](1)") {
		t.Error("the standard's example is no link")
	}
}

func TestFileURI(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"zoo.cfg": "zoo.cfg", "./conf/zoo.cfg": "conf/zoo.cfg", "/etc/zk/zoo.cfg": "file:///etc/zk/zoo.cfg",
		"a b#c.cfg": "a%20b%23c.cfg", "c:x.cfg": "./c:x.cfg",
	} {
		if got := fileURI(file); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
