package main

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// trouble is one way to break a server of any shape.
type trouble struct {
	name string
	// can says which shapes and servers it is for; nil means all.
	can func(drawnShape, *zktest.Server) bool
	// do breaks the server and returns what repairs it.
	do func(*testing.T, *zktest.Ensemble, *zktest.Server) (undo func())
	// codes are the findings that may be named for it, of severity warning and above: of
	// this server, and of the others too where it is about both ends.
	codes    []report.Code
	bothEnds bool
	// hides says whether a look from the host of a server, or from the client's (0),
	// cannot see how server id stands, where broken is this server's.
	hides func(from, broken, id int) bool
	// moves is set where servers still change their roles when zkdoctor looks.
	moves bool
}

// injury is a trouble of a server.
type injury struct {
	trouble
	id int
}

func (in injury) String() string { return fmt.Sprintf("%s at %d", in.name, in.id) }

func troubles() []trouble {
	return slices.Concat(processTroubles(), fileTroubles(), linkTroubles())
}

// revive starts a server that is not there, or anew.
func revive(t *testing.T, s *zktest.Server) {
	t.Helper()
	must(t, s.Kill())
	must(t, s.Start(t.Context()))
}

func processTroubles() []trouble {
	dead := []report.Code{diag.ProcessDown}
	return []trouble{
		{name: "killed", codes: dead, do: func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) func() {
			must(t, s.Kill())
			return func() { revive(t, s) }
		}},
		{name: "stopped", codes: dead, do: func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) func() {
			must(t, s.Stop(t.Context()))
			return func() { revive(t, s) }
		}},
		{name: "paused", codes: []report.Code{diag.ServerHung}, do: func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) func() {
			must(t, s.Pause())
			return func() { must(t, s.Resume()) }
		}},
		{
			name: "started anew just now", codes: []report.Code{diag.ProcessDown, diag.ServerStarting}, moves: true,
			do: func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) func() {
				revive(t, s)
				return func() {}
			},
		},
		{
			name: "a web server in its place", codes: []report.Code{diag.NotZooKeeper, diag.ProcessDown, diag.ClientPortConflict}, hides: itself,
			do: func(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) func() {
				must(t, s.Kill())
				var l net.Listener
				must(t, ens.Wait(t.Context(), "the client port to be free", func() (free bool) {
					var err error
					l, err = s.Listen(t.Context(), clientAddress(s))
					return err == nil
				}))
				answerHTTP(t, l)
				return func() { must(t, l.Close()); revive(t, s) }
			},
		},
		{
			name: "too many connections", codes: []report.Code{diag.ConnLimitReached}, hides: toClient,
			can: func(sh drawnShape, _ *zktest.Server) bool { return sh.few },
			do: func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) func() {
				release, err := s.HoldConnections(t.Context(), s.ClientPort, fewConnections)
				must(t, err)
				return release
			},
		},
	}
}

// itself is for a server that tells nobody how it stands.
func itself(_, broken, id int) bool { return broken == id }

// toClient is for one that tells it all but the client.
func toClient(from, broken, id int) bool { return from == 0 && broken == id }

// restarted ends a server, changes its files, and starts it again, and so back.
func restarted(change, back func(*testing.T, *zktest.Server)) func(*testing.T, *zktest.Ensemble, *zktest.Server) func() {
	return func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) func() {
		must(t, s.Kill())
		change(t, s)
		must(t, s.Start(t.Context()))
		return func() {
			must(t, s.Kill())
			back(t, s)
			must(t, s.Start(t.Context()))
		}
	}
}

func withID(id func(s *zktest.Server) string) func(*testing.T, *zktest.Ensemble, *zktest.Server) func() {
	return restarted(
		func(t *testing.T, s *zktest.Server) { must(t, s.SetMyID([]byte(id(s)))) },
		func(t *testing.T, s *zktest.Server) { must(t, s.SetMyID(s.MyID)) })
}

// reconfigured starts a server with another zoo.cfg, and back.
func reconfigured(edit func(s *zktest.Server, config string) string) func(*testing.T, *zktest.Ensemble, *zktest.Server) func() {
	var config []byte
	return restarted(func(t *testing.T, s *zktest.Server) {
		var err error
		config, err = os.ReadFile(s.ConfigFile)
		must(t, err)
		must(t, os.WriteFile(s.ConfigFile, []byte(edit(s, string(config))), 0o644))
	}, func(t *testing.T, s *zktest.Server) {
		s.ClientPort = 2181
		must(t, os.WriteFile(s.ConfigFile, config, 0o644))
	})
}

func written(sh drawnShape, _ *zktest.Server) bool { return !sh.dynamic }

