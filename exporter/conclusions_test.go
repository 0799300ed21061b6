package exporter

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/zkdoctor/zkdoctor/diag"
)

func concluded(r *diag.Report) *prometheus.Registry {
	tab := newTable(nil, nil)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(collect{tab, func(ch chan<- prometheus.Metric) { tab.conclusions(ch, "prod", r) }})
	return registry
}

func TestConclusions(t *testing.T) {
	spare, lost := 1, -1
	port := func(n int) diag.Ports { return diag.Ports{Client: diag.PortView{Port: n}} }
	servers := []diag.ServerView{{Name: "zk1", Ports: port(2181)}, {Name: "zk2:2182", Ports: port(2182)}, {Name: "2001:db8::1", Ports: port(2181)}}
	tests := map[string]*diag.Report{
		"serving": {Verdict: diag.Verdict{State: diag.Serving, Voters: 3, ServingVoters: 3, Spare: &spare, Leaders: []string{"zk1"}}, Servers: servers},
		"unknown": {Verdict: diag.Verdict{State: diag.Unknown}, Servers: servers},
		"down": {
			Verdict: diag.Verdict{State: diag.Down, Voters: 3, Spare: &lost}, Servers: servers,
			Findings: []diag.Finding{
				{Code: diag.ProcessDown, Severity: diag.Critical, Root: true, Servers: []string{"zk1", "2001:db8::1", "zk1"}},
				{Code: diag.ProcessDown, Severity: diag.Critical, Root: true, Servers: []string{"zk1", "elsewhere"}},
				{Code: diag.TargetsIncomplete, Severity: diag.Info},
			},
			Folded: []diag.Finding{
				{Code: diag.QuorumLost, Severity: diag.Critical, Servers: []string{}},
				{Code: diag.ServerNotServing, Severity: diag.Warning, Servers: []string{"zk2:2182"}},
			},
			Checks: diag.Checks{Skips: []diag.Skip{
				{Check: diag.MyidMissing, Kind: diag.SkipLocalFiles, Server: "zk1"},
				{Check: diag.MyidMissing, Kind: diag.SkipLocalFiles, Server: "zk2"},
				{Check: diag.MyidMalformed, Kind: diag.SkipLocalFiles},
				{Check: diag.SplitBrain, Kind: diag.SkipOneLook},
			}},
		},
	}
	for name, report := range tests {
		t.Run(name, func(t *testing.T) {
			registry := concluded(report)
			golden(t, "conclusions_"+name, samples(exposition(t, registry)))
			problems, err := testutil.GatherAndLint(registry)
			if err != nil || len(problems) > 0 {
				t.Error(problems, err)
			}
		})
	}
}

func TestPortStates(t *testing.T) {
	want := map[diag.PortState]string{
		diag.PortOpen: "1", diag.PortSilent: "1", diag.PortRefused: "0", diag.PortFiltered: "0", diag.PortUnreachable: "0",
		diag.PortNotExpected: "", diag.PortNotProbed: "", "": "",
	}
	got := map[diag.PortState]string{}
	for state := range want {
		tab := newTable(nil, nil)
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(collect{tab, func(ch chan<- prometheus.Metric) {
			tab.sender(ch, pair("ensemble", ""), pair("server", "")).port("quorum", state)
		}})
		got[state] = ""
		if text := samples(exposition(t, registry)); text != "" {
			got[state] = text[len(text)-2 : len(text)-1]
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
