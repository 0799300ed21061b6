package change

import (
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// Look is what is compared of one check.
type Look struct {
	// began and ended are when the check did.
	began, ended time.Time
	moment       report.Moment
	leaders      []string
	// epoch is that of the one leader's zxid; nil where that is not known.
	epoch   *uint32
	servers []server
	// files are the properties of zoo.cfg files, by host and path.
	files    map[place]settings
	findings map[spot]report.Finding
	skips    []report.Skip
	// crashed are rules that came to no end.
	crashed []report.Code
}

// settings are the values of a configuration by key.
type settings map[string]string

// server is what is compared of a server. What is not known is nil, or empty.
type server struct {
	name    string
	role    report.Role
	serving *bool
	version string
	conf    settings
	// members are the lines of the list of members that it runs with; nil where it reported
	// none. Each is compared with its own: servers may spell addresses in their own way.
	members    settings
	votersOnly bool
	// received counts packets, since the server took its role.
	received *int64
	zxid     *snapshot.Zxid
	// since is when it took its role (3.6+).
	since *time.Time
	// electing counts the elections of the process and the milliseconds that they took (3.6+).
	elections *elections
	process   *process
	counters  map[string]float64
}

type elections struct{ count, ms float64 }

// process is the server's process, on the host that looked.
type process struct {
	pid     int
	started time.Time
}

// spot is a finding on one server; the server is empty for the ensemble.
type spot struct {
	code   report.Code
	server string
}

// place is a file on a host: the same path on two hosts is two files.
type place struct{ host, path string }

func (l *Look) find(name string) *server {
	for i := range l.servers {
		if l.servers[i].name == name {
			return &l.servers[i]
		}
	}
	return nil
}
