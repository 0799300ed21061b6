package thishost

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxConfig and maxConfigLines are far above any zoo.cfg: one with 255 servers has 16 KiB and
// 300 lines. What is longer is another user's, and would cost a second each.
const (
	maxConfig      = 256 << 10
	maxConfigLines = 2048
)

// ReadFile reads a zoo.cfg of this host and the dynamic file that it names, with
// zkdoctor's own rights.
func (h Host) ReadFile(ctx context.Context, path string) snapshot.Obs[*zoocfg.Config] {
	return h.readConfig(ctx, hostFiles{}, path)
}

func (h Host) readConfig(ctx context.Context, f hostFiles, path string) snapshot.Obs[*zoocfg.Config] {
	return observe(ctx, h, f, path, func(f hostFiles) snapshot.Obs[*zoocfg.Config] { return readConfig(f, path) })
}

// readConfig reads a zoo.cfg and the dynamic file that it names.
func readConfig(f hostFiles, path string) snapshot.Obs[*zoocfg.Config] {
	started := time.Now()
	data, failure := readWhole(f, path)
	if failure != nil {
		return snapshot.Failed[*zoocfg.Config](failure, time.Since(started))
	}
	config := zoocfg.Parse(f.absolute(path), data)
	if dynamic := config.DynamicConfigFile; dynamic.IsSet() {
		data, failure := readWhole(f, dynamic.Value)
		if failure != nil {
			failure.Text = fmt.Sprintf("%s:%d: dynamicConfigFile: %s", config.Path, dynamic.Line, failure.Text)
			return snapshot.Failed[*zoocfg.Config](failure, time.Since(started))
		}
		config.AddDynamic(f.absolute(dynamic.Value), data)
	}
	return snapshot.Saw(config, time.Since(started))
}

func readWhole(f hostFiles, path string) ([]byte, *snapshot.Failure) {
	data, failure := f.read(path, maxConfig)
	if failure != nil && failure.Kind == snapshot.TooLarge {
		failure.Text = fmt.Sprintf("%s: larger than %d KiB, no zoo.cfg is", path, maxConfig>>10)
	}
	if lines := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")); lines > maxConfigLines {
		return nil, &snapshot.Failure{
			Kind: snapshot.TooLarge, Text: fmt.Sprintf("%s: more than %d lines, no zoo.cfg has", path, maxConfigLines),
		}
	}
	return data, failure
}

// proposesOthers tells whether a file is there in which other members were proposed than the
// server has. ZooKeeper leaves one with the same members behind, without any proposal (seen on
// 3.5.4-beta, 3.5.8 and 3.6.0).
func proposesOthers(f hostFiles, next string, config *zoocfg.Config) snapshot.Obs[bool] {
	started := time.Now()
	if there := f.exists(next); !there.Seen() || !there.Value {
		return there
	}
	data, failure := readWhole(f, next)
	if failure != nil {
		return snapshot.Failed[bool](failure, time.Since(started))
	}
	proposed := zoocfg.Parse(next, nil)
	proposed.AddDynamic(next, data)
	return snapshot.Saw(!proposed.SameMembers(config.Membership), time.Since(started))
}

// nextConfig is where a server keeps the membership that was proposed last, until
// it is committed (QuorumPeerConfig.nextDynamicConfigFileSuffix, 3.5.1+).
func nextConfig(path string) string { return filepath.Clean(path) + ".dynamic.next" }
