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
)

// lintInput finds the configurations in what the command line names.
type lintInput struct {
	terminal
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
	var all []lint.File
	for _, name := range names {
		found, err := in.readOne(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (in *lintInput) host() thishost.Host { return thishost.Host{Door: in.files} }

func ofHost(c thishost.ConfigFiles) lint.File {
	return lint.File{Config: c.Config, Options: lint.Options{
		ID: c.ID, Next: c.Next, NoDynamic: c.NoDynamic, Elsewhere: c.Elsewhere,
	}}
}

func (in *lintInput) readOne(ctx context.Context, name string) ([]lint.File, error) {
	if name == "-" {
		text, err := readAll(ctx, io.LimitReader(in.in, maxManifest+1))
		if err != nil {
			return nil, err
		}
		return parsed("stdin", text)
	}
	entries, err := in.entries(ctx, name)
	switch {
	case errors.Is(err, errNoDirectory):
	case err != nil:
		return nil, err
	default:
		return in.readDirectory(ctx, name, entries)
	}
	if isManifest(name) {
		text, err := in.files.ReadFile(ctx, name, maxManifest)
		if err != nil {
			return nil, err
		}
		return ofManifest(name, text)
	}
	c, err := in.host().ReadConfig(ctx, name)
	switch {
	case err != nil:
		return nil, err
	case !c.Config.HasKeys():
		return nil, noConfig(name)
	}
	return []lint.File{ofHost(c)}, nil
}

// parsed is what a text of unknown kind holds.
func parsed(name string, text []byte) ([]lint.File, error) {
	if len(text) > maxManifest {
		return nil, fmt.Errorf("%s: larger than %d MiB", name, maxManifest>>20)
	}
	config := zoocfg.Parse(name, text)
	if _, kind := config.Property("kind"); kind || bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return ofManifest(name, text)
	}
	if !config.HasKeys() {
		return nil, noConfig(name)
	}
	file := lint.File{Config: config}
	if config.DynamicConfigFile.IsSet() {
		file.NoDynamic, file.Elsewhere = config.DynamicConfigFile.Value, true
	}
	return []lint.File{file}, nil
}

func noConfig(name string) error {
	return fmt.Errorf("%s: no configuration of ZooKeeper: no line has one of its keys", name)
}

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

// readDirectory reads all that has configurations, and passes over the rest.
func (in *lintInput) readDirectory(ctx context.Context, name string, entries []string) ([]lint.File, error) {
	var all []lint.File
	for _, entry := range entries {
		found, err := in.readOne(ctx, entry)
		switch {
		case errors.Is(err, errNoConfigMap):
		case err != nil:
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no configuration of ZooKeeper in its files (*.cfg, and ConfigMaps in *.yaml, *.yml and *.json)", name)
	}
	return all, nil
}
