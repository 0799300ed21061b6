package thishost

import (
	"context"
	"fmt"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// diskLimit bounds the look at one server's disk: a local one answers within
// milliseconds, and one that hangs may do so for ever.
const diskLimit = snapshot.DefaultTimeout

// disk is all that is read from the directories of one server.
type disk struct {
	myID   snapshot.Obs[snapshot.MyID]
	exists snapshot.Obs[bool]
	data   snapshot.Obs[snapshot.Data]
}

// readDisk reads them. It may hang for as long as a mount does.
func readDisk(f hostFiles, config *zoocfg.Config) disk {
	var d disk
	d.myID, d.exists = readMyID(f, config)
	d.data = readDataDirs(f, config)
	return d
}

// lookDisk looks at the directories of a server. One that is on a mount that hangs
// is given up after diskLimit, or when the run ends; what reads it then goes on
// for as long as the kernel keeps it, and hung tells when it has ended. It is nil
// after a look that ended by itself.
func lookDisk(ctx context.Context, read func() disk) (d disk, hung <-chan struct{}) {
	started := time.Now()
	done, ended := make(chan disk, 1), make(chan struct{})
	go func() {
		defer close(ended)
		done <- read()
	}()
	limit := time.NewTimer(diskLimit)
	defer limit.Stop()
	var failure *snapshot.Failure
	select {
	case d = <-done:
		return d, nil
	case <-limit.C:
		failure = &snapshot.Failure{Kind: snapshot.Silent, Text: fmt.Sprintf("dataDir and dataLogDir: no answer in %v; a mount hangs", diskLimit)}
	case <-ctx.Done():
		failure = &snapshot.Failure{Kind: snapshot.Cancelled, Text: "dataDir and dataLogDir: the run ended before they answered"}
	}
	return failedDisk(failure, time.Since(started)), ended
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
func lookAtDisk(ctx context.Context, l *snapshot.Local, files hostFiles, earlier *snapshot.Local) {
	if !l.Config.Seen() {
		return
	}
	var d disk
	if earlier != nil && earlier.Hangs() {
		l.Hung, l.Looked = earlier.Hung, earlier.Looked
		d = disk{earlier.MyID, earlier.DataDir, earlier.Data}
	} else {
		config := l.Config.Value
		l.Looked = time.Now().UTC()
		d, l.Hung = lookDisk(ctx, func() disk { return readDisk(files, config) })
	}
	l.MyID, l.DataDir, l.Data = d.myID, d.exists, d.data
	l.NextConfig = files.exists(nextConfig(l.ConfigPath))
}
