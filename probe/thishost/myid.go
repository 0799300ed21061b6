package thishost

import (
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxMyID is more than an id needs, and shows what is wrong with the rest.
const maxMyID = 64

// readMyID reads dataDir/myid, and whether dataDir is there at all.
func readMyID(f hostFiles, config *zoocfg.Config) (snapshot.Obs[snapshot.MyID], snapshot.Obs[bool]) {
	started := time.Now()
	if !config.DataDir.IsSet() {
		return snapshot.Obs[snapshot.MyID]{}, snapshot.Obs[bool]{}
	}
	dir := config.DataDir.Value
	path := filepath.Join(dir, "myid")
	ends, failure := f.ends(path, hostfile.Part{Head: maxMyID})
	took := time.Since(started)
	if failure != nil {
		return snapshot.Failed[snapshot.MyID](failure, took), f.exists(dir)
	}
	return snapshot.Saw(snapshot.NewMyID(f.absolute(path), ends.Head), took), snapshot.Saw(true, took)
}
