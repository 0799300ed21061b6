package zktest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealClassArchive: servers use one, where this Java can make it.
func TestRealClassArchive(t *testing.T) {
	for _, version := range []string{Oldest, Newest} {
		t.Run(version, func(t *testing.T) {
			ens := StartT(t, Options{Version: version, Servers: 1})
			file := archiveOf(t, ens)
			maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", ens.Servers[0].PID()))
			if err != nil {
				t.Fatal(err)
			}
			if used := bytes.Contains(maps, []byte(file)); !used {
				t.Errorf("it does not use %s:\n%s", file, ens.Servers[0].LogTail(20))
			}
		})
	}
}

// archiveOf is the archive that the servers of an ensemble use. It skips the test where
// Java makes none.
func archiveOf(t *testing.T, ens *Ensemble) string {
	t.Helper()
	flags, err := exec.CommandContext(t.Context(), ens.java, "-XX:+PrintFlagsFinal", "-version").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(flags), " ArchiveClassesAtExit ") {
		t.Skip("this Java makes no archive: that came with 13")
	}
	jars, file, err := ens.classes(t.Context(), ens.Version())
	if err != nil {
		t.Fatal(err)
	}
	if file == "" {
		why, _ := os.ReadFile(verdictFile(filepath.Join(filepath.Dir(jars[0]), "classes-"+archiveKey(ens.java, jars)+".jsa")))
		t.Fatalf("there is none: %s", why)
	}
	return file
}

// TestRealBrokenArchive: a server starts and serves with an archive that is none, or has
// another beginning. One that is cut off is made anew, and where there can be none, that
// is not tried again.
func TestRealBrokenArchive(t *testing.T) {
	ens := StartT(t, Options{Version: Oldest, Servers: 1})
	s, file := ens.Servers[0], archiveOf(t, ens)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// Jars of its own, so that the archive is its own.
	dir := filepath.Join(t.TempDir(), "jars")
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(file))); err != nil {
		t.Fatal(err)
	}
	jars := jarsIn(dir)
	archive := filepath.Join(dir, "classes-"+archiveKey(ens.java, jars)+".jsa")
	for what, content := range map[string][]byte{
		"none":    bytes.Repeat([]byte("none"), len(whole)/4),
		"changed": append(make([]byte, 512), whole[512:]...),
	} {
		if err := errors.Join(s.Kill(), os.WriteFile(archive, content, 0o644), s.start(t.Context(), jars, archive), ens.WaitServing(t.Context())); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for verdict, want := range map[string]bool{fmt.Sprintln(len(whole)): true, "it would not\n": true, fmt.Sprintln(len(whole) + 1): false} {
		if err := os.WriteFile(verdictFile(archive), []byte(verdict), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, known := knownArchive(archive); known != want {
			t.Errorf("%q: known: %t", verdict, known)
		}
	}
}
