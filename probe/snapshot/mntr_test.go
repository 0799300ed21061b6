package snapshot

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseMntr(t *testing.T) {
	m, err := ParseMntr([]byte(lines(
		"zk_version\t3.9.5-42, built on 2026-01-01",
		"zk_server_state\tleader",
		"zk_peer_state\tleading - broadcast",
		"zk_znode_count\t5.0",
		"zk_approximate_data_size\t1.0E7",
		`zk_readlatency{quantile="0.5"}`+"\tNaN",
		"zk_learners\t2",
		"zk_synced_followers\t2",
		"zk_quorum_size\t3",
		"zk_uptime\t1500",
		"zk_observer_master_id\tnull",
		"zk_cnt_tab\there_write_per_namespace\t7",
		"zk_empty\t",
		"zk_without_value",
	)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"zk_without_value"}, m.Unknown); diff != "" {
		t.Errorf("unknown: -want +got\n%s", diff)
	}
	if len(m.Keys) != 13 || m.Keys[0].Key != "zk_version" || m.Keys[12] != (Pair{"zk_empty", ""}) {
		t.Errorf("keys: %v", m.Keys)
	}
	if v, ok := m.Version(); !ok || v.String() != "3.9.5" {
		t.Errorf("version %v, %v", v, ok)
	}
	if s, ok := m.State(); !ok || s != ModeLeader {
		t.Errorf("state %v, %v", s, ok)
	}
	if s, ok := m.PeerState(); !ok || s != "leading - broadcast" {
		t.Errorf("peer state %v, %v", s, ok)
	}
	if u, ok := m.Uptime(); !ok || u != 1500*time.Millisecond {
		t.Errorf("uptime %v, %v", u, ok)
	}
	if s, ok := m.String("zk_cnt_tab"); !ok || s != "here_write_per_namespace\t7" {
		t.Errorf("split at another tab than the first: %q, %v", s, ok)
	}
}

func TestMntrNumbers(t *testing.T) {
	m, err := ParseMntr([]byte("zk_i\t5\nzk_d\t5.0\nzk_e\t1.0E7\nzk_f\t0.5\nzk_nan\tNaN\nzk_inf\tInfinity\n" +
		"zk_null\tnull\nzk_empty\t\nzk_followers\t4\nzk_uptime\t-1\n"))
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		float   float64
		isFloat bool
		count   int64
		isCount bool
	}
	for key, want := range map[string]result{
		"zk_i":       {5, true, 5, true},
		"zk_d":       {5, true, 5, true},
		"zk_e":       {1e7, true, 1e7, true},
		"zk_f":       {0.5, true, 0, false},
		"zk_nan":     {},
		"zk_inf":     {},
		"zk_null":    {},
		"zk_empty":   {},
		"zk_missing": {},
	} {
		var got result
		got.float, got.isFloat = m.Float(key)
		got.count, got.isCount = m.Count(key)
		if got != want {
			t.Errorf("%s: got %+v, want %+v", key, got, want)
		}
	}
	if n, ok := m.Learners(); !ok || n != 4 {
		t.Errorf("zk_followers of 3.4 are not the learners: %v, %v", n, ok)
	}
	if u, ok := m.Uptime(); ok {
		t.Errorf("a negative uptime: %v", u)
	}
}

func TestParseMntrRefuses(t *testing.T) {
	for _, tc := range []struct{ name, reply, want string }{
		{"nothing", "", "no line of the form"},
		{"text", "hello\n", `it starts with "hello"`},
		{"keys without values", "zk_version\nzk_server_state\n", "no line of the form"},
		{"tabs of another", "a\tb\nc\td\n", "no line of the form"},
		{"short lines without an end", strings.Repeat("a\t\n", MaxReply/3), "no line of the form"},
		{"half a line", "zk_version\t3.4.10\nzk_avg_lat", `cut short in the line "zk_avg_lat"`},
		{"half a value", "zk_version\t3.4.10\nzk_znode_count\t1", "cut short"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := ParseMntr([]byte(tc.reply))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %d keys, error %v, want one with %q", len(m.Keys), err, tc.want)
			}
		})
	}
}

func TestParseMntrRecordings(t *testing.T) {
	for _, r := range recordings(t, WordMntr) {
		t.Run(r.name(), func(t *testing.T) {
			got := read(t, r, WordMntr, ParseMntr)
			if !got.Seen() {
				return
			}
			m := got.Value
			version, okVersion := m.Version()
			state, okState := m.State()
			if !okVersion || version.String() != r.version || !okState || state != r.mode() {
				t.Errorf("version %s, state %s", version, state)
			}
			if m.Unknown != nil || m.Dropped != 0 || len(m.Keys) != bytes.Count(r.reply, []byte("\n")) {
				t.Errorf("%d keys, unknown lines %q", len(m.Keys), m.Unknown)
			}
			if n, ok := m.Count("zk_znode_count"); !ok || n < 4 {
				t.Errorf("znode count %d, %v", n, ok)
			}
			_, learners := m.Learners()
			_, synced := m.SyncedFollowers()
			if leads := state == ModeLeader; learners != leads || synced != leads {
				t.Errorf("a %s with learners %v, synced followers %v", state, learners, synced)
			}
			_, uptime := m.Uptime()
			_, peer := m.PeerState()
			modern := version.AtLeast(3, 6, 0)
			if uptime != modern || peer != (modern && state.InQuorum()) {
				t.Errorf("uptime %v, peer state %v", uptime, peer)
			}
		})
	}
}

func FuzzParseMntr(f *testing.F) {
	seed(f, WordMntr, "zk_version\t3.4.10\n", "zk_a{b=\"c\"}\tNaN\n", "zk_version\n")
	f.Fuzz(func(t *testing.T, reply []byte) {
		m, err := ParseMntr(reply)
		if err != nil {
			return
		}
		if len(m.Keys) == 0 || len(m.Keys) > bytes.Count(reply, []byte("\n")) || len(m.Unknown) > maxExtraLines {
			t.Errorf("%+v", m)
		}
		for _, p := range m.Keys {
			m.Float(p.Key)
			m.Count(p.Key)
		}
		m.Uptime()
		if utf8.Valid(reply) { // JSON has no other text
			mustRoundTrip(t, m)
		}
	})
}

// manyKeys is a mntr reply of n lines, from a real one where one is recorded.
func manyKeys(tb testing.TB, n int) []byte {
	reply := []byte("zk_version\t3.9.5-42, built on 2026-01-01\nzk_server_state\tleader\n")
	for _, r := range ownReplies(tb, WordMntr) {
		if len(r.reply) > len(reply) && bytes.Count(r.reply, []byte("\n")) <= n {
			reply = bytes.Clone(r.reply)
		}
	}
	for i := bytes.Count(reply, []byte("\n")); i < n; i++ {
		reply = fmt.Appendf(reply, "zk_p999_%d_learner_handler_qp_time_ms\t%d\n", i, i)
	}
	return reply
}

func BenchmarkParseMntr(b *testing.B) {
	reply := manyKeys(b, 530)
	b.SetBytes(int64(len(reply)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMntr(reply); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMntrFloat looks up the last of 530 keys, the dearest.
func BenchmarkMntrFloat(b *testing.B) {
	m, err := ParseMntr(manyKeys(b, 530))
	if err != nil {
		b.Fatal(err)
	}
	last := m.Keys[len(m.Keys)-1].Key
	b.ReportAllocs()
	for b.Loop() {
		m.Float(last)
	}
}
