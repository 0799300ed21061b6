package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// scene is an ensemble and the states its servers get into.
type scene struct {
	name    string
	options zktest.Options
	// play brings the ensemble where it is wanted, and says which server then
	// stands for which state.
	play func(context.Context, *zktest.Ensemble) (map[string]*zktest.Server, error)
	// asked are the words or commands, if not the usual ones.
	asked []string
}

func scenes(version string) []scene {
	all := []scene{
		{name: "ensemble", options: zktest.Options{Observers: 1}, play: roles("leader", "follower", "observer")},
		{name: "loaded", play: loaded},
		{name: "standalone", options: zktest.Options{Servers: 1}, play: roles("standalone")},
		{name: "not serving", options: zktest.Options{NoStart: true}, play: lonely("not-serving", "")},
		{
			name:    "read-only",
			options: zktest.Options{NoStart: true, JVM: []string{"-Dreadonlymode.enabled=true"}},
			play:    lonely("read-only", "read-only"),
		},
	}
	if version != zktest.Oldest { // the AdminServer came with 3.5
		all = append(all,
			// Without its key, the whitelist of 3.5.3 and later has nothing but srvr. That of
			// 3.4.10 has all that zkdoctor asks.
			scene{
				name:    "not whitelisted",
				options: zktest.Options{Servers: 1, Whitelist: zktest.WhitelistDefault},
				play:    renamed("standalone", "not-whitelisted"),
				asked:   []string{"mntr", "ruok"},
			},
			scene{
				name: "admin", options: zktest.Options{Observers: 1, Admin: true}, play: roles("leader", "follower", "observer"),
			},
			scene{name: "admin standalone", options: zktest.Options{Servers: 1, Admin: true}, play: roles("standalone")},
			scene{
				name: "admin not serving", options: zktest.Options{NoStart: true, Admin: true}, play: lonely("not-serving", ""),
			},
			scene{
				name:    "admin leader serves no",
				options: zktest.Options{Admin: true, NoWait: true, Config: map[string]string{"leaderServes": "no"}},
				play:    leaderServesNo,
			},
			scene{name: "admin busy", options: zktest.Options{Admin: true}, play: busy, asked: []string{"connections"}})
	}
	if version != zktest.Oldest && version != "3.5.10" { // metrics providers came with 3.6
		all = append(all, scene{
			name: "prometheus",
			options: zktest.Options{Config: map[string]string{
				"metricsProvider.className": "org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider",
				"metricsProvider.httpPort":  "7000",
			}},
			play: renamed("leader", "leader-prometheus"),
		})
	}
	return all
}

type play = func(context.Context, *zktest.Ensemble) (map[string]*zktest.Server, error)

// roles waits until all servers serve and takes the first one in each mode.
func roles(modes ...string) play {
	return func(ctx context.Context, ens *zktest.Ensemble) (map[string]*zktest.Server, error) {
		if err := ens.WaitServing(ctx); err != nil {
			return nil, err
		}
		states := make(map[string]*zktest.Server)
		for _, s := range ens.Servers {
			if mode := s.Mode(ctx); states[mode] == nil {
				states[mode] = s
			}
		}
		for _, mode := range modes {
			if states[mode] == nil {
				return nil, fmt.Errorf("no server is %s", mode)
			}
		}
		return states, nil
	}
}

// renamed takes one server of an ensemble that serves.
func renamed(mode, state string) play {
	return func(ctx context.Context, ens *zktest.Ensemble) (map[string]*zktest.Server, error) {
		states, err := roles(mode)(ctx, ens)
		if err != nil {
			return nil, err
		}
		return map[string]*zktest.Server{state: states[mode]}, nil
	}
}

// leaderServesNo waits until two follow a leader that serves no clients.
func leaderServesNo(ctx context.Context, ens *zktest.Ensemble) (map[string]*zktest.Server, error) {
	var leader *zktest.Server
	err := ens.Wait(ctx, "two followers", func() bool {
		followers := 0
		for _, s := range ens.Servers {
			if s.Mode(ctx) == "follower" {
				followers++
			} else {
				leader = s
			}
		}
		return followers == 2
	})
	return map[string]*zktest.Server{"leader-serves-no": leader}, err
}

// busy has two hosts hold connections with a follower, one of them three.
func busy(ctx context.Context, ens *zktest.Ensemble) (map[string]*zktest.Server, error) {
	states, err := roles("leader", "follower")(ctx, ens)
	if err != nil {
		return nil, err
	}
	s := states["follower"]
	if _, err := s.HoldConnections(ctx, s.ClientPort, 3); err != nil {
		return nil, err
	}
	other, err := states["leader"].Host.Dial(ctx, net.JoinHostPort(s.Addr, strconv.Itoa(s.ClientPort)))
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = other.Close() })
	return map[string]*zktest.Server{"follower": s}, nil
}

// lonely starts one server of three and waits until it answers, in the mode.
func lonely(state, mode string) play {
	return func(ctx context.Context, ens *zktest.Ensemble) (map[string]*zktest.Server, error) {
		s := ens.Servers[0]
		if err := s.Start(ctx); err != nil {
			return nil, err
		}
		err := ens.Wait(ctx, "an answer", func() bool {
			reply, err := s.Word(ctx, "ruok")
			return err == nil && reply == "imok"
		})
		if err != nil {
			return nil, err
		}
		return map[string]*zktest.Server{state: s}, ens.WaitMode(ctx, s, mode)
	}
}

// loaded gives the leader and a follower two sessions each, with znodes,
// ephemerals and watches.
func loaded(ctx context.Context, ens *zktest.Ensemble) (map[string]*zktest.Server, error) {
	states, err := roles("leader", "follower")(ctx, ens)
	if err != nil {
		return nil, err
	}
	for _, mode := range []string{"leader", "follower"} {
		for i := range 2 {
			// The longest timeout there is: 20 ticks.
			session, err := states[mode].OpenSession(ctx, 10*time.Second)
			if err != nil {
				return nil, err
			}
			root := fmt.Sprintf("/%s-%d", mode, i)
			if err := session.Create(ctx, root, []byte("some data"), false); err != nil {
				return nil, err
			}
			for n := range 5 {
				path := fmt.Sprintf("%s/%d", root, n)
				if err := session.Create(ctx, path, make([]byte, 100*n), n%2 == 0); err != nil {
					return nil, err
				}
				if err := session.Watch(ctx, path); err != nil {
					return nil, err
				}
			}
		}
	}
	return map[string]*zktest.Server{"leader-loaded": states["leader"], "follower-loaded": states["follower"]}, nil
}
