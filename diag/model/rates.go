package model

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// ZxidRate is the number of transactions a second between both looks, 0 when that
// is not known.
func (e *Ensemble) ZxidRate(s *Server) float64 {
	b := e.Earlier(s)
	if b == nil || !b.Srvr.Seen() {
		return 0
	}
	now, then := s.Srvr.Value.Zxid, b.Srvr.Value.Zxid
	seconds := e.Between().Seconds()
	if seconds <= 0 || now.Epoch() != then.Epoch() || now <= then {
		return 0
	}
	return float64(now-then) / seconds
}

// Mean is the mean of what a server counted between both looks. Those that it reports itself
// are of its whole life, so that an hour of trouble hides in them, and never ends.
type Mean struct {
	Count int64
	Each  time.Duration
}

// SummaryKeys are where mntr has the count and the sum (ms) of a summary: by the
// default provider, and by Prometheus's.
func SummaryKeys(name string) []string {
	return []string{"zk_cnt_" + name, "zk_sum_" + name, "zk_" + name + "_count", "zk_" + name + "_sum"}
}

// ComparedKeys are the keys of mntr that the model compares with those of an earlier look: is
// it the same election still, and which followers has the leader lost?
func ComparedKeys() []string {
	return append(SummaryKeys(ReadLatency), "zk_uptime", "zk_synced_followers", NonVotingFollowers, Proposals, Commits)
}

// Summary reads the count and the sum of a summary (3.6+).
func Summary(m *snapshot.Mntr, name string) (count, sum float64, ok bool) {
	keys := SummaryKeys(name)
	for i := 0; i < len(keys); i += 2 {
		if count, ok = m.Float(keys[i]); ok { // there are hundreds of keys to go through
			if sum, ok = m.Float(keys[i+1]); ok {
				return count, sum, true
			}
		}
	}
	return 0, 0, false
}

// MeanSince is the mean of a summary between both looks; ok is false when either
// look lacks it, or the process was started anew in between.
func (e *Ensemble) MeanSince(s *Server, name string) (m Mean, ok bool) {
	b := e.Earlier(s)
	if b == nil || !b.Mntr.Seen() || !s.Mntr.Seen() {
		return Mean{}, false
	}
	count, sum, now := Summary(&s.Mntr.Value, name)
	was, wasSum, then := Summary(&b.Mntr.Value, name)
	if !now || !then || count < was || sum < wasSum {
		return Mean{}, false
	}
	m.Count = int64(count - was)
	if m.Count > 0 {
		m.Each = time.Duration((sum - wasSum) / (count - was) * float64(time.Millisecond))
	}
	return m, true
}
