package thishost

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// keepFiles is how many snapshots and logs are described: a server looks at no
	// more than the newest that it can use, and a rate needs a few.
	keepFiles = 5
	// maxNames is far above any dataDir: with the smallest snapCount of the tests a
	// snapshot every second for a day. Reading so many names takes 50 ms.
	maxNames = 100_000
	// logStart holds the header and most first transactions as a whole.
	logStart = 4096
)

// version2Dir is an open version-2. path is for texts.
type version2Dir struct {
	path string
	root *os.Root
}

// names are the names in the directory, at most maxNames of them.
func (v version2Dir) names() (names []string, more bool, failure *snapshot.Failure) {
	dir, err := v.root.Open(".")
	if err != nil {
		return nil, false, fileFailure(v.path, err)
	}
	defer dir.Close() //nolint:errcheck // only read from
	names, err = dir.Readdirnames(maxNames)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fileFailure(v.path, err)
	}
	return names, len(names) == maxNames, nil
}

func (v version2Dir) files(names []string, more bool, kind string) snapshot.DataFiles {
	all := snapshot.NewestFiles(names, kind)
	files := snapshot.DataFiles{Total: len(all), AtLeast: more, Newest: all[:min(len(all), keepFiles)]}
	kept := files.Newest[:0]
	for i, file := range files.Newest {
		info, err := v.root.Lstat(file.Name)
		if err != nil { // purged meanwhile
			continue
		}
		file.Size, file.Modified, file.Owner = info.Size(), info.ModTime().UTC(), ownerOf(info)
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			file.Allocated = stat.Blocks * 512
		}
		if kind == "snapshot" || i == 0 {
			file.Content = v.content(file, kind)
		}
		kept = append(kept, file)
	}
	files.Newest = kept
	return files
}

// open opens a regular file. A FIFO does not block the open, nor does a device get
// as far as a read.
func (v version2Dir) open(name string) (*os.File, fs.FileInfo, *snapshot.Failure) {
	shown := filepath.Join(v.path, name)
	file, err := v.root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fileFailure(shown, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is not a regular file")
	}
	if err != nil {
		_ = file.Close()
		return nil, nil, fileFailure(shown, err)
	}
	return file, info, nil
}

func (v version2Dir) content(f snapshot.DataFile, kind string) snapshot.Obs[snapshot.FileContent] {
	file, info, failure := v.open(f.Name)
	if failure != nil {
		return snapshot.Failed[snapshot.FileContent](failure, 0)
	}
	defer file.Close() //nolint:errcheck // only read from
	size := int64(snapshot.FileHead)
	if kind == "log" {
		size = logStart
	}
	start, err := io.ReadAll(io.NewSectionReader(file, 0, size))
	if err != nil {
		return snapshot.Failed[snapshot.FileContent](fileFailure(filepath.Join(v.path, f.Name), err), 0)
	}
	if kind == "log" {
		return snapshot.Saw(snapshot.ParseLog(start), 0)
	}
	tail, err := io.ReadAll(io.NewSectionReader(file,
		max(info.Size()-int64(len(snapshot.SnapshotEnd)), 0), int64(len(snapshot.SnapshotEnd))))
	if err != nil {
		return snapshot.Failed[snapshot.FileContent](fileFailure(filepath.Join(v.path, f.Name), err), 0)
	}
	return snapshot.Saw(snapshot.ParseSnapshot(f.Name, info.Size(), start, tail), 0)
}

func (v version2Dir) epoch(name string) snapshot.Obs[snapshot.EpochFile] {
	file, _, failure := v.open(name)
	if failure != nil {
		return snapshot.Failed[snapshot.EpochFile](failure, 0)
	}
	defer file.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(file, maxMyID))
	if err != nil {
		return snapshot.Failed[snapshot.EpochFile](fileFailure(filepath.Join(v.path, name), err), 0)
	}
	return snapshot.Saw(snapshot.EpochFile{Bytes: data}, 0)
}
