package probe

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// readData reads dataDir and dataLogDir. Nothing is opened for writing.
func (f hostFiles) readData(config *zoocfg.Config) snapshot.Obs[snapshot.Data] {
	started := time.Now()
	if !config.DataDir.IsSet() {
		return snapshot.Obs[snapshot.Data]{}
	}
	if f.denied != nil {
		return snapshot.Failed[snapshot.Data](f.denied, 0)
	}
	for _, dir := range []string{config.DataDir.Value, config.DataLogDir.Value} {
		if !filepath.IsAbs(f.absolute(dir)) {
			return snapshot.Failed[snapshot.Data](&snapshot.Failure{Kind: snapshot.Denied, Text: dir + ": relative to a working directory that only root or the server's user may see"}, 0)
		}
	}
	data := snapshot.Data{Dir: f.readDataDir(config.DataDir.Value)}
	if log := config.DataLogDir.Value; filepath.Clean(f.absolute(log)) != filepath.Clean(f.absolute(config.DataDir.Value)) {
		dir := f.readDataDir(log)
		data.LogDir = &dir
	}
	return snapshot.Saw(data, time.Since(started))
}

func (f hostFiles) readDataDir(path string) snapshot.DataDir {
	d := snapshot.DataDir{Path: filepath.Clean(f.absolute(path))}
	located, owner := f.directory(d.Path)
	d.Owner = owner
	if owner.Seen() {
		d.Real = f.real(located)
	}
	inner, version2 := f.directory(filepath.Join(d.Path, "version-2"))
	d.Version2 = version2
	if version2.Seen() {
		located = inner
	}
	if owner.Seen() {
		d.Volume = f.volume(d.Path, located)
	} else {
		d.Volume = snapshot.Failed[snapshot.Volume](owner.Failure, 0)
	}
	if !version2.Seen() {
		return d
	}
	root, err := os.OpenRoot(inner)
	if err != nil {
		d.Version2 = snapshot.Failed[snapshot.Owner](fileFailure(filepath.Join(d.Path, "version-2"), err), 0)
		return d
	}
	defer root.Close() //nolint:errcheck // only read from
	v := version2Dir{filepath.Join(d.Path, "version-2"), root}
	names, more, failure := v.names()
	if failure != nil {
		d.Snapshots, d.Logs = snapshot.Failed[snapshot.DataFiles](failure, 0), snapshot.Failed[snapshot.DataFiles](failure, 0)
	} else {
		d.Snapshots = snapshot.Saw(v.files(names, more, "snapshot"), 0)
		d.Logs = snapshot.Saw(v.files(names, more, "log"), 0)
	}
	for _, marker := range []string{"updatingEpoch", "currentEpoch.tmp"} {
		if _, err := root.Lstat(marker); err == nil {
			d.Repairs = true
		}
	}
	d.CurrentEpoch = v.epoch("currentEpoch")
	d.AcceptedEpoch = v.epoch("acceptedEpoch")
	return d
}

// directory is where zkdoctor finds a directory of the server, and whose it is.
func (f hostFiles) directory(path string) (string, snapshot.Obs[snapshot.Owner]) {
	located, err := f.locate(path)
	if err != nil {
		return "", snapshot.Failed[snapshot.Owner](fileFailure(path, err), 0)
	}
	info, err := os.Stat(located)
	if err != nil {
		return "", snapshot.Failed[snapshot.Owner](fileFailure(path, err), 0)
	}
	if !info.IsDir() {
		return "", snapshot.Failed[snapshot.Owner](&snapshot.Failure{Kind: snapshot.Protocol, Text: path + ": is no directory"}, 0)
	}
	return located, snapshot.Saw(ownerOf(info), 0)
}

func ownerOf(info fs.FileInfo) snapshot.Owner {
	o := snapshot.Owner{Mode: uint32(info.Mode().Perm())}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		o.UID, o.GID = stat.Uid, stat.Gid
	}
	return o
}

