package render

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// TestProcessNotices: a process is on a named server, and one that a signal stopped is not said to run.
func TestProcessNotices(t *testing.T) {
	t.Parallel()
	const said = "Error contacting service. It is probably not running."
	r := healthyReport()
	r.Processes = []report.ProcessView{
		{PID: 7, Server: "zk1", StatusScript: said, Stopped: true},
		{PID: 8, Server: "zk2", StatusScript: said, Stopped: true},
		{PID: 9, Server: "zk3", StatusScript: said},
		{PID: 10, StatusScript: "another"},
	}
	got := strings.Join(strings.Fields(text(t, r, Options{Width: 92, Deterministic: true})), " ")
	for _, want := range []string{
		"On zk1 the process exists, but a signal has stopped it: pid 7", "the same for zk2, pid 8",
		"ZooKeeper runs on zk3: pid 9", "ZooKeeper runs on this host: pid 10",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %s", want, got)
		}
	}
}

// TestLagAtAnotherZxid: that the lag is 0 beside another zxid is explained, there alone.
func TestLagAtAnotherZxid(t *testing.T) {
	t.Parallel()
	const why = "nothing is written yet in the leader's new epoch"
	for _, c := range []struct {
		zxid string
		lag  int64
		want bool
	}{
		{"0x50000a1f3", 0, false},
		{"0x500000000", 312, false},
		{"0x400000012", 0, true},
		{"0x0", 0, true},
	} {
		r := healthyReport()
		for i := range r.Servers {
			if s := &r.Servers[i]; s.Role == report.Leader {
				s.Lag = nil
			} else {
				s.Zxid, s.Lag = &c.zxid, &c.lag
			}
		}
		if got := strings.Contains(text(t, r, Options{Width: 92}), why); got != c.want {
			t.Errorf("zxid %s, lag %d: explained %v, want %v", c.zxid, c.lag, got, c.want)
		}
	}
}
