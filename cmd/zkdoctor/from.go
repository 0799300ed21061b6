package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// readSnapshots reads the snapshots of all files, as one.
func readSnapshots(ctx context.Context, t terminal, files []string) (*snapshot.Snapshot, error) {
	var snaps []*snapshot.Snapshot
	for _, file := range files {
		snap, err := readSnapshot(ctx, t, file)
		if err != nil {
			return nil, err
		}
		snaps = append(snaps, snap)
	}
	return snapshot.Merge(snaps)
}

func readSnapshot(ctx context.Context, t terminal, file string) (*snapshot.Snapshot, error) {
	text, err := readInput(ctx, t, file)
	if err != nil {
		return nil, err
	}
	snap, err := snapshot.ReadSnapshot(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w", file, err)
	}
	return snap, nil
}

// readInput reads a file, or stdin, to its end.
func readInput(ctx context.Context, t terminal, file string) ([]byte, error) {
	if file == "-" {
		return readAll(ctx, io.LimitReader(t.in, snapshot.MaxSnapshotFile+1))
	}
	text, err := t.files.ReadFile(ctx, file, snapshot.MaxSnapshotFile)
	switch {
	case errors.Is(err, hostfile.ErrDirectory):
		return nil, fmt.Errorf("%s is a directory: name the files in it", file)
	case errors.Is(err, hostfile.ErrNotRegular):
		return nil, fmt.Errorf("%s is not a regular file: of a pipe or a device give the content to --from -", file)
	case errors.Is(err, hostfile.ErrTooLarge):
		return nil, fmt.Errorf("%s is larger than %d MiB: no snapshot is", file, snapshot.MaxSnapshotFile>>20)
	}
	return text, err
}

// readAll reads to the end of a stream. One that does not end before ctx is left behind: the
// program ends then.
func readAll(ctx context.Context, in io.Reader) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := io.ReadAll(in)
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("stdin has not ended in time (%w): give more with --deadline", ctx.Err())
	}
}
