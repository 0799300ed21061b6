package main

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// addressFaults are about listeners that are not where the own address of their server is now.
func addressFaults() []fault {
	from := func(edit func(*zktest.Server)) zktest.Options {
		return zktest.Options{Hosts: zktest.Namespaces, NoWait: true, NoStart: true, Edit: edit}
	}
	return []fault{
		{
			shape: shape{
				name: "own address is on no interface since the start", options: from(foreignAddress(1)),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					on(t, ens.Server(1), "ip addr add "+foreign+"/24 dev eth0")
					startNamed(t, ens, ens.Server(1).Addr)
					must(t, ens.WaitServing(t.Context()))
					on(t, ens.Server(1), "ip addr del "+foreign+"/24 dev eth0")
				}, from: 1,
			},
			root: diag.SelfAddrNotLocal, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "own address is on no interface, and it listens there", options: from(foreignAddress(1)),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					on(t, ens.Server(1), "sysctl -w net.ipv4.ip_nonlocal_bind=1")
					startUnrouted(t, ens)
					waitOthers(1)(t, ens)
					waitLooking(t, ens, ens.Server(1))
				}, from: 1,
			},
			root: diag.SelfAddrNotLocal, servers: []int64{1}, fires: []report.Code{diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
		{
			shape: shape{
				name: "own name means loopback since the start", options: from(named),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					startNamed(t, ens, ens.Server(1).Addr)
					must(t, ens.WaitServing(t.Context()))
					nameFirst(t, ens, "127.0.1.1")
				}, from: 1,
			},
			root: diag.SelfAddrLoopback, servers: []int64{1}, state: report.Serving, exit: 1,
		},
		{
			shape: shape{
				name: "own name meant loopback at the start", options: from(named),
				do: func(t *testing.T, ens *zktest.Ensemble) {
					startNamed(t, ens, "127.0.1.1")
					waitOthers(1)(t, ens)
					waitLooking(t, ens, ens.Server(1))
					nameFirst(t, ens, ens.Server(1).Addr)
				}, from: 1,
			},
			root: diag.SelfAddrLoopback, servers: []int64{1}, proven: true,
			fires: []report.Code{diag.ServerNotServing, diag.DegradedNoSpare}, state: report.Degraded, exit: 1,
		},
	}
}

// startNamed starts all servers where the name of the first means an address on its own host.
func startNamed(t *testing.T, ens *zktest.Ensemble, first string) {
	nameFirst(t, ens, first)
	for _, s := range ens.Servers {
		must(t, s.Start(t.Context()))
	}
}

// nameFirst gives the name of the first server an address on its own host.
func nameFirst(t *testing.T, ens *zktest.Ensemble, addr string) {
	names := []string{"127.0.0.1 localhost"}
	for _, s := range ens.Servers[1:] {
		names = append(names, s.Addr+" "+s.Name)
	}
	must(t, ens.Server(1).SetHosts(append(names, addr+" "+ens.Server(1).Name)))
}
