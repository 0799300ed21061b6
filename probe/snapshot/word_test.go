package snapshot

import (
	"slices"
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

// TestNoOtherWord: no value has the bytes of a word that changes a server, or costs it much.
func TestNoOtherWord(t *testing.T) {
	for i := range 256 {
		text := Word(i).String()
		if slices.Contains([]string{"srst", "crst", "stmk", "wchp", "wchc", "dump", "kill"}, text) {
			t.Errorf("there is a word %q", text)
		}
	}
}
