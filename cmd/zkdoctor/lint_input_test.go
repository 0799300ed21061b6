package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

// TestLintBounds: what is judged in one run is bounded, in however many ConfigMaps and files it
// stands.
func TestLintBounds(t *testing.T) {
	t.Parallel()
	const one = "---\nkind: ConfigMap\ndata: {zoo.cfg: clientPort=2181}\n"
	long := "clientPort=2181\n" + strings.Repeat("a=b\n", 2000)
	for name, c := range map[string]struct {
		file, text string
		times      int
		fails      bool
	}{
		"ConfigMaps":               {"many.yaml", strings.Repeat(one, maxConfigs), 1, false},
		"one more":                 {"many.yaml", strings.Repeat(one, maxConfigs+1), 1, true},
		"files":                    {"zoo.cfg", "clientPort=2181\n", maxConfigs + 1, true},
		"settings":                 {"zoo.cfg", long, 1 + maxSettings/2000, true},
		"what is no configuration": {"other.yaml", "kind: ConfigMap\ndata:\n" + strings.Repeat("  k: v\n", 1000) + one, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			must(t, os.WriteFile(path, []byte(c.text), 0o600))
			names := make([]string, c.times)
			for i := range names {
				names[i] = path
			}
			in := lintInput{terminal: terminal{files: new(hostfile.Door)}}
			_, err := in.read(t.Context(), names)
			if failed := err != nil && strings.Contains(err.Error(), "fewer at a time"); failed != c.fails || !failed && err != nil {
				t.Errorf("%d are found: %v", len(in.found), err)
			}
		})
	}
}
