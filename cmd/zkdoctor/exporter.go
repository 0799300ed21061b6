package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/exporter-toolkit/web"
	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/exporter"
	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

type exporterCmd struct {
	Targets   []string `arg:"" optional:"" name:"target" help:"Server of the ensemble to monitor, as for check."`
	Config    string   `short:"c" placeholder:"FILE" group:"what" help:"Monitor the ensemble that this zoo.cfg lists."`
	Ensembles string   `placeholder:"FILE" group:"what" help:"Monitor the ensembles in this YAML file."`
	Ensemble  string   `default:"zookeeper" group:"what" help:"Name of the ensemble of --config or of the targets."`
	NoLocal   bool     `group:"what" help:"Do not read the files and processes of this host."`

	Timeout     duration `group:"how" default:"2s" help:"Time limit of one check of a server."`
	NoPeerPorts bool     `group:"how" help:"Never connect to the quorum and election ports (2888, 3888)."`
	NoAdmin     bool     `group:"how" help:"Never query AdminServers (HTTP) for what the client ports do not report."`
	AdminPort   int      `group:"how" placeholder:"PORT" help:"Port of the AdminServers, if it is not 8080 and not in the configuration."`

	tlsFlags
	advisoryFlag

	Include []string `group:"say" placeholder:"REGEXP" help:"Serve only metrics whose names match."`
	Exclude []string `group:"say" placeholder:"REGEXP" help:"Do not serve metrics whose names match."`
	Compat  string   `group:"say" enum:"none,dabealu" default:"none" help:"Serve another exporter's metrics too: none or dabealu."`

	ListenAddress []string `name:"web.listen-address" default:":12189" placeholder:"ADDRESS" group:"web" help:"Where to listen."`
	WebConfig     string   `name:"web.config.file" placeholder:"FILE" group:"web" help:"TLS, users and passwords, as Prometheus's exporters have them."`
	Systemd       bool     `name:"web.systemd-socket" group:"web" help:"Take the socket from systemd."`
	RoutePrefix   string   `name:"web.route-prefix" placeholder:"PATH" group:"web" help:"Serve everything below this path."`
	Lifecycle     bool     `name:"web.enable-lifecycle" group:"web" help:"Reload the configuration on a POST to /-/reload; on SIGHUP it always is."`
	MaxRequests   int      `name:"web.max-requests" default:"512" group:"web" help:"Requests served at a time; more are answered with 503."`
}

// Help is shown under the usage line.
func (*exporterCmd) Help() string {
	return `Examples:
  zkdoctor exporter zk1 zk2 zk3
  zkdoctor exporter -c /etc/zookeeper/conf/zoo.cfg
  zkdoctor exporter --ensembles ensembles.yml`
}

// heapFloor has garbage collected less often: that is done when the heap has doubled, which for a
// few servers would be with every third scrape. It is never written to, and so takes no memory.
const heapFloor = 16 << 20

// Run serves until it is told to stop (SIGINT, SIGTERM), and reloads on SIGHUP.
func (c *exporterCmd) Run(ctx context.Context, t terminal, log zerolog.Logger) error {
	options, err := c.options(t, log)
	if err != nil {
		return err
	}
	e, err := exporter.New(ctx, options)
	if err != nil {
		return err
	}
	floor := make([]byte, heapFloor)
	defer runtime.KeepAlive(floor)
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	server := defaultWebLimits(c.MaxRequests).server(c.routes(e.Handler()))
	served := make(chan error, 1)
	go func() {
		served <- web.ListenAndServe(server, &web.FlagConfig{
			WebListenAddresses: &c.ListenAddress, WebSystemdSocket: &c.Systemd, WebConfigFile: &c.WebConfig,
		}, slogger(log))
	}()
	for {
		select {
		case err := <-served:
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return err
		case <-hangup:
			if err := e.Reload(ctx); err != nil {
				log.Error().Err(err).Msg("reload failed, the old configuration stays")
			} else {
				log.Info().Msg("configuration reloaded")
			}
		case <-ctx.Done():
			return shutDown(context.WithoutCancel(ctx), server)
		}
	}
}

