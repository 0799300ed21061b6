package thishost

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// maxConfig and maxConfigLines are far above any zoo.cfg: one with 255 servers has 16 KiB and
// 300 lines. What is longer is another user's, and would cost a second each.
const (
	maxConfig      = 256 << 10
	maxConfigLines = 2048
)

// ReadFile reads a zoo.cfg of this host with zkdoctor's own rights, and the dynamic file that
// it names with those of the owner.
func (h Host) ReadFile(ctx context.Context, path string) snapshot.Obs[*zoocfg.Config] {
	config, _ := h.readConfig(ctx, hostFiles{}, path)
	return config
}

// readConfig reads a zoo.cfg and the dynamic file that it names. named is how to read what
// else it names.
func (h Host) readConfig(
	ctx context.Context, f hostFiles, path string,
) (config snapshot.Obs[*zoocfg.Config], named hostFiles) {
	started := time.Now()
	parsed, named, failure := h.readStatic(ctx, f, path)
	if failure == nil {
		failure = h.addDynamic(ctx, f, named, parsed)
	}
	if failure != nil {
		return snapshot.Failed[*zoocfg.Config](failure, time.Since(started)), f
	}
	return snapshot.Saw(parsed, time.Since(started)), named
}

func (h Host) readStatic(
	ctx context.Context, f hostFiles, path string,
) (parsed *zoocfg.Config, named hostFiles, failure *snapshot.Failure) {
	static := h.readWhole(ctx, f, path)
	if static.failure != nil {
		return nil, f, static.failure
	}
	parsed = zoocfg.Parse(f.absolute(path), static.data)
	parsed.Modified = static.modified
	return parsed, f.namedBy(static.owner), nil
}

// addDynamic reads the dynamic file that a zoo.cfg names, where it names one.
func (h Host) addDynamic(ctx context.Context, f, named hostFiles, parsed *zoocfg.Config) *snapshot.Failure {
	dynamic := parsed.DynamicConfigFile
	if !dynamic.IsSet() {
		return nil
	}
	as := h.asOwner(ctx, named, filepath.Dir(dynamic.Value))
	file := h.readWhole(ctx, as, dynamic.Value)
	if file.failure != nil {
		file.failure.Text = fmt.Sprintf("%s:%d: dynamicConfigFile: %s", parsed.Path, dynamic.Line, file.failure.Text)
		return file.failure
	}
	parsed.AddDynamic(f.absolute(dynamic.Value), file.data)
	return nil
}

// wholeFile is a file as it was read, or why it was not.
type wholeFile struct {
	data []byte
	// owner are the rights of its owner; nil where that is root.
	owner    *hostfile.Rights
	modified time.Time
	failure  *snapshot.Failure
}

func (h Host) readWhole(ctx context.Context, f hostFiles, path string) wholeFile {
	file, _ := see(ctx, h, f, path, func(f hostFiles) wholeFile { return readWhole(f, path) },
		func(failure *snapshot.Failure) wholeFile { return wholeFile{failure: failure} })
	return file
}

// readWhole takes the owner from the file that it reads: another may be in its place later.
func readWhole(f hostFiles, path string) wholeFile {
	ends, failure := f.ends(path, hostfile.Part{Head: maxConfig + 1})
	switch lines := bytes.Count(ends.Head, []byte("\n")) + bytes.Count(ends.Head, []byte("\r")); {
	case failure != nil:
	case len(ends.Head) > maxConfig:
		failure = tooLarge("%s: larger than %d KiB, no zoo.cfg is", path, maxConfig>>10)
	case lines > maxConfigLines:
		failure = tooLarge("%s: more than %d lines, no zoo.cfg has", path, maxConfigLines)
	default:
		file := wholeFile{data: ends.Head, modified: ends.Info.ModTime().UTC()}
		if f.rights == nil {
			file.owner = ownerRights(ends.Info)
		}
		return file
	}
	return wholeFile{failure: failure}
}

func tooLarge(format string, args ...any) *snapshot.Failure {
	return &snapshot.Failure{Kind: snapshot.TooLarge, Text: fmt.Sprintf(format, args...)}
}

// proposesOthers tells whether a file is there in which other members were proposed than the
// server has. ZooKeeper leaves one with the same members behind, without any proposal (seen on
// 3.5.4-beta, 3.5.8 and 3.6.0).
func proposesOthers(f hostFiles, next string, config *zoocfg.Config) snapshot.Obs[bool] {
	started := time.Now()
	if there := f.exists(next); !there.Seen() || !there.Value {
		return there
	}
	file := readWhole(f, next)
	if file.failure != nil {
		return snapshot.Failed[bool](file.failure, time.Since(started))
	}
	proposed := zoocfg.Parse(next, nil)
	proposed.AddDynamic(next, file.data)
	return snapshot.Saw(!proposed.SameMembers(config.Membership), time.Since(started))
}

// nextConfig is where a server keeps the membership that was proposed last, until
// it is committed (QuorumPeerConfig.nextDynamicConfigFileSuffix, 3.5.1+).
func nextConfig(path string) string { return filepath.Clean(path) + ".dynamic.next" }
