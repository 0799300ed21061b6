package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceSharedHost: two ensembles list one host, which follows the leader of the second. How many the first
// can lose is not known, and none of its servers may be restarted.
func TestRealOnceSharedHost(t *testing.T) {
	t.Parallel()
	ens := zktest.StartT(t, zktest.Options{
		Version: zktest.Newest, Hosts: zktest.Namespaces, Servers: 5, NoStart: true, NoWait: true,
	})
	program, err := builtProgram()
	must(t, err)
	first, second := []*zktest.Server{ens.Server(1), ens.Server(2), ens.Server(5)}, []*zktest.Server{ens.Server(3), ens.Server(4), ens.Server(5)}
	for i, s := range ens.Servers {
		list := second
		if i < 2 {
			list = first
		}
		s.ServerLines = nil
		for n, m := range list {
			s.ServerLines = append(s.ServerLines, fmt.Sprintf("server.%d=%s:2888:3888", n+1, m.Addr))
		}
		must(t, s.WriteConfig(s.ConfigLines()))
		must(t, s.SetMyID(fmt.Appendf(nil, "%d\n", slices.Index(list, s)+1)))
	}
	for _, some := range [][]*zktest.Server{first[:2], second[:2], second[2:]} { // the shared one finds the second
		for _, s := range some {
			must(t, s.Start(t.Context()))
		}
		must(t, ens.Wait(t.Context(), "all of a list to serve", func() bool {
			return !slices.ContainsFunc(some, func(s *zktest.Server) bool { return s.Mode(t.Context()) == "" })
		}))
	}
	command := []string{program, "check", "--output=json", first[0].Addr, first[1].Addr, first[2].Addr}
	p := &patient{ens: ens, host: ens.Client, command: command}
	got := p.ask(t)
	if v := got.Verdict; v.State != report.Serving || v.Spare != nil || !strings.Contains(v.Summary, "counts 1 in sync of 2 that follow") {
		t.Errorf("%s: %s", v.State, v.Summary)
	}
	i := slices.IndexFunc(got.Findings, func(f report.Finding) bool { return f.Code == diag.MembershipDivergent })
	if i < 0 || got.Findings[i].Certainty != report.Likely || got.Findings[i].Severity != report.Warning {
		t.Errorf("%+v", got.Findings)
	}
	if shared := got.Servers[2]; shared.Lag != nil && *shared.Lag == 0 && *shared.Zxid > *got.Servers[1].Zxid {
		t.Errorf("it is ahead of the leader, and has the lag 0")
	}
	result, err := ens.Client.Run(t.Context(), program, "ok-to-restart", "--only=stop", "-c", first[0].ConfigFile, first[1].Addr)
	if text := string(result.Stdout); err != nil || result.ExitCode == 0 || !strings.Contains(text, "quorum-left") {
		t.Errorf("%v\n%s", err, text)
	}
}
