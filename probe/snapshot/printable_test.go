package snapshot

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{"plain text", "plain text"},
		{"zwölf €", "zwölf €"},
		{"a\tb\r\n", `a\tb\r\n`},
		{"\x1b[31mred", `\x1b[31mred`},
		{"\x80\xff", `\x80\xff`},
		{"\u202ertl", `\u202ertl`},
		{strings.Repeat("x", 20), strings.Repeat("x", 20)},
		{strings.Repeat("x", 21), strings.Repeat("x", 17) + "..."},
		{strings.Repeat("\x00", 20), `\x00\x00\x00\x00...`},
	} {
		if got := Printable(tc.text, 20); got != tc.want {
			t.Errorf("printable(%q) = %q, want %q", tc.text, got, tc.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("plain", 80)
	f.Add("\x00\xff\u202e\uFFFD", 20)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 10 || limit > 1000 {
			return
		}
		got := Printable(text, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsFunc(got, Unprintable) {
			t.Errorf("printable(%q, %d) = %q", text, limit, got)
		}
	})
}

func TestForeign(t *testing.T) {
	for _, tc := range []struct{ data, want string }{
		{"HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP server"},
		{"\r\n<html>", "an HTTP server"},
		{"SSH-2.0-OpenSSH_9.6\r\n", "an SSH server"},
		{"-ERR unknown command\r\n", "a Redis server"},
		{"220 mail.example.org ESMTP\r\n", "a mail or FTP server"},
		{"\x15\x03\x01\x00\x02\x02\x46", "a TLS server"},
		{"\x16\x03\x03\x00\x7a", "a TLS server"},
		{"ClickHouse Keeper version: v21.11.1.1-prestable\n", "a ClickHouse Keeper"},
		{"zk_version\tv24.2.1.2248-testing\n", "a ClickHouse Keeper"},
		{"zk_version\t3.4.10\n", ""},
		{"Zookeeper version: 3.4.10\n", ""},
		{"\x15", ""},
		{"", ""},
	} {
		if got := Foreign([]byte(tc.data)); got != tc.want {
			t.Errorf("foreign(%q) = %q, want %q", tc.data, got, tc.want)
		}
	}
}

func TestGeneric(t *testing.T) {
	for _, tc := range []struct {
		data string
		want FailureKind
	}{
		{NotServingText + "\n", NotServing},
		{NotServingText, NotServing},
		{NotServingText + "\r\n", NotServing},
		{"mntr is not executed because it is not in the whitelist.\n", NotAllowed},
		{"conf is not executed because it is not in the whitelist.\n", ""},
		{"HTTP/1.0 400 Bad request\r\n", Protocol},
		{"imok", ""},
		{"", ""},
	} {
		if got, _ := generic(WordMntr, []byte(tc.data)); got != tc.want {
			t.Errorf("generic(%q) = %q, want %q", tc.data, got, tc.want)
		}
	}
}
