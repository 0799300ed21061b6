package diag

import (
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestRaiseFiles: on the server itself its process and its unit are named.
func TestRaiseFiles(t *testing.T) {
	t.Parallel()
	full := counts("zk_open_file_descriptor_count", "4000", "zk_max_file_descriptor_count", "4096")
	r := look(follower, leader, but(follower, full)).on(3, remembers(1000, 0, func(m *snapshot.Memory) { m.Files = 4096 }), func(l *snapshot.Local) {
		l.Process.Unit = "zookeeper.service"
	}).report()
	var got []string
	for _, f := range r.Findings {
		for _, step := range f.Fix {
			if f.Code == FDLimitNear {
				got = append(got, step.Command)
			}
		}
	}
	for _, want := range []string{"prlimit --pid 1003 --nofile=65536:65536", "systemctl edit zookeeper.service"} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}
