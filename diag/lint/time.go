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
	return s.distributed() && s.TickTime.Value > 0
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
	if !s.distributed() {
		return nil
	}
	var all []Remark
	for _, l := range []struct {
		key     string
		setting zoocfg.Setting[int]
	}{{"tickTime", s.TickTime}, {"initLimit", s.InitLimit}, {"syncLimit", s.SyncLimit}} {
		if l.setting.IsSet() && l.setting.Value < 0 {
			r := setting(l.key, l.setting, report.Warning)
			all = append(all, r.say("a positive number: tickTime=2000, initLimit=10, syncLimit=5", "ZooKeeper starts with it, but cannot set the timeout of its sockets.")...)
		}
	}
	return all
}

func initLimit(s *subject) []Remark {
	return s.outOfBounds("initLimit", s.InitLimit, bound{
		leastInit, "5 s or more; 20 s is the sample's",
		"A follower must connect to the leader and receive its data within this time, or the election starts again.",
	}, bound{
		mostInit, "20 s, or as long as it takes to send a snapshot to a follower",
		"The server waits this long for a peer that connects and then sends nothing.",
	})
}

func syncLimit(s *subject) []Remark {
	return s.outOfBounds("syncLimit", s.SyncLimit, bound{
		leastSync, "2 s or more; 10 s is the sample's",
		"After a pause of this length, of the disk or of the garbage collector, a follower leaves the quorum, or the leader steps down.",
	}, bound{
		mostSync, "10 s",
		"The servers follow a leader that does not respond for this long, and no client can write.",
	})
}

// bound is a time that a limit should keep, and what to say where it does not.
type bound struct {
	at               time.Duration
	recommended, why string
}

// outOfBounds is the remark on a limit that is shorter than the least, or longer than the
// most.
func (s *subject) outOfBounds(key string, limit zoocfg.Setting[int], least, most bound) []Remark {
	broken := most
	switch d := s.ticks(limit.Value); {
	case !s.limited() || limit.Value <= 0:
		return nil
	case d < least.at:
		broken = least
	case d <= most.at:
		return nil
	}
	r := setting(key, limit, report.Warning)
	r.Found = s.product(limit)
	return r.say(broken.recommended, broken.why)
}
