package main

import (
	"fmt"
	"io"
	"os"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// readSnapshots reads the snapshots of all files, as one.
func readSnapshots(files []string) (*snapshot.Snapshot, error) {
	var snaps []*snapshot.Snapshot
	for _, file := range files {
		snap, err := readSnapshot(file)
		if err != nil {
			return nil, err
		}
		snaps = append(snaps, snap)
	}
	return snapshot.Merge(snaps)
}

func readSnapshot(file string) (*snapshot.Snapshot, error) {
	var in io.Reader = os.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, fmt.Errorf("%s is a directory: name the files in it", file)
		}
		in = f
	}
	snap, err := snapshot.ReadSnapshot(in)
	if err != nil {
		return nil, fmt.Errorf("%s %w", file, err)
	}
	return snap, nil
}
