package snapshot

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Mode is the role a server says it has now (ServerStats.getServerState).
type Mode string

// The modes that srvr and mntr name.
const (
	ModeLeader     Mode = "leader"
	ModeFollower   Mode = "follower"
	ModeObserver   Mode = "observer"
	ModeStandalone Mode = "standalone"
	// ModeReadOnly is a server without a quorum that serves reads all the same
	// (ReadOnlyZooKeeperServer, needs -Dreadonlymode.enabled=true).
	ModeReadOnly Mode = "read-only"
)

// Known reports whether m is one of the modes above.
func (m Mode) Known() bool {
	return m.InQuorum() || m == ModeStandalone || m == ModeReadOnly
}

// InQuorum reports whether a server in this mode belongs to a working quorum:
// leader, follower or observer.
func (m Mode) InQuorum() bool {
	return m == ModeLeader || m == ModeFollower || m == ModeObserver
}

// Srvr is the reply to srvr (FourLetterCommands' StatCommand; ServerStats.toString).
type Srvr struct {
	Version Version `json:"version"`
	// ReadOnly is set by the banner "READ-ONLY mode; serving only read-only clients".
	ReadOnly bool `json:"read_only,omitempty"`
	// Latencies in milliseconds since the last election, restart or srst. The
	// average is a whole number before 3.6, a decimal from 3.6 on.
	LatencyMin float64 `json:"latency_min_ms"`
	LatencyAvg float64 `json:"latency_avg_ms"`
	LatencyMax float64 `json:"latency_max_ms"`
	// Received and Sent count packets, four-letter words included.
	Received int64 `json:"received"`
	Sent     int64 `json:"sent"`
	// Connections counts the asker's own connection too.
	Connections int64 `json:"connections"`
	Outstanding int64 `json:"outstanding"`
	// Zxid of a learner lags behind the leader's until the first write of an epoch.
	Zxid      Zxid  `json:"zxid"`
	Mode      Mode  `json:"mode"`
	NodeCount int64 `json:"node_count"`
	// Proposals is nil where the line is missing: only a leader of 3.5.4 or
	// later prints it.
	Proposals *ProposalSizes `json:"proposals,omitempty"`
	// Extra holds the lines that no known version prints, made printable, at
	// most 16.
	Extra []string `json:"extra,omitempty"`
}

// ProposalSizes are the sizes of a leader's proposals in bytes, -1 before the
// first one (BufferStats, 3.5.4+).
type ProposalSizes struct {
	Last int64 `json:"last"`
	Min  int64 `json:"min"`
	Max  int64 `json:"max"`
}

const (
	maxExtraLines = 16
	maxExtraText  = 200
)

const readOnlyBanner = "READ-ONLY mode; serving only read-only clients"

// srvrLabels are the lines that every version since 3.4 prints, in its order.
var srvrLabels = [...]string{
	"Zookeeper version", "Latency min/avg/max", "Received", "Sent", "Connections",
	"Outstanding", "Zxid", "Mode", "Node count",
}

// ParseSrvr reads the reply to srvr. A reply that is cut short is an error that
// names the missing lines.
func ParseSrvr(reply []byte) (Srvr, error) {
	var s Srvr
	var seen [len(srvrLabels)]bool
	text := string(reply)
	whole := text[:strings.LastIndexByte(text, '\n')+1]
	for line := range strings.Lines(whole) {
		line = strings.TrimRight(line, "\r\n")
		label, value, _ := strings.Cut(line, ":")
		known, err := s.set(label, strings.TrimSpace(value))
		if err != nil {
			return Srvr{}, fmt.Errorf("line %s: %w", Quoted(line), err)
		}
		if !known {
			s.other(line)
			continue
		}
		for i := range srvrLabels {
			seen[i] = seen[i] || srvrLabels[i] == label
		}
	}
	if err := srvrMissing(seen, text); err != nil {
		return Srvr{}, err
	}
	if len(whole) != len(text) {
		return Srvr{}, fmt.Errorf("%w in the line %s", errCut, Quoted(text[len(whole):]))
	}
	return s, nil
}

// set takes over one line; it reports whether the label is known.
func (s *Srvr) set(label, value string) (known bool, err error) {
	known = true
	switch label {
	case "Zookeeper version":
		s.Version, err = ParseVersion(value)
	case "Latency min/avg/max":
		err = parseTriple(value, parseFloat, &s.LatencyMin, &s.LatencyAvg, &s.LatencyMax)
	case "Received":
		s.Received, err = parseInt64(value)
	case "Sent":
		s.Sent, err = parseInt64(value)
	case "Connections":
		s.Connections, err = parseInt64(value)
	case "Outstanding":
		s.Outstanding, err = parseInt64(value)
	case "Zxid":
		s.Zxid, err = ParseZxid(value)
	case "Mode":
		s.Mode, err = parseMode(value)
	case "Node count":
		s.NodeCount, err = parseInt64(value)
	case "Proposal sizes last/min/max":
		p := new(ProposalSizes)
		err = parseTriple(value, parseInt64, &p.Last, &p.Min, &p.Max)
		s.Proposals = p
	default:
		known = false
	}
	return known, err
}

// other takes over a line that has no known label.
func (s *Srvr) other(line string) {
	if line == readOnlyBanner {
		s.ReadOnly = true
	} else if line != "" && len(s.Extra) < maxExtraLines {
		s.Extra = append(s.Extra, Printable(line, maxExtraText))
	}
}

// srvrMissing is nil when all lines were there.
func srvrMissing(seen [len(srvrLabels)]bool, text string) error {
	if !seen[0] && !strings.HasPrefix(text, srvrLabels[0]) {
		return fmt.Errorf("no line \"Zookeeper version\", it starts with %s", Quoted(FirstLine([]byte(text))))
	}
	var missing []string
	for i, ok := range seen {
		if !ok {
			missing = append(missing, srvrLabels[i])
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("%w: no line %s", errCut, strings.Join(missing, ", "))
}

// errNotNumber is wrapped by the line it stands in.
var errNotNumber = errors.New("not a number")

func parseInt64(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errNotNumber
	}
	return n, nil
}

func parseFloat(text string) (float64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errNotNumber
	}
	return f, nil
}

// parseTriple reads "a/b/c".
func parseTriple[T int64 | float64](text string, parse func(string) (T, error), into ...*T) error {
	parts := strings.Split(text, "/")
	if len(parts) != len(into) {
		return errors.New("not three numbers")
	}
	for i, part := range parts {
		n, err := parse(part)
		if err != nil {
			return err
		}
		*into[i] = n
	}
	return nil
}

func parseMode(text string) (Mode, error) {
	if m := Mode(text); m.Known() {
		return m, nil
	}
	return "", errors.New("not a mode that ZooKeeper has")
}
