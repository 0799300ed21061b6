package thishost

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// CompareNamed notes with every running server of this host that the file which the
// user named is not the one that it has read.
func (h Host) CompareNamed(ctx context.Context, local []snapshot.Local, named snapshot.Local) {
	for i := range local {
		l := &local[i]
		if !RunsFor(l, named) || h.sameFileOnDisk(ctx, l.Config.Value.Path, named.Config.Value.Path) {
			continue
		}
		path, err := filepath.Abs(named.ConfigPath)
		if keys := differing(l.Config.Value, named.Config.Value); err == nil && len(keys) > 0 {
			l.Named = &snapshot.NamedConfig{Path: path, Keys: keys}
		}
	}
}

// RunsFor reports whether a server runs here that another file is about too: both
// have one dataDir, links followed, and its files are ours (ConfigAccess is not tried
// in a container).
func RunsFor(l *snapshot.Local, named snapshot.Local) bool {
	a, b := l.Data.Value.Dir, named.Data.Value.Dir
	return l.Process != nil && l.Config.Seen() && l.ConfigAccess.Tried && l.Data.Seen() && named.Data.Seen() &&
		a.Owner.Seen() && a.Real != "" && a.Real == b.Real
}

func (h Host) sameFileOnDisk(ctx context.Context, a, b string) bool {
	same, _ := see(ctx, h, hostFiles{}, a, func(f hostFiles) bool {
		left, err := f.fs.Stat(a)
		if err != nil {
			return a == b
		}
		right, err := f.fs.Stat(b)
		return err == nil && os.SameFile(left, right)
	}, func(*snapshot.Failure) bool { return a == b })
	return same
}

// differing are the keys that two configurations give different values, or only one
// of them has.
func differing(a, b *zoocfg.Config) []string {
	var keys []string
	left, right := effective(a), effective(b)
	for key, value := range left {
		if other, set := right[key]; !set || other != value {
			keys = append(keys, key)
		}
	}
	for key := range right {
		if _, set := left[key]; !set {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// effective are the values that count: the last of each key.
func effective(c *zoocfg.Config) map[string]string {
	out := map[string]string{}
	for _, list := range [][]zoocfg.Property{c.Properties, c.DynamicProperties} {
		for _, p := range list {
			out[p.Key] = p.Value
		}
	}
	return out
}
