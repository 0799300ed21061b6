package zoocfg

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ParseMembership reads the canonical form of a membership: what `conf` prints
// after "membership: " and what /zookeeper/config holds. It ends with
// version=<hex> (QuorumMaj.toString, QuorumHierarchical.toString); without that
// line the text was cut, and the error says so. What was read until the error
// is in the answer.
func ParseMembership(text string) (Membership, error) {
	var m Membership
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if trimmed := javaTrim(line); trimmed == "" || trimmed == "membership:" {
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		if key == "version" {
			version, err := strconv.ParseUint(value, 16, 64)
			if err != nil {
				return m, fmt.Errorf("membership line %d: %w", number, err)
			}
			m.Version = version
			m.sort()
			return m, nil
		}
		if err := m.add(Property{Key: key, Value: value, Line: number}, ""); err != nil {
			m.sort()
			return m, fmt.Errorf("membership line %d: %w", number, err)
		}
	}
	m.sort()
	return m, errors.New("membership: no version at the end: the text was cut")
}

// add takes one server.N, group.N or weight.N.
func (m *Membership) add(p Property, file string) error {
	id, err := memberID(p.Key)
	if err != nil {
		return err
	}
	switch kindOf(p.Key) {
	case serverKey:
		server, err := ParseServer(id, p.Value)
		if err != nil {
			return err
		}
		server.Line, server.File = p.Line, file
		m.Servers = append(m.Servers, server)
	case groupKey:
		members, err := parseGroup(p.Value)
		if err != nil {
			return err
		}
		m.Groups = append(m.Groups, Group{ID: id, Members: members, Line: p.Line, File: file})
	case weightKey:
		weight, err := javaLong(p.Value)
		if err != nil {
			return err
		}
		m.setWeight(id, weight)
	default:
		return fatal{NotAMember, "Unrecognised parameter: " + p.Key}
	}
	return nil
}

func (m *Membership) setWeight(id, weight int64) {
	if m.Weights == nil {
		m.Weights = map[int64]int64{}
	}
	m.Weights[id] = weight
}

// memberKey tells the three families of membership keys apart.
type memberKey int

const (
	otherKey memberKey = iota
	serverKey
	groupKey
	weightKey
)

// kindOf knows a key as ZooKeeper does: group and weight by the bare prefix.
func kindOf(key string) memberKey {
	switch {
	case strings.HasPrefix(key, "server."):
		return serverKey
	case strings.HasPrefix(key, "group"):
		return groupKey
	case strings.HasPrefix(key, "weight"):
		return weightKey
	}
	return otherKey
}

// memberID reads the number after the first dot of a key; without a dot
// ZooKeeper takes the whole key.
func memberID(key string) (int64, error) {
	if kindOf(key) == otherKey {
		return 0, fatal{NotAMember, "Unrecognised parameter: " + key}
	}
	return javaLong(key[strings.IndexByte(key, '.')+1:])
}

func parseGroup(value string) ([]int64, error) {
	var members []int64
	for _, text := range javaSplit(value, ":") {
		id, err := javaLong(text)
		if err != nil {
			return nil, err
		}
		members = append(members, id)
	}
	return members, nil
}

// sort orders the servers by id and keeps the last one of each.
func (m *Membership) sort() {
	slices.SortStableFunc(m.Servers, func(a, b Server) int { return cmp.Compare(a.ID, b.ID) })
	last := m.Servers[:0]
	for i, server := range m.Servers {
		if i+1 == len(m.Servers) || m.Servers[i+1].ID != server.ID {
			last = append(last, server)
		}
	}
	m.Servers = last
}

// Find returns the server with that id, or nil.
func (m Membership) Find(id int64) *Server {
	i := slices.IndexFunc(m.Servers, func(s Server) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &m.Servers[i]
}

// HasVoter reports whether the server with that id is listed and votes.
func (m Membership) HasVoter(id int64) bool {
	s := m.Find(id)
	return s != nil && s.Role != Observer
}

// Voters are the participants, in ascending order of id.
func (m Membership) Voters() []Server {
	return slices.DeleteFunc(slices.Clone(m.Servers), func(s Server) bool {
		return s.Role != Participant
	})
}

// Quorum is the rule by which this membership decides.
func (m Membership) Quorum() Quorum { return NewQuorum(m.Servers, m.Groups, m.Weights) }

// String is the canonical form: servers, groups and weights in ascending
// order, then version=<hex> without a line end. ZooKeeper's own order is that
// of a hash map.
func (m Membership) String() string {
	var b strings.Builder
	for _, s := range m.Servers {
		fmt.Fprintf(&b, "server.%d=%s\n", s.ID, s)
	}
	for _, g := range m.Groups {
		fmt.Fprintf(&b, "group.%d=%s\n", g.ID, joinIDs(g.Members))
	}
	for _, id := range slices.Sorted(maps.Keys(m.Weights)) {
		fmt.Fprintf(&b, "weight.%d=%d\n", id, m.Weights[id])
	}
	fmt.Fprintf(&b, "version=%x", m.Version)
	return b.String()
}

func joinIDs(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ":")
}
