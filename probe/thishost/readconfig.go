package thishost

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// ConfigFiles are a configuration and what lies beside it.
type ConfigFiles struct {
	Config *zoocfg.Config
	// ID is the server's own, from dataDir/myid; nil where it is not known.
	ID *int64
	// Next is the path of <zoo.cfg>.dynamic.next, empty where there is none.
	Next string
}

// ReadConfig reads a zoo.cfg and the dynamic file that it names. Whose it is the
// path does not tell, so there is no ID.
func ReadConfig(path string) (ConfigFiles, error) {
	return readConfigFiles(hostFiles{}, path)
}

// ReadHostConfig reads the configuration of this host's ZooKeeper: that of its
// process, or else the one that FindConfig finds.
func ReadHostConfig(ctx context.Context) (ConfigFiles, error) {
	processes := findProcesses(ctx)
	switch len(processes) {
	case 0:
		path, _ := FindConfig(os.DirFS("/"), os.Getenv)
		if path == "" {
			return ConfigFiles{}, fmt.Errorf("no file named, and %s.\nName the file (zkdoctor lint zoo.cfg).", NothingFound()) //nolint:revive,staticcheck // sentences for the user
		}
		return readOwnConfig(hostFiles{}, path)
	case 1:
		p := processes[0]
		if p.configPath == "" {
			return ConfigFiles{}, fmt.Errorf("the ZooKeeper of this host (pid %d) was started without a configuration file", p.PID)
		}
		return readOwnConfig(p.files(), p.configPath)
	}
	var paths []string
	for _, p := range processes {
		if path, err := p.files().locate(p.configPath); err == nil && p.configPath != "" {
			paths = append(paths, "  zkdoctor lint "+path)
		}
	}
	return ConfigFiles{}, fmt.Errorf("this host runs more than one ZooKeeper; choose a file:\n%s", strings.Join(paths, "\n"))
}

// readOwnConfig reads a configuration of this host, with the id beside its data.
func readOwnConfig(files hostFiles, path string) (ConfigFiles, error) {
	c, err := readConfigFiles(files, path)
	if err != nil {
		return c, err
	}
	if myid, _ := readMyID(files, c.Config); myid.Seen() {
		if id, err := zoocfg.ParseMyID(myid.Value.Bytes); err == nil {
			c.ID = &id
		}
	}
	return c, nil
}

func readConfigFiles(files hostFiles, path string) (ConfigFiles, error) {
	config := readConfig(files, path)
	if !config.Seen() {
		return ConfigFiles{}, errors.New(config.Failure.Text)
	}
	c := ConfigFiles{Config: config.Value}
	if next := nextConfig(path); files.exists(next).Value {
		c.Next = files.absolute(next)
	}
	return c, nil
}
