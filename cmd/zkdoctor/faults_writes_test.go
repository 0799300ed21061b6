package main

import (
	"context"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// grownByRestarts is an ensemble of three to which a fourth server was added as one does it
// without reconfiguration: it is started with the new list, then the others are, one after
// the other. Of this release it commits nothing from then on (ZOOKEEPER-3829).
func grownByRestarts() (zktest.Options, func(*testing.T, *zktest.Ensemble)) {
	var all []string
	config := map[string]string{"tickTime": "2000"} // time enough to join on a busy machine
	options := zktest.Options{Servers: 4, Hosts: zktest.Namespaces, Config: config, NoStart: true, NoWait: true, Edit: func(s *zktest.Server) {
		if all = s.ServerLines; s.ID < 4 {
			s.ServerLines = s.ServerLines[:3]
		}
	}}
	return options, func(t *testing.T, ens *zktest.Ensemble) {
		for _, s := range ens.Servers[:3] {
			must(t, s.Start(t.Context()))
		}
		must(t, ens.WaitServing(t.Context()))
		must(t, writeOnce(t.Context(), ens.Server(1)))
		startServing(t, ens, ens.Server(4))
		for _, s := range ens.Servers[:3] {
			must(t, s.Stop(t.Context()))
			s.ServerLines = all
			must(t, s.WriteConfig(s.ConfigLines()))
			startServing(t, ens, s)
		}
		must(t, ens.WaitMode(t.Context(), ens.Server(4), "leader"))
	}
}

// startServing starts a server and waits until it serves. Others may be out meanwhile: those
// with the old list do not follow the new server.
func startServing(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
	must(t, s.Start(t.Context()))
	must(t, ens.Wait(t.Context(), s.Name+" to serve", func() bool { return ens.Modes(t.Context())[s] != "" }))
}

// TestRealOnceStuckWrites: every server says leader or follower, and no write is committed.
func TestRealOnceStuckWrites(t *testing.T) {
	t.Parallel()
	options, grow := grownByRestarts()
	for _, c := range []fault{
		{
			shape: shape{name: "a client waits", options: options, do: func(t *testing.T, ens *zktest.Ensemble) {
				grow(t, ens)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				inBackground(t, func() {
					defer cancel()
					_, _ = ens.Server(1).OpenSession(ctx, 10*time.Second)
				})
				waitOutstanding(t, ens, ens.Server(1))
			}, args: outside("@1", "@2", "@3", "@4", "--timeout", "8s")},
			fires: []report.Code{diag.LeaderNotCommitting}, state: report.Unknown, exit: 2,
		},
		{
			shape: shape{name: "no client asks", options: options, do: grow, args: outside("@1", "@2", "@3", "@4", "--timeout", "8s")},
			fires: []report.Code{diag.KnownBadVersion}, shows: zktest.StuckWrites, state: report.Serving, exit: 0,
		},
		{
			shape: shape{
				name: "a session is asked for", options: options, do: grow,
				args: outside("@1", "@2", "@3", "@4", "--timeout", "3s", "--deadline", "60s", "--session"),
			},
			fires: []report.Code{diag.LeaderNotCommitting}, state: report.Unknown, exit: 2,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.judge(t, c.look(t, zktest.StuckWrites), zktest.StuckWrites)
		})
	}
}
