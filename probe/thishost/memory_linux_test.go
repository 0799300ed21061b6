package thishost

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestMaxHeap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want uint64
	}{
		{[]string{"java", "-Xms1g", "-cp", "x"}, 0},
		{[]string{"java", "-Xmx1000m"}, 1000 << 20},
		{[]string{"java", "-Xmx1000m", "-Xmx2G"}, 2 << 30}, // the scripts' own, then JVMFLAGS
		{[]string{"java", "-XX:MaxHeapSize=4096k"}, 4 << 20},
		{[]string{"java", "-Xmx1t"}, 1 << 40},
		{[]string{"java", "-Xmx512"}, 512},
		{[]string{"java", "-Xmx"}, 0},
		{[]string{"java", "-Xmx1mm"}, 0},
		{[]string{"java", "-Xmx99999999999999999999g"}, 0},
		{[]string{"java", "-Xmx18446744073709551615t"}, 0},
	} {
		if got := maxHeap(c.args); got != c.want {
			t.Errorf("%q: got %d, want %d", c.args, got, c.want)
		}
	}
}

func TestParseGroup(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]uint64{"max\n": 0, "1073741824\n": 1 << 30, "9223372036854771712\n": 0} {
		if got, ok := parseLimit(text); !ok || got != want {
			t.Errorf("%q: got %d %v", text, got, ok)
		}
	}
	if _, ok := parseLimit("lots"); ok {
		t.Error("lots is no limit")
	}
	for text, want := range map[string]uint64{
		"low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n": 2, "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n": 1,
	} {
		if got, ok := parseKills(text); !ok || got != want {
			t.Errorf("%q: got %d %v", text, got, ok)
		}
	}
	if _, ok := parseKills("oom_kill_disable 0\nunder_oom 0\n"); ok {
		t.Error("an old kernel does not count")
	}
}

func FuzzMemory(f *testing.F) {
	f.Add("-Xmx1g", "max\n", "oom_kill 1\n")
	f.Fuzz(func(_ *testing.T, arg, limit, events string) {
		maxHeap([]string{arg})
		parseLimit(limit)
		parseKills(events)
	})
}

func TestGroupFiles(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for path, text := range map[string]string{
		"zk.slice/memory.max": "2000\n", "zk.slice/zk.service/memory.max": "max\n", "zk.slice/zk.service/memory.current": "700\n",
		"zk.slice/zk.service/memory.events": "oom 1\noom_kill 1\n", "other/memory.max": "max\n",
	} {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files := groupFiles{root, "memory.max", "memory.current", "memory.events"}
	want := snapshot.MemoryGroup{Path: "/zk.slice/zk.service", Limit: 2000, Used: 700, Kills: snapshot.Saw[uint64](1, 0)}
	if got := files.read("/zk.slice/zk.service"); !got.Seen() || got.Value != want {
		t.Errorf("got %+v", got)
	}
	if got := files.read("/other"); !got.Seen() || got.Value.Limit != 0 || got.Value.Kills.Tried {
		t.Errorf("no limit: %+v", got)
	}
	if got := files.read("/none"); !got.FailedAs(snapshot.Absent) {
		t.Errorf("none: %+v", got)
	}
}
