package zoocfg

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What `conf` of 3.8.0 prints after its own lines.
const confMembership = "membership: \n" +
	"server.2=10.0.0.2:2888:3888:participant\n" +
	"server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181\n" +
	"server.10=10.0.0.10:2888:3888:observer\n" +
	"version=10000002a"

func TestParseMembership(t *testing.T) {
	t.Parallel()
	got, err := ParseMembership(confMembership)
	if err != nil {
		t.Fatal(err)
	}
	want := Membership{Version: 0x10000002a, Servers: []Server{
		{
			ID: 1, Addresses: one("10.0.0.1", 2888, 3888), Role: Participant, Line: 3,
			Client: &HostPort{"0.0.0.0", 2181}, Raw: "10.0.0.1:2888:3888:participant;0.0.0.0:2181",
		},
		{
			ID: 2, Addresses: one("10.0.0.2", 2888, 3888), Role: Participant, Line: 2,
			Raw: "10.0.0.2:2888:3888:participant",
		},
		{
			ID: 10, Addresses: one("10.0.0.10", 2888, 3888), Role: Observer, Line: 4,
			Raw: "10.0.0.10:2888:3888:observer",
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(got.Voters()) != 2 || got.Find(10).Role != Observer || got.Find(3) != nil {
		t.Errorf("voters %v", got.Voters())
	}
}

func TestMembershipString(t *testing.T) {
	t.Parallel()
	const text = "server.1=a:2888:3888:participant\n" +
		"server.2=[::1]:2888:3888:participant;[::]:2181;[::1]:2281\n" +
		"server.3=b:1:2|c:3:4:observer;;0.0.0.0:2281\n" +
		"group.1=1:2\nweight.1=3\nweight.2=0\nversion=ff"
	m, err := ParseMembership(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text, m.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestParseMembershipErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"empty", "", "membership: no version at the end: the text was cut"},
		{"cut", "server.1=a:1:2\n", "membership: no version at the end: the text was cut"},
		{"version", "version=x", `membership line 1: strconv.ParseUint: parsing "x": invalid syntax`},
		{"foreign line", "\nclientPort=2181\nversion=0", "membership line 2: Unrecognised parameter: clientPort"},
		{"server", "server.1=a:1\nversion=0", "membership line 1: a:1" + wrongFormat},
		{"id", "server.one=a:1:2\nversion=0", `membership line 1: For input string: "one"`},
		{"group", "group.1=1:x\nversion=0", `membership line 1: For input string: "x"`},
		{"weight", "weight.1=\nversion=0", `membership line 1: For input string: ""`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseMembership(test.text)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func FuzzParseMembership(f *testing.F) {
	f.Add(confMembership)
	f.Add("server.1=a:1:2\ngroup.1=1\nweight.1=2\nversion=-1")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMembership(text)
		if err != nil {
			return
		}
		for i, s := range m.Servers {
			if i > 0 && m.Servers[i-1].ID >= s.ID {
				t.Errorf("order of %v", m.Servers)
			}
			for _, a := range s.Addresses {
				if a.Host != "" && (a.Host[0] == '[' || a.Host[0] == '\r') {
					return // such a host has no canonical form
				}
			}
		}
		again, err := ParseMembership(m.String())
		if err == nil && m.String() != again.String() {
			t.Errorf("%q became %q", m, again)
		}
		q := m.Quorum()
		if len(q.Voters()) > 0 && q.Needed() < 1 {
			t.Errorf("needed %d", q.Needed())
		}
	})
}
