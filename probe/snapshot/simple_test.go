package snapshot

import "testing"

func TestParseIsro(t *testing.T) {
	for reply, want := range map[string]Isro{"rw": IsroReadWrite, "ro": IsroReadOnly, "null": IsroNull, "rw\n": IsroReadWrite} {
		if got, err := ParseIsro([]byte(reply)); err != nil || got != want {
			t.Errorf("%q: got %v, %v", reply, got, err)
		}
	}
	for _, reply := range []string{"", "r", "RW", "rw rw", "nul", "imok"} {
		if got, err := ParseIsro([]byte(reply)); err == nil {
			t.Errorf("%q was taken for %v", reply, got)
		}
	}
}

func TestParseRuok(t *testing.T) {
	for _, reply := range []string{"imok", "imok\n"} {
		if got, err := ParseRuok([]byte(reply)); err != nil || got != RuokImok {
			t.Errorf("%q: got %v, %v", reply, got, err)
		}
	}
	for _, reply := range []string{"", "imo", "imokimok", "IMOK", "ruok"} {
		if got, err := ParseRuok([]byte(reply)); err == nil {
			t.Errorf("%q was taken for %v", reply, got)
		}
	}
}

// TestRuokRecordings holds that ruok is answered without a quorum too.
func TestRuokRecordings(t *testing.T) {
	for _, r := range recordings(t, WordRuok) {
		got := Interpret(Saw(Reply{Data: r.reply}, 0), WordRuok, ParseRuok)
		if refused := r.generic() == NotAllowed; refused != got.FailedAs(NotAllowed) || refused == got.Seen() {
			t.Errorf("%s: got %+v", r.name(), got)
		}
	}
}

func TestIsroRecordings(t *testing.T) {
	for _, r := range recordings(t, WordIsro) {
		want := IsroReadWrite
		switch r.state {
		case "not-serving":
			want = IsroNull
		case "read-only":
			want = IsroReadOnly
		}
		if got := Interpret(Saw(Reply{Data: r.reply}, 0), WordIsro, ParseIsro); got.Value != want {
			t.Errorf("%s: got %+v, want %s", r.name(), got, want)
		}
	}
}

func FuzzParseIsro(f *testing.F) {
	seed(f, WordIsro, "rw", "ro", "null")
	f.Fuzz(func(t *testing.T, reply []byte) {
		if got, err := ParseIsro(reply); err == nil && got != IsroReadWrite && got != IsroReadOnly && got != IsroNull {
			t.Errorf("%q was taken for %q", reply, got)
		}
	})
}

func FuzzParseRuok(f *testing.F) {
	seed(f, WordRuok, "imok")
	f.Fuzz(func(t *testing.T, reply []byte) {
		if got, err := ParseRuok(reply); (err == nil) != (got == RuokImok) {
			t.Errorf("%q: %q, %v", reply, got, err)
		}
	})
}
