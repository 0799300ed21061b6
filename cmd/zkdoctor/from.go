package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// heapGoal is where the garbage collector becomes eager as snapshots are read, which anybody may
// have written: their text, what is made of it, and what is thought about it stay below 256 MiB.
const heapGoal = 128 << 20

// readSnapshots reads the snapshots of all files, as one.
func readSnapshots(ctx context.Context, t terminal, files []string) (*snapshot.Snapshot, error) {
	debug.SetMemoryLimit(heapGoal)
	budget := snapshot.NewBudget(1)
	var snaps []*snapshot.Snapshot
	for _, file := range files {
		text, err := readSnapshot(ctx, t, file)
		if err != nil {
			return nil, err
		}
		snap, err := budget.ReadSnapshot(text)
		if err != nil {
			return nil, fmt.Errorf("%s %w", inputName(file), err)
		}
		snaps = append(snaps, snap)
	}
	return snapshot.Merge(snaps)
}

// inputName is what a file is called in a sentence.
func inputName(file string) string {
	if file == "-" {
		return "stdin"
	}
	return file
}

// readSnapshot reads the text of one: a file, or stdin, to its end.
func readSnapshot(ctx context.Context, t terminal, file string) ([]byte, error) {
	if file == "-" {
		text, err := readAll(ctx, io.LimitReader(t.in, snapshot.MaxSnapshotFile+1))
		if errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: give more with --deadline", err)
		}
		return text, err
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
	return inTime(ctx, func() ([]byte, error) { return io.ReadAll(in) })
}

// inTime reads stdin. Where it does not end before ctx it is left behind, and the program ends.
func inTime(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	type result struct {
		text []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		text, err := read()
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("stdin has not ended in time: %w", ctx.Err())
	}
}
