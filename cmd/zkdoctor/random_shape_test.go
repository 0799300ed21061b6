package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// drawnShape is an ensemble drawn by chance, each server on a host of its own.
type drawnShape struct {
	version           string
	voters, observers int
	// weights are the voters' in a single group, and groups are three groups of two.
	weights []int
	groups  bool
	// few is a limit to the client connections of one host.
	few bool
	// narrow allows no word but srvr, admin turns the AdminServers on, silent is
	// leaderServes=no, and dynamic moves the list to a dynamic file.
	narrow, admin, silent, dynamic bool
	// beside is a second ensemble on the hosts of this one, with the same ids or others.
	beside string
}

// The second ensembles.
const (
	sameIDs  = "with the same ids"
	otherIDs = "with other ids"
)

// drawShape draws a shape. Half of the ensembles are of three plain servers.
func drawShape(draw *rand.Rand) drawnShape {
	versions := zktest.Asked()
	sh := drawnShape{version: versions[draw.IntN(len(versions))], voters: 3 + max(0, draw.IntN(8)-3)}
	once := func(in int) bool { return draw.IntN(in) == 0 }
	if sh.voters < 6 && once(3) {
		sh.observers = 1 + draw.IntN(2)
	}
	switch {
	case sh.voters == 6 && sh.observers == 0:
		sh.groups = once(2)
	case once(6):
		for range sh.voters {
			sh.weights = append(sh.weights, 1+draw.IntN(3))
		}
	}
	sh.few, sh.narrow, sh.silent = once(3), once(3), once(5)
	if from35(sh.version) {
		sh.admin, sh.dynamic = once(3), once(4) && !sh.groups && sh.weights == nil
	}
	if sh.voters+sh.observers < 5 {
		sh.beside = []string{"", "", sameIDs, otherIDs}[draw.IntN(4)]
	}
	return sh
}

// String is the shape in words.
func (sh drawnShape) String() string {
	parts := []string{fmt.Sprintf("%s, %d voters", sh.version, sh.voters)}
	add := func(is bool, words string) {
		if is {
			parts = append(parts, words)
		}
	}
	add(sh.observers > 0, fmt.Sprintf("%d observers", sh.observers))
	add(sh.weights != nil, fmt.Sprintf("weights %v", sh.weights))
	add(sh.groups, "three groups")
	add(sh.few, "few connections")
	add(sh.narrow, "srvr only")
	add(sh.admin, "AdminServers")
	add(sh.silent, "leaderServes=no")
	add(sh.dynamic, "dynamic file")
	add(sh.beside != "", "beside another ensemble "+sh.beside)
	return strings.Join(parts, ", ")
}

// options are those that bring the shape about.
func (sh drawnShape) options() zktest.Options {
	o := zktest.Options{Version: sh.version, Servers: sh.voters, Observers: sh.observers, Hosts: zktest.Namespaces, Admin: sh.admin, NoWait: true}
	o.Config = map[string]string{}
	if sh.groups {
		maps.Copy(o.Config, threeGroups().Config)
	}
	for i, weight := range sh.weights {
		o.Config["group.1"] = strings.TrimPrefix(o.Config["group.1"]+":"+strconv.Itoa(i+1), ":")
		o.Config["weight."+strconv.Itoa(i+1)] = strconv.Itoa(weight)
	}
	if sh.few {
		o.Config["maxClientCnxns"] = strconv.Itoa(fewConnections)
	}
	if sh.narrow {
		o.Whitelist = "srvr"
	}
	if sh.silent {
		o.Config["leaderServes"] = "no"
	}
	if sh.dynamic {
		o.Config["reconfigEnabled"] = "true"
	}
	return o
}

// fewConnections is how many connections a server of a shape with few allows one host:
// more than zkdoctor has at a time.
const fewConnections = 8

// besideOptions are those of the second ensemble.
func (sh drawnShape) besideOptions(first *zktest.Ensemble) zktest.Options {
	o := zktest.Options{Version: sh.version, Beside: first}
	if sh.beside == otherIDs {
		o.Edit = func(s *zktest.Server) {
			s.MyID = []byte(strconv.Itoa(s.ID+10) + "\n")
			for i := range s.ServerLines {
				s.ServerLines[i] = strings.Replace(s.ServerLines[i], "server.", "server.1", 1)
			}
		}
	}
	return o
}
