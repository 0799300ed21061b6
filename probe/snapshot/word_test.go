package snapshot

import (
	"encoding/json"
	"testing"
)

func TestWord(t *testing.T) {
	for word, want := range map[Word]string{
		WordSrvr: "srvr", WordMntr: "mntr", WordConf: "conf",
		WordEnvi: "envi", WordIsro: "isro", WordRuok: "ruok",
		0: "", WordRuok + 1: "", 255: "",
	} {
		if got := word.String(); got != want {
			t.Errorf("Word(%d) = %q, want %q", uint8(word), got, want)
		}
	}
}

func TestWordText(t *testing.T) {
	for w := WordSrvr; w <= WordRuok; w++ {
		data, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		var back Word
		if err := json.Unmarshal(data, &back); err != nil || back != w {
			t.Errorf("%s came back as %v, %v", data, back, err)
		}
	}
	if _, err := json.Marshal(Word(0)); err == nil {
		t.Error("no word was marshalled")
	}
}

func TestNoOtherWord(t *testing.T) {
	for _, text := range []string{"srst", "crst", "stmk", "wchp", "wchc", "dump", "kill", "SRVR", "", "srvr\n"} {
		var w Word
		if err := w.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken for the word %v", text, w)
		}
	}
}
