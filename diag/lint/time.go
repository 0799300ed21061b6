package lint

import (
	"fmt"
	"math"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Ticks: what initLimit, syncLimit and tickTime come to.

const (
	// leastInit is the time of one attempt to connect for an election (cnxTimeout
	// of QuorumCnxManager, 5 s): a follower must connect, and take the leader's
	// data, within initLimit ticks (Learner.connectToLeader and syncWithLeader).
	leastInit = 5 * time.Second
	// leastSync is twice the second that FileTxnLog calls a slow sync of the disk
	// (fsync.warningthresholdms): a follower that says nothing for syncLimit ticks
	// is dropped (LearnerHandler).
	leastSync = 2 * time.Second
	// mostInit and mostSync are beyond what any reason is known for: so long a dead
	// peer is waited for.
	mostInit = time.Hour
	mostSync = 10 * time.Minute
)

// limited reports whether the two limits matter and can be read.
func (s *subject) limited() bool {
	return s.Distributed(s.Version) && s.TickTime.Value > 0
}

// Ticks is a number of ticks as time. ZooKeeper multiplies as 32 bit numbers; what
// does not fit is as absurd as its product.
func Ticks(c *zoocfg.Config, n int) time.Duration {
	ms := min(int64(n)*int64(c.TickTime.Value), math.MaxInt32)
	return time.Duration(ms) * time.Millisecond
}

func (s *subject) ticks(n int) time.Duration { return Ticks(s.Config, n) }

func (s *subject) product(limit zoocfg.Setting[int]) string {
	return fmt.Sprintf("%d ticks of %d ms: %s", limit.Value, s.TickTime.Value, s.ticks(limit.Value))
}

// limitNegative: Socket.setSoTimeout, which gets the product in Learner and
// Leader, throws on a negative number.
func limitNegative(s *subject) []Remark {
	if !s.Distributed(s.Version) {
		return nil
	}
	var all []Remark
	for _, l := range []struct {
		key     string
		setting zoocfg.Setting[int]
	}{{"tickTime", s.TickTime}, {"initLimit", s.InitLimit}, {"syncLimit", s.SyncLimit}} {
		if l.setting.IsSet() && l.setting.Value < 0 {
			all = append(all, Remark{
				Severity: report.Warning, File: l.setting.File, Line: l.setting.Line, Key: l.key,
				Found: fmt.Sprint(l.setting.Value), Recommended: "a positive number: tickTime=2000, initLimit=10, syncLimit=5",
				Why: "ZooKeeper starts with it, and cannot set the timeout of its sockets.",
			})
		}
	}
	return all
}

func initLimit(s *subject) []Remark {
	r := Remark{
		Severity: report.Warning, File: s.InitLimit.File, Line: s.InitLimit.Line, Key: "initLimit",
		Found: s.product(s.InitLimit),
	}
	switch d := s.ticks(s.InitLimit.Value); {
	case !s.limited() || s.InitLimit.Value <= 0:
		return nil
	case d < leastInit:
		r.Recommended = "5 s or more; 20 s is the sample's"
		r.Why = "A follower must connect to the leader and take its data within this time, else the election begins again."
	case d > mostInit:
		r.Recommended = "20 s, or as long as it takes to send a snapshot to a follower"
		r.Why = "So long a peer is waited for that connects and then says nothing."
	default:
		return nil
	}
	return []Remark{r}
}

func syncLimit(s *subject) []Remark {
	r := Remark{
		Severity: report.Warning, File: s.SyncLimit.File, Line: s.SyncLimit.Line, Key: "syncLimit",
		Found: s.product(s.SyncLimit),
	}
	switch d := s.ticks(s.SyncLimit.Value); {
	case !s.limited() || s.SyncLimit.Value <= 0:
		return nil
	case d < leastSync:
		r.Recommended = "2 s or more; 10 s is the sample's"
		r.Why = "A pause of this length, of the disk or of the garbage collector, throws a follower out of the quorum, or the leader."
	case d > mostSync:
		r.Recommended = "10 s"
		r.Why = "So long the servers follow a leader that hangs, and nobody can write."
	default:
		return nil
	}
	return []Remark{r}
}
