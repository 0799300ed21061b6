package zktest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// jarsFor bounds the download of a version's jars, some 20 MB.
const jarsFor = 10 * time.Minute

// StartT starts an ensemble for a test, waits until all of its servers serve
// (but see Options.NoStart and NoWait), and closes it when the test ends. When
// the test has failed, the end of each server's log is logged. What goes wrong
// fails the test at once; what the machine lacks (java, mvn, root for
// namespaces) skips it, unless CI is "true" or ZKTEST_REQUIRE is set: there a
// missing server must not pass.
func StartT(t testing.TB, options Options) *Ensemble {
	t.Helper()
	if err := named(t.Name()); err != nil {
		t.Fatal(err)
	}
	options = options.withDefaults()
	ctx, cancel := context.WithTimeout(t.Context(), jarsFor)
	defer cancel()
	if _, err := Jars(ctx, options.Version); err != nil {
		giveUp(t, err)
	}
	e, err := Start(t.Context(), options)
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, s := range e.Servers {
				t.Logf("log of server.%d (without questions):\n%s", s.ID, tail(withoutWords(s.Log()), 40))
			}
		}
		e.Close()
	})
	if options.NoStart || options.NoWait {
		return e
	}
	if err := e.WaitServing(t.Context()); err != nil {
		t.Fatalf("zookeeper %s: %v", options.Version, err)
	}
	return e
}

// named is an error where a test of this name must not start servers. Benchmarks may.
func named(test string) error {
	if strings.HasPrefix(test, "Test") && !strings.HasPrefix(test, RealPrefix) {
		return fmt.Errorf("%s starts servers: its name must begin with %s", test, RealPrefix)
	}
	return nil
}

func giveUp(t testing.TB, err error) {
	t.Helper()
	if lacking(err) && !Required() {
		t.Skipf("needs what this machine lacks: %v", err)
	}
	t.Fatal(err)
}

// Required reports whether a test must fail where the machine lacks what it needs,
// instead of being skipped: CI is "true" or ZKTEST_REQUIRE is set.
func Required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("ZKTEST_REQUIRE") != ""
}

// withoutWords leaves out the lines that a server logs for each four letter
// word: waiting asks many.
func withoutWords(log string) string {
	var kept strings.Builder
	for line := range strings.Lines(log) {
		switch {
		case strings.Contains(line, "Accepted socket connection from"),
			strings.Contains(line, "Processing srvr command"),
			strings.Contains(line, "(no session established for client)"):
		default:
			kept.WriteString(line)
		}
	}
	return kept.String()
}
