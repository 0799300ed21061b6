package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const enviModern = `Environment:
zookeeper.version=3.9.5-42, built on 2026-01-01
host.name=zk1
java.version=17.0.15
java.vendor=Debian
java.home=/usr/lib/jvm
java.class.path=/opt/zk/-Dpassword=secret.jar
user.name=zookeeper
user.home=/home/zookeeper
user.dir=/
os.memory.free=87MB
`

func TestParseEnvi(t *testing.T) {
	got, err := ParseEnvi([]byte(enviModern))
	if err != nil {
		t.Fatal(err)
	}
	want := Envi{
		Version:     Version{Major: 3, Minor: 9, Patch: 5, Full: "3.9.5-42, built on 2026-01-01"},
		HostName:    "zk1",
		JavaVersion: "17.0.15",
		Vars: Pairs{
			{"zookeeper.version", "3.9.5-42, built on 2026-01-01"},
			{"host.name", "zk1"},
			{"java.version", "17.0.15"},
			{"java.vendor", "Debian"},
			{"user.name", "zookeeper"},
			{"user.dir", "/"},
			{"os.memory.free", "87MB"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestParseEnviMany: of a reply of allowed variables alone no more are kept than servers have.
func TestParseEnviMany(t *testing.T) {
	got, err := ParseEnvi([]byte(enviModern + strings.Repeat("os.x=1\n", 100_000)))
	if err != nil || len(got.Vars) != maxVars {
		t.Errorf("%d variables, %v", len(got.Vars), err)
	}
}

func TestParseEnviRefuses(t *testing.T) {
	for _, tc := range []struct{ name, reply, want string }{
		{"nothing", "", `no line "Environment:"`},
		{"text", "hello\n", `it starts with "hello"`},
		{"only the head", "Environment:\n", "no zookeeper.version"},
		{"half a line", enviModern[:40], "cut short after 40 bytes"},
		{"no version", "Environment:\nzookeeper.version=?\n", "version"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, err := ParseEnvi([]byte(tc.reply))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %+v, error %v, want one with %q", e, err, tc.want)
			}
		})
	}
}

// TestParseEnviRecordings holds that envi is answered without a quorum too.
func TestParseEnviRecordings(t *testing.T) {
	for _, r := range recordings(t, WordEnvi) {
		t.Run(r.name(), func(t *testing.T) {
			got := Interpret(Saw(Reply{Data: r.reply}, 0), WordEnvi, ParseEnvi)
			if !got.Seen() {
				t.Fatal(got.Failure)
			}
			e := got.Value
			if e.Version.String() != r.version || e.HostName == "" || e.JavaVersion == "" {
				t.Errorf("got %+v", e)
			}
			if _, ok := e.Vars.Get("java.class.path"); ok {
				t.Error("the class path was kept")
			}
		})
	}
}

func FuzzParseEnvi(f *testing.F) {
	seed(f, WordEnvi, enviModern)
	f.Fuzz(func(t *testing.T, reply []byte) {
		e, err := ParseEnvi(reply)
		if err != nil {
			return
		}
		for _, p := range e.Vars {
			if strings.ContainsFunc(p.Key+p.Value, Unprintable) {
				t.Errorf("%q", p)
			}
		}
		mustRoundTrip(t, e)
	})
}
