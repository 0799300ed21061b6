package thishost

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	securejoin "github.com/cyphar/filepath-securejoin"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// hostFiles reads the files of one server as that server would open them.
type hostFiles struct {
	// root is the directory that the server sees as /; empty means ours.
	root string
	// cwd is the server's working directory, for relative paths; empty means
	// that it is not known.
	cwd string
	// denied is set when the server's files are out of reach.
	denied *snapshot.Failure
}

// absolute is the path as the server sees it.
func (f hostFiles) absolute(path string) string {
	if !filepath.IsAbs(path) && f.cwd != "" {
		path = filepath.Join(f.cwd, path)
	}
	return path
}

// locate is where zkdoctor finds that file. Symbolic links are followed inside
// the server's own root.
func (f hostFiles) locate(path string) (string, error) {
	path = f.absolute(path)
	if f.root == "" {
		return path, nil
	}
	return securejoin.SecureJoin(f.root, path)
}

// read reads at most limit bytes of a regular file. name is for texts.
func (f hostFiles) read(path string, limit int64) ([]byte, *snapshot.Failure) {
	file, _, failure := f.open(path)
	if failure != nil {
		return nil, failure
	}
	defer file.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fileFailure(f.absolute(path), err)
	}
	return data, nil
}

// open opens a regular file for reading, and nothing else: a FIFO would block, a
// device could do anything.
func (f hostFiles) open(path string) (*os.File, fs.FileInfo, *snapshot.Failure) {
	if f.denied != nil {
		return nil, nil, f.denied
	}
	shown := f.absolute(path)
	located, err := f.locate(path)
	if err != nil {
		return nil, nil, fileFailure(shown, err)
	}
	info, err := os.Stat(located)
	switch {
	case err != nil:
		return nil, nil, fileFailure(shown, err)
	case info.IsDir():
		return nil, nil, &snapshot.Failure{Kind: snapshot.Protocol, Text: shown + ": is a directory, not a file"}
	case !info.Mode().IsRegular():
		return nil, nil, &snapshot.Failure{Kind: snapshot.Protocol, Text: shown + ": is not a regular file"}
	}
	file, err := os.Open(located)
	if err != nil {
		return nil, nil, fileFailure(shown, err)
	}
	return file, info, nil
}

// exists tells whether a file or a directory is there.
func (f hostFiles) exists(dir string) snapshot.Obs[bool] {
	if f.denied != nil {
		return snapshot.Failed[bool](f.denied, 0)
	}
	located, err := f.locate(dir)
	if err == nil {
		_, err = os.Stat(located)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return snapshot.Saw(false, 0)
	}
	if err != nil {
		return snapshot.Failed[bool](fileFailure(f.absolute(dir), err), 0)
	}
	return snapshot.Saw(true, 0)
}

// configsBeside are the names in the directory of a configuration that is not there
// which are called like one: five at the most.
func (f hostFiles) configsBeside(path string) []string {
	located, err := f.locate(filepath.Dir(path))
	if err != nil || f.denied != nil {
		return nil
	}
	found, err := fs.Glob(os.DirFS(located), "*.cfg")
	if err != nil {
		return nil
	}
	return found[:min(len(found), 5)]
}
