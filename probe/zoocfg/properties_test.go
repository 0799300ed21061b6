package zoocfg

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

func TestParseProperties(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, data string
		want       []Property
	}{
		{"empty", "", nil},
		{"blank lines", "\n \t\r\n\f\n", nil},
		{"equals sign", "a=b", []Property{{"a", "b", 1}}},
		{"colon", "a:b\n", []Property{{"a", "b", 1}}},
		{"blank", "clientPort 2181", []Property{{"clientPort", "2181", 1}}},
		{"blanks round the separator", "  clientPort \t=\f 2181", []Property{{"clientPort", "2181", 1}}},
		{"a second separator is value", "a = = b", []Property{{"a", "= b", 1}}},
		{"key only", "a", []Property{{"a", "", 1}}},
		{"value only", "=a", []Property{{"", "a", 1}}},
		{"trailing blanks stay", "a=b \t", []Property{{"a", "b \t", 1}}},
		{"comments", "# x\n  ! y\\\na=b", []Property{{"a", "b", 3}}},
		{"trailing comment is value", "a=b # c", []Property{{"a", "b # c", 1}}},
		{"CR LF", "a=1\r\n\r\nb=2\r\n", []Property{{"a", "1", 1}, {"b", "2", 3}}},
		{"CR", "a=1\rb=2", []Property{{"a", "1", 1}, {"b", "2", 2}}},
		{"continued", "a=1,\\\r\n   2\nb=3", []Property{{"a", "1,2", 1}, {"b", "3", 3}}},
		{"continued by a blank line", "a=1\\\n\nb=3", []Property{{"a", "1", 1}, {"b", "3", 3}}},
		{"continued by a comment", "a=1\\\n# no\nb=3", []Property{{"a", "1# no", 1}, {"b", "3", 3}}},
		{"begins with an empty continuation", "\\\n# yes\na=1", []Property{{"a", "1", 3}}},
		{"two backslashes do not continue", "a=1\\\\\nb=2", []Property{{"a", `1\`, 1}, {"b", "2", 2}}},
		{"backslash at the end", `a=1\`, []Property{{"a", "1", 1}}},
		{"nothing but a backslash", `\`, []Property{{"", "", 1}}},
		{"escaped separator", `a\=b\ c\:=d`, []Property{{"a=b c:", "d", 1}}},
		{"Windows path", `dataDir=C:\zk\data`, []Property{{"dataDir", "C:zkdata", 1}}},
		{"letters", `a=\t\n\r\f\x\u00e9`, []Property{{"a", "\t\n\r\fxé", 1}}},
		{"surrogates", `a=\uD83D\uDE00 \uD83D`, []Property{{"a", "😀 \uFFFD", 1}}},
		{"malformed escape", `a=\u12 \uzzzz`, []Property{{"a", `\u12 \uzzzz`, 1}}},
		{"ISO-8859-1", "a=\xe9", []Property{{"a", "é", 1}}},
		{"UTF-8 is ISO-8859-1", "a=é", []Property{{"a", "Ã©", 1}}},
		{"byte order mark", "\xEF\xBB\xBFa=1", []Property{{"ï»¿a", "1", 1}}},
		{"duplicates", "a=1\na=2", []Property{{"a", "1", 1}, {"a", "2", 2}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, ParseProperties([]byte(test.data))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// The golden file holds what java.util.Properties of JDK 17 made of some
// hundred hostile texts. To make it anew from the texts in it:
//
//	cd testdata && cut -d' ' -f1 properties.golden >/tmp/in && java PropertiesGolden.java /tmp/in properties.golden
func TestPropertiesAreThoseOfJava(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/properties.golden")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		input, want, _ := strings.Cut(scanner.Text(), " ")
		data, err := hex.DecodeString(input)
		if err != nil {
			t.Fatal(err)
		}
		if got := asGolden(data); got != want {
			t.Errorf("%q\n got %s\nwant %s", data, got, want)
		}
	}
	if scanner.Err() != nil {
		t.Fatal(scanner.Err())
	}
}

// asGolden writes what we make of data as PropertiesGolden.java does.
func asGolden(data []byte) string {
	properties, odd := loadProperties(data)
	if odd.malformed != nil {
		return "!" + strings.ReplaceAll(errMalformed.Error(), " ", "_")
	}
	last := map[string]string{}
	for _, p := range properties {
		last[p.Key] = p.Value
	}
	var pairs []string
	for key, value := range last {
		pairs = append(pairs, quoteGolden(key)+"="+quoteGolden(value))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, " ")
}

func quoteGolden(s string) string {
	var b strings.Builder
	for _, c := range utf16.Encode([]rune(s)) {
		if c < 128 && strings.ContainsRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", rune(c)) {
			b.WriteByte(byte(c))
		} else {
			fmt.Fprintf(&b, "<%04x>", c)
		}
	}
	return b.String()
}

func FuzzParseProperties(f *testing.F) {
	f.Add([]byte("a=1\r\n# c\r\nb : 2\\\n  3\n"))
	f.Add([]byte(`\u0041=\uD83D \`))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines := bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{'\r'}) + 1
		before := 0
		size := 0
		for _, p := range ParseProperties(data) {
			if p.Line <= before || p.Line > lines {
				t.Errorf("line %d after %d of %d", p.Line, before, lines)
			}
			before = p.Line
			size += len(p.Key) + len(p.Value)
		}
		if size > 3*len(data) {
			t.Errorf("%d bytes became %d", len(data), size)
		}
	})
}
