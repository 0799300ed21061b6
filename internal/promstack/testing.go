package promstack

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// PrometheusT starts a Prometheus for a test, which ends with it. When the test
// has failed its log is logged. Without the command the test is skipped, unless
// CI is "true" or ZKTEST_REQUIRE is set.
func PrometheusT(t testing.TB, config string) *Server {
	t.Helper()
	s, err := Prometheus(t.Context(), cache(t), "127.0.0.1:0", config)
	return closed(t, s, err)
}

// AlertmanagerT starts an Alertmanager for a test likewise.
func AlertmanagerT(t testing.TB, config string) *Server {
	t.Helper()
	s, err := Alertmanager(t.Context(), cache(t), "127.0.0.1:0", config)
	return closed(t, s, err)
}

// ExporterT starts a zkdoctor exporter for a test likewise.
func ExporterT(t testing.TB, config, program string, flags ...string) *Server {
	t.Helper()
	s, err := Exporter(t.Context(), cache(t), "127.0.0.1:0", config, program, flags...)
	return closed(t, s, err)
}

// cache is beside the ensembles, on the same disk, and not in /tmp.
func cache(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, ".cache", "run")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod here or above")
		}
		dir = filepath.Dir(dir)
	}
}

func closed(t testing.TB, s *Server, err error) *Server {
	t.Helper()
	if errors.Is(err, ErrNotInstalled) && os.Getenv("CI") != "true" && os.Getenv("ZKTEST_REQUIRE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if t.Failed() {
			t.Logf("log of %s:\n%s", s.name, strings.Join(s.Log(), "\n"))
		}
	})
	return s
}
