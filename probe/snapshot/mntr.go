package snapshot

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Mntr is the reply to mntr (MonitorCommand; 3.6+ the metrics provider's dump):
// about 20 keys before 3.6, about 500 after it.
type Mntr struct {
	// Keys holds every key with its value as written, in the server's order:
	// numbers as integers or Java doubles ("1.0E7", "NaN"), strings, "null".
	// With the Prometheus provider a key carries its labels:
	// zk_readlatency{quantile="0.5"}. Both are bytes from outside: escape them
	// before they go to a terminal.
	Keys Pairs `json:"keys"`
	// Unknown holds lines without a tab, made printable, at most 16.
	Unknown []string `json:"unknown,omitempty"`
	// Dropped counts the keys that were left out: longer ones than any server has, or more.
	Dropped int `json:"dropped,omitempty"`
}

// What is kept of mntr. Honest servers have some 600 keys of 40 bytes, and ten more for each
// top-level znode, whose name stands in them.
const (
	maxKeys     = 10_000
	maxKeysText = 1 << 20 // of all keys and values
	maxKey      = 512
	maxKeyValue = 1 << 10
)

// keep takes over a key, unless there is too much of it. text is what was kept before.
func (m *Mntr) keep(text int, key, value string) (kept int) {
	text += len(key) + len(value)
	if len(key) > maxKey || len(value) > maxKeyValue || len(m.Keys) == maxKeys || text > maxKeysText {
		m.Dropped++
		return text - len(key) - len(value)
	}
	m.Keys = append(m.Keys, Pair{key, value})
	return text
}

// letGo has the keys that are kept not hold what was dropped beside them.
func (m *Mntr) letGo(text int) {
	if m.Dropped == 0 {
		return
	}
	var b strings.Builder
	b.Grow(text)
	for _, pair := range m.Keys {
		b.WriteString(pair.Key)
		b.WriteString(pair.Value)
	}
	all := b.String()
	m.Keys = slices.Clone(m.Keys)
	for i := range m.Keys {
		pair := &m.Keys[i]
		key, value := len(pair.Key), len(pair.Value)
		pair.Key, pair.Value, all = all[:key], all[key:key+value], all[key+value:]
	}
}

// ParseMntr reads the reply to mntr. It is an error when no line has the form
// zk_key TAB value, or when the last line has no end.
func ParseMntr(reply []byte) (Mntr, error) {
	text := string(reply)
	m := Mntr{Keys: make(Pairs, 0, min(strings.Count(text, "\n"), maxKeys))}
	ours, kept := false, 0
	for line := range strings.Lines(text) {
		whole := strings.HasSuffix(line, "\n")
		line = strings.TrimRight(line, "\r\n")
		key, value, ok := strings.Cut(line, "\t")
		switch {
		case !whole && ours:
			return Mntr{}, fmt.Errorf("%w in the line %s", errCut, Quoted(line))
		case whole && ok && key != "":
			kept = m.keep(kept, key, value)
			ours = ours || strings.HasPrefix(key, "zk_")
		case line != "" && len(m.Unknown) < maxExtraLines:
			m.Unknown = append(m.Unknown, Printable(line, maxExtraText))
		}
	}
	if !ours {
		return Mntr{}, fmt.Errorf("no line of the form zk_key TAB value, it starts with %s", Quoted(FirstLine(reply)))
	}
	m.letGo(kept)
	return m, nil
}

// String is the raw value of a key such as "zk_version".
func (m Mntr) String(key string) (value string, ok bool) { return m.Keys.Get(key) }

// Float is the value of a key as a number. ok is false when the key is missing
// or its value is none: text, "null", or "NaN" (a summary without a sample).
func (m Mntr) Float(key string) (value float64, ok bool) {
	text, ok := m.Keys.Get(key)
	if !ok {
		return 0, false
	}
	value, err := parseFloat(text)
	return value, err == nil
}

// Count is the value of a key as a whole number; the Prometheus provider writes
// counts as doubles ("5.0").
func (m Mntr) Count(key string) (value int64, ok bool) {
	f, ok := m.Float(key)
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Version is zk_version.
func (m Mntr) Version() (version Version, ok bool) {
	text, _ := m.Keys.Get("zk_version")
	version, err := ParseVersion(text)
	return version, err == nil
}

// State is zk_server_state; ok is false when it is missing or not a known mode.
func (m Mntr) State() (mode Mode, ok bool) {
	text, _ := m.Keys.Get("zk_server_state")
	mode, err := parseMode(text)
	return mode, err == nil
}

// PeerState is zk_peer_state of 3.6+ quorum members, e.g. "following - broadcast".
func (m Mntr) PeerState() (state string, ok bool) { return m.Keys.Get("zk_peer_state") }

// Learners is the number of connections to the leader's quorum port, observers
// and non-members included: zk_learners, before 3.6 zk_followers. Leader only.
func (m Mntr) Learners() (count int64, ok bool) {
	if count, ok = m.Count("zk_learners"); ok {
		return count, true
	}
	return m.Count("zk_followers")
}

// SyncedFollowers is zk_synced_followers: followers past synchronisation, those without
// a vote too, the leader not counted. Leader only.
func (m Mntr) SyncedFollowers() (count int64, ok bool) { return m.Count("zk_synced_followers") }

// NonVotingFollowers is zk_synced_non_voting_followers of 3.6+: how many of the followers
// in sync are not in the list of members (Leader.getNonVotingFollowers). Leader only.
func (m Mntr) NonVotingFollowers() (count int64, ok bool) {
	return m.Count("zk_synced_non_voting_followers")
}

// SyncedVoters are the followers in sync that vote; before 3.6 those that do not cannot
// be told from them.
func (m Mntr) SyncedVoters() (count int64, ok bool) {
	count, ok = m.SyncedFollowers()
	nonVoting, _ := m.NonVotingFollowers()
	return max(count-nonVoting, 0), ok
}

// Uptime is zk_uptime of 3.6+: the time since the server object was built, that
// is since the last election.
func (m Mntr) Uptime() (uptime time.Duration, ok bool) {
	ms, ok := m.Float("zk_uptime")
	if !ok || ms < 0 || ms > math.MaxInt64/float64(time.Millisecond) {
		return 0, false
	}
	return time.Duration(ms) * time.Millisecond, true
}
