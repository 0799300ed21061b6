package render

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

func TestAges(t *testing.T) {
	t.Parallel()
	r := healthy()
	for i := range r.Servers {
		s := &r.Servers[i]
		s.Version, s.UptimeSeconds, s.UptimeOf = new("3.9.5"), new(int64(60*(i+1))), "election"
	}
	says := func(want string) {
		t.Helper()
		if got := text(t, r, Options{}); !strings.Contains(got, want) {
			t.Errorf("not said: %q\n%s", want, got)
		}
	}
	says("  ZooKeeper 3.9.5. Last election 2 min ago.\n")
	r.Servers[0].ProcessSeconds, r.Servers[2].ProcessSeconds = new(int64(86400*3)), new(int64(50))
	r.Servers[2].Version = new("3.8\x1b6")
	says("  ZooKeeper 3.8\\x1b6 (zk3), ZooKeeper 3.9.5 (zk1 zk2). Last election 2 min ago.\n  Age of processes: zk1 3 days, zk3 50 s.\n")
	r.Servers[0].Version, r.Servers[1].Version = nil, nil
	says("ZooKeeper 3.8\\x1b6 (zk3). Last")
	r = guide() // what is wrong matters more
	r.Servers[0].Version = new("3.9.5")
	for i := range r.Servers[1:] {
		r.Servers[1+i].Version = nil
	}
	if got := text(t, r, Options{}); strings.Contains(got, "Last election") {
		t.Error(got)
	}
	r.Findings = []report.Finding{}
	says("ZooKeeper 3.9.5 (zk1).")
}
