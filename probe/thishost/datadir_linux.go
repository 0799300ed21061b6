package thishost

import (
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// readDataDirs reads dataDir and dataLogDir. Nothing is opened for writing.
func readDataDirs(f hostFiles, config *zoocfg.Config) snapshot.Obs[snapshot.Data] {
	started := time.Now()
	if !config.DataDir.IsSet() {
		return snapshot.Obs[snapshot.Data]{}
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
	v := version2Dir{f, filepath.Join(d.Path, "version-2")}
	d.Owner, d.Version2 = f.directory(d.Path), f.directory(v.path)
	if !d.Owner.Seen() {
		d.Volume = snapshot.Failed[snapshot.Volume](d.Owner.Failure, 0)
		return d
	}
	d.Real, _ = f.fs.Real(d.Path) // empty where it cannot be told
	if !d.Version2.Seen() {
		d.Volume = f.volume(d.Path)
		return d
	}
	d.Volume = f.volume(v.path)
	names, more, failure := v.names()
	if failure != nil {
		d.Snapshots, d.Logs = snapshot.Failed[snapshot.DataFiles](failure, 0), snapshot.Failed[snapshot.DataFiles](failure, 0)
	} else {
		d.Snapshots = snapshot.Saw(v.files(names, more, "snapshot"), 0)
		d.Logs = snapshot.Saw(v.files(names, more, "log"), 0)
	}
	for _, marker := range []string{"updatingEpoch", "currentEpoch.tmp"} {
		if _, err := f.fs.Lstat(filepath.Join(v.path, marker)); err == nil {
			d.Repairs = true
		}
	}
	d.CurrentEpoch = v.epoch("currentEpoch")
	d.AcceptedEpoch = v.epoch("acceptedEpoch")
	return d
}

// directory is whose a directory of the server is.
func (f hostFiles) directory(path string) snapshot.Obs[snapshot.Owner] {
	info, err := f.fs.Stat(path)
	if err == nil && !info.IsDir() {
		err = hostfile.ErrNoDirectory
	}
	if err != nil {
		return snapshot.Failed[snapshot.Owner](f.failure(path, err), 0)
	}
	return snapshot.Saw(ownerOf(info), 0)
}
