package exporter

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/probe"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// slowEvery is how often peer ports and this host's own evidence are looked at: each
// probe of a peer port leaves a stack trace in a server's log.
const slowEvery = 5 * time.Minute

// maxPortProbes is how often the peer ports of one server are looked at within
// slowEvery at the most: once, and whenever the server changes its state, for what
// they showed before is of no use then. One that changes its state all the time is
// left alone in the end, and what its ports are is not known.
const maxPortProbes = 10

// portMemory is when the peer ports of one server were looked at.
type portMemory struct {
	// client is what its client port did then; "" before the first time, and where
	// what was seen is of no use any more.
	client string
	// probed are the times of the last slowEvery.
	probed []time.Time
}

// due decides about a server whose client port does this now.
func (m *portMemory) due(client string, now time.Time) probe.Due {
	m.probed = slices.DeleteFunc(m.probed, func(t time.Time) bool { return now.Sub(t) >= slowEvery })
	changed := m.client != client
	switch {
	case len(m.probed) == 0, changed && len(m.probed) < maxPortProbes:
		m.client = client
		m.probed = append(m.probed, now)
		return probe.DueNow
	case changed:
		m.client = ""
		return probe.DueNever
	}
	return probe.DueLater
}

// clientState is what the client port did, as far as it decides what the peer
// ports mean. Whether a server that takes no more connections closes them or
// resets them is a matter of luck.
func clientState(s *snapshot.Server) string {
	switch {
	case s.Srvr.Seen():
		return string(s.Srvr.Value.Mode)
	case s.Srvr.FailedAs(snapshot.Reset):
		return string(snapshot.Empty)
	case s.Srvr.Failure != nil:
		return string(s.Srvr.Failure.Kind)
	}
	return "none"
}
