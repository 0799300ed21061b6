package zoocfg

import "testing"

func TestParseMyID(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, data string
		want       int64
		err        string
	}{
		{"plain", "1\n", 1, ""},
		{"no line end", "3", 3, ""},
		{"CR LF", "1\r\n", 1, ""},
		{"CR", "1\r2", 1, ""},
		{"sign", "+1\n", 1, ""},
		{"negative", "-1\n", -1, ""},
		{"first line only", "1\n2\n", 1, ""},
		{"large", "300\n", 300, ""},
		{"full-width digit", "１\n", 1, ""},
		{"Arabic digits", "١٢\n", 12, ""},
		{"trailing blank", "1 \n", 0, "serverid 1  is not a number"},
		{"leading blank", " 1\n", 0, "serverid  1 is not a number"},
		{"byte order mark", "\uFEFF1\n", 0, "serverid \uFEFF1 is not a number"},
		{"empty", "", 0, "serverid null is not a number"},
		{"empty line", "\n1\n", 0, "serverid  is not a number"},
		{"word", "abc", 0, "serverid abc is not a number"},
		{"underscore", "1_0", 0, "serverid 1_0 is not a number"},
		{"hexadecimal", "0x1", 0, "serverid 0x1 is not a number"},
		{"too large", "9223372036854775808", 0, "serverid 9223372036854775808 is not a number"},
		{"mathematical digit", "𝟏", 0, "serverid 𝟏 is not a number"},
		{"not UTF-8", "1\xff", 0, "serverid 1\uFFFD is not a number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseMyID([]byte(test.data))
			text := ""
			if err != nil {
				text = err.Error()
			}
			if got != test.want || text != test.err {
				t.Errorf("got %d, %q, want %d, %q", got, text, test.want, test.err)
			}
		})
	}
}

func FuzzParseMyID(f *testing.F) {
	f.Add([]byte("1\n"))
	f.Add([]byte("１\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := ParseMyID(data)
		if err != nil && id != 0 {
			t.Errorf("%d with %v", id, err)
		}
		if len(data) == 0 && err == nil {
			t.Error("an empty file has an id")
		}
	})
}
