package zoocfg

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func one(host string, quorum, election int) []Address { return []Address{{host, quorum, election}} }

func TestParseServer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value string
		want        Server
	}{
		{"install guide", "192.168.145.100:2888:3888", Server{Addresses: one("192.168.145.100", 2888, 3888)}},
		{"name", "zk1.example.org:2888:3888", Server{Addresses: one("zk1.example.org", 2888, 3888)}},
		{"observer", "a:2888:3888:observer", Server{Addresses: one("a", 2888, 3888), Role: Observer}},
		{"role in capitals", "a:2888:3888:OBSERVER", Server{Addresses: one("a", 2888, 3888), Role: Observer}},
		{"role with blanks", "a:2888:3888: observer ", Server{Addresses: one("a", 2888, 3888), Role: Observer}},
		{"client port", "a:2888:3888;2181", Server{
			Addresses: one("a", 2888, 3888), Client: &HostPort{"0.0.0.0", 2181},
		}},
		{"client address", "a:2888:3888:participant;10.0.0.1:2181", Server{
			Addresses: one("a", 2888, 3888), Client: &HostPort{"10.0.0.1", 2181},
		}},
		{"IPv6", "[2001:db8::1]:2888:3888;[::]:2181", Server{
			Addresses: one("2001:db8::1", 2888, 3888), Client: &HostPort{"::", 2181},
		}},
		{"several addresses", "a:2888:3888|b:2889:3889;2181", Server{
			Addresses: []Address{{"a", 2888, 3888}, {"b", 2889, 3889}}, Client: &HostPort{"0.0.0.0", 2181},
		}},
		{"several with roles", "a:2888:3888:observer|b:2888:3888:observer", Server{
			Addresses: []Address{{"a", 2888, 3888}, {"b", 2888, 3888}}, Role: Observer,
		}},
		{"role on one of them", "a:2888:3888|b:2888:3888:observer", Server{
			Addresses: []Address{{"a", 2888, 3888}, {"b", 2888, 3888}}, Role: Observer,
		}},
		{"secure port", "a:2888:3888;2181;2281", Server{
			Addresses: one("a", 2888, 3888), Client: &HostPort{"0.0.0.0", 2181}, SecureClient: &HostPort{"0.0.0.0", 2281},
		}},
		{"secure port alone", "a:2888:3888;;10.0.0.1:2281", Server{
			Addresses: one("a", 2888, 3888), SecureClient: &HostPort{"10.0.0.1", 2281},
		}},
		{"empty client part", "a:2888:3888;", Server{Addresses: one("a", 2888, 3888)}},
		{"trailing colon", "a:2888:3888:", Server{Addresses: one("a", 2888, 3888)}},
		{"sign", "a:+2888:3888", Server{Addresses: one("a", 2888, 3888)}},
		{"full-width digits", "a:２８８８:3888", Server{Addresses: one("a", 2888, 3888)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.want.ID, test.want.Raw = 7, test.value
			if test.want.Role == "" {
				test.want.Role = Participant
			}
			got, err := ParseServer(7, test.value)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestParseServerErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, value, want string }{
		{"empty", "", wrongFormat},
		{"host only", "a", "a" + wrongFormat},
		{"no election port", "a:2888", "a:2888" + wrongFormat},
		{"five parts", "a:2888:3888:observer:x", "a:2888:3888:observer:x" + wrongFormat},
		{"IPv6 without brackets", "::1:2888:3888", "::1:2888:3888" + wrongFormat},
		{"trailing blank", "a:2888:3888 ", "Address unresolved: a:3888 "},
		{"comment", "a:2888:3888 # zk1", "Address unresolved: a:3888 # zk1"},
		{"trailing blank after client port", "a:2888:3888;2181 ", "Address unresolved: 0.0.0.0:2181 "},
		{"client part", "a:2888:3888;x:y:z", "a:2888:3888;x:y:z" + wrongFormat},
		{"no port in client part", "a:2888:3888;:", "java.lang.ArrayIndexOutOfBoundsException"},
		{"nothing but semicolons", ";;", "java.lang.ArrayIndexOutOfBoundsException"},
		{"nothing but a bar", "|", "|" + wrongFormat},
		{"port too large", "a:2888:70000", "port out of range:70000"},
		{"secure port too large", "a:2888:3888;2181;70000", "port out of range:70000"},
		{"same ports", "a:2888:2888", "Client and election port must be different! Please update the configuration file on server.7"},
		{"role", "a:2888:3888:leader", "Unrecognised peertype: leader"},
		{"two roles", "a:2888:3888:participant|b:2888:3888:observer", "Multiple addresses should have similar roles: PARTICIPANT vs OBSERVER"},
		{"open bracket", "[::1:2888:3888", "[::1:2888:3888 starts with '[' but has no matching ']:'"},
		{"bracket at the end", "[::1]:", "[::1]: doesn't have a port after colon"},
		{"bracket only", "[::1]", "[::1]" + wrongFormat},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseServer(7, test.value)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// What each version says to the same value; the texts are those that the jars
// of 3.4.10, 3.5.10, 3.6.4 and 3.9.3 gave.
func TestServerByVersion(t *testing.T) {
	t.Parallel()
	type refusal struct{ Versions, Text string }
	tests := []struct {
		name, value string
		want        []refusal
	}{
		{"plain", "a:2888:3888", nil},
		{"role", "a:2888:3888:observer", nil},
		{"no election port", "a:2888", []refusal{{"3.5+", "a:2888" + wrongFormat}, {"3.4", "Missing election port for server: 3"}}},
		{"election port 0", "a:2888:0", []refusal{{"3.4", "Missing election port for server: 3"}}},
		{"no port", "a", []refusal{{"3.4", "java.lang.ArrayIndexOutOfBoundsException"}, {"3.5+", "a" + wrongFormat}}},
		{"trailing blank", "a:2888:3888 ", []refusal{{"3.5+", "Address unresolved: a:3888 "}}},
		{"trailing blank after the role", "a:2888:3888:observer ", []refusal{{"3.5", "Unrecognised peertype: observer "}}},
		{"role", "a:2888:3888:boss", []refusal{
			{"3.4", "Unrecognised peertype: a:2888:3888:boss"}, {"3.5+", "Unrecognised peertype: boss"},
		}},
		{"client port", "a:2888:3888;2181", []refusal{{"3.4", `For input string: "3888;2181"`}}},
		{"client port after the role", "a:2888:3888:observer;2181", []refusal{
			{"3.4", "Unrecognised peertype: a:2888:3888:observer;2181"},
		}},
		{"several", "a:2888:3888|b:2888:3888", []refusal{
			{"3.4", `For input string: "3888|b"`}, {"3.5", "a:2888:3888|b:2888:3888" + wrongFormat},
		}},
		{"secure", "a:2888:3888;;2281", []refusal{
			{"3.4", `For input string: "3888;;2281"`}, {"3.5-3.9", "a:2888:3888;;2281" + wrongFormat},
		}},
		{"port too large", "a:70000:3888", []refusal{{"", "port out of range:70000"}}},
	}
	for _, test := range tests {
		t.Run(test.name+" "+test.value, func(t *testing.T) {
			t.Parallel()
			data := base + "server.1=x:2888:3888\nserver.2=y:2888:3888\nserver.3=" + test.value + "\n"
			var got []refusal
			for _, p := range Parse("zoo.cfg", []byte(data)).Problems {
				if p.Line != 7 || p.Key != "server.3" || p.File != "zoo.cfg" {
					t.Errorf("problem at %s:%d %s", p.File, p.Line, p.Key)
				}
				got = append(got, refusal{p.Versions, p.Text})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func FuzzParseServer(f *testing.F) {
	for _, value := range []string{"a:2888:3888:observer;2181", "[::1]:1:2|b:3:4;;[::]:5", ";", "|", "a:1:2;:;x"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if old, err := parseServer34(1, value); err == nil && len(old.Addresses) != 1 {
			t.Errorf("3.4 took %q as %+v", value, old)
		}
		server, err := ParseServer(1, value)
		if err != nil {
			return
		}
		again, err := ParseServer(1, server.String())
		if err != nil {
			// A host with a bracket in it has no canonical form.
			for _, r := range value {
				if r == '[' || r == ']' {
					return
				}
			}
			t.Fatalf("%q became %q: %v", value, server, err)
		}
		if server.String() != again.String() {
			t.Errorf("%q became %q and then %q", value, server, again)
		}
	})
}
