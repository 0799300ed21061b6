// Package scenes has what zkdoctor saw of real ensembles that were broken in every way the
// tests know: a snapshot for each case of TestRealFaults and TestRealPairs
// (cmd/zkdoctor), on the oldest and the newest ZooKeeper. make record-scenes records them anew.
package scenes

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

//go:embed *.tar.gz
var archives embed.FS

// Scene is one case.
type Scene struct {
	// Version is the ZooKeeper's, Name the case's.
	Version, Name string
	// Snapshot is the file that check --out wrote, but for paths and the name of the host
	// that it was recorded on.
	Snapshot []byte
}

// All are the scenes, sorted by version and name.
func All() ([]Scene, error) {
	files, err := fs.Glob(archives, "*.tar.gz")
	if err != nil {
		return nil, err
	}
	var all []Scene
	for _, file := range files {
		archive, err := archives.ReadFile(file)
		if err != nil {
			return nil, err
		}
		some, err := read(strings.TrimSuffix(file, ".tar.gz"), archive)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

func read(version string, archive []byte) ([]Scene, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	var all []Scene
	for r := tar.NewReader(unzipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		snapshot, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		all = append(all, Scene{Version: version, Name: strings.TrimSuffix(header.Name, ".json"), Snapshot: snapshot})
	}
}
