package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestDiffers: of several files of one ensemble, what differs that must not.
func TestDiffers(t *testing.T) {
	t.Parallel()
	swap := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	for _, test := range []struct {
		name, first, second string
		want                []string // line and key of the second file
	}{
		{"the same", good, good, nil},
		{"own wildcard", good, swap("zk2:", "0.0.0.0:"), nil},
		{"own loopback", good, swap("zk2:", "localhost:"), nil},
		{"a longer name", good, swap("zk2:", "zk2.example:"), nil},
		{"an address", good, swap("zk2:", "10.0.0.2:"), nil},
		{"what may differ", good, replace(good, "dataDir", "/data") + "clientPortAddress=10.0.0.2\nmaxClientCnxns=60\n", nil},
		{"another ensemble", good, strings.NewReplacer("zk1", "k1", "zk2", "k2", "zk3", "k3", "tickTime=2000", "tickTime=3000").Replace(good), nil},
		{"alone", good, alone, nil},
		{"one more", good, good + "server.4=zk4:2888:3888\n", []string{"12 server.4"}},
		{"one fewer", good, without(good, "server.3"), []string{"0 server.3"}},
		{"another host", good, swap("zk3:", "zk9:"), []string{"11 server.3"}},
		{"another port", good, swap("zk3:2888:3888", "zk3:2889:3888"), []string{"11 server.3"}},
		{"another role", good, swap("zk3:2888:3888", "zk3:2888:3888:observer"), []string{"11 server.3"}},
		{"limits", good, replace(replace(good, "tickTime", "3000"), "syncLimit", "4"), []string{"1 tickTime", "3 syncLimit"}},
		{"TLS", good, good + "sslQuorum=true\nssl.quorum.keyStore.location=/k\n", []string{"12 sslQuorum"}},
		{"TLS, on its way", good + "portUnification=true\n", good + "portUnification=true\nsslQuorum=true\nssl.quorum.keyStore.location=/k\n", nil},
		{
			"SASL",
			good + "quorum.auth.enableSasl=true\nquorum.auth.learnerRequireSasl=true\nquorum.auth.serverRequireSasl=true\n", good,
			[]string{"0 quorum.auth.enableSasl"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			reports := All([]File{
				{Config: zoocfg.Parse("first.cfg", []byte(test.first))}, {Config: zoocfg.Parse("second.cfg", []byte(test.second))},
			})
			var got []string
			for _, r := range reports[1].Remarks {
				if r.Rule == differs {
					got = append(got, fmt.Sprintf("%d %s", r.Line, r.Key))
				}
			}
			if slices.Sort(got); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q: %+v", got, test.want, reports[1].Remarks)
			}
			if slices.ContainsFunc(reports[0].Remarks, func(r Remark) bool { return r.Rule == differs }) {
				t.Errorf("the first file differs from none: %+v", reports[0].Remarks)
			}
		})
	}
}
