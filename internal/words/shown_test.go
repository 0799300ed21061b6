package words

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// quotedFile lists texts of the code that are quoted, a text a line: what ZooKeeper, Java, systemd or
// Kubernetes writes stays as it is. Nothing of ours is in it.
const quotedFile = "testdata/quoted.txt"

// text is something shown, and the line it begins at.
type text struct {
	line int
	text string
}

// TestWords goes over everything that people read: texts in the code, help, pages, documents, alert
// rules and dashboards.
func TestWords(t *testing.T) {
	t.Parallel()
	list, quoted := newList(), quotedTexts(t)
	for _, path := range shown(t) {
		for _, s := range textsOf(t, path) {
			if key := strings.TrimSpace(s.text); quoted[key] != "" {
				quoted[key] = "seen"
				continue
			}
			for _, u := range list.find(s.text) {
				t.Errorf("%s:%d: %q: write %s: %.100q", path, s.line, u.word, u.instead, s.text)
			}
		}
	}
	for text, state := range quoted {
		if state != "seen" {
			t.Errorf("%s: no text is %q any more", quotedFile, text)
		}
	}
}

// quotedTexts are the texts that are quoted.
func quotedTexts(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile(quotedFile)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for line := range strings.Lines(string(b)) {
		texts[strings.TrimSpace(line)] = "listed"
	}
	return texts
}

// notShown are directories whose texts nobody but we read, and one of copies.
var notShown = regexp.MustCompile(`^(tools|charts/zkdoctor/files|\.cache|\.git|internal/(zktest|promstack|recorded|fakesystemd|pdeathsig|scenes|words)|.*/testdata)(/|$)`)

// shown returns the files whose texts are shown.
func shown(t *testing.T) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case notShown.MatchString(rel) && d.IsDir():
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(rel, "_test.go"):
			return nil
		}
		if slices.Contains([]string{".go", ".md", ".yml", ".yaml", ".json", ".html"}, filepath.Ext(rel)) || rel == "diag/advisory/advisories.txt" {
			paths = append(paths, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) < 300 {
		t.Fatalf("only %d files: the walk is broken", len(paths))
	}
	return paths
}

// textsOf returns the texts of a file.
func textsOf(t *testing.T, path string) []text {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	switch filepath.Ext(path) {
	case ".go":
		return literals(t, path, b)
	case ".md":
		return paragraphs(prose(string(b)))
	case ".html", ".txt":
		return paragraphs(string(b))
	case ".json":
		return jsonTexts(path, b)
	default:
		return annotations(string(b))
	}
}

// literals are the strings of a Go file that have a blank in them, and the help of its flags.
func literals(t *testing.T, path string, source []byte) []text {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	tags := map[*ast.BasicLit]bool{}
	var out []text
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Tag != nil {
			tags[f.Tag] = true
		}
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		s, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		if tags[lit] {
			s = reflect.StructTag(s).Get("help")
		}
		if strings.Contains(s, " ") {
			out = append(out, text{files.Position(lit.Pos()).Line, s})
		}
		return true
	})
	return out
}

// paragraphs are the parts of a text between its empty lines.
func paragraphs(s string) []text {
	var out []text
	line := 1
	for p := range strings.SplitSeq(s, "\n\n") {
		out = append(out, text{line, p})
		line += strings.Count(p, "\n") + 2
	}
	return out
}

// jsonTexts are the titles, descriptions and texts of dashboards.
func jsonTexts(path string, b []byte) []text {
	if !strings.HasPrefix(path, "dashboards/") {
		return nil
	}
	var out []text
	decoder := json.NewDecoder(bytes.NewReader(b))
	key := ""
	for {
		token, err := decoder.Token()
		if err != nil {
			return out
		}
		s, ok := token.(string)
		if ok && slices.Contains([]string{"title", "description", "content", "text", "label", "legendFormat"}, key) {
			out = append(out, text{bytes.Count(b[:decoder.InputOffset()], []byte("\n")) + 1, s})
		}
		key = s
	}
}

// annotations are the texts of alert rules.
func annotations(s string) []text {
	var out []text
	for i, line := range strings.Split(s, "\n") {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if key == "summary" || key == "description" {
			out = append(out, text{i + 1, strings.Trim(value, ` "'`)})
		}
	}
	return out
}

func TestFind(t *testing.T) {
	t.Parallel()
	list := newList()
	for _, c := range []struct {
		text, want string
	}{
		{"Look at it", "Look"},
		{"zk1 is in state LOOKING, `look` at \"look\"", ""},
		{"server-hung does not respond (hung)", ""},
		{"it hangs", "hangs"},
		{"print the version and leave", "and leave"},
		{"Can lose 0 more.", ""},
		{"looked\nat", "looked"},
		{"--no-second-look", ""},
	} {
		got := ""
		if found := list.find(c.text); len(found) > 0 {
			got = found[0].word
		}
		if got != c.want {
			t.Errorf("find(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
