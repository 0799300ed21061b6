package snapshot

import (
	"net/netip"
	"time"
)

// SnapshotFormat is the version of the snapshot's JSON form. A newer zkdoctor
// reads every older format.
const SnapshotFormat = 1

// Snapshot is everything that one run saw, and nothing that it thinks. It is
// not changed once probe.Look has returned it.
type Snapshot struct {
	Format  int     `json:"format"`
	Tool    string  `json:"tool"`
	Vantage Vantage `json:"vantage"`
	// Started is when looking began, in UTC.
	Started time.Time     `json:"started"`
	Took    time.Duration `json:"took_ns"`
	// Incomplete says why not all was seen: "deadline" or "interrupted" where looking ended
	// before, "too-large" where answers were given up that all together are too large; empty
	// when nothing was cut short.
	Incomplete string   `json:"incomplete,omitempty"`
	Plan       Plan     `json:"plan"`
	Servers    []Server `json:"servers"`
	// ConfAge is how long before this check all servers were asked conf, where their replies are
	// those of an earlier one; 0 where they were asked for this one.
	ConfAge time.Duration `json:"conf_age_ns,omitempty"`
	Local   []Local       `json:"local,omitempty"`
	// Others are the processes of this host that only look like servers of the ensemble.
	Others Others `json:"others,omitzero"`
	// Known are the members that a server told in an earlier look, for when none tells
	// them now: without a quorum none does. nil for none.
	Known *Members `json:"known,omitempty"`
	// Before is the look before this one at the same servers; nil when there was
	// one look only. It is one deep: Before.Before is nil.
	Before *Snapshot `json:"before,omitempty"`
	// EarlierRun is set when Before is of an earlier run, so that nobody waited from one
	// look to the other. The two looks of check and collect are one run.
	EarlierRun bool `json:"earlier_run,omitempty"`
	// Vantages are the snapshots that this one was merged from, by host; nil when it
	// was taken on one.
	Vantages []*Snapshot `json:"-"`
}

// Vantage says from where was looked.
type Vantage struct {
	Host string `json:"host"`
	// Addrs are the addresses of this host, as zkdoctor's own network namespace
	// has them; not looked at where this host is to be left alone.
	Addrs Obs[[]netip.Addr] `json:"addrs"`
	// Clock is how far the clock of Host is ahead of that of the host which had it
	// look; not tried where nobody did.
	Clock Obs[time.Duration] `json:"clock,omitzero"`
}

// SeenFrom puts a snapshot that was taken on another host between asked and answered, by
// this host's clock, into this host's time.
func (s *Snapshot) SeenFrom(asked, answered time.Time) {
	var ahead time.Duration
	switch ended := s.Started.Add(s.Took); {
	case s.Started.Before(asked):
		ahead = s.Started.Sub(asked)
	case ended.After(answered):
		ahead = ended.Sub(answered)
	}
	s.Vantage.Clock = Saw(ahead.Truncate(time.Millisecond), 0)
	s.Started = s.Started.Add(-ahead)
	if s.Before != nil {
		s.Before.Started = s.Before.Started.Add(-ahead)
	}
	for i := range s.Local {
		if p := s.Local[i].Process; p != nil && !p.Started.IsZero() {
			p.Started = p.Started.Add(-ahead)
		}
	}
}