// shutDown lets nobody in any more, and answers that are on their way end, if they do so
// before lastWords are over.
func shutDown(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, lastWords/2)
	defer cancel()
	if err := server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}

// routes puts everything below the prefix.
func (c *exporterCmd) routes(h http.Handler) http.Handler {
	prefix := c.prefix()
	if prefix == "" {
		return h
	}
	mux := http.NewServeMux()
	mux.Handle(prefix+"/", http.StripPrefix(prefix, h))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "everything is served below "+prefix+"/ (--web.route-prefix)", http.StatusNotFound)
	})
	return mux
}

// prefix is --web.route-prefix with one slash before it and none behind it, or
// nothing.
func (c *exporterCmd) prefix() string {
	if trimmed := strings.Trim(c.RoutePrefix, "/"); trimmed != "" {
		return "/" + trimmed
	}
	return ""
}

func (c *exporterCmd) options(t terminal, log zerolog.Logger) (exporter.Options, error) {
	o := exporter.Options{
		Timeout: time.Duration(c.Timeout), PeerPorts: !c.NoPeerPorts,
		Door: t.files, Local: !c.NoLocal, Admin: !c.NoAdmin, AdminPort: c.AdminPort,
		MaxConcurrent: c.MaxRequests, Version: versionNumber(), Log: log,
		Prefix: c.prefix(), Lifecycle: c.Lifecycle, Pages: book(),
	}
	o.Load = func(ctx context.Context) (*exporter.Config, error) { return c.load(ctx, t.files) }
	if c.Compat != "none" {
		o.Compat = c.Compat
	}
	named := 0
	for _, given := range []bool{len(c.Targets) > 0, c.Config != "", c.Ensembles != ""} {
		if given {
			named++
		}
	}
	switch {
	case named == 0:
		return o, errors.New("nothing to monitor: give targets, --config FILE or --ensembles FILE")
	case named > 1:
		return o, errors.New("targets, --config and --ensembles exclude each other: use one")
	case slices.Contains([]string{".yml", ".yaml"}, filepath.Ext(c.Config)):
		return o, fmt.Errorf("--config %s: it is for a zoo.cfg; ensembles in YAML go with --ensembles", c.Config)
	case c.Ensembles != "" && c.tlsFlags != (tlsFlags{}):
		return o, errors.New("--tls flags are for one ensemble: with --ensembles, set tls in the file")
	case c.MaxRequests < 1:
		return o, errors.New("--web.max-requests must be at least 1")
	}
	err := checkAdmin(c.NoAdmin, c.AdminPort)
	if err != nil {
		return o, err
	}
	if o.Include, err = patterns("--include", c.Include); err != nil {
		return o, err
	}
	o.Exclude, err = patterns("--exclude", c.Exclude)
	return o, err
}

// load reads what to watch.
func (c *exporterCmd) load(ctx context.Context, door *hostfile.Door) (*exporter.Config, error) {
	table, err := c.table(ctx, door)
	if err != nil {
		return nil, err
	}
	config, err := c.loadEnsembles(ctx, door)
	if err != nil {
		return nil, err
	}
	config.Advisories = table
	return config, nil
}

func (c *exporterCmd) loadEnsembles(ctx context.Context, door *hostfile.Door) (*exporter.Config, error) {
	if c.Ensembles != "" {
		return exporter.LoadConfig(ctx, door, c.Ensembles)
	}
	secure, err := c.tlsFlags.config(ctx, door)
	if err != nil {
		return nil, err
	}
	return &exporter.Config{Ensembles: []exporter.Ensemble{{
		Name: c.Ensemble, Servers: c.Targets, ZooCfg: c.Config, TLS: exporter.FixedTLS(secure),
	}}}, nil
}

func patterns(flag string, texts []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, text := range texts {
		re, err := regexp.Compile("^(?:" + text + ")$")
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no regular expression", flag, text)
		}
		out = append(out, re)
	}
	return out, nil
}
