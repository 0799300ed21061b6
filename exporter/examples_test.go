package exporter

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe"
)

var examples = filepath.Join("..", "docs", "examples")

// fromExample is an example of a Prometheus configuration for the exporter at url,
// with intervals of a second.
func fromExample(t *testing.T, name, url string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examples, name))
	must(t, err)
	return strings.NewReplacer(
		"zkdoctor:12189", strings.TrimPrefix(url, "http://"),
		"scrape_interval: 15s", "scrape_interval: 1s", "scrape_timeout: 10s", "scrape_timeout: 1s",
		"metrics_path: /-/metrics\n", "metrics_path: /-/metrics\n    scrape_interval: 1s\n    scrape_timeout: 1s\n",
	).Replace(string(text))
}

func TestExampleOfEnsembles(t *testing.T) {
	config, err := LoadConfig(t.Context(), new(hostfile.Door), filepath.Join(examples, "ensembles.yml"))
	must(t, err)
	if len(config.Ensembles) != 2 || len(config.Modules) != 1 || len(config.Probe.Allow) != 2 {
		t.Errorf("%+v", config)
	}
}

// TestExampleOfKubernetes: the configuration in it is one, and its Probe asks for what /probe
// looks at. So do those of the chart, in all variants.
func TestExampleOfKubernetes(t *testing.T) {
	charts, err := filepath.Glob("../tools/chart/testdata/*.golden")
	must(t, err)
	if len(charts) < 3 {
		t.Fatalf("goldens of the chart: %q", charts)
	}
	for _, file := range append(charts, filepath.Join(examples, "kubernetes.yaml")) {
		text, err := os.ReadFile(file)
		must(t, err)
		// Certificates of this one are in a Secret.
		text = bytes.ReplaceAll(text, []byte("ca_file: /tls/ca.crt"), nil)
		config, asked := inManifest(t, file, text)
		for _, servers := range asked {
			targets, err := probe.ParseTargets([]string{servers})
			must(t, err)
			if !slices.ContainsFunc(config.Ensembles, func(e Ensemble) bool { return slices.Equal(e.listed, targets) }) {
				t.Errorf("%s: %s is no configured ensemble", file, servers)
			}
		}
	}
}

// inManifest reads the configuration of --ensembles and what Probes ask for.
func inManifest(t *testing.T, file string, text []byte) (config *Config, asked []string) {
	t.Helper()
	type document struct {
		Data map[string]string
		Spec struct {
			Targets struct {
				StaticConfig struct{ Static []string } `yaml:"staticConfig"`
			}
		}
	}
	for decoder := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var d document
		if err := decoder.Decode(&d); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		asked = append(asked, d.Spec.Targets.StaticConfig.Static...)
		if ensembles := d.Data["ensembles.yml"]; ensembles != "" {
			read, err := parseConfig(t.Context(), new(hostfile.Door), []byte(ensembles), "")
			must(t, err)
			config = read
		}
	}
	if config == nil {
		t.Fatalf("%s has no ensembles.yml", file)
	}
	return config, asked
}

// TestPrometheusDiscovers: a real Prometheus finds the ensembles by the exporter's
// own list, and scrapes each on its own.
func TestPrometheusDiscovers(t *testing.T) {
	t.Parallel()
	follower, leader, alone := startFake(t, replays("follower")), startFake(t, replays("leader")), startFake(t, replays("standalone"))
	s := serve(t, Options{Load: func(context.Context) (*Config, error) {
		return &Config{Ensembles: []Ensemble{
			{Name: "three", Servers: []string{follower.target, leader.target}},
			{Name: "one", Servers: []string{alone.target}},
		}}, nil
	}})
	p := startPrometheus(t, fromExample(t, "prometheus-http-sd.yml", s.url))
	for query, want := range map[string]string{
		`count(up{job="zookeeper"} == 1)`:                                 "2",
		`up{job="zkdoctor"}`:                                              "1",
		`sum(zookeeper_up{ensemble="three",instance="three"})`:            "2",
		`zkdoctor_leaders{ensemble="three",instance="three"}`:             "1",
		`zkdoctor_verdict{ensemble="one",instance="one",state="serving"}`: "1",
		`zkdoctor_ensembles{job="zkdoctor"}`:                              "2",
		`count(zookeeper_up{job="zkdoctor"}) or vector(0)`:                "0",
		`count(zkdoctor_build_info{job="zookeeper"}) or vector(0)`:        "0",
		`count(count by (ensemble, instance) (zookeeper_znodes))`:         "2",
		`count(zkdoctor_verdict{ensemble="three",state="unknown"} == 0)`:  "1",
	} {
		p.shows(t, query, want)
	}
}
