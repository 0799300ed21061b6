package zktest

import (
	"strings"
	"testing"
)

// TestDataHome: servers keep no data where files are cleared away.
func TestDataHome(t *testing.T) {
	for dir, want := range map[string]bool{"/tmp": true, "/tmp/a/b": true, "/var/tmp/x": true, "/dev/shm/x": true, "/tmpfiles": false, "/var/cache": false} {
		if got := clearedAway(dir); got != want {
			t.Errorf("%s: %t", dir, got)
		}
	}
	t.Setenv("ZKDOCTOR_CACHE", "/tmp/zkdoctor-datahome-test")
	if home, err := DataHome(); err == nil && (clearedAway(home) || !strings.HasSuffix(home, "zkdoctor")) {
		t.Errorf("the data goes to %s", home)
	}
}
