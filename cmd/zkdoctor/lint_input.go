package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const (
	// maxManifest is more than the API server of Kubernetes takes for a list of objects that
	// a person would look at.
	maxManifest = 8 << 20
	// maxManifests is how many files of a directory are read.
	maxManifests = 1000
	// maxConfigs and maxSettings bound what is judged in one run: more servers than anybody
	// has, with files such as people write.
	maxConfigs  = 1000
	maxSettings = 100_000
)

// lintInput finds the configurations in what the command line names.
type lintInput struct {
	terminal
	// found are those so far, and settings how many lines they have together.
	found    []lint.File
	settings int
}

// read is all of them; no names: the one of this host.
func (in *lintInput) read(ctx context.Context, names []string) ([]lint.File, error) {
	if len(names) == 0 {
		files, err := in.host().ReadHostConfig(ctx)
		if err != nil {
			return nil, err
		}
		return []lint.File{ofHost(files)}, nil
	}
	for _, name := range names {
		if err := in.readOne(ctx, name); err != nil {
			return nil, err
		}
	}
	return in.found, nil
}

// add adds one, or is an error where that is too much.
func (in *lintInput) add(file lint.File) error {
	in.found = append(in.found, file)
	in.settings += len(file.Config.Properties) + len(file.Config.DynamicProperties)
	if len(in.found) > maxConfigs || in.settings > maxSettings {
		return fmt.Errorf("more than %d configurations, or %d settings in them: give fewer at a time", maxConfigs, maxSettings)
	}
	return nil
}

func (in *lintInput) host() thishost.Host { return thishost.Host{Door: in.files} }

func ofHost(c thishost.ConfigFiles) lint.File {
	return lint.File{Config: c.Config, Options: lint.Options{
		ID: c.ID, Next: c.Next, NoDynamic: c.NoDynamic, Elsewhere: c.Elsewhere,
	}}
}

func (in *lintInput) readOne(ctx context.Context, name string) error {
	if name == "-" {
		text, err := readAll(ctx, io.LimitReader(in.in, maxManifest+1))
		if err != nil {
			return err
		}
		return in.parse("stdin", text)
	}
	entries, err := in.entries(ctx, name)
	switch {
	case errors.Is(err, errNoDirectory):
	case err != nil:
		return err
	default:
		return in.readDirectory(ctx, name, entries)
	}
	if isManifest(name) {
		text, err := in.files.ReadFile(ctx, name, maxManifest)
		if err != nil {
			return err
		}
		return in.readManifest(name, text)
	}
	c, err := in.host().ReadConfig(ctx, name)
	switch {
	case err != nil:
		return err
	case !c.Config.HasKeys():
		return noConfig(name)
	}
	return in.add(ofHost(c))
}

// parse reads a text of unknown kind.
func (in *lintInput) parse(name string, text []byte) error {
	if len(text) > maxManifest {
		return fmt.Errorf("%s: larger than %d MiB", name, maxManifest>>20)
	}
	config := zoocfg.Parse(name, text)
	if _, kind := config.Property("kind"); kind || bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return in.readManifest(name, text)
	}
	if !config.HasKeys() {
		return noConfig(name)
	}
	file := lint.File{Config: config}
	if config.DynamicConfigFile.IsSet() {
		file.NoDynamic, file.Elsewhere = config.DynamicConfigFile.Value, true
	}
	return in.add(file)
}

// errNoKeys is that of a file that is no zoo.cfg.
var errNoKeys = errors.New("no configuration of ZooKeeper: no line has one of its keys")

func noConfig(name string) error { return fmt.Errorf("%s: %w", name, errNoKeys) }

// isManifest goes by the name, as kubectl does.
func isManifest(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name))
}

// errNoDirectory is that of a path that is none.
var errNoDirectory = errors.New("no directory")

// entries are the files of a directory that may hold configurations, by name.
func (in *lintInput) entries(ctx context.Context, name string) ([]string, error) {
	return hostfile.Look(ctx, in.files, hostfile.As{}, func(files *hostfile.FS) ([]string, error) {
		info, err := files.Stat(name)
		if err != nil || !info.IsDir() {
			return nil, errNoDirectory // opening it says what is wrong
		}
		list, more, err := files.Entries(name, maxManifests)
		if err != nil {
			return nil, err
		}
		if more {
			return nil, fmt.Errorf("%s: more than %d files", name, maxManifests)
		}
		var names []string
		for _, entry := range list {
			if t := entry.Type(); (t.IsRegular() || t == fs.ModeSymlink) &&
				(isManifest(entry.Name()) || filepath.Ext(entry.Name()) == ".cfg") {
				names = append(names, filepath.Join(name, entry.Name()))
			}
		}
		slices.Sort(names)
		return names, nil
	})
}

// readDirectory reads all that has configurations, and passes over the rest: a directory may have
// other programs' *.cfg too, which are named.
func (in *lintInput) readDirectory(ctx context.Context, name string, entries []string) error {
	before := len(in.found)
	for _, entry := range entries {
		err := in.readOne(ctx, entry)
		switch {
		case errors.Is(err, errNoConfigMap):
		case errors.Is(err, errNoKeys):
			_, _ = fmt.Fprintf(in.err, "zkdoctor: left out: %v\n", err)
		case err != nil:
			return err
		}
	}
	if len(in.found) == before {
		return fmt.Errorf("%s: no configuration of ZooKeeper in its files (*.cfg, and ConfigMaps in *.yaml, *.yml and *.json)", name)
	}
	return nil
}
