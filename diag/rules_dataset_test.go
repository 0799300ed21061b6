package diag

import (
	"strings"
	"testing"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

func dataSetRules() []rule {
	return []rule{{
		DataSetLarge,
		[]fire{
			{"znodes", third(counts("zk_znode_count", "1000001")), "info proven zk3"},
			{"bytes", third(counts("zk_approximate_data_size", "6.0E8")), "info proven zk3"},
			{"ephemerals", third(counts("zk_ephemerals_count", "100001")), "info proven zk3"},
			{"watches", third(counts("zk_watch_count", "2000000")), "info proven zk3"},
			{"as 3.4 tells it", third(counts("zk_znode_count", "1000001")).as(oldest), "info proven zk3"},
		},
		[]alike{
			{"a small tree", healthy()},
			{"just as many", third(counts("zk_znode_count", "1000000", "zk_approximate_data_size", "536870912"))},
			{"not a number", third(counts("zk_znode_count", "NaN"))},
		},
		append(blindNetwork(), blind{"mntr is not allowed", look(but(follower, whitelisted), but(leader, whitelisted)), report.SkipNotReported}),
	}}
}

// TestDataSetGrowth: two looks tell how fast it grows.
func TestDataSetGrowth(t *testing.T) {
	t.Parallel()
	r := third(counts("zk_znode_count", "1000500")).after(third(counts("zk_znode_count", "1000100"))).report()
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].Evidence[0].Value, "1000100, then 1000500, 3.0 s later") {
		t.Errorf("got %+v", r.Findings)
	}
}
