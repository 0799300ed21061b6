package probe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

func TestParseTargets(t *testing.T) {
	cases := []struct {
		name string
		args []string
		want []snapshot.Target
	}{
		{"hosts", []string{"zk1", "zk2.example.org"}, []snapshot.Target{{Host: "zk1", Port: 2181, Assumed: true}, {Host: "zk2.example.org", Port: 2181, Assumed: true}}},
		{"host and port", []string{"zk1:2182"}, []snapshot.Target{{Host: "zk1", Port: 2182}}},
		{"connect string", []string{"a:2181,b:2182,c/chroot/deeper"}, []snapshot.Target{{Host: "a", Port: 2181}, {Host: "b", Port: 2182}, {Host: "c", Port: 2181, Assumed: true}}},
		{"connect string with blanks", []string{"a:2181, b:2181"}, []snapshot.Target{{Host: "a", Port: 2181}, {Host: "b", Port: 2181}}},
		{"IPv4", []string{"192.0.2.1:2181"}, []snapshot.Target{{Host: "192.0.2.1", Port: 2181}}},
		{"IPv6", []string{"2001:db8::1"}, []snapshot.Target{{Host: "2001:db8::1", Port: 2181, Assumed: true}}},
		{"IPv6 in brackets", []string{"[2001:db8::1]"}, []snapshot.Target{{Host: "2001:db8::1", Port: 2181, Assumed: true}}},
		{"IPv6 and port", []string{"[2001:db8::1]:2182"}, []snapshot.Target{{Host: "2001:db8::1", Port: 2182}}},
		{"underscore", []string{"zk_1"}, []snapshot.Target{{Host: "zk_1", Port: 2181, Assumed: true}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseTargets(c.args)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseTargetsRefuses(t *testing.T) {
	for arg, want := range map[string]string{
		"":                  "names no server",
		"zk1/a,zk2":         "zk2 stands behind it",
		"/chroot":           "names no server",
		"zk1,,zk2":          "comma too many",
		"zk1:":              `port "" is not a number`,
		"zk1:http":          `port "http" is not a number`,
		"zk1:0":             "from 1 to 65535",
		"zk1:65536":         "from 1 to 65535",
		"zk1:-1":            "from 1 to 65535",
		"http://zk1:2181/x": "is a URL: write zk1:2181 without http://", "[::1": "neither host:port nor [v6]:port", "::1]": "neither host:port nor [v6]:port", "-zk1": "is not a host name",
		"zk 1":                   "is not a host name",
		"user@zk1":               "is not a host name",
		"zk1;rm":                 "is not a host name",
		":2181":                  "host name is empty",
		"2001:db8::1:zz":         "neither host:port nor [v6]:port",
		"[2001:db8::1":           "neither host:port nor [v6]:port",
		"[not-v6:x]:2181":        "is not a host name",
		"zk1\x1b[31m":            "is not a host name",
		strings.Repeat("a", 300): "DNS allows 253",
	} {
		_, err := ParseTargets([]string{arg})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", arg, err, want)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%q: control bytes in %q", arg, err)
		}
	}
}

func FuzzParseTargets(f *testing.F) {
	for _, seed := range []string{"zk1", "a:1,b:2/c", "[::1]:2181", "::1", "x:y", ",", "[fe80::1%eth0]:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		targets, err := ParseTargets([]string{arg})
		if err != nil {
			return
		}
		if len(targets) == 0 {
			t.Fatal("neither a target nor an error")
		}
		for _, target := range targets {
			if target.Host == "" || target.Port < 1 || target.Port > 65535 || strings.ContainsAny(target.Host, "\x00\x1b\n /") {
				t.Fatalf("%+v", target)
			}
		}
	})
}
