package thishost

import (
	"os"
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// readDataDirs reads dataDir and dataLogDir. Nothing is opened for writing.
func readDataDirs(f hostFiles, config *zoocfg.Config) snapshot.Obs[snapshot.Data] {
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
	log := config.DataLogDir.Value
	if filepath.Clean(f.absolute(log)) != filepath.Clean(f.absolute(config.DataDir.Value)) {
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
		return "", snapshot.Failed[snapshot.Owner](&snapshot.Failure{
			Kind: snapshot.Protocol, Text: path + ": is no directory",
		}, 0)
	}
	return located, snapshot.Saw(ownerOf(info), 0)
}
