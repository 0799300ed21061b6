package diag

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// descriptorsHigh is the share of the file descriptors past which few are left.
const descriptorsHigh = 0.85

// zxidCounterHigh is the number of transactions of an epoch past which its end is near:
// 94 % of 2^32, which leaves 3 days at 1,000 writes a second.
const zxidCounterHigh = 0xF0000000

// Rules about what runs out: the numbers of an epoch, file descriptors.

// toldMntr tells why the server's mntr cannot be judged; nil when it can.
func (s *server) toldMntr() *Skip { return s.told("mntr", s.Mntr.Seen(), failureKind(s.Mntr)) }

// told tells why a word that is asked after srvr gave nothing; nil when it did.
func (s *server) told(word string, seen bool, failure snapshot.FailureKind) *Skip {
	switch {
	case seen:
		return nil
	case failure == snapshot.NotAllowed:
		return &Skip{Kind: SkipNotTold, Reason: "it does not allow " + word}
	case s.Srvr.Seen() && (failure == "" || failure == snapshot.Cancelled):
		return &Skip{Kind: SkipNotLooked, Reason: word + " was not looked at"}
	}
	if why := s.answered(); why != nil {
		return why
	}
	return &Skip{Kind: SkipNotTold, Reason: "it gave no answer to " + word}
}

var zxidRolloverNearRule = Rule{
	Code: ZxidRolloverNear, Title: "the epoch runs out of transactions", Needs: "srvr of the leader",
	Eval: checkZxidRollover,
}

// checkZxidRollover looks at the newest zxid: the lower half counts the
// transactions of an epoch, and when it is used up the leader steps down
// (ZooKeeperServer and Leader, "zxid lower 32 bits have rolled over"). A
// standalone server has no leader to lose.
func checkZxidRollover(e *ensemble) result {
	if e.loneStandalone() {
		return result{}
	}
	newest := e.newestZxid()
	if newest == nil {
		return skip(SkipNotTold, "no server of a quorum told its zxid")
	}
	zxid := newest.Srvr.Value.Zxid
	if zxid.Counter() <= zxidCounterHigh {
		return result{}
	}
	left := uint64(math.MaxUint32 - zxid.Counter())
	f := Finding{
		Severity: Warning, Certainty: Proven, Servers: []string{newest.Name},
		Summary: fmt.Sprintf("%d transactions are left in this epoch, of 4294967295. Then the leader steps down and the ensemble elects anew, at a time that nobody chose.", left),
		Evidence: []Evidence{
			{Source: "srvr", Server: newest.Name, Key: "Zxid", Value: zxid.String(), Wanted: fmt.Sprintf("a lower half up to 0x%x", zxidCounterHigh)},
		},
		Fix: []Fix{{
			Host: newest.Name, Note: "restart the leader at a quiet time, while all others serve: the next leader begins at 0",
			Risk: "an election: some seconds in which nobody can write; with no spare voter an outage",
		}},
	}
	if newest.role != Leader {
		// The leader was not seen; after an election without a write the others still
		// show the epoch before it.
		f.Certainty = Likely
	}
	if perSecond := e.zxidRate(newest); perSecond > 0 {
		f.Evidence = append(f.Evidence, Evidence{
			Source: "srvr", Server: newest.Name, Key: "Zxid, between both looks",
			Value: fmt.Sprintf("%.0f transactions a second: used up in %s", perSecond, longTime(float64(left)/perSecond)),
		})
	}
	return result{findings: []Finding{f}}
}

// noData is the zxid of a server that has no data yet (db.autocreate=false): -1.
const noData = snapshot.Zxid(math.MaxUint64)

// newestZxid is the server of a quorum with the highest zxid, the leader where
// several show it; nil when none told.
func (e *ensemble) newestZxid() *server {
	var newest *server
	for _, s := range e.servers {
		if !s.Srvr.Seen() || !s.Srvr.Value.Mode.InQuorum() || s.twin != nil || s.Srvr.Value.Zxid == noData {
			continue
		}
		if newest == nil || s.Srvr.Value.Zxid > newest.Srvr.Value.Zxid ||
			s.Srvr.Value.Zxid == newest.Srvr.Value.Zxid && s.role == Leader {
			newest = s
		}
	}
	return newest
}

// zxidRate is the number of transactions a second between both looks, 0 when that
// is not known.
func (e *ensemble) zxidRate(s *server) float64 {
	b := e.earlier(s)
	if b == nil || !b.Srvr.Seen() {
		return 0
	}
	now, then := s.Srvr.Value.Zxid, b.Srvr.Value.Zxid
	seconds := e.between().Seconds()
	if seconds <= 0 || now.Epoch() != then.Epoch() || now <= then {
		return 0
	}
	return float64(now-then) / seconds
}

