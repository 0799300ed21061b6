// Package packaging has the tests of what a release is made of.
package packaging

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// TestPackages: two builds are the same bytes, and say what they are built of.
func TestPackages(t *testing.T) {
	t.Parallel()
	wanted(t)
	first, second := release(t, "0.0.1"), release(t, "0.0.1")
	t.Run("the same", func(t *testing.T) { sameBytes(t, first, second) })
	t.Run("built of", func(t *testing.T) { builtOf(t, first, "0.0.1") })
}

func sameBytes(t *testing.T, first, second string) {
	t.Helper()
	entries, err := os.ReadDir(first)
	if err != nil || len(entries) < 8 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, entry := range entries {
		if !bytes.Equal(read(t, filepath.Join(first, entry.Name())), read(t, filepath.Join(second, entry.Name()))) {
			t.Errorf("%s differs from build to build", entry.Name())
		}
	}
}

// builtOf: the bill of materials and the licences are those of the modules that the program is
// linked of, and the packages have both. The chart is of the same version.
func builtOf(t *testing.T, dist, version string) {
	t.Helper()
	root := t.TempDir()
	run(t, exec.CommandContext(t.Context(), "tar", "-C", root, "--strip-components", "1", "-xzf", file(t, dist, "*.tar.gz")))
	program, err := buildinfo.ReadFile(filepath.Join(root, "zkdoctor"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"std@" + program.GoVersion}
	for _, module := range program.Deps {
		want = append(want, module.Path+"@"+module.Version)
	}
	var bill struct {
		BOMFormat string `json:"bomFormat"`
		Metadata  struct {
			Component struct{ Version string }
		}
		Components []struct {
			Name, Version string
			Evidence      *struct{ Licenses []any }
		}
	}
	text := read(t, file(t, dist, "*.cdx.json"))
	if err := json.Unmarshal(text, &bill); err != nil {
		t.Fatal(err)
	}
	if bill.BOMFormat != "CycloneDX" || bill.Metadata.Component.Version != "v"+version {
		t.Errorf("%s of %s", bill.BOMFormat, bill.Metadata.Component.Version)
	}
	var got []string
	licences := string(read(t, filepath.Join(root, "THIRD-PARTY-LICENSES")))
	for _, c := range bill.Components {
		got = append(got, c.Name+"@"+c.Version)
		if name := c.Name; name == "std" {
			if !strings.Contains(licences, "\n==== go: LICENSE\n") {
				t.Error("no licence of Go")
			}
		} else if !strings.Contains(licences, "\n==== "+name+": ") || c.Evidence == nil {
			t.Errorf("no licence of %s", name)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the program is linked of other modules (-program +bill):\n%s", d)
	}
	if !bytes.Equal(text, read(t, filepath.Join(root, "sbom.cdx.json"))) {
		t.Error("the archive has another bill of materials")
	}
	run(t, exec.CommandContext(t.Context(), "sh", "-c", `dpkg-deb -c "$0" | grep /usr/share/doc/zkdoctor/sbom.cdx.json`, file(t, dist, "*.deb")))
	run(t, exec.CommandContext(t.Context(), "sh", "-c", `tar -xzOf "$0" zkdoctor/Chart.yaml | grep -x "appVersion: $1"`, file(t, dist, "*.tgz"), version))
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
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
			"--kill-child", "--mount-proc", "sh", "testdata/image.sh", file(t, newer, "*-image.tar"), t.TempDir(),
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
			if err := os.Chmod(filepath.Dir(root), 0o755); err != nil { // for a user without rights
				t.Fatal(err)
			}
			run(t, exec.CommandContext(t.Context(), "sh", "-c", unpack, file(t, newer, pattern), root))
			program := filepath.Join(root, "usr/bin/zkdoctor")
			if name == "archive" {
				program = filepath.Join(root, "zkdoctor")
			}
			t.Log(run(t, exec.CommandContext(t.Context(), "sh", "testdata/program.sh", program, e.ConnectString(), freeAddress(t))))
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
