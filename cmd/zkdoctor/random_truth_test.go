package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// truth is how an ensemble stands by what its servers say and do, asked on their own hosts.
type truth struct {
	state report.State
	// modes are those of the servers by id; who does not serve has none.
	modes map[int]string
	// writes says that a server has acknowledged a write.
	writes bool
}

// String is the truth in a line.
func (tr truth) String() string {
	var modes []string
	for _, id := range slices.Sorted(maps.Keys(tr.modes)) {
		modes = append(modes, fmt.Sprintf("%d %s", id, tr.modes[id]))
	}
	return fmt.Sprintf("%s, writes %t, %s", tr.state, tr.writes, strings.Join(modes, ", "))
}

// truth asks the servers.
func (sc *randomScene) truth(t *testing.T) truth {
	t.Helper()
	tr := truth{modes: map[int]string{}}
	var serving []*zktest.Server
	leaders := 0
	for s, mode := range sc.ens.Modes(t.Context()) {
		tr.modes[s.ID] = mode
		if mode == "leader" {
			leaders++
		}
		if mode == "leader" || mode == "follower" || mode == "observer" {
			serving = append(serving, s)
		}
	}
	if leader := sc.silentLeader(t, tr); leader != 0 && len(serving) > 0 {
		tr.modes[leader] = "leader"
		leaders++
	}
	tr.writes = acknowledged(t.Context(), serving)
	switch {
	case leaders > 1:
		tr.state = report.Split
	case leaders == 0 || !tr.writes:
		tr.state = report.Down
	case len(tr.out(sc.shape.voters)) > 0:
		tr.state = report.Degraded
	default:
		tr.state = report.Serving
	}
	return tr
}

// out are the voters that are not in the quorum.
func (tr truth) out(voters int) []int {
	var ids []int
	for id := 1; id <= voters; id++ {
		if mode := tr.modes[id]; mode != "leader" && mode != "follower" {
			ids = append(ids, id)
		}
	}
	return ids
}

// silentLeader is the id of a leader that serves no clients: of those that have no mode
// it alone listens on its quorum port.
func (sc *randomScene) silentLeader(t *testing.T, tr truth) int {
	t.Helper()
	if !sc.shape.silent {
		return 0
	}
	for _, s := range sc.ens.Servers {
		if tr.modes[s.ID] != "" || !s.Running() || s.Paused() {
			continue
		}
		got, err := s.Run(t.Context(), "ss", "-Hltn", "sport = :2888")
		must(t, err)
		if len(got.Stdout) > 0 {
			return s.ID
		}
	}
	return 0
}

// acknowledged reports whether one of the servers opens a session, which is a write.
func acknowledged(ctx context.Context, servers []*zktest.Server) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	done := make(chan bool)
	for _, s := range servers {
		go func() {
			session, err := s.OpenSessionFrom(ctx, s.Host, 0)
			if err == nil {
				err = session.Close(ctx)
			}
			done <- err == nil
		}()
	}
	did := false
	for range servers {
		did = <-done || did
	}
	return did
}

// starting reports whether a server runs and does not listen to clients yet.
func (sc *randomScene) starting(ctx context.Context) bool {
	return slices.ContainsFunc(sc.ens.Servers, func(s *zktest.Server) bool {
		return s.Running() && !s.Paused() && !listens(ctx, s, s.ClientPort)
	})
}

// settle waits until the truth is the same for a while, or it is plain that it stays in motion.
func (sc *randomScene) settle(t *testing.T) (still bool) {
	t.Helper()
	last, since := sc.truth(t), time.Now()
	end := time.Now().Add(time.Minute)
	must(t, sc.ens.Wait(t.Context(), "the servers to settle", func() bool {
		if now := sc.truth(t); now.String() != last.String() || sc.starting(t.Context()) {
			last, since = now, time.Now()
		}
		still = time.Since(since) > 6*time.Second // longer than syncLimit and a pause of an election
		return still || time.Now().After(end)
	}))
	return still
}
