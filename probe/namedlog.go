package probe

import (
	"context"
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// nameLog gives the one server among local the log at path, which the user named, in
// the place of what was found.
func (t *task) nameLog(ctx context.Context, path string, local []snapshot.Local) error {
	switch {
	case len(local) == 0:
		return fmt.Errorf("--log %s: this host has no server of the ensemble asked about whose log that could be", path)
	case len(local) > 1:
		var servers []string
		for _, l := range local {
			servers = append(servers, l.ConfigPath)
		}
		return fmt.Errorf("--log %s: this host has %d servers of the ensemble (%s), and whose log it is, is not known", path, len(local), strings.Join(servers, ", "))
	}
	local[0].LogPath = path
	t.host().ReadNamedLog(ctx, &local[0])
	if failure := local[0].Log.Failure; failure != nil {
		return fmt.Errorf("--log %s", failure.Text)
	}
	return nil
}
