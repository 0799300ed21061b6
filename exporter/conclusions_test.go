package exporter

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

func concluded(r *report.Report) *prometheus.Registry {
	tab := newTable(nil, nil)
	registry := prometheus.NewPedanticRegistry()
	labels := map[string]string{"zk1": "zk1:2181", "zk2:2182": "zk2:2182", "2001:db8::1": "[2001:db8::1]:2181"}
	registry.MustRegister(collect{tab, func(ch chan<- prometheus.Metric) { tab.conclusions(sent(ch), "prod", r, labels, false) }})
	return registry
}

func TestConclusions(t *testing.T) {
	spare, lost := 1, -1
	port := func(n int) report.Ports { return report.Ports{Client: report.PortView{Port: n}} }
	servers := []report.ServerView{{Name: "zk1", Ports: port(2181)}, {Name: "zk2:2182", Ports: port(2182)}, {Name: "2001:db8::1", Ports: port(2181)}}
	tests := map[string]*report.Report{
		"serving": {Verdict: report.Verdict{State: report.Serving, Voters: 3, ServingVoters: 3, Spare: &spare, Leaders: []string{"zk1"}}, Servers: servers},
		"unknown": {Verdict: report.Verdict{State: report.Unknown}, Servers: servers},
		"down": {
			Verdict: report.Verdict{State: report.Down, Voters: 3, Spare: &lost}, Servers: servers,
			Findings: []report.Finding{
				{Code: diag.ProcessDown, Severity: report.Critical, Root: true, Servers: []string{"zk1", "2001:db8::1", "zk1"}},
				{Code: diag.ProcessDown, Severity: report.Critical, Root: true, Servers: []string{"zk1", "elsewhere"}},
				{Code: diag.TargetsIncomplete, Severity: report.Info},
			},
			Folded: []report.Finding{
				{Code: diag.QuorumLost, Severity: report.Critical, Servers: []string{}},
				{Code: diag.ServerNotServing, Severity: report.Warning, Servers: []string{"zk2:2182"}},
			},
			Checks: report.Checks{Skips: []report.Skip{
				{Check: diag.MyidMissing, Kind: report.SkipLocalFiles, Server: "zk1"},
				{Check: diag.MyidMissing, Kind: report.SkipLocalFiles, Server: "zk2"},
				{Check: diag.MyidMalformed, Kind: report.SkipLocalFiles},
				{Check: diag.SplitBrain, Kind: report.SkipOneLook},
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
	want := map[report.PortState]string{
		report.PortOpen: "1", report.PortSilent: "1", report.PortRefused: "0", report.PortFiltered: "0", report.PortUnreachable: "0",
		report.PortNotExpected: "", report.PortNotProbed: "", "": "",
	}
	got := map[report.PortState]string{}
	for state := range want {
		tab := newTable(nil, nil)
		registry := prometheus.NewPedanticRegistry()
		registry.MustRegister(collect{tab, func(ch chan<- prometheus.Metric) {
			tab.sender(sent(ch), pair("ensemble", ""), pair("server", "")).port("quorum", state)
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
