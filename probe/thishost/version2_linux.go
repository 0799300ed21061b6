package thishost

import (
	"path/filepath"
	"syscall"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// keepFiles is how many snapshots and logs are described: a server looks at no
	// more than the newest that it can use, and a rate needs a few.
	keepFiles = 5
	// logStart holds the header and most first transactions as a whole.
	logStart = 4096
)

// version2Dir is a directory version-2. Its files are no links, which ZooKeeper never makes
// there.
type version2Dir struct {
	hostFiles
	path string
}

// names are the names in the directory, at most maxNames of them.
func (v version2Dir) names() (names []string, more bool, failure *snapshot.Failure) {
	entries, more, err := v.fs.Entries(v.path, maxNames)
	if err != nil {
		return nil, false, v.failure(v.path, err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, more, nil
}

func (v version2Dir) files(names []string, more bool, kind string) snapshot.DataFiles {
	all := snapshot.NewestFiles(names, kind)
	files := snapshot.DataFiles{Total: len(all), AtLeast: more, Newest: all[:min(len(all), keepFiles)]}
	kept := files.Newest[:0]
	for i, file := range files.Newest {
		info, err := v.fs.Lstat(filepath.Join(v.path, file.Name))
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

func (v version2Dir) content(f snapshot.DataFile, kind string) snapshot.Obs[snapshot.FileContent] {
	part := hostfile.Part{Head: snapshot.FileHead, Tail: int64(len(snapshot.SnapshotEnd)), NoLink: true}
	if kind == "log" {
		part.Head, part.Tail = logStart, 0
	}
	ends, failure := v.ends(filepath.Join(v.path, f.Name), part)
	switch {
	case failure != nil:
		return snapshot.Failed[snapshot.FileContent](failure, 0)
	case kind == "log":
		return snapshot.Saw(snapshot.ParseLog(ends.Head), 0)
	}
	return snapshot.Saw(snapshot.ParseSnapshot(f.Name, ends.Info.Size(), ends.Head, ends.Tail), 0)
}

func (v version2Dir) epoch(name string) snapshot.Obs[snapshot.EpochFile] {
	ends, failure := v.ends(filepath.Join(v.path, name), hostfile.Part{Head: maxMyID, NoLink: true})
	if failure != nil {
		return snapshot.Failed[snapshot.EpochFile](failure, 0)
	}
	return snapshot.Saw(snapshot.NewEpochFile(ends.Head), 0)
}
