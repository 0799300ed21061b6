package exporter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"github.com/prometheus/common/config"
	"go.yaml.in/yaml/v3"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Config is the file of --ensembles: what to watch, and what /probe may look at.
type Config struct {
	Ensembles []Ensemble        `yaml:"ensembles"`
	Modules   map[string]Module `yaml:"modules"`
	Probe     Probe             `yaml:"probe"`
	// Advisories are what is known of ZooKeeper's releases; nil is what the program knows.
	Advisories advisory.Table `yaml:"-"`
}

// Ensemble is one ensemble to watch: its servers, or a zoo.cfg that lists them.
type Ensemble struct {
	Name    string   `yaml:"name"`
	Servers []string `yaml:"servers"`
	ZooCfg  string   `yaml:"zoo_cfg"`
	TLS     *TLS     `yaml:"tls"`
	Limits  Limits   `yaml:"limits"`

	line int
	// listed are the servers, of Servers or of ZooCfg; check finds them.
	listed []snapshot.Target
}

// Limits bound the looks at one ensemble; zero means the default.
type Limits struct {
	// Timeout bounds one look, 2 s.
	Timeout Duration `yaml:"timeout"`
}

// UnmarshalYAML reads the limits; unknown keys are errors.
func (l *Limits) UnmarshalYAML(node *yaml.Node) error {
	type plain Limits // without this method
	if err := knownKeys(node, "limits", "timeout"); err != nil {
		return err
	}
	return node.Decode((*plain)(l))
}

// Module is a way of looking that /probe?module= names.
type Module struct {
	TLS     *TLS     `yaml:"tls"`
	Timeout Duration `yaml:"timeout"`
}

// Probe says what /probe may look at.
type Probe struct {
	// Allow are hosts, host:port, globs (zk-*.example.org:2181) or networks
	// (192.0.2.0/24:2181). The members of the configured ensembles are always
	// allowed.
	Allow []string `yaml:"allow"`
}

// UnmarshalYAML notes the line, for errors found later.
func (e *Ensemble) UnmarshalYAML(node *yaml.Node) error {
	type plain Ensemble // without this method
	if err := knownKeys(node, "an ensemble", "name", "servers", "zoo_cfg", "tls", "limits"); err != nil {
		return err
	}
	if err := node.Decode((*plain)(e)); err != nil {
		return err
	}
	e.line = node.Line
	return nil
}

// maxConfig is far above any honest file: 1,000 ensembles have 200 KiB.
const maxConfig = 4 << 20

// LoadConfig reads the file of --ensembles. Its errors name the file and line.
func LoadConfig(ctx context.Context, door *hostfile.Door, path string) (*Config, error) {
	data, err := door.ReadFile(ctx, path, maxConfig)
	if err != nil {
		return nil, err
	}
	c, err := parseConfig(ctx, door, data, filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

// parseConfig reads a configuration whose files are relative to dir.
func parseConfig(ctx context.Context, door *hostfile.Door, data []byte, dir string) (*Config, error) {
	var c Config
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	c.setDirectory(dir)
	if err := c.check(ctx, door); err != nil {
		return nil, err
	}
	return &c, nil
}

func (c *Config) setDirectory(dir string) {
	for i := range c.Ensembles {
		e := &c.Ensembles[i]
		e.ZooCfg = config.JoinDir(dir, e.ZooCfg)
		if e.TLS != nil {
			e.TLS.SetDirectory(dir)
		}
	}
	for _, m := range c.Modules {
		if m.TLS != nil {
			m.TLS.SetDirectory(dir)
		}
	}
}

func (e *Ensemble) list(ctx context.Context, door *hostfile.Door) ([]snapshot.Target, error) {
	if e.ZooCfg != "" {
		return probe.ConfigTargets(ctx, door, e.ZooCfg, e.TLS != nil)
	}
	return probe.ParseTargets(e.Servers)
}

// fault says of which ensemble of the file an error is; one that comes from the
// command line has no line there, and needs no name.
func (e *Ensemble) fault(err error) error {
	if e.line == 0 {
		return err
	}
	return fmt.Errorf("line %d: the ensemble %q: %w", e.line, e.Name, err)
}

// check finds what YAML alone cannot: names missing or given twice, ensembles
// without servers, servers that are none, files that are not there.
func (c *Config) check(ctx context.Context, door *hostfile.Door) error {
	if len(c.Ensembles) == 0 && len(c.Probe.Allow) == 0 {
		return errors.New("no ensembles, and nothing that /probe may check")
	}
	lines := map[string]int{}
	for i := range c.Ensembles {
		e := &c.Ensembles[i]
		switch first := lines[e.Name]; {
		case e.Name == "":
			return fmt.Errorf("line %d: an ensemble without a name", e.line)
		case first > 0:
			return fmt.Errorf("line %d: the ensemble %q is already on line %d", e.line, e.Name, first)
		case len(e.Servers) > 0 && e.ZooCfg != "":
			return fmt.Errorf("line %d: the ensemble %q has both servers and zoo_cfg: choose", e.line, e.Name)
		case len(e.Servers) == 0 && e.ZooCfg == "":
			return fmt.Errorf("line %d: the ensemble %q has neither servers nor zoo_cfg", e.line, e.Name)
		}
		lines[e.Name] = e.line
		var err error
		if e.listed, err = e.list(ctx, door); err != nil {
			return e.fault(err)
		}
		if err := e.TLS.build(ctx, door); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Modules)) {
		if err := c.Modules[name].TLS.build(ctx, door); err != nil {
			return err
		}
	}
	_, err := newAllowList(c.Probe.Allow)
	return err
}
