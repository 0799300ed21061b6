package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/pdeathsig"
)

// grafana starts Grafana where it is installed (its packages put it into
// /usr/share/grafana), with the examples of the documentation as its provisioning.
// Without it the address is empty. The caller calls stop.
func (d *demo) grafana(ctx context.Context, dir, prometheus string) (url string, stop func(), err error) {
	stop = func() {}
	command, err := exec.LookPath("grafana-server")
	if err != nil {
		return "", stop, nil //nolint:nilerr // it is not installed, which is fine
	}
	boards := filepath.Join(dir, "dashboards")
	if out, err := exec.CommandContext(ctx, d.doctor.path, "dashboards", "--out", boards).CombinedOutput(); err != nil {
		return "", stop, unwritten(out, err)
	}
	for name, replace := range map[string][]string{
		"dashboards/grafana-dashboards.yml":  {"/var/lib/grafana/dashboards/zookeeper", boards},
		"datasources/grafana-datasource.yml": {"http://prometheus:9090", prometheus},
	} {
		text, err := example(filepath.Base(name), replace...)
		if err != nil {
			return "", stop, err
		}
		path := filepath.Join(dir, "grafana", "provisioning", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return "", stop, err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", stop, err
		}
	}
	address, err := freeAddress()
	if err != nil {
		return "", stop, err
	}
	host, port, _ := strings.Cut(address, ":")
	cmd := exec.Command(command, "--homepath", "/usr/share/grafana")
	cmd.Env = append(os.Environ(),
		"GF_SERVER_HTTP_ADDR="+host, "GF_SERVER_HTTP_PORT="+port,
		"GF_PATHS_DATA="+filepath.Join(dir, "grafana", "data"), "GF_PATHS_LOGS="+filepath.Join(dir, "grafana", "logs"),
		"GF_PATHS_PLUGINS="+filepath.Join(dir, "grafana", "plugins"),
		"GF_PATHS_PROVISIONING="+filepath.Join(dir, "grafana", "provisioning"),
		"GF_AUTH_ANONYMOUS_ENABLED=true", "GF_AUTH_ANONYMOUS_ORG_ROLE=Admin",
		// It tells nobody that it runs.
		"GF_ANALYTICS_REPORTING_ENABLED=false", "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
		"GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false",
	)
	starter := pdeathsig.New()
	if err := starter.Start(cmd); err != nil {
		starter.Close()
		return "", stop, err
	}
	return "http://" + address + "/dashboards", func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
		starter.Close()
	}, nil
}

// freeAddress is one of loopback that nobody had a moment ago.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
