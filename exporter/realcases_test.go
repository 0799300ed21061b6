package exporter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

func down(id int) facts { return ofServer(id, 0, 0, "down") }

// verdictOf is what is concluded of three voters.
func verdictOf(quorum, leaders, serving float64) facts {
	return facts{"zkdoctor_quorum": quorum, "zkdoctor_leaders": leaders, "zkdoctor_voters_serving": serving}
}

// TestRealFaults lives through faults with one exporter.
func TestRealFaults(t *testing.T) {
	t.Parallel()
	forEachVersion(t, func(t *testing.T, version string) {
		s := newScene(t, zktest.Options{Version: version})
		for _, step := range s.faults() {
			if !t.Run(step.name, func(t *testing.T) { s.tells(t, step.do(t), step.conclusions) }) {
				break
			}
		}
	})
}

// step is something done to an ensemble, the facts that are then to be told, and
// what is to be concluded.
type step struct {
	name        string
	do          func(t *testing.T) facts
	conclusions facts
}

func (s *scene) faults() []step {
	return []step{
		{"all serve", s.portProbes, verdictOf(1, 1, 3)},
		{"follower paused", func(t *testing.T) facts {
			reported := s.waitQuorum(t, 1, 2, 3) // 3 leads: the highest id of those that know the same
			must(t, s.ens.Server(1).Pause())
			return together(reported, ofServer(1, 0, 0, "not-serving"))
		}, verdictOf(1, 1, 2)},
		{"and resumed", func(t *testing.T) facts {
			must(t, s.ens.Server(1).Resume())
			return s.waitQuorum(t, 1, 2, 3)
		}, verdictOf(1, 1, 3)},
		{"leader killed", func(t *testing.T) facts {
			must(t, s.ens.Server(3).Kill())
			return together(s.waitQuorum(t, 1, 2), down(3))
		}, together(verdictOf(1, 1, 2), facts{"zkdoctor_spare_voters": 0})},
		{"quorum lost", func(t *testing.T) facts {
			must(t, s.ens.Server(2).Kill())
			s.waitQuorum(t)
			return together(ofServer(1, 1, 0, "not-serving"), down(2), down(3))
		}, verdictOf(0, 0, 0)},
		{"and regained, with one id twice", func(t *testing.T) facts {
			must(t, s.ens.Server(2).SetMyID([]byte("1\n")))
			must(t, s.ens.Server(2).Start(t.Context()))
			must(t, s.ens.Server(3).Start(t.Context()))
			must(t, s.ens.Wait(t.Context(), "server.2 to end or to leave its listener", func() bool {
				return !s.ens.Server(2).Running() || strings.Contains(s.ens.Server(2).Log(), "I won't be able to participate in leader election any longer")
			}))
			return together(s.waitQuorum(t, 1, 3), facts{"zookeeper_serving @2": 0})
		}, verdictOf(1, 1, 2)},
	}
}

// portProbes wants a new exporter to connect to each election port of a steady
// ensemble once, however often it looks.
func (s *scene) portProbes(t *testing.T) facts {
	reported := s.waitQuorum(t, 1, 2, 3)
	count := func(server *zktest.Server) int { return strings.Count(server.Log(), "Received connection request") }
	before := map[int]int{}
	for _, server := range s.ens.Servers {
		before[server.ID] = count(server)
	}
	for range 4 {
		s.scrapeFor(t, reported)
		s.after(t, minAge)
	}
	for _, server := range s.ens.Servers {
		if now := count(server) - before[server.ID]; now != 1 {
			t.Errorf("server.%d: %d connections to its election port in 4 scrapes", server.ID, now)
		}
	}
	return reported
}

// TestRealLeaderServesNo: a leader that serves no clients leads all the same.
func TestRealLeaderServesNo(t *testing.T) {
	t.Parallel()
	forEachVersion(t, func(t *testing.T, version string) {
		s := newScene(t, zktest.Options{Version: version, Config: map[string]string{"leaderServes": "no"}, NoWait: true})
		must(t, s.ens.Wait(t.Context(), "two followers", func() bool { return len(s.ens.Modes(t.Context())) == 2 }))
		modes := s.ens.Modes(t.Context())
		var reported []facts
		for _, server := range s.ens.Servers {
			if modes[server] == "follower" {
				reported = append(reported, ofServer(server.ID, 1, 1, "follower"))
			} else { // whoever it is: the two others may have been quicker than the highest id
				reported = append(reported, facts{fmt.Sprintf("zookeeper_up @%d", server.ID): 1, fmt.Sprintf("zkdoctor_server_role @%d leader", server.ID): 1, fmt.Sprintf("zookeeper_serving @%d", server.ID): 0})
			}
		}
		s.tells(t, together(reported...), verdictOf(1, 1, 3))
	})
}

// TestRealStandalone: one server is its own quorum.
func TestRealStandalone(t *testing.T) {
	t.Parallel()
	forEachVersion(t, func(t *testing.T, version string) {
		s := newScene(t, zktest.Options{Version: version, Servers: 1})
		s.tells(t, ofServer(1, 1, 1, "standalone"), facts{"zkdoctor_quorum": 1})
		must(t, s.ens.Server(1).Kill())
		s.tells(t, down(1), facts{"zkdoctor_leaders": 0})
		if _, found := s.scrapeFor(t, nil); found[s.series("zkdoctor_quorum")] == 1 {
			t.Error("zkdoctor_quorum is 1 without a server")
		}
		must(t, s.ens.Server(1).Start(t.Context()))
		must(t, s.ens.WaitServing(t.Context()))
		s.tells(t, ofServer(1, 1, 1, "standalone"), facts{"zkdoctor_quorum": 1})
	})
}
