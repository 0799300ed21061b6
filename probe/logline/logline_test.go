package logline

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestRows: what explain and a log tail rely on.
func TestRows(t *testing.T) {
	t.Parallel()
	signs := precedence()
	used := map[Sign]bool{}
	texts := map[string]bool{}
	for _, r := range Rows() {
		if len(r.Texts) == 0 {
			t.Errorf("a row without a text: %+v", r.Slugs)
		}
		for _, text := range r.Texts {
			if strings.Contains(text, "  ") || texts[text] && r.Family == "" {
				t.Errorf("%q: stands twice, or never matches: it must have single blanks", text)
			}
			if slices.Contains(strings.Split(text, Gap), "") {
				t.Errorf("%q: a gap at an end, or two together", text)
			}
			texts[text] = true
		}
		switch {
		case (len(r.Slugs) == 0 && r.Kind == "") != (r.Why == ""), len(r.Slugs) > 0 && r.Kind != "":
			t.Errorf("%q: has findings without a sentence, or the reverse", r.Texts)
		case r.Sign == "" && (r.AtInfo || r.capture != nil):
			t.Errorf("%q: nothing reads it out of a log tail", r.Texts)
		case r.Sign != "" && (r.Whole || !slices.Contains(signs, r.Sign)):
			t.Errorf("%q: %s is never found", r.Texts, r.Sign)
		}
		used[r.Sign] = true
	}
	for _, k := range kinds() {
		if !used[k.sign] {
			t.Errorf("%s has no line", k.sign)
		}
		for _, r := range Rows() {
			if r.Sign == k.sign && r.AtInfo != k.atInfo {
				t.Errorf("%q: %s counts at INFO in one row and not in another", r.Texts, r.Sign)
			}
		}
	}
}

// logLines are lines of ZooKeeper, each with what is found in it.
var logLines = []struct {
	line string
	sign Sign
	want Fields
}{
	{"Caused by: java.lang.IllegalArgumentException: serverid 1  is not a number", MyIDMalformed, Fields{}},
	{"Caused by: org.apache.zookeeper.server.quorum.QuorumPeerConfig$ConfigException: Error processing /opt/kafka/config/zookeeper.properties", ConfigInvalid, Fields{}},
	{"2026-11-22 03:12:07,220 [myid:1] - INFO  [main:x] - Invalid config, exiting abnormally", "", Fields{}},
	{"2026-11-22 03:12:07,220 [myid:1] - INFO  [main:x] - Getting a snapshot from leader 0x30000000a", SnapshotFetched, Fields{}},
	{"Notification time out: 60000", Asking, Fields{WaitMs: 60000}},
	{"Notification time out: 51200 ms", Asking, Fields{WaitMs: 51200}},
	{"Enough followers present. Perhaps the initTicks need to be increased.", SyncGaveUp, Fields{}},
	{"Cannot open channel to 0 at election address zk1/192.0.2.1:3888", PeerUnreached, Fields{Address: netip.MustParseAddrPort("192.0.2.1:3888")}},
	{"Cannot open channel to 2 at election address /[2001:db8:0:0:0:0:0:2]:3888", PeerUnreached, Fields{Peer: 2, Address: netip.MustParseAddrPort("[2001:db8::2]:3888")}},
	{"Cannot open channel to 2 at election address zk2:3888", PeerUnreached, Fields{}},
	{"Cannot open channel to 3 at election address zk3.nosuch.invalid/<unresolved>:3888", PeerUnreached, Fields{}},
	{"java.io.IOException: Unreasonable length = 2500000", RecordTooLong, Fields{Length: 2_500_000}},
	{"java.io.IOException: Unreasonable length = -1", RecordTooLong, Fields{}},
	{"Exception causing close of session 0x1: Len error 1100054", PacketTooLong, Fields{Length: 1_100_054}},
	{"java.io.IOException: Len error. A message from /192.0.2.7:57070 with advertised length of 1100054 is either a malformed message or too large", PacketTooLong, Fields{Length: 1_100_054}},
	{"Exception causing close of session 0x0: Len error -1", PacketTooLong, Fields{}},
	{"Exception causing close of session 0x0: Len error 1195725856", ForeignBytes, Fields{Length: 1_195_725_856}},
	{"java.io.IOException: Len error. A message from /192.0.2.7:57070 with advertised length of 369295618 is either", ForeignBytes, Fields{Length: 369_295_618}},
	{"Unreasonable buffer length: 1195725856", "", Fields{}}, // the election port's
	{"AdminServerException: Problem starting AdminServer on address 0.0.0.0, port 8080 and command URL /commands", AdminPort, Fields{Port: 8080}},
	{"Problem starting AdminServer", AdminPort, Fields{}},
	{"Error: Could not find or load main class org.apache.zookeeper.server.quorum.QuorumPeerMain", JavaClass, Fields{Class: "org.apache.zookeeper.server.quorum.QuorumPeerMain"}},
	{"Error: Could not find or load main class com.example.Main", JavaClass, Fields{Class: "com.example.Main"}},
	{"java.lang.OutOfMemoryError: unable to create new native thread", OutOfMemory, Fields{Threads: true}},
	{"java.lang.OutOfMemoryError: Java heap space", OutOfMemory, Fields{}},
	{"javax.net.ssl.SSLHandshakeException: no cipher suites in common", PeerTLS, Fields{}},
	{"Caused by: javax.net.ssl.SSLHandshakeException: no cipher suites in common", "", Fields{}},
	{Challenge + ": java.net.SocketTimeoutException: Read timed out", ChallengeTimeout, Fields{}},
	{Challenge + ": java.io.EOFException", "", Fields{}},
}

func TestSignOf(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, tt := range logLines {
		all.WriteString(tt.line + "\n")
	}
	together := In(all.String())
	for _, tt := range logLines {
		for _, finder := range []Finder{In(tt.line), together} {
			if got, ok := finder.SignOf(tt.line); got != tt.sign || ok != (tt.sign != "") {
				t.Errorf("%s: sign %q, %v, want %q", tt.line, got, ok, tt.sign)
			}
		}
		if got := Capture(tt.sign, tt.line); got != tt.want {
			t.Errorf("%s: fields %+v, want %+v", tt.line, got, tt.want)
		}
	}
}

// FuzzLine: a line is found alone as it is among others, and what is captured survives
// a snapshot.
func FuzzLine(f *testing.F) {
	for _, tt := range logLines {
		f.Add(tt.line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		sign, ok := In(line).SignOf(line)
		if among, _ := In("Len error\n" + line + "\nAddress already in use").SignOf(line); among != sign || ok != (sign != "") || sign == clientTLS {
			t.Errorf("%q: sign %q, %v, and %q among others", line, sign, ok, among)
		}
		for _, k := range kinds() {
			got := Capture(k.sign, line)
			if got.Length < 0 || got.Port < 0 || !got.Address.IsValid() && got.Peer != 0 {
				t.Errorf("%q as %s: %+v", line, k.sign, got)
			}
			got.Class = strings.ToValidUTF8(got.Class, "?") // a snapshot's texts are printable
			var again Fields
			text, err := json.Marshal(got)
			if err == nil {
				err = json.Unmarshal(text, &again)
			}
			if err != nil || again != got {
				t.Errorf("%q as %s: %+v is %+v after %s: %v", line, k.sign, got, again, text, err)
			}
		}
	})
}

func BenchmarkIn(b *testing.B) {
	text := strings.Repeat("2026-11-25 12:35:41,002 [myid:1] - WARN  [NIOWorkerThread-2:NIOServerCnxn@380] - Unable to read additional data from client sessionid 0x0\n", 1900)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		In(text)
	}
}
