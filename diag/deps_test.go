package diag

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir  string
	Standard         bool
	Module           *struct{ Main bool }
	GoFiles, Imports []string
	Deps             []string
}

// TestReachesNothing: diag and the packages below it, with all that they import, reach no
// other module, no file, no net and no clock: the same snapshot gives the same report. fmt
// may have its os.
func TestReachesNothing(t *testing.T) {
	t.Parallel()
	outside := []string{
		"os", "os/exec", "os/signal", "os/user", "syscall", "io/ioutil", "log", "log/slog", "log/syslog",
		"math/rand", "math/rand/v2", "crypto/rand", "plugin", "unsafe",
	}
	all := dependencies(t)
	for _, p := range all {
		if p.Standard {
			continue
		}
		if p.Module == nil || !p.Module.Main {
			t.Errorf("%s is of another module", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			std, ok := all[imported]
			if ok && std.Standard && (slices.Contains(outside, imported) || imported == "net" || slices.Contains(std.Deps, "net")) {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
		for _, name := range p.GoFiles {
			for _, place := range asksForTime(t, filepath.Join(p.Dir, name)) {
				t.Error(place)
			}
		}
	}
}

// dependencies are the packages of diag and all that they import, by path.
func dependencies(t *testing.T) map[string]listed {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,Standard,Module,GoFiles,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]listed{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
	if _, ok := all["github.com/zkdoctor/zkdoctor/diag"]; !ok {
		t.Fatalf("go list says nothing of diag: %d packages", len(all))
	}
	return all
}

// asksForTime names the places of a file that ask what time it is.
func asksForTime(t *testing.T, path string) []string {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for node := range ast.Preorder(f) {
		sel, ok := node.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		pkg, ok := sel.X.(*ast.Ident)
		if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep"}, sel.Sel.Name) {
			places = append(places, fset.Position(sel.Pos()).String()+": time."+sel.Sel.Name)
		}
	}
	return places
}
