package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/restart"
)

// TestRestartChecks: the page has all checks.
func TestRestartChecks(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "rolling-restart.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range restart.Names() {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/rolling-restart.md says nothing of %s", name)
		}
	}
}
