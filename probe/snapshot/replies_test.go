package snapshot

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// fakeAddr is an address of TEST-NET-1 (RFC 5737), for texts only.
var fakeAddr = netip.MustParseAddrPort("192.0.2.1:2181")

// recording is a reply of a real server, or a page of its AdminServer.
type recording struct {
	version, state string
	reply          []byte
}

// recordingsBy are all servers' that have one.
func recordingsBy(t testing.TB, by func(recorded.Server) ([]byte, bool)) []recording {
	t.Helper()
	servers, err := recorded.Servers()
	if err != nil {
		t.Fatal(err)
	}
	var all []recording
	for _, s := range servers {
		if reply, ok := by(s); ok {
			all = append(all, recording{version: s.Version, state: s.State, reply: reply})
		}
	}
	if len(all) < 5 {
		t.Fatal(len(all), "recordings")
	}
	return all
}

func (r recording) name() string { return r.version + "/" + r.state }

// generic is the kind of reply that every word but envi, and in part ruok and
// isro, gets in that state; "" when each word has its own.
func (r recording) generic() FailureKind {
	switch r.state {
	case "not-serving":
		return NotServing
	case "not-whitelisted":
		return NotAllowed
	}
	return ""
}

// mode is what the server says of itself: read-only, or what stands before the
// dash in leader-prometheus.
func (r recording) mode() Mode {
	if r.state == string(ModeReadOnly) {
		return ModeReadOnly
	}
	mode, _, _ := strings.Cut(r.state, "-")
	return Mode(mode)
}

// read interprets a recorded reply. It fails the test, or is not seen, unless
// the reply is of the word's own.
func read[T any](t *testing.T, r recording, word Word, parse func([]byte) (T, error)) Obs[T] {
	t.Helper()
	got := Interpret(Saw(Reply{From: fakeAddr, Data: r.reply}, 0), word, parse)
	switch want := r.generic(); {
	case want == "" && !got.Seen():
		t.Fatal(got.Failure)
	case want != "" && !got.FailedAs(want):
		t.Fatalf("got %+v, want %s", got, want)
	}
	return got
}

// recordings are all replies recorded for a word.
func recordings(t testing.TB, word Word) []recording {
	t.Helper()
	return recordingsBy(t, func(s recorded.Server) ([]byte, bool) { return s.Reply(word.String()) })
}

// ownReplies are the recordings whose reply is the word's own, not a generic one.
func ownReplies(t testing.TB, word Word) []recording {
	t.Helper()
	var own []recording
	for _, r := range recordings(t, word) {
		if kind, _ := generic(word, r.reply); kind == "" {
			own = append(own, r)
		}
	}
	return own
}

// seed gives a fuzz target every recording of the word, and some that are none.
func seed(f *testing.F, word Word, more ...string) {
	f.Helper()
	for _, r := range recordings(f, word) {
		f.Add(r.reply)
	}
	for _, text := range append(more, "", "\n", NotServingText+"\n", word.String()+NotAllowedText+"\n") {
		f.Add([]byte(text))
	}
}

// lines joins lines and ends the last one.
func lines(l ...string) string { return strings.Join(l, "\n") + "\n" }
