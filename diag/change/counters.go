package change

import (
	"strconv"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// counter is one that is compared.
type counter struct {
	key, text string
	// matters reports whether the way from one value to the other is worth telling.
	matters func(from, to float64) bool
}

// grew is for counters of errors.
func grew(from, to float64) bool { return to > from }

// far is for numbers that go up and down: more than twice as many, or less than half, and by
// least at least.
func far(least float64) func(from, to float64) bool {
	return func(from, to float64) bool {
		return to-from >= least && to >= 2*from || from-to >= least && from >= 2*to
	}
}

// counters are those of mntr, of 3.6 on where nothing else is said, and those of srvr.
func counters() []counter {
	return []counter{
		{"digest_mismatches_count", "times the data differed from its digest", grew},
		{"unrecoverable_error_count", "errors that end the server", grew},
		{"fsync_threshold_exceed_count", "slow writes to the transaction log", grew}, // 3.4.11
		{"connection_rejected", "connections rejected by a limit", grew},
		{"auth_failed_count", "clients that failed to authenticate", grew},
		{"ensemble_auth_fail", "clients of another ensemble refused", grew},
		{"large_requests_rejected", "large requests rejected", grew},
		{outstanding, "requests that wait", far(100)},
		{connections, "client connections", far(50)},
		{znodes, "znodes", far(1000)},
	}
}

// The numbers of srvr.
const (
	outstanding = "outstanding_requests"
	connections = "num_alive_connections"
	znodes      = "znode_count"
)

// processCounters are of the whole process, and only grow (3.6+, ServerMetrics): where one is
// less, the process is another.
func processCounters() []string {
	return []string{"connection_request_count", "bytes_received_count", "commit_count", "looking_count"}
}

// countersOf are the values that are compared; nil where the server told nothing.
func countersOf(s *snapshot.Server) map[string]float64 {
	stats, mntr := s.Stats(), s.Monitored()
	if !stats.Seen() {
		return nil
	}
	out := map[string]float64{
		outstanding: float64(stats.Value.Outstanding), connections: float64(stats.Value.Connections),
		znodes: float64(stats.Value.NodeCount),
	}
	if !mntr.Seen() {
		return out
	}
	keys := processCounters()
	for _, c := range counters() {
		keys = append(keys, c.key)
	}
	for _, key := range keys {
		if _, have := out[key]; have {
			continue
		}
		if n, ok := mntr.Value.Float("zk_" + key); ok {
			out[key] = n
		}
	}
	return out
}

// counterChanges are those that jumped. What began again has not.
func counterChanges(before, after *Look) []report.Change {
	var out []report.Change
	each(before, after, func(b, a *server) {
		for _, c := range counters() {
			from, had := b.counters[c.key]
			if to, has := a.counters[c.key]; had && has && c.matters(from, to) {
				out = append(out, report.Change{
					Kind: report.CounterJumped, Servers: []string{a.name}, Key: c.key,
					From: strconv.FormatFloat(from, 'f', -1, 64), To: strconv.FormatFloat(to, 'f', -1, 64), Text: c.text,
				})
			}
		}
	})
	return out
}

// rates are what servers do a second, between two looks.
func rates(before, after *Look) []report.Rate {
	seconds := after.began.Sub(before.began).Seconds()
	out := make([]report.Rate, len(after.servers))
	for i := range out {
		a := &after.servers[i]
		out[i].Server = a.name
		b := before.find(a.name)
		if b == nil || seconds <= 0 {
			continue
		}
		if b.received != nil && a.received != nil && *a.received >= *b.received {
			out[i].Received = new(float64(*a.received-*b.received) / seconds)
		}
		if a.role != report.Leader || b.zxid == nil || a.zxid == nil {
			continue
		}
		if *a.zxid >= *b.zxid && a.zxid.Epoch() == b.zxid.Epoch() {
			out[i].Transactions = new(float64(*a.zxid-*b.zxid) / seconds)
		}
	}
	return out
}
