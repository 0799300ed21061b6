package diag

import (
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// What happened between the two looks. Averages and maxima that servers tell are
// of their whole life, so that an hour of trouble hides in them, and never ends.

// mean is the mean of what a server counted between both looks.
type mean struct {
	count int64
	each  time.Duration
}

// summaryKeys are where mntr has the count and the sum (ms) of a summary: by the
// default provider, and by Prometheus's.
func summaryKeys(name string) [2][2]string {
	return [2][2]string{
		{"zk_cnt_" + name, "zk_sum_" + name},
		{"zk_" + name + "_count", "zk_" + name + "_sum"},
	}
}

// summary reads the count and the sum of a summary (3.6+).
func summary(m *snapshot.Mntr, name string) (count, sum float64, ok bool) {
	for _, keys := range summaryKeys(name) {
		count, hasCount := m.Float(keys[0])
		sum, hasSum := m.Float(keys[1])
		if hasCount && hasSum {
			return count, sum, true
		}
	}
	return 0, 0, false
}

// meanSince is the mean of a summary between both looks; ok is false when either
// look lacks it, or the process was started anew in between.
func (e *ensemble) meanSince(s *server, name string) (m mean, ok bool) {
	b := e.earlier(s)
	if b == nil || !b.Mntr.Seen() || !s.Mntr.Seen() {
		return mean{}, false
	}
	count, sum, now := summary(&s.Mntr.Value, name)
	was, wasSum, then := summary(&b.Mntr.Value, name)
	if !now || !then || count < was || sum < wasSum {
		return mean{}, false
	}
	m.count = int64(count - was)
	if m.count > 0 {
		m.each = time.Duration((sum - wasSum) / (count - was) * float64(time.Millisecond))
	}
	return m, true
}

// meanEver is the mean of a summary since the process started. It only decides
// whether a second look is worth its time.
func meanEver(s *server, name string) time.Duration {
	if !s.Mntr.Seen() {
		return 0
	}
	count, sum, ok := summary(&s.Mntr.Value, name)
	if !ok || count < 1 {
		return 0
	}
	return time.Duration(sum / count * float64(time.Millisecond))
}

// ComparedKeys are the keys of mntr that the rules compare with those of a later
// look: is it the same election still, whom has the leader lost, and what happened
// meanwhile? Whoever keeps looks may forget the other keys of the earlier one.
func ComparedKeys() []string {
	keys := []string{"zk_uptime", "zk_synced_followers", nonVotingFollowers, proposals, commits}
	for _, key := range dataSetKeys() {
		keys = append(keys, key.name)
	}
	for _, name := range []string{fsyncTime, readLatency, updateLatency, jvmPause} {
		for _, pair := range summaryKeys(name) {
			keys = append(keys, pair[:]...)
		}
	}
	return keys
}

// inTwoLooks tells why what needs mntr in both looks cannot be judged; nil when
// it can. name is the summary.
func (e *ensemble) inTwoLooks(s *server, name string) *Skip {
	if why := s.toldMntr(); why != nil {
		return why
	}
	if _, _, ok := summary(&s.Mntr.Value, name); !ok {
		return &Skip{Kind: SkipNotTold, Reason: "its mntr has no sums to take a mean of (3.6 and later do)"}
	}
	if e.before == nil {
		return &Skip{Kind: SkipOneLook, Reason: "it takes two looks (check --window 10s)"}
	}
	if _, ok := e.meanSince(s, name); !ok {
		return &Skip{Kind: SkipUndecided, Reason: "it told no sums in the first look, or was restarted since"}
	}
	return nil
}
