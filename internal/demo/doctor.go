package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// doctor runs the zkdoctor binary.
type doctor struct {
	path    string // of the binary; build sets it when it is empty
	color   bool   // write as to a terminal with colour
	columns int    // of the terminal, 0 when there is none
}

// answer is what a run of zkdoctor brought.
type answer struct {
	stdout, stderr string
	code           int
}

// build makes zkdoctor where none was named. The caller calls remove.
func (d *doctor) build(ctx context.Context) (remove func(), err error) {
	if d.path != "" {
		d.path, err = filepath.Abs(d.path)
		return func() {}, err
	}
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "zkdoctor-demo-")
	if err != nil {
		return nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	d.path = filepath.Join(dir, "zkdoctor")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", d.path, "./cmd/zkdoctor")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		remove()
		return nil, fmt.Errorf("cannot build zkdoctor: %w\n%s", err, out)
	}
	return remove, nil
}

// run runs zkdoctor to its end. What it writes is captured, to be looked at
// before it is shown, so zkdoctor is told about the terminal it would have met.
func (d *doctor) run(ctx context.Context, args ...string) (answer, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, d.path, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "ZKDOCTOR_") // the user's settings are not the demo's
	})
	if d.color {
		cmd.Env = append(cmd.Env, "ZKDOCTOR_COLOR=always")
	}
	if d.columns > 0 {
		cmd.Env = append(cmd.Env, "COLUMNS="+strconv.Itoa(d.columns))
	}
	err := cmd.Run()
	if ctx.Err() != nil {
		return answer{}, context.Cause(ctx)
	}
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		return answer{}, err
	}
	return answer{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}, nil
}
