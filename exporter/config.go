package exporter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/zkdoctor/zkdoctor/probe"
)

// Config is the file of --ensembles: what to watch, and what /probe may look at.
type Config struct {
	Ensembles []Ensemble        `yaml:"ensembles"`
	Modules   map[string]Module `yaml:"modules"`
	Probe     Probe             `yaml:"probe"`
}

// Ensemble is one ensemble to watch: its servers, or a zoo.cfg that lists them.
type Ensemble struct {
	Name    string   `yaml:"name"`
	Servers []string `yaml:"servers"`
	ZooCfg  string   `yaml:"zoo_cfg"`
	Limits  Limits   `yaml:"limits"`

	line int
}

// Limits bound the looks at one ensemble; zero means the default.
type Limits struct {
	// Timeout bounds one look, 2 s.
	Timeout Duration `yaml:"timeout"`
}

// Module is a way of looking that /probe?module= names.
type Module struct {
	Timeout Duration `yaml:"timeout"`
}

// Probe says what /probe may look at.
type Probe struct {
	// Allow are hosts, host:port, globs (zk-*.example.org:2181) or networks
	// (192.0.2.0/24:2181). The members of the configured ensembles are always
	// allowed.
	Allow []string `yaml:"allow"`
}

// Duration is a time span as Go writes it: 2s, 500ms.
type Duration time.Duration

// UnmarshalYAML reads a time span that is more than 0.
func (d *Duration) UnmarshalYAML(node *yaml.Node) error {
	parsed, err := time.ParseDuration(node.Value)
	if err != nil || parsed <= 0 {
		return fmt.Errorf("line %d: %q is no time span: write 2s or 500ms", node.Line, node.Value)
	}
	*d = Duration(parsed)
	return nil
}

// UnmarshalYAML notes the line, for errors found later.
func (e *Ensemble) UnmarshalYAML(node *yaml.Node) error {
	type plain Ensemble // without this method
	for i := 0; i+1 < len(node.Content); i += 2 {
		switch key := node.Content[i]; key.Value {
		case "name", "servers", "zoo_cfg", "limits":
		default:
			return fmt.Errorf("line %d: unknown key %q in an ensemble: there are name, servers, zoo_cfg, limits", key.Line, key.Value)
		}
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
func LoadConfig(path string) (*Config, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(data) > maxConfig {
		return nil, fmt.Errorf("%s: larger than %d MiB", path, maxConfig>>20)
	}
	config, err := parseConfig(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return config, nil
}

func parseConfig(data []byte) (*Config, error) {
	var config Config
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	return &config, nil
}

// check finds what YAML alone cannot: names missing or given twice, ensembles
// without servers, servers that are none.
func (c *Config) check() error {
	if len(c.Ensembles) == 0 && len(c.Probe.Allow) == 0 {
		return errors.New("no ensembles, and nothing that /probe may look at")
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
		if _, err := probe.ParseTargets(e.Servers); err != nil {
			return fmt.Errorf("line %d: the ensemble %q: %w", e.line, e.Name, err)
		}
	}
	_, err := newAllowList(c.Probe.Allow)
	return err
}
