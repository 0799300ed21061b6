package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealOnceRightDataOnOneServer is step 3 of foreign-data: one server has the data, and the
// others get it after theirs was moved away.
func TestRealOnceRightDataOnOneServer(t *testing.T) {
	t.Parallel()
	for _, version := range zktest.UnderTest(t.Name()) {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			atOnce <- struct{}{}
			t.Cleanup(func() { <-atOnce })
			p := &broken{ens: zktest.StartT(t, zktest.Options{Version: version}), wrote: map[string]string{}}
			p.s = p.ens.Server(1)
			p.write(t, "right")
			for _, s := range p.ens.Servers {
				must(t, s.Stop(t.Context()))
			}
			epoch("acceptedEpoch", "99")(t, p.s)
			for _, s := range p.ens.Servers[1:] {
				moveAway(t, s)
			}
			began := len(p.s.Log())
			must(t, p.s.Start(t.Context()))
			must(t, p.ens.Wait(t.Context(), "the first to look for others", func() bool { return strings.Contains(p.s.Log()[began:], "LOOKING") }))
			for _, s := range p.ens.Servers[1:] {
				must(t, s.Start(t.Context()))
				must(t, p.ens.WaitQuorum(t.Context()))
			}
			must(t, p.ens.WaitServing(t.Context()))
			p.verify(t)
		})
	}
}

// moveAway is what the pages do to a server that was stopped.
func moveAway(t *testing.T, s *zktest.Server) {
	t.Helper()
	for _, dir := range []string{s.DataDir, s.DataLogDir} {
		from := filepath.Join(dir, "version-2")
		must(t, os.Rename(from, from+".away"))
	}
}

// TestRealOnceRestoreIsLost: what the AdminServer's command restore (3.9) brings is in memory
// alone, and gone after a restart. The page of foreign-data says so.
func TestRealOnceRestoreIsLost(t *testing.T) {
	t.Parallel()
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	p := &broken{ens: zktest.StartT(t, zktest.Options{Servers: 1, Admin: true}), wrote: map[string]string{}}
	p.s = p.ens.Server(1)
	p.operator = newOperator(t, p.ens, p.s)
	p.write(t, "restored")
	const ask = "curl -sf -H 'Authorization: digest user:password' -H 'Content-Type: application/octet-stream' http://zk1:8080/commands/"
	at := []string{"zk1", p.s.Addr}
	p.operator.run(t, ask+"snapshot -o zk1.snap", "", at...)
	must(t, p.s.Stop(t.Context()))
	moveAway(t, p.s)
	must(t, p.s.Start(t.Context()))
	must(t, p.ens.WaitServing(t.Context()))
	if printed := p.operator.run(t, ask+"restore --data-binary @zk1.snap", "", at...); !strings.Contains(printed, "last_zxid") {
		t.Fatal(printed)
	}
	p.verify(t)
	must(t, p.s.Stop(t.Context()))
	must(t, p.s.Start(t.Context()))
	must(t, p.ens.WaitServing(t.Context()))
	p.lose(0)
	p.verify(t)
}