// between is the time between both looks; 0 with one.
func (e *ensemble) between() time.Duration {
	if e.before == nil {
		return 0
	}
	return e.snap.Started.Sub(e.before.snap.Started)
}

// longTime is a span of hours or days, for people.
func longTime(seconds float64) string {
	switch hours := seconds / 3600; {
	case hours < 1:
		return "less than an hour"
	case hours < 48:
		return fmt.Sprintf("%.0f hours", hours)
	default:
		return fmt.Sprintf("%.0f days", hours/24)
	}
}

var fdLimitNearRule = Rule{
	Code: FDLimitNear, Title: "few file descriptors are left", Needs: "mntr",
	Eval: checkFDLimit,
}

func checkFDLimit(e *ensemble) result {
	canJudge := func(s *server) *Skip {
		if why := s.toldMntr(); why != nil {
			return why
		}
		// -1 where Java cannot tell; both are missing off Unix.
		if _, limit, ok := s.descriptors(); !ok || limit <= 0 {
			return &Skip{Kind: SkipNotTold, Reason: "its mntr tells no limit of file descriptors"}
		}
		return nil
	}
	return e.each(canJudge, func(s *server, out *result) {
		open, limit, _ := s.descriptors()
		share := float64(open) / float64(limit)
		if share <= descriptorsHigh {
			return
		}
		f := Finding{
			Severity: Warning, Certainty: Proven, Servers: []string{s.Name},
			Summary: fmt.Sprintf("%.0f %% of its file descriptors are in use. Each connection takes one; with none left it takes no connection and cannot open a log or a snapshot.", 100*share),
			Evidence: []Evidence{
				{
					Source: s.mntrFrom, Server: s.Name, Key: "zk_open_file_descriptor_count", Value: strconv.FormatInt(open, 10),
					Wanted: fmt.Sprintf("up to %.0f %% of %d", 100*descriptorsHigh, limit),
				},
				{Source: s.mntrFrom, Server: s.Name, Key: "zk_max_file_descriptor_count", Value: strconv.FormatInt(limit, 10)},
			},
			Fix: []Fix{
				{
					Host: s.Name, Command: fmt.Sprintf("ss -tn state established '( sport = :%d )' | awk 'NR > 1 {sub(/:[0-9]+$/, \"\", $4); print $4}' | sort | uniq -c | sort -n | tail", s.Port),
					Note: "see whether clients hold more connections than they should", Risk: "none",
				},
				{
					Host: s.Name, Note: "raise the limit where it is started (LimitNOFILE= in its systemd unit), then restart it",
					Risk: "with no spare voter a restart is an outage",
				},
			},
		}
		if s.runsHere() {
			f.Fix = slices.Insert(f.Fix, 1, s.host.raiseFiles()...)
		}
		if n, ok := s.Mntr.Value.Count("zk_num_alive_connections"); ok {
			f.Evidence = append(f.Evidence, Evidence{Source: s.mntrFrom, Server: s.Name, Key: "zk_num_alive_connections", Value: strconv.FormatInt(n, 10)})
		}
		out.findings = append(out.findings, f)
	})
}

// raiseFiles raises the limit of the running process, where that is known and not yet
// what the guides say, and names the unit to change for good.
func (h *host) raiseFiles() []Fix {
	const enough = 65536
	var steps []Fix
	if m := h.Process.Memory; m.Seen() && m.Value.Files > 0 && m.Value.Files < enough {
		steps = append(steps, Fix{
			Host: h.name(), Command: fmt.Sprintf("prlimit --pid %d --nofile=%d:%d", h.Process.PID, enough, enough),
			Note: fmt.Sprintf("raise the limit of the running process, %d, at once; it holds until the next start", m.Value.Files), Risk: "none",
		})
	}
	if h.Process.Unit != "" {
		steps = append(steps, Fix{
			Host: h.name(), Command: "systemctl edit " + shellWord(h.Process.Unit), Note: fmt.Sprintf("and for good: [Service], then LimitNOFILE=%d", enough), Risk: "none: it holds from the next start on",
		})
	}
	return steps
}

// descriptors are the open file descriptors of the server and their limit.
func (s *server) descriptors() (open, limit int64, ok bool) {
	open, told := s.Mntr.Value.Count("zk_open_file_descriptor_count")
	limit, both := s.Mntr.Value.Count("zk_max_file_descriptor_count")
	return open, limit, told && both
}
