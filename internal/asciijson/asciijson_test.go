package asciijson

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestWrite: whatever a text has, what is written is printable, and read back it is the same.
func TestWrite(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for r := range rune(0x3000) {
		all.WriteRune(r)
	}
	for _, text := range []string{
		"", "plain <&> \"text\"", "3.9.5\u202e\u009b31m", "\x1b[2J\x7f\u0085\u2028\u2066\ufeff\U000e0041\U0001f600\uffff", all.String(),
	} {
		value := map[string]string{text: text}
		for _, indent := range []string{"", "  "} {
			var b bytes.Buffer
			if err := Write(&b, value, indent); err != nil {
				t.Fatal(err)
			}
			for _, c := range b.Bytes() {
				if (c < ' ' || c >= 0x7f) && c != '\n' {
					t.Fatalf("the byte %#x stands in %q", c, b.Bytes())
				}
			}
			var back map[string]string
			if err := json.Unmarshal(b.Bytes(), &back); err != nil || back[text] != text || len(back) != 1 {
				t.Errorf("%q comes back as %q, %v", value, back, err)
			}
		}
	}
	if err := Write(new(bytes.Buffer), func() {}, ""); err == nil {
		t.Error("a function is written")
	}
}
