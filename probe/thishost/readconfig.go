package thishost

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// ConfigFiles are a configuration and what lies beside it.
type ConfigFiles struct {
	Config *zoocfg.Config
	// ID is the server's own, from dataDir/myid; nil where it is not known.
	ID *int64
	// Next is the path of <zoo.cfg>.dynamic.next, empty where there is none, or one that has
	// the same members.
	Next string
	// NoDynamic says that the dynamic file is not there; empty where it is, or none is named.
	// Elsewhere: nor is its directory, so that the server is most likely another host's.
	NoDynamic string
	Elsewhere bool
}

// ReadConfig reads a zoo.cfg and the dynamic file that it names. Whose it is the
// path does not tell, so there is no ID.
func (h Host) ReadConfig(ctx context.Context, path string) (ConfigFiles, error) {
	return h.readFiles(ctx, hostFiles{}, path, false)
}

// ReadHostConfig reads the configuration of this host's ZooKeeper: that of its
// process, of the one that listens where there are several, or else the one that FindConfig
// finds.
func (h Host) ReadHostConfig(ctx context.Context) (ConfigFiles, error) {
	found := h.Scan(ctx, Asked{})
	processes := listening(found)
	switch len(processes) {
	case 0:
		path, _ := h.FindConfig(ctx)
		if path == "" {
			return ConfigFiles{}, fmt.Errorf("no file named, and %s.\nName the file (zkdoctor lint zoo.cfg).", found.NothingFound()) //nolint:revive,staticcheck // sentences for the user
		}
		return h.readFiles(ctx, h.asOwner(ctx, hostFiles{}, filepath.Dir(path)), path, true)
	case 1:
		p := processes[0]
		if p.configPath == "" {
			return ConfigFiles{}, fmt.Errorf("the ZooKeeper of this host (pid %d) was started without a configuration file", p.PID)
		}
		return h.readFiles(ctx, h.processFiles(ctx, p), p.configPath, true)
	}
	var paths []string
	for _, p := range processes {
		if files := h.processFiles(ctx, p); p.configPath != "" {
			path := snapshot.Printable(filepath.Join(files.root, files.absolute(p.configPath)), maxShownPath)
			paths = append(paths, fmt.Sprintf("  zkdoctor lint %s  (pid %d, user %s)", path, p.PID, p.User))
		}
	}
	return ConfigFiles{}, fmt.Errorf("this host runs more than one ZooKeeper; choose a file:\n%s", strings.Join(paths, "\n"))
}

// listening are the processes that listen, or all where none does.
func listening(s *Scanned) []localProcess {
	var found []localProcess
	for i, l := range s.Servers {
		if l.Listening() == snapshot.Listens {
			found = append(found, s.processes[i])
		}
	}
	if len(found) == 0 {
		return s.processes
	}
	return found
}

// readFiles reads a configuration and what lies beside it; own wants the id beside its data,
// too.
func (h Host) readFiles(ctx context.Context, files hostFiles, path string, own bool) (ConfigFiles, error) {
	config, named, failure := h.readStatic(ctx, files, path)
	if failure != nil {
		return ConfigFiles{}, errors.New(failure.Text)
	}
	c := ConfigFiles{Config: config}
	if err := h.readMembers(ctx, files, named, &c); err != nil {
		return ConfigFiles{}, err
	}
	next := nextConfig(path)
	other := observe(ctx, h, named, next, func(f hostFiles) snapshot.Obs[bool] {
		return proposesOthers(f, next, config)
	})
	if other.Value {
		c.Next = files.absolute(next)
	}
	if !own {
		return c, nil
	}
	named = h.asOwner(ctx, named, config.DataDir.Value)
	myid := observe(ctx, h, named, "myid", func(f hostFiles) snapshot.Obs[snapshot.MyID] {
		myid, _ := readMyID(f, config)
		return myid
	})
	if myid.Seen() {
		if id, err := zoocfg.ParseMyID(myid.Value.Bytes); err == nil {
			c.ID = &id
		}
	}
	return c, nil
}

// readMembers adds the dynamic file, or that it is not there.
func (h Host) readMembers(ctx context.Context, files, named hostFiles, c *ConfigFiles) error {
	failure := h.addDynamic(ctx, files, named, c.Config)
	switch {
	case failure == nil:
		return nil
	case failure.Kind != snapshot.Absent:
		return errors.New(failure.Text)
	}
	path := c.Config.DynamicConfigFile.Value
	c.NoDynamic = path + ": no such file"
	dir := filepath.Dir(path)
	there := observe(ctx, h, named, dir, func(f hostFiles) snapshot.Obs[bool] { return f.exists(dir) })
	c.Elsewhere = there.Seen() && !there.Value
	return nil
}
