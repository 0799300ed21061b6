package report

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHome: the address of the project is that of its module, and stands in one place in the code.
func TestHome(t *testing.T) {
	t.Parallel()
	const root = "../.."
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil || !strings.HasPrefix(string(mod), "module "+strings.TrimPrefix(Home, "https://")+"\n") {
		t.Errorf("go.mod begins with another module: %v", err)
	}
	var found []string
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root:
			return fs.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), Home) {
			found = append(found, path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 {
		t.Errorf("the address is in %q", found)
	}
}
