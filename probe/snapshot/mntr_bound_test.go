package snapshot

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestMntrIsBounded: what is kept of a reply of 4 MiB is some of it, and what a server says of
// itself first is whole.
func TestMntrIsBounded(t *testing.T) {
	const head = "zk_version\t3.9.5-abc\nzk_server_state\tfollower\n"
	lines := func(line func(i int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < MaxReply-len(head)-600; i++ {
			b.WriteString(line(i))
		}
		return b.String()
	}
	const most = maxKeysText + 32*maxKeys + 128<<10
	for name, c := range map[string]struct {
		rest          string
		keys, dropped int // 0: as many as there are room for
	}{
		"keys with labels": {lines(func(i int) string { return fmt.Sprintf("zk_p%d_ack_latency{key=\"%d\"}\t%d\n", i, i, i) }), maxKeys, 0},
		"short keys":       {lines(func(i int) string { return fmt.Sprintf("zk_%d\t1\n", i) }), maxKeys, 0},
		"keys of 400":      {lines(func(i int) string { return fmt.Sprintf("zk_%0400d\t1\n", i) }), 0, 0},
		"one long key":     {"zk_" + strings.Repeat("a", 4_000_000) + "\t1\n", 2, 1},
		"one long value":   {"zk_a\t" + strings.Repeat("1", 4_000_000) + "\nzk_b\t2\n", 3, 1},
		"an honest one":    {"zk_" + strings.Repeat("a", maxKey-3) + "\t" + strings.Repeat("1", maxKeyValue) + "\n", 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			before := heapNow()
			m, err := ParseMntr([]byte(head + c.rest))
			if err != nil {
				t.Fatal(err)
			}
			if taken := heapNow() - before; taken > most {
				t.Errorf("%d KiB are taken", taken>>10)
			}
			all := 2 + strings.Count(c.rest, "\n")
			if c.keys > 0 && len(m.Keys) != c.keys || len(m.Keys)+m.Dropped != all || c.keys > 0 && c.keys < maxKeys && m.Dropped != c.dropped {
				t.Errorf("%d keys of %d, %d dropped", len(m.Keys), all, m.Dropped)
			}
			version, _ := m.Version()
			if state, _ := m.State(); state != ModeFollower || version.Full != "3.9.5-abc" {
				t.Errorf("%q, %q", version.Full, state)
			}
			for _, pair := range m.Keys {
				if !strings.Contains(head+c.rest, pair.Key+"\t"+pair.Value+"\n") {
					t.Fatalf("%q %q is none of its lines", pair.Key, pair.Value)
				}
				if len(m.Keys) > 100 && pair.Key > "zk_p2" {
					break // each of them is looked for in all of the reply
				}
			}
			runtime.KeepAlive(m)
		})
	}
}

// TestAdminMonitorIsBounded is the same for an AdminServer.
func TestAdminMonitorIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"command":"monitor","error":null,"server_state":"leader","` + strings.Repeat("a", 1000) + `":1,"p":{"q":1}`)
	for i := range 300_000 {
		fmt.Fprintf(&b, `,"%d":1`, i)
	}
	b.WriteString("}")
	before := heapNow()
	m, err := ParseAdminMonitor([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if taken := heapNow() - before; taken > 2<<20 {
		t.Errorf("%d KiB are taken", taken>>10)
	}
	if state, ok := m.State(); !ok || state != ModeLeader || len(m.Keys) != maxKeys || m.Dropped != 300_002-maxKeys {
		t.Errorf("%q, %d keys, %d dropped", state, len(m.Keys), m.Dropped)
	}
	runtime.KeepAlive(m)
}

// heapNow is what is in use.
func heapNow() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
