package promstack

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
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

// cache is where the ensembles keep their data too.
func cache(t testing.TB) string {
	t.Helper()
	home, err := zktest.DataHome()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(home, "run")
}

func closed(t testing.TB, s *Server, err error) *Server {
	t.Helper()
	if errors.Is(err, ErrNotInstalled) && !zktest.Required() {
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
