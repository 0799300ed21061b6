package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// recordEvery is how often a check is recorded in which nothing has changed.
const recordEvery = 5 * time.Minute

// recorder writes snapshots into a file, one a line: the first, each one in which something
// changed with the one before it, and now and then another. The file is as large as what reads
// it takes, and no larger.
type recorder struct {
	file *os.File
	size int
	// before is the last snapshot, while it is not recorded.
	before *snapshot.Snapshot
	at     time.Time
	full   bool
}

// newRecorder makes the file: anew, beside its place, and then into it. See writeFile.
func newRecorder(path string) (*recorder, error) {
	if err := mayWrite(path); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(file.Chmod(0o600), os.Rename(file.Name(), path)); err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	return &recorder{file: file}, nil
}

// keep records a check where that is worth it, and returns what kept it from that. A nil recorder
// records nothing.
func (r *recorder) keep(now *watched) (trouble string) {
	if r == nil {
		return ""
	}
	worth := len(now.events) > 0 || now.snap.Started.Sub(r.at) >= recordEvery
	if !worth {
		r.before = now.snap
		return r.trouble()
	}
	var text bytes.Buffer
	for _, snap := range []*snapshot.Snapshot{r.before, now.snap} {
		if snap == nil {
			continue
		}
		if err := snapshot.WriteLine(&text, snap); err != nil {
			return err.Error()
		}
	}
	r.before, r.at = nil, now.snap.Started
	if r.full = r.full || r.size+text.Len() > snapshot.MaxSnapshotFile; r.full {
		return r.trouble()
	}
	n, err := r.file.Write(text.Bytes())
	r.size += n
	if err != nil {
		r.full = true
		return "--record: " + err.Error()
	}
	return ""
}

func (r *recorder) trouble() string {
	if r.full {
		return fmt.Sprintf("--record: the file is full (%d MiB): what follows is not recorded", snapshot.MaxSnapshotFile>>20)
	}
	return ""
}

func (r *recorder) close() { _ = r.file.Close() } // each write went to the kernel already

// replay shows what changed in a record.
func (c *watchCmd) replay(ctx context.Context, t terminal) error {
	debug.SetMemoryLimit(heapGoal)
	view := &lines{t: t, json: c.Output == "json"}
	code := exitUsage
	var j judge
	err := eachRecorded(ctx, t, c.From, func(snap *snapshot.Snapshot) error {
		now := j.next(snap)
		code = now.report.Verdict.ExitCode
		return view.show(now)
	})
	if err != nil {
		return err
	}
	return exitError(code)
}

// eachRecorded reads a record, one snapshot after the other. A last line that was cut short is
// left out: the watch was ended as it wrote it.
func eachRecorded(ctx context.Context, t terminal, file string, call func(*snapshot.Snapshot) error) error {
	text, err := readSnapshot(ctx, t, file)
	if err != nil {
		return err
	}
	n := 0
	for len(text) > 0 && ctx.Err() == nil {
		line, rest, whole := bytes.Cut(text, []byte("\n"))
		text = rest
		n++
		if !whole && n > 1 {
			break
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		snap, err := snapshot.ReadSnapshot(line)
		if err != nil {
			return fmt.Errorf("%s, line %d, %w", inputName(file), n, err)
		}
		if err := call(snap); err != nil {
			return fmt.Errorf("writing what changed: %w", err)
		}
	}
	if n == 0 {
		return fmt.Errorf("%s is empty: write it with zkdoctor watch --record", inputName(file))
	}
	return ctx.Err()
}
