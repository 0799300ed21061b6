// Command pack makes the archives of internal/scenes out of the snapshots that the tests on
// real servers wrote down (ZKTEST_SCENES):
//
//	go run ./internal/scenes/pack FOLDER
//
// FOLDER has a folder for each version. What tells of the machine that it was recorded on is
// made neutral.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("name the folder that ZKTEST_SCENES named")
	}
	versions, err := filepath.Glob(filepath.Join(args[0], "*"))
	if err != nil || len(versions) == 0 {
		return errors.Join(err, fmt.Errorf("%s: no scenes", args[0]))
	}
	for _, dir := range versions {
		archive, err := pack(dir)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join("internal/scenes", filepath.Base(dir)+".tar.gz"), archive, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// pack is the archive of one version's scenes, the same for the same scenes.
func pack(dir string) ([]byte, error) {
	var packed bytes.Buffer
	zipped, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(zipped)
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, file := range files { // sorted
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, scrub(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		header := tar.Header{Name: filepath.Base(file), Mode: 0o644, Size: int64(compact.Len())}
		if err := archive.WriteHeader(&header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(compact.Bytes()); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(archive.Close(), zipped.Close()); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

var (
	runFolder  = regexp.MustCompile(`([^" :=,]*)/\.cache/run/ensemble-[0-9]+`)
	testFolder = regexp.MustCompile(`/tmp/[^" :=,/]*/[0-9]+`)
	jarFolder  = regexp.MustCompile(`[^" :=,]*/\.cache/zookeeper`)
	hostName   = regexp.MustCompile(`("host": )"` + regexp.QuoteMeta(hostname()) + `"`)
)

func hostname() string {
	name, _ := os.Hostname() // "" is in no snapshot
	return name
}

// scrub makes paths those of an installation, and the host's name one.
func scrub(text []byte) []byte {
	if found := runFolder.FindSubmatch(text); found != nil {
		// The folders above are looked at too: who may pass them.
		for dir := string(found[1]) + "/.cache/run"; dir != "/" && dir != "."; dir = filepath.Dir(dir) {
			text = bytes.ReplaceAll(text, []byte(`"`+dir+`"`), []byte(`"/srv"`))
		}
	}
	text = runFolder.ReplaceAll(text, []byte("/srv/zookeeper"))
	text = testFolder.ReplaceAll(text, []byte("/srv/files"))
	text = jarFolder.ReplaceAll(text, []byte("/opt/zookeeper"))
	return hostName.ReplaceAll(text, []byte(`$1"asker"`))
}