func fileTroubles() []trouble {
	return []trouble{
		{
			name: "no myid", codes: []report.Code{diag.MyidMissing, diag.ProcessDown},
			do: restarted(func(t *testing.T, s *zktest.Server) { must(t, s.RemoveMyID()) }, func(t *testing.T, s *zktest.Server) { must(t, s.SetMyID(s.MyID)) }),
		},
		{
			name: "a malformed myid", codes: []report.Code{diag.MyidMalformed, diag.ProcessDown},
			do: withID(func(s *zktest.Server) string { return fmt.Sprintf("%d x\n", s.ID) }),
		},
		{
			name: "a myid of no line", codes: []report.Code{diag.MyidNotInServers, diag.ProcessDown},
			do: withID(func(*zktest.Server) string { return "99\n" }),
		},
		{
			name: "the myid of another", bothEnds: true,
			codes: []report.Code{diag.MyidWrongServer, diag.MyidDuplicate, diag.SelfAddrNotLocal, diag.ProcessDown, diag.ProcessWithoutListener},
			do:    withID(func(s *zktest.Server) string { return fmt.Sprintf("%d\n", 1+s.ID%3) }),
		},
		{
			name: "another client port", can: written, codes: []report.Code{diag.ClientPortMismatch}, hides: itself,
			do: reconfigured(func(s *zktest.Server, config string) string {
				s.ClientPort = 2191
				return strings.Replace(config, "clientPort=2181", "clientPort=2191", 1)
			}),
		},
		{
			name: "standalone", codes: []report.Code{diag.StandaloneInEnsemble}, can: written,
			hides: func(from, broken, id int) bool { return from == broken && from != id },
			do: reconfigured(func(_ *zktest.Server, config string) string {
				lines := slices.DeleteFunc(strings.Split(config, "\n"), func(line string) bool {
					return strings.HasPrefix(line, "server.") || strings.HasPrefix(line, "group.") || strings.HasPrefix(line, "weight.") || strings.HasPrefix(line, "peerType")
				})
				return strings.Join(lines, "\n")
			}),
		},
		{
			name: "a list of its own", codes: []report.Code{diag.MembershipDivergent, diag.HostUnreachable}, bothEnds: true,
			can: func(sh drawnShape, s *zktest.Server) bool {
				return !sh.dynamic && !sh.groups && sh.weights == nil && sh.voters > 4 && !s.Observer
			},
			do: reconfigured(func(_ *zktest.Server, config string) string { return config + "server.20=" + foreign + ":2888:3888\n" }),
		},
		{
			name: "a read-only dataDir", codes: []report.Code{diag.DataDirNotWritable, diag.ProcessDown},
			do: restarted(func(t *testing.T, s *zktest.Server) {
				on(t, s, "mount --bind "+s.DataDir+" "+s.DataDir+" && mount -o remount,ro,bind "+s.DataDir)
			}, func(t *testing.T, s *zktest.Server) { on(t, s, "umount "+s.DataDir) }),
		},
	}
}

// firewalled changes the packets of a server's host, and takes it back. Servers that were
// out by it join again by themselves, but one that looked for a leader alone waits for up to
// a minute.
func firewalled(rules func(*testing.T, *zktest.Ensemble, *zktest.Server), cold bool) func(*testing.T, *zktest.Ensemble, *zktest.Server) func() {
	return func(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) func() {
		if cold {
			must(t, s.Kill())
		}
		rules(t, ens, s)
		if cold {
			must(t, s.Start(t.Context()))
		}
		return func() { must(t, s.Restore(t.Context())); revive(t, s) }
	}
}

func linkTroubles() []trouble {
	blocked := []report.Code{diag.QuorumPortFiltered, diag.LatentPortBlock}
	apart := append([]report.Code{diag.HostUnreachable}, blocked...)
	dropped := func(port int) func(*testing.T, *zktest.Ensemble, *zktest.Server) {
		return func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) { must(t, s.DropIn(t.Context(), port)) }
	}
	rejected := func(how zktest.Rejection) func(*testing.T, *zktest.Ensemble, *zktest.Server) {
		return func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) { must(t, s.Reject(t.Context(), 3888, how)) }
	}
	return []trouble{
		{name: "3888 dropped", codes: blocked, do: firewalled(dropped(3888), false)},
		{name: "3888 dropped before its start", codes: blocked, do: firewalled(dropped(3888), true)},
		{name: "2888 dropped", codes: blocked, do: firewalled(dropped(2888), false)},
		{name: "3888 rejected as prohibited", codes: blocked, do: firewalled(rejected(zktest.AdminProhibited), true)},
		{name: "3888 refused by a firewall", codes: blocked, do: firewalled(rejected(zktest.TCPReset), true)},
		{
			name: "outgoing 3888 dropped", codes: blocked, bothEnds: true,
			do: firewalled(func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) { must(t, s.DropOut(t.Context(), 3888)) }, true),
		},
		{
			name: "cut off from the client", codes: []report.Code{diag.HostUnreachable}, hides: toClient,
			do: firewalled(func(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) { must(t, s.Cut(t.Context(), ens.Client)) }, false),
		},
		{
			name: "cut off from its peers", codes: apart, bothEnds: true,
			hides: func(from, broken, id int) bool { return from != 0 && (from == broken) != (id == broken) },
			do: firewalled(func(t *testing.T, ens *zktest.Ensemble, s *zktest.Server) {
				for _, o := range ens.Servers {
					if o != s {
						must(t, s.Cut(t.Context(), o.Host))
					}
				}
			}, false),
		},
		{
			name: "its host cut off", codes: apart, bothEnds: true,
			hides: func(from, broken, id int) bool { return (from == broken) != (id == broken) },
			do:    firewalled(func(t *testing.T, _ *zktest.Ensemble, s *zktest.Server) { must(t, s.Cut(t.Context())) }, false),
		},
	}
}
