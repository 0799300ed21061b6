// Package packaging has the tests of what a release is made of.
package packaging

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// release makes a release of that version for this platform, in a directory of its own.
func release(t *testing.T, version string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dist")
	command := exec.CommandContext(t.Context(), "../tools/release", dir)
	command.Env = append(os.Environ(), "PLATFORMS=linux/amd64", "VERSION="+version)
	run(t, command)
	return dir
}

func run(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	return string(out)
}

// file is the only one in dir whose name matches.
func file(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %q, %v", pattern, found, err)
	}
	return found[0]
}

func wanted(t *testing.T) {
	t.Helper()
	if os.Getenv("ZKTEST_PACKAGES") == "" {
		t.Skip("takes minutes: make package-test")
	}
}

// TestPackagesSame: two builds are the same bytes.
func TestPackagesSame(t *testing.T) {
	t.Parallel()
	wanted(t)
	first, second := release(t, "0.0.1"), release(t, "0.0.1")
	entries, err := os.ReadDir(first)
	if err != nil || len(entries) < 5 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, entry := range entries {
		one, err := os.ReadFile(filepath.Join(first, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		other, err := os.ReadFile(filepath.Join(second, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one, other) {
			t.Errorf("%s differs from build to build", entry.Name())
		}
	}
}

// TestRealOncePackages: what a release is made of checks a real ensemble, and the Debian
// package is installed, upgraded, run, removed and purged.
func TestRealOncePackages(t *testing.T) {
	t.Parallel()
	wanted(t)
	older, newer := release(t, "0.0.1"), release(t, "0.0.2")
	e := zktest.StartT(t, zktest.Options{Servers: 3})
	if err := e.WaitServing(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Run("deb", func(t *testing.T) {
		run(t, exec.CommandContext(t.Context(), "lintian", "--fail-on", "error", file(t, newer, "*.deb")))
		dist := t.TempDir()
		for from, to := range map[string]string{
			file(t, older, "*.deb"): "old.deb", file(t, newer, "*.deb"): "new.deb", "testdata/deb.sh": "deb.sh",
		} {
			run(t, exec.CommandContext(t.Context(), "cp", from, filepath.Join(dist, to)))
		}
		out := run(t, exec.CommandContext(t.Context(), "unshare", "--mount", "--propagation", "private",
			"sh", "testdata/root.sh", dist, "deb.sh",
			"/dist/old.deb", "/dist/new.deb", e.ConnectString(), freeAddress(t)))
		t.Log(out)
	})
	t.Run("image", func(t *testing.T) {
		// A PID namespace: what still runs ends with the script.
		t.Log(run(t, exec.CommandContext(t.Context(), "unshare", "--mount", "--propagation", "private", "--pid", "--fork",
			"--kill-child", "--mount-proc", "sh", "testdata/image.sh", file(t, newer, "*.tar.gz"), t.TempDir(),
			e.ConnectString(), freeAddress(t))))
	})
	for name, unpack := range map[string]string{
		"rpm":     `rpm --root "$1" --dbpath /db -i --nodeps --noscripts --ignorearch "$0"`,
		"apk":     `tar -C "$1" --warning=none -xzf "$0"`,
		"archive": `tar -C "$1" --strip-components 1 -xzf "$0"`,
	} {
		t.Run(name, func(t *testing.T) {
			pattern := map[string]string{"archive": "*.tar.gz"}[name]
			if pattern == "" {
				pattern = "*." + name
			}
			root := t.TempDir()
			run(t, exec.CommandContext(t.Context(), "sh", "-c", unpack, file(t, newer, pattern), root))
			program := filepath.Join(root, "usr/bin/zkdoctor")
			if name == "archive" {
				program = filepath.Join(root, "zkdoctor")
			}
			if out := run(t, exec.CommandContext(t.Context(), program, "version")); !strings.Contains(out, "zkdoctor 0.0.2 ") {
				t.Errorf("version %q", out)
			}
			run(t, exec.CommandContext(t.Context(), program, "check", "--no-local", e.ConnectString()))
		})
	}
}

// freeAddress is one that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
