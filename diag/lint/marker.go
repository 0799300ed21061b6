package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// marker is the line that shows for which versions a file was written.
type marker struct {
	versions string // "3.5+"; empty: nothing shows it
	key      string
	line     int
	file     string
}

// newKeys are keys of QuorumPeerConfig that 3.4 does not know. A file that has
// one was not written for 3.4.
func newKeys() []string {
	return []string{
		"dynamicConfigFile", "standaloneEnabled", "reconfigEnabled", "secureClientPort", "sslQuorum",
		"portUnification", "localSessionsEnabled", "metricsProvider.className", "observerMasterPort", "oraclePath",
	}
}

// firstVersion finds the line that 3.4 does not know: a client part in server.N, or
// a newer key.
func firstVersion(c *zoocfg.Config) marker {
	for _, s := range c.Servers {
		if strings.Contains(s.Raw, ";") || len(s.Addresses) > 1 {
			return marker{"3.5+", serverKey(&s), s.Line, s.File}
		}
	}
	for _, p := range c.Properties {
		if key := strings.TrimSpace(p.Key); slices.Contains(newKeys(), key) {
			return marker{"3.5+", key, p.Line, c.Path}
		}
	}
	return marker{}
}

func serverKey(s *zoocfg.Server) string { return fmt.Sprintf("server.%d", s.ID) }
