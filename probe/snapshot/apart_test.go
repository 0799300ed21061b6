package snapshot

import "testing"

// inTurn is a server that had received that many packets when it was asked twice.
func inTurn(first, second int64, marks ...Mark) *Server {
	s := &Server{}
	for _, received := range []int64{first, second} {
		s.InTurn = append(s.InTurn, Saw(Srvr{Received: received}, 0))
	}
	for _, m := range marks {
		switch m.Key {
		case "dataDir":
			s.Conf = Saw(Conf{DataDir: m.Value}, 0)
		case "host.name":
			s.Envi = Saw(Envi{HostName: m.Value}, 0)
		}
	}
	return s
}

func TestApart(t *testing.T) {
	t.Parallel()
	dir := func(value string) Mark { return Mark{Key: "dataDir", Value: value} }
	host := func(value string) Mark { return Mark{Key: "host.name", Value: value} }
	tests := map[string]struct {
		a, b       *Server
		apart, one bool
	}{
		"nothing is known":           {&Server{}, &Server{}, false, false},
		"each counts the other":      {inTurn(10, 12), inTurn(11, 13), false, true},
		"and clients besides":        {inTurn(1000, 1060), inTurn(1020, 1100), false, true},
		"each counts itself alone":   {inTurn(10, 11), inTurn(10, 11), true, false},
		"one is far ahead":           {inTurn(10, 12), inTurn(5000, 5001), true, false},
		"a question is not counted":  {inTurn(10, 10), inTurn(10, 10), false, false},
		"another directory":          {inTurn(10, 12, dir("/a")), inTurn(11, 13, dir("/b")), true, false},
		"another host":               {inTurn(10, 12, host("zk1")), inTurn(11, 13, host("zk2")), true, false},
		"one directory and one host": {inTurn(10, 12, dir("/a"), host("zk1")), inTurn(11, 13, dir("/a"), host("zk1")), false, true},
		"a mark of one alone":        {inTurn(10, 12, dir("/a")), inTurn(11, 13), false, true},
		"asked once":                 {&Server{InTurn: inTurn(10, 12).InTurn[:1]}, inTurn(11, 13), false, false},
		"one does not answer":        {&Server{InTurn: make([]Obs[Srvr], 2)}, inTurn(11, 13), false, false},
	}
	for name, tt := range tests {
		if apart, one := Apart(tt.a, tt.b) != nil, One(tt.a, tt.b); apart != tt.apart || one != tt.one {
			t.Errorf("%s: apart %t, one %t, want %t and %t", name, apart, one, tt.apart, tt.one)
		}
	}
}
