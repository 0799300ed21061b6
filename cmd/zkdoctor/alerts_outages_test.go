package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// outages are the ensembles of TestRealOncePages, oldest and newest among them.
func outages() []*outage {
	return []*outage{
		{
			name: "rolling-restart", options: zktest.Options{Edit: withProvider}, calm: restartAll,
		},
		{
			name: "leader-killed", options: zktest.Options{Version: zktest.Oldest},
			hurt: func(ctx context.Context, ens *zktest.Ensemble) (*zktest.Server, error) {
				leader, err := ens.Leader(ctx)
				if err != nil {
					return nil, err
				}
				return leader, leader.Kill()
			},
			restore: startAll,
			alert:   "ZooKeeperProcessDown", severity: "warning", code: "process-down", wait: 5 * time.Minute,
			cause: "process-down",
		},
		{
			name: "quorum-lost", options: zktest.Options{Version: zktest.Oldest},
			hurt: func(_ context.Context, ens *zktest.Ensemble) (*zktest.Server, error) {
				if err := ens.Server(1).Kill(); err != nil {
					return nil, err
				}
				return nil, ens.Server(3).Kill()
			},
			restore: startAll,
			alert:   "ZooKeeperQuorumLost", severity: "critical", code: "quorum-lost", wait: 30 * time.Second,
			quiet: "ZooKeeperLeaderLost", cause: "process-down", culprits: []int{1, 3}, beside: true,
		},
		{
			name: "server-paused",
			hurt: func(_ context.Context, ens *zktest.Ensemble) (*zktest.Server, error) {
				return ens.Server(2), ens.Server(2).Pause()
			},
			restore: func(ctx context.Context, ens *zktest.Ensemble) error {
				if err := ens.Server(2).Resume(); err != nil {
					return err
				}
				return ens.WaitServing(ctx)
			},
			alert: "ZooKeeperServerHung", severity: "warning", code: "server-hung", wait: 2 * time.Minute,
			cause: "server-hung", culprits: []int{2},
		},
		{
			name: "two-leaders", options: zktest.Options{Servers: 5},
			hurt: splitInTwo, restore: mergeAgain,
			alert: "ZooKeeperSplitBrain", severity: "critical", code: "split-brain", cause: "membership-divergent",
		},
	}
}

// withProvider has a server use the PrometheusMetricsProvider, which reports Java's
// own metrics too.
func withProvider(s *zktest.Server) {
	s.Set("metricsProvider.className", "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider")
	s.Set("metricsProvider.httpHost", s.Addr)
	s.Set("metricsProvider.httpPort", "7000")
	s.Set("jvm.pause.monitor", "true")
}

func startAll(ctx context.Context, ens *zktest.Ensemble) error {
	for _, s := range ens.Servers {
		if !s.Running() {
			if err := s.Start(ctx); err != nil {
				return err
			}
		}
	}
	return ens.WaitServing(ctx)
}

// restartAll restarts one server after the other, as an upgrade does.
func restartAll(ctx context.Context, ens *zktest.Ensemble) error {
	for _, s := range ens.Servers {
		if err := s.Stop(ctx); err != nil {
			return err
		}
		if err := ens.WaitQuorum(ctx); err != nil {
			return err
		}
		if err := startAll(ctx, ens); err != nil {
			return err
		}
	}
	return nil
}

// splitInTwo undoes half of an expansion from 3 to 5: servers 1 and 2 get the list
// of three, and elect a leader among themselves before the others are back.
func splitInTwo(ctx context.Context, ens *zktest.Ensemble) (*zktest.Server, error) {
	full := ens.Server(1).ServerLines
	for _, s := range ens.Servers {
		if err := s.Kill(); err != nil {
			return nil, err
		}
	}
	for _, id := range []int{1, 2} {
		s := ens.Server(id)
		s.ServerLines = full[:3]
		if err := s.WriteConfig(s.ConfigLines()); err != nil {
			return nil, err
		}
		if err := s.Start(ctx); err != nil {
			return nil, err
		}
	}
	if err := ens.WaitQuorum(ctx); err != nil {
		return nil, err
	}
	return nil, startAll(ctx, ens)
}

// mergeAgain gives all the list of five, and keeps the data of the greater camp: with
// the other's left in place, its servers have other data than their leader, and
// their digests say so.
func mergeAgain(ctx context.Context, ens *zktest.Ensemble) error {
	for _, s := range ens.Servers {
		if err := s.Kill(); err != nil {
			return err
		}
		s.ServerLines = ens.Server(5).ServerLines
		if err := s.WriteConfig(s.ConfigLines()); err != nil {
			return err
		}
	}
	for _, id := range []int{1, 2} {
		for _, dir := range []string{ens.Server(id).DataDir, ens.Server(id).DataLogDir} {
			data := filepath.Join(dir, "version-2")
			if err := os.Rename(data, data+".moved"); err != nil {
				return err
			}
		}
	}
	for _, id := range []int{3, 4, 5} {
		if err := ens.Server(id).Start(ctx); err != nil {
			return err
		}
	}
	if err := ens.WaitQuorum(ctx); err != nil {
		return err
	}
	return startAll(ctx, ens)
}
