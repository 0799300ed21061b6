package main

import (
	"context"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// BenchmarkCheckHealthy is the whole program, from exec to exit, on a healthy
// ensemble of three real servers. Beside it stands what it cannot be faster
// than: the slowest server's mntr, asked in a process that already runs.
func BenchmarkCheckHealthy(b *testing.B) {
	for _, version := range zktest.UnderTest(b.Name()) {
		b.Run(version, func(b *testing.B) {
			program, err := builtProgram()
			if err != nil {
				b.Fatal(err)
			}
			ens := zktest.StartT(b, zktest.Options{Version: version})
			command := []string{program, "check", "--no-local"}
			for _, s := range ens.Servers {
				command = append(command, s.Addr)
			}
			var mntr time.Duration
			for b.Loop() {
				result, err := ens.Client.Run(b.Context(), command...)
				if err != nil || result.ExitCode != 0 {
					b.Fatalf("exit %d, %v: %s%s", result.ExitCode, err, result.Stdout, result.Stderr)
				}
				b.StopTimer()
				mntr += slowestMntr(b, ens)
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/check")
			b.ReportMetric(float64(mntr.Microseconds())/1000/float64(b.N), "ms/slowest-mntr")
		})
	}
}

// BenchmarkCheckTLS is the same on servers that speak TLS alone: that they say nothing to
// plain text has to be found out too.
func BenchmarkCheckTLS(b *testing.B) {
	program, err := builtProgram()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	server, err := zktest.NewCertificate(dir, "zk.test", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	client, err := zktest.NewCertificate(dir, "client", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	ens := zktest.StartT(b, zktest.Options{TLS: &zktest.TLS{Server: server, Client: client}})
	command := []string{program, "check", "--no-local", "--tls-ca", server.Cert, "--tls-cert", client.Cert, "--tls-key", client.Key, "--tls-server-name", "zk.test"}
	for _, s := range ens.Servers {
		command = append(command, s.Addr)
	}
	for b.Loop() {
		result, err := ens.Client.Run(b.Context(), command...)
		if err != nil || result.ExitCode != 0 {
			b.Fatalf("exit %d, %v: %s%s", result.ExitCode, err, result.Stdout, result.Stderr)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/check")
}

func slowestMntr(b *testing.B, ens *zktest.Ensemble) time.Duration {
	var slowest time.Duration
	for _, s := range ens.Servers {
		started := time.Now()
		if _, err := s.Word(b.Context(), "mntr"); err != nil {
			b.Fatal(err)
		}
		slowest = max(slowest, time.Since(started))
	}
	return slowest
}

// BenchmarkCheckPausedAndFiltered is a run against an ensemble of which one
// server is stopped in its tracks and another is behind a firewall that answers
// nothing: one timeout (2 s) for both together, and once more for the second
// look, which comes 2.5 s later.
func BenchmarkCheckPausedAndFiltered(b *testing.B) {
	program, err := builtProgram()
	if err != nil {
		b.Fatal(err)
	}
	ens := zktest.StartT(b, zktest.Options{Version: zktest.Oldest, Servers: 5, Hosts: zktest.Namespaces})
	if err := ens.Server(1).Pause(); err != nil {
		b.Fatal(err)
	}
	if err := ens.Server(2).Cut(b.Context(), ens.Client); err != nil {
		b.Fatal(err)
	}
	for name, flags := range map[string][]string{"one-look": {"--no-second-look"}, "two-looks": nil} {
		b.Run(name, func(b *testing.B) {
			command := append([]string{program, "check"}, flags...)
			for _, s := range ens.Servers {
				command = append(command, s.Addr)
			}
			for b.Loop() {
				if _, err := ens.Client.Run(context.WithoutCancel(b.Context()), command...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/check")
		})
	}
}
