package probe

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestAdminPort: where the configuration says.
func TestAdminPort(t *testing.T) {
	for name, c := range map[string]struct {
		plan    snapshot.Plan
		port    int
		assumed bool
		path    string
	}{
		"not wanted":      {snapshot.Plan{}, 0, false, "/commands"},
		"no file":         {snapshot.Plan{Admin: true}, 8080, true, "/commands"},
		"by flag":         {snapshot.Plan{Admin: true, AdminPort: 9080}, 9080, false, "/commands"},
		"off":             {snapshot.Plan{Admin: true, Config: zooCfg("admin.enableServer=false")}, 0, false, "/commands"},
		"another":         {snapshot.Plan{Admin: true, Config: zooCfg("admin.serverPort=9990")}, 9990, false, "/commands"},
		"another path":    {snapshot.Plan{Admin: true, Config: zooCfg("admin.commandURL=/zk/")}, 8080, true, "/zk"},
		"no number":       {snapshot.Plan{Admin: true, Config: zooCfg("admin.serverPort=http")}, 0, false, "/commands"},
		"a hostile path":  {snapshot.Plan{Admin: true, Config: zooCfg(`admin.commandURL=/a\r\nHost: x`)}, 8080, true, "/commands"},
		"says nothing":    {snapshot.Plan{Admin: true, Config: zooCfg("tickTime=2000")}, 8080, true, "/commands"},
		"not a full path": {snapshot.Plan{Admin: true, Config: zooCfg("admin.commandURL=commands")}, 8080, true, "/commands"},
	} {
		port, assumed := adminPort(&c.plan)
		if port != c.port || assumed != c.assumed || adminPath(&c.plan) != c.path {
			t.Errorf("%s: %d %v %q", name, port, assumed, adminPath(&c.plan))
		}
	}
}

func zooCfg(text string) *zoocfg.Config { return zoocfg.Parse("zoo.cfg", []byte(text+"\n")) }
