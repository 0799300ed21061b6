package snapshot

import (
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// answered is the server that a recorded one is, as its words show it.
func answered(r recorded.Server) Server {
	var s Server
	s.Srvr = readAs(r, WordSrvr, ParseSrvr)
	s.Conf = readAs(r, WordConf, ParseConf)
	s.Mntr = readAs(r, WordMntr, ParseMntr)
	s.Envi = readAs(r, WordEnvi, ParseEnvi)
	s.Isro = readAs(r, WordIsro, ParseIsro)
	return s
}

func readAs[T any](r recorded.Server, word Word, parse func([]byte) (T, error)) Obs[T] {
	reply, ok := r.Reply(word.String())
	if !ok {
		return Obs[T]{}
	}
	return Interpret(Saw(Reply{Data: reply}, 0), word, parse)
}

// TestOneServerIsOne: of no recorded server are the answers those of several.
func TestOneServerIsOne(t *testing.T) {
	t.Parallel()
	servers, err := recorded.Servers()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range servers {
		s := answered(r)
		if marks := Several(&s, &s); marks != nil {
			t.Errorf("%s %s: several, by %v", r.Version, r.State, marks)
		}
		if why := s.Contradiction(&s); why != "" || s.CountsApart() {
			t.Errorf("%s %s: %q, counts apart: %v", r.Version, r.State, why, s.CountsApart())
		}
	}
}

// says is a look in which conf gives these ids, one after the other.
func says(ids ...int64) *Server {
	conf := func(id int64) Obs[Conf] { return Saw(Conf{ServerID: &id, DataDir: "/data/version-2"}, 0) }
	s := &Server{Conf: conf(ids[0])}
	for _, id := range ids[1:] {
		s.Again = append(s.Again, Again{Conf: conf(id)})
	}
	return s
}

func TestSeveral(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		looks []*Server
		want  string
	}{
		{"one", []*Server{says(1, 1, 1), says(1)}, ""},
		{"two in one look", []*Server{says(2, 1)}, "2 1"},
		{"three in two looks", []*Server{says(2, 1, 2), says(3)}, "2 1 3"},
		{"started again with another id between the looks", []*Server{says(1, 1), says(2, 2)}, ""},
		{"the first one is back", []*Server{says(1), says(2), says(1)}, "1 2"},
		{"nothing tells", []*Server{{}, {}}, ""},
		{"another version", []*Server{{
			Srvr:  Saw(Srvr{Version: Version{Full: "3.9.5"}}, 0),
			Again: []Again{{Srvr: Saw(Srvr{Version: Version{Full: "3.9.4"}}, 0)}},
		}}, "3.9.5 3.9.4"},
		{"another host", []*Server{{
			Envi:  Saw(Envi{HostName: "zk1"}, 0),
			Again: []Again{{Envi: Saw(Envi{HostName: "zk2"}, 0)}},
		}}, "zk1 zk2"},
		{"another program's words", []*Server{{Keeper: &Keeper{}, Conf: says(1).Conf, Again: says(1, 2).Again}}, ""},
	}
	for _, test := range tests {
		var got []string
		for _, m := range Several(test.looks...) {
			got = append(got, m.Value)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestContradiction(t *testing.T) {
	t.Parallel()
	follower, err := recorded.Find("3.4.10", "follower")
	if err != nil {
		t.Fatal(err)
	}
	leader, err := recorded.Find("3.4.10", "leader")
	if err != nil {
		t.Fatal(err)
	}
	refuses := Failed[Mntr](&Failure{Kind: NotServing}, 0)
	one, mixed, cut, woken := answered(follower), answered(follower), answered(follower), answered(follower)
	mixed.Mntr = answered(leader).Mntr
	cut.Mntr = refuses
	woken.Srvr = Failed[Srvr](refuses.Failure, 0)
	other := says(7)
	for _, test := range []struct {
		name    string
		s       *Server
		earlier *Server
		want    string
	}{
		{"one server", &one, &one, ""},
		{"two roles", &mixed, nil, "srvr: follower, mntr: leader"},
		{"one of them serves nobody", &cut, nil, "srvr: follower, conf or mntr: not serving"},
		{"the other way round", &woken, nil, "srvr: not serving, isro: rw"},
		{"another id than before", says(2), other, "conf: serverId 2, and in the check before 7"},
		{"two ids", says(2, 3), nil, "conf: serverId has two values"},
	} {
		if got := test.s.Contradiction(test.earlier); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestCountsApart(t *testing.T) {
	t.Parallel()
	of := func(received int64, mntr string) *Server {
		return &Server{
			Srvr: Saw(Srvr{Received: received}, 0),
			Mntr: Saw(Mntr{Keys: Pairs{{"zk_packets_received", mntr}}}, 0),
		}
	}
	apart := []*Server{of(100, "99"), of(100, "101"), of(100, "200")}
	one := []*Server{of(100, "102"), of(100, "110"), of(1_000_000, "1009000"), of(5, "7.0"), of(5, "many"), {}}
	if i := slices.IndexFunc(apart, func(s *Server) bool { return !s.CountsApart() }); i >= 0 {
		t.Errorf("apart: %d is one", i)
	}
	if i := slices.IndexFunc(one, (*Server).CountsApart); i >= 0 {
		t.Errorf("one: %d is apart", i)
	}
}
