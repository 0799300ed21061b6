package snapshot

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const srvrLeader = `Zookeeper version: 3.9.5-42, built on 2026-01-01 00:00 UTC
Latency min/avg/max: 1/5.25/9
Received: 12
Sent: 11
Connections: 2
Outstanding: 3
Zxid: 0x100000003
Mode: leader
Node count: 5
Proposal sizes last/min/max: 48/-1/36
`

func TestParseSrvr(t *testing.T) {
	got, err := ParseSrvr([]byte(srvrLeader))
	if err != nil {
		t.Fatal(err)
	}
	want := Srvr{
		Version:    Version{Major: 3, Minor: 9, Patch: 5, Full: "3.9.5-42, built on 2026-01-01 00:00 UTC"},
		LatencyMin: 1, LatencyAvg: 5.25, LatencyMax: 9,
		Received: 12, Sent: 11, Connections: 2, Outstanding: 3,
		Zxid: 0x100000003, Mode: ModeLeader, NodeCount: 5,
		Proposals: &ProposalSizes{Last: 48, Min: -1, Max: 36},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestParseSrvrOddities(t *testing.T) {
	noProposals, _, _ := strings.Cut(srvrLeader, "Proposal")
	t.Run("read-only banner and Windows line ends", func(t *testing.T) {
		reply := strings.ReplaceAll(noProposals, "leader", "read-only")
		reply = strings.Replace(reply, "\n", "\n"+readOnlyBanner+"\n", 1)
		s, err := ParseSrvr([]byte(strings.ReplaceAll(reply, "\n", "\r\n")))
		if err != nil || !s.ReadOnly || s.Mode != ModeReadOnly || s.Proposals != nil || s.Extra != nil {
			t.Errorf("got %+v, %v", s, err)
		}
	})
	t.Run("unknown lines are kept, not many and not raw", func(t *testing.T) {
		s, err := ParseSrvr([]byte(noProposals + strings.Repeat("New: \x1b7\n", 100)))
		if err != nil || len(s.Extra) != maxExtraLines || s.Extra[0] != `New: \x1b7` {
			t.Errorf("got %q, %v", s.Extra, err)
		}
	})
}

func TestParseSrvrRefuses(t *testing.T) {
	for _, tc := range []struct{ name, reply, want string }{
		{"nothing", "", `no line "Zookeeper version"`},
		{"text", "hello\n", `it starts with "hello"`},
		{"binary", "\x00\x01\xff\n", `\x00\x01\xff`},
		{"no mode", strings.Replace(srvrLeader, "Mode: leader\n", "", 1), "no line Mode"},
		{"first half", srvrLeader[:90], "no line Received, Sent, Connections, Outstanding, Zxid, Mode, Node count"},
		{"half a line", srvrLeader[:len(srvrLeader)-3], "cut short in the line"},
		{"no such mode", strings.Replace(srvrLeader, "leader", "king", 1), "not a mode"},
		{"no number", strings.Replace(srvrLeader, "Sent: 11", "Sent: 1l", 1), `line "Sent: 1l": not a number`},
		{"no value", strings.Replace(srvrLeader, "Sent: 11", "Sent", 1), "not a number"},
		{"two latencies", strings.Replace(srvrLeader, "1/5.25/9", "1/5", 1), "not three numbers"},
		{"no zxid", strings.Replace(srvrLeader, "0x100000003", "34", 1), "zxid"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := ParseSrvr([]byte(tc.reply))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %+v, error %v, want one with %q", s, err, tc.want)
			}
		})
	}
}

func TestParseSrvrRecordings(t *testing.T) {
	for _, r := range recordings(t, WordSrvr) {
		t.Run(r.name(), func(t *testing.T) {
			got := read(t, r, WordSrvr, ParseSrvr)
			if !got.Seen() {
				return
			}
			s := got.Value
			if s.Mode != r.mode() || s.Version.String() != r.version || s.Extra != nil {
				t.Errorf("mode %s, version %s, extra %q", s.Mode, s.Version, s.Extra)
			}
			if wantSizes := s.Mode == ModeLeader && s.Version.AtLeast(3, 5, 4); wantSizes != (s.Proposals != nil) {
				t.Errorf("proposal sizes: %v", s.Proposals)
			}
			if s.ReadOnly != (s.Mode == ModeReadOnly) {
				t.Errorf("read-only: %v", s.ReadOnly)
			}
		})
	}
}

// TestParseSrvrCut cuts replies at every byte: only the optional last line may
// go missing unnoticed.
func TestParseSrvrCut(t *testing.T) {
	replies := []recording{{version: "3.9.5", state: "leader", reply: []byte(srvrLeader)}}
	for _, r := range append(replies, ownReplies(t, WordSrvr)...) {
		optional := strings.Index(string(r.reply), "Proposal sizes")
		for i := range r.reply {
			if s, err := ParseSrvr(r.reply[:i]); err == nil && i != optional {
				t.Errorf("%s cut at byte %d was taken: %+v", r.name(), i, s)
			}
		}
	}
}

func FuzzParseSrvr(f *testing.F) {
	seed(f, WordSrvr, srvrLeader)
	f.Fuzz(func(t *testing.T, reply []byte) {
		s, err := ParseSrvr(reply)
		if err != nil {
			return
		}
		if !s.Mode.Known() || len(s.Extra) > maxExtraLines {
			t.Errorf("%+v", s)
		}
		mustRoundTrip(t, s)
	})
}

// mustRoundTrip fails when JSON changes a value that a parser made.
func mustRoundTrip[T any](t *testing.T, value T) {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatalf("%+v: %v", value, err)
	}
	var back T
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if !reflect.DeepEqual(back, value) {
		t.Errorf("JSON changes it: %s", cmp.Diff(value, back))
	}
}

func BenchmarkParseSrvr(b *testing.B) {
	reply := []byte(srvrLeader)
	b.SetBytes(int64(len(reply)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseSrvr(reply); err != nil {
			b.Fatal(err)
		}
	}
}
