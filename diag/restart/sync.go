package restart

import (
	"fmt"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// How long it takes until a server that starts has its leader's data. A leader with a quorum waits
// as long as data flows; one without a quorum gives up after initLimit ticks
// (Leader.waitForNewLeaderAck), and all elect anew.

const (
	// slowLine and fastLine are what any line and disk carry in a second, and what few do.
	slowLine = 1 << 20
	fastLine = 100 << 20
)

// syncTime: a sync is known, or sure, to end within initLimit.
func syncTime(s *subject) []Check {
	limit := s.initLimit()
	if s.e.LoneStandalone() || limit <= 0 {
		return nil
	}
	if took, whose := s.longestSync(); whose != nil {
		text := fmt.Sprintf("the longest sync of %s took %.1f s, and initLimit allows %.1f s",
			whose.Name, took.Seconds(), limit.Seconds())
		if took < limit {
			return ok("%s", text)
		}
		c := notKnown(text+": a sync that takes as long while the leader has no quorum fails, and all elect anew",
			do("", "raise initLimit on all servers first, to three times that; or leave this check out: --ignore sync-time"))
		c[0].Finding = "sync-too-slow"
		c[0].Evidence = []report.Evidence{{
			Source: "mntr", Server: whose.Name, Key: "zk_max_follower_sync_time",
			Value: fmt.Sprintf("%d ms", took.Milliseconds()), Wanted: fmt.Sprintf("less than %d ms", limit.Milliseconds()),
		}}
		return c
	}
	n, known := s.dataSize()
	rate := float64(n) / limit.Seconds()
	switch {
	case !known:
		return ok("neither how long a sync takes was reported, nor how much data there is; initLimit allows %.1f s",
			limit.Seconds())
	case rate > fastLine:
		c := notKnown(fmt.Sprintf("its data, %s, takes %s a second to be sent within initLimit, %.1f s, and no sync was measured",
			size(n), size(uint64(rate)), limit.Seconds()),
			do("", "raise initLimit on all servers, or leave this check out: --ignore sync-time"))
		c[0].Finding = "sync-too-slow"
		return c
	case rate > slowLine:
		return ok("how long a sync takes was not reported; for %s within initLimit, %.1f s, it takes %s a second",
			size(n), limit.Seconds(), size(uint64(rate)))
	}
	return ok("its data is small: all of it, %s, is sent well within initLimit, %.1f s", size(n), limit.Seconds())
}

// initLimit is how long a sync may take, by what it runs with or else by its file; 0 where neither
// was seen.
func (s *subject) initLimit() time.Duration {
	if c := s.s.Conf.Value; s.s.Conf.Seen() && c.InitLimit != nil && c.TickTime != nil {
		return time.Duration(int64(*c.InitLimit)*int64(*c.TickTime)) * time.Millisecond
	}
	if h := s.host(); h != nil && h.Settings != nil {
		return lint.Ticks(h.Settings, h.Settings.InitLimit.Value)
	}
	return 0
}

// longestSync is the longest time that it took to follow a leader since it was started, or of
// another voter, where it has none itself because it leads (FOLLOWER_SYNC_TIME, 3.6 and later). whose
// is nil where none was reported.
func (s *subject) longestSync() (took time.Duration, whose *model.Server) {
	for _, server := range append([]*model.Server{s.s}, s.otherVoters()...) {
		if server == nil || whose == s.s {
			continue
		}
		n, counted := server.Mntr.Value.Count("zk_cnt_follower_sync_time")
		most, known := server.Mntr.Value.Count("zk_max_follower_sync_time")
		if d := time.Duration(most) * time.Millisecond; counted && known && n > 0 && (whose == nil || d > took) {
			took, whose = d, server
		}
	}
	return took, whose
}

// dataSize is how much a server may have to fetch.
func (s *subject) dataSize() (bytes uint64, known bool) {
	if n, ok := s.s.Mntr.Value.Count("zk_approximate_data_size"); ok {
		return uint64(max(n, 0)), true
	}
	h := s.host()
	if h == nil || !h.Data.Seen() || !h.Data.Value.Dir.Snapshots.Seen() {
		return 0, false
	}
	for _, f := range h.Data.Value.Dir.Snapshots.Value.Newest {
		bytes = max(bytes, uint64(max(f.Size, 0)))
	}
	return bytes, true
}