// volume is the file system that a directory is on, as its server has mounted it.
func (f hostFiles) volume(path, located string) snapshot.Obs[snapshot.Volume] {
	var s unix.Statfs_t
	if err := unix.Statfs(located, &s); err != nil {
		return snapshot.Failed[snapshot.Volume](fileFailure(path, err), 0)
	}
	block := uint64(s.Bsize) //nolint:gosec // a size
	v := snapshot.Volume{
		Bytes: s.Blocks * block, FreeBytes: s.Bavail * block, Inodes: s.Files, FreeInodes: s.Ffree,
		ReadOnly: s.Flags&unix.ST_RDONLY != 0,
	}
	if s.Bfree > s.Bavail {
		v.ReservedBytes = (s.Bfree - s.Bavail) * block
	}
	if m := f.mount(located); m != nil {
		v.Mount, v.Type = m.MountPoint, m.FSType
	}
	return snapshot.Saw(v, 0)
}

// real is a located directory as its server would name it once all links are
// followed; empty when that cannot be told.
func (f hostFiles) real(located string) string {
	if f.root != "" { // securejoin has left nothing to follow
		return filepath.Clean("/" + strings.TrimPrefix(located, f.root))
	}
	resolved, err := filepath.EvalSymlinks(located)
	if err != nil {
		return ""
	}
	return resolved
}

// mount finds the mount that a located directory is on; nil when it cannot be told.
func (f hostFiles) mount(located string) *procfs.MountInfo {
	resolved := f.real(located)
	var mounts []*procfs.MountInfo
	if f.root == "" {
		mounts, _ = procfs.GetMounts() // without them its place is not told
	} else if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f.root))); err == nil {
		mounts, _ = procfs.GetProcMounts(pid)
	}
	if resolved == "" {
		return nil
	}
	var best *procfs.MountInfo
	for _, m := range mounts {
		under := m.MountPoint == "/" || resolved == m.MountPoint || strings.HasPrefix(resolved, m.MountPoint+"/")
		// Of two at one place the later one hides the earlier.
		if under && (best == nil || len(m.MountPoint) >= len(best.MountPoint)) {
			best = m
		}
	}
	return best
}

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
	tail, err := io.ReadAll(io.NewSectionReader(file, max(info.Size()-int64(len(snapshot.SnapshotEnd)), 0), int64(len(snapshot.SnapshotEnd))))
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

// credentials are read from /proc/PID/status, which anybody may read.
func credentials(pid int) snapshot.Obs[snapshot.Credentials] {
	path := fmt.Sprintf("/proc/%d/status", pid)
	data, err := os.ReadFile(path)
	if err != nil {
		return snapshot.Failed[snapshot.Credentials](fileFailure(path, err), 0)
	}
	c, err := parseCredentials(data)
	if err != nil {
		return snapshot.Failed[snapshot.Credentials](&snapshot.Failure{Kind: snapshot.Protocol, Text: path + ": " + err.Error()}, 0)
	}
	return snapshot.Saw(c, 0)
}

// capDACOverride is the right to write any file (capabilities(7)).
const capDACOverride = 1

// parseCredentials reads Uid and Gid (the last of the four is the one that counts
// for files), Groups and CapEff of a /proc/PID/status.
func parseCredentials(status []byte) (snapshot.Credentials, error) {
	var c snapshot.Credentials
	found := 0
	for line := range strings.Lines(string(status)) {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		switch key {
		case "Uid", "Gid":
			if len(fields) != 4 {
				return c, fmt.Errorf("%s has %d numbers, not 4", key, len(fields))
			}
			fields = fields[3:]
		case "Groups":
		case "CapEff":
			caps, err := strconv.ParseUint(strings.Join(fields, ""), 16, 64)
			if err != nil {
				return c, err
			}
			c.WritesAll = caps&(1<<capDACOverride) != 0
			found++
			continue
		default:
			continue
		}
		for _, field := range fields {
			n, err := strconv.ParseUint(field, 10, 32)
			if err != nil {
				return c, err
			}
			if key == "Uid" {
				c.UID = uint32(n)
			} else {
				c.Groups = append(c.Groups, uint32(n))
			}
		}
		found++
	}
	if found < 4 {
		return c, errors.New("not all of Uid, Gid, Groups and CapEff")
	}
	return c, nil
}
