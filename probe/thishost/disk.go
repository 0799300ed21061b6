package thishost

import (
	"context"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// disk is all that is read from the directories of one server.
type disk struct {
	myID   snapshot.Obs[snapshot.MyID]
	exists snapshot.Obs[bool]
	data   snapshot.Obs[snapshot.Data]
}

// readDisk reads them.
func readDisk(f hostFiles, config *zoocfg.Config) disk {
	var d disk
	d.myID, d.exists = readMyID(f, config)
	d.data = readDataDirs(f, config)
	return d
}

func failedDisk(failure *snapshot.Failure, took time.Duration) disk {
	return disk{
		snapshot.Failed[snapshot.MyID](failure, took),
		snapshot.Failed[bool](failure, took),
		snapshot.Failed[snapshot.Data](failure, took),
	}
}

// lookAtDisk fills in what the disk of l's server tells, as far as its
// configuration was read. earlier is the look before
// at the same server, or nil: where that still hangs, another would only hang
// beside it.
func (h Host) lookAtDisk(ctx context.Context, l *snapshot.Local, files hostFiles, earlier *snapshot.Local) {
	if !l.Config.Seen() {
		return
	}
	next := nextConfig(l.ConfigPath)
	l.NextConfig = observe(ctx, h, files, next, func(f hostFiles) snapshot.Obs[bool] {
		return proposesOthers(f, next, l.Config.Value)
	})
	if earlier != nil && earlier.Hangs() {
		l.Hung, l.Looked = earlier.Hung, earlier.Looked
		l.MyID, l.DataDir, l.Data = earlier.MyID, earlier.DataDir, earlier.Data
		return
	}
	config := l.Config.Value
	files = h.asOwner(ctx, files, config.DataDir.Value)
	l.Looked = time.Now().UTC()
	d, hung := see(ctx, h, files, "dataDir and dataLogDir", func(f hostFiles) disk { return readDisk(f, config) },
		func(failure *snapshot.Failure) disk { return failedDisk(failure, time.Since(l.Looked)) })
	l.MyID, l.DataDir, l.Data, l.Hung = d.myID, d.exists, d.data, hung
}
