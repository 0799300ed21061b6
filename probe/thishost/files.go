package thishost

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Host is the host that zkdoctor runs on. All its files are read through the door.
type Host struct {
	Door *hostfile.Door
	// descriptors counts for one scan.
	descriptors *descriptors
}

// hostFiles reads the files of one server as that server would open them.
type hostFiles struct {
	// root is the directory that the server sees as /; empty means ours.
	root string
	// rootUnknown: whether it sees ours as / was not to be seen.
	rootUnknown bool
	// cwd is the server's working directory, for relative paths; empty means
	// that it is not known.
	cwd string
	// rights are the server's; nil for zkdoctor's own: nothing runs, and the user named
	// the file, or zkdoctor is not root.
	rights *hostfile.Rights
	// denied is set when the server's files are out of reach.
	denied *snapshot.Failure

	// fs is there while see calls a function that reads.
	fs *hostfile.FS
}

// readLimit bounds one look at files: a local disk answers within milliseconds, and one
// that hangs may do so for ever.
const readLimit = snapshot.DefaultTimeout

// see calls look, which may read the files of f, and must share nothing with its caller.
// What is not read within readLimit, or a quarter of what is left of the run, is given up:
// one server whose files hang leaves time for others. failed then makes the outcome. hung is
// nil, or else tells when the look that was given up has ended after all.
func see[T any](
	ctx context.Context, h Host, f hostFiles, what string, look func(hostFiles) T, failed func(*snapshot.Failure) T,
) (seen T, hung <-chan struct{}) {
	if f.denied != nil {
		return failed(f.denied), nil
	}
	limit := readLimit
	if deadline, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(deadline)/4)
	}
	bound, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	as := hostfile.As{Root: f.root, Rights: f.rights}
	seen, err := hostfile.Look(bound, h.Door, as, func(fsys *hostfile.FS) (T, error) {
		f.fs = fsys
		return look(f), nil
	})
	if err == nil {
		return seen, nil
	}
	gaveUp, ok := errors.AsType[*hostfile.GivenUpError](err)
	switch {
	case !ok:
		return failed(f.failure(what, err)), nil
	case ctx.Err() != nil:
		err = errors.New("the run ended before it was read")
		return failed(&snapshot.Failure{Kind: snapshot.Cancelled, Text: what + ": " + err.Error()}), gaveUp.Ended
	}
	text := what + ": no answer in " + limit.Round(time.Millisecond).String() + "; a mount does not respond"
	return failed(&snapshot.Failure{Kind: snapshot.Silent, Text: text}), gaveUp.Ended
}

// observe is see of what is an Obs.
func observe[T any](
	ctx context.Context, h Host, f hostFiles, what string, look func(hostFiles) snapshot.Obs[T],
) snapshot.Obs[T] {
	started := time.Now()
	seen, _ := see(ctx, h, f, what, look, func(failure *snapshot.Failure) snapshot.Obs[T] {
		return snapshot.Failed[T](failure, time.Since(started))
	})
	return seen
}

// absolute is the path as the server sees it.
func (f hostFiles) absolute(path string) string {
	if !filepath.IsAbs(path) && f.cwd != "" {
		path = filepath.Join(f.cwd, path)
	}
	return path
}

// ends reads a part of a regular file, however large it is.
func (f hostFiles) ends(path string, part hostfile.Part) (hostfile.Ends, *snapshot.Failure) {
	path = f.absolute(path)
	ends, err := f.fs.Ends(path, part)
	if err != nil {
		return ends, f.failure(path, err)
	}
	return ends, nil
}

// exists tells whether a file or a directory is there.
func (f hostFiles) exists(path string) snapshot.Obs[bool] {
	path = f.absolute(path)
	_, err := f.fs.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return snapshot.Saw(false, 0)
	case err != nil:
		return snapshot.Failed[bool](f.failure(path, err), 0)
	}
	return snapshot.Saw(true, 0)
}

// names are those in a directory for which wanted holds, in alphabetical order, of as many
// as maxNames; nil where it cannot be read.
func (f hostFiles) names(dir string, wanted func(name string) bool) []string {
	entries, _, err := f.fs.Entries(dir, maxNames)
	if err != nil {
		return nil
	}
	var found []string
	for _, e := range entries {
		if wanted(e.Name()) {
			found = append(found, e.Name())
		}
	}
	slices.Sort(found)
	return found
}

// maxNames is far above any dataDir: with the smallest snapCount of the tests a
// snapshot every second for a day. Reading so many names takes 50 ms.
const maxNames = 100_000

// configsBeside are the names in the directory of a configuration that is not there
// which are called like one: five at the most.
func (f hostFiles) configsBeside(config string) []string {
	found := f.names(filepath.Dir(f.absolute(config)), func(name string) bool { return path.Ext(name) == ".cfg" })
	return found[:min(len(found), 5)]
}
