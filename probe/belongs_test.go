package probe

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestEnsembleOf: two ensembles on the same hosts, with the same ids, are told apart by their
// ports; and a server belongs to those whose peer addresses it shares.
func TestEnsembleOf(t *testing.T) {
	t.Parallel()
	host := netip.MustParseAddr("192.0.2.1")
	local := func(text string) snapshot.Local {
		return snapshot.Local{
			Process: &snapshot.Process{}, Addrs: snapshot.Saw([]netip.Addr{host}, 0),
			Config: snapshot.Saw(zoocfg.Parse("/"+text, []byte(text)), 0),
		}
	}
	a := local("clientPort=2181\nserver.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n")
	b := local("clientPort=2182\nserver.1=zk1:2889:3889\nserver.2=zk2:2889:3889\nserver.3=zk3:2889:3889\n")
	otherPort := local("clientPort=2281\nserver.1=zk1:2888:3888\nserver.2=zk2:2888:3888\n")
	grown := local("clientPort=2181\nserver.1=zk1:2888:3888\nserver.2=zk2:2888:3888\nserver.3=zk3:2888:3888\n" +
		"server.4=old:2888:3888\n")
	neighbour := local("clientPort=2182\nserver.1=db1:2888:3888\nserver.2=db2:2888:3888\nserver.3=db3:2888:3888\n" +
		"server.4=old:2888:3888\n")
	for name, c := range map[string]struct {
		targets []string
		here    []snapshot.Local
		want    []bool
	}{
		"one of two ensembles":                      {[]string{"zk1:2181", "zk2:2181"}, []snapshot.Local{a, b}, []bool{true, false}},
		"the other":                                 {[]string{"zk1:2182", "zk2:2182"}, []snapshot.Local{a, b}, []bool{false, true}},
		"a server on another client port":           {[]string{"zk1:2181"}, []snapshot.Local{otherPort}, []bool{true}},
		"one on another client port beside its own": {[]string{"zk1:2181"}, []snapshot.Local{a, otherPort, b}, []bool{true, true, false}},
		"one with a list of its own":                {[]string{"zk1:2181"}, []snapshot.Local{a, grown}, []bool{true, true}},
		"one line in the lists of two ensembles":    {[]string{"zk1:2181"}, []snapshot.Local{grown, neighbour}, []bool{true, false}},
		"nobody listens where was asked":            {[]string{"zk1:2183"}, []snapshot.Local{a, b}, []bool{true, true}},
		"other hosts":                               {[]string{"db1:2181"}, []snapshot.Local{a, b}, []bool{false, false}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			targets, err := ParseTargets(c.targets)
			if err != nil {
				t.Fatal(err)
			}
			task := &task{
				plan:  snapshot.Plan{Targets: targets},
				names: map[string]snapshot.Obs[[]netip.Addr]{"zk1": snapshot.Saw([]netip.Addr{host}, 0)},
			}
			belongs := task.ensembleOf(c.here)
			var got []bool
			for _, l := range c.here {
				got = append(got, belongs(l))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
