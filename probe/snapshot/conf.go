package snapshot

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// PeerType is the configured role of a server (QuorumPeer.LearnerType); conf
// prints its ordinal.
type PeerType int

// The two roles a server can be configured for.
const (
	PeerParticipant PeerType = 0
	PeerObserver    PeerType = 1
)

// Conf is the reply to conf (ZooKeeperServer.dumpConf, from 3.5 ServerConfig):
// the configuration in force. A nil pointer or slice means that the server did
// not print the key, which says nothing about its value.
type Conf struct {
	// ClientPort is -1 (3.5+) when there is no plain client port.
	ClientPort *int `json:"client_port,omitempty"`
	// SecureClientPort, 3.5+, is -1 when there is none.
	SecureClientPort *int `json:"secure_client_port,omitempty"`
	// DataDir and DataLogDir are the version-2 directories, "" when not printed.
	DataDir    string `json:"data_dir,omitempty"`
	DataLogDir string `json:"data_log_dir,omitempty"`
	// DataDirSize and DataLogSize are in bytes, 3.5+; preallocated logs count whole.
	DataDirSize *int64 `json:"data_dir_size,omitempty"`
	DataLogSize *int64 `json:"data_log_size,omitempty"`
	// TickTime and the session timeouts are in milliseconds.
	TickTime          *int `json:"tick_time_ms,omitempty"`
	MinSessionTimeout *int `json:"min_session_timeout_ms,omitempty"`
	MaxSessionTimeout *int `json:"max_session_timeout_ms,omitempty"`
	// MaxClientCnxns is a limit per client address; 0 means none.
	MaxClientCnxns *int `json:"max_client_cnxns,omitempty"`
	// ListenBacklog is clientPortListenBacklog, 3.6+; -1 is Java's default of 50.
	ListenBacklog *int `json:"listen_backlog,omitempty"`
	// ServerID is the myid in force; 0 on a standalone server.
	ServerID *int64 `json:"server_id,omitempty"`

	// From here on: members of a quorum only. The limits are in ticks.
	InitLimit   *int `json:"init_limit,omitempty"`
	SyncLimit   *int `json:"sync_limit,omitempty"`
	ElectionAlg *int `json:"election_alg,omitempty"`
	// ElectionPorts and QuorumPorts have one element, more with several
	// addresses a server (3.6+).
	ElectionPorts []int     `json:"election_ports,omitempty"`
	QuorumPorts   []int     `json:"quorum_ports,omitempty"`
	PeerType      *PeerType `json:"peer_type,omitempty"`
	// MembershipText is the block after "membership: " as the server printed it:
	// server.N, group.N and weight.N lines and version=<hex>. 3.5+; a read-only
	// server leaves it out. "" when there is none.
	MembershipText string `json:"membership_text,omitempty"`
	// Membership is MembershipText read; nil when there is none or when it does
	// not read.
	Membership *zoocfg.Membership `json:"membership,omitempty"`

	// Unknown holds the keys not named above, in order, made printable, at most 16.
	Unknown Pairs `json:"unknown,omitempty"`
}

// Quorum reports whether the server runs as a member of an ensemble: only then
// does it print initLimit.
func (c Conf) Quorum() bool { return c.InitLimit != nil }

// ParseConf reads the reply to conf.
func ParseConf(reply []byte) (Conf, error) {
	text := string(reply)
	settings, membership, hasMembers := cutMembership(text)
	var c Conf
	known, numbers := 0, c.numbers()
	for line := range strings.Lines(settings) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if !ok {
			continue
		}
		isKnown, err := c.set(numbers, key, value)
		if err != nil {
			return Conf{}, fmt.Errorf("%s=%s: %w", Printable(key, MaxForeign), Quoted(value), err)
		}
		if isKnown {
			known++
		} else if len(c.Unknown) < maxExtraLines {
			c.Unknown = append(c.Unknown, Pair{Printable(key, MaxForeign), Printable(value, maxExtraText)})
		}
	}
	switch {
	case known == 0:
		return Conf{}, fmt.Errorf("not key=value lines, it starts with %s", Quoted(FirstLine(reply)))
	case hasMembers && !strings.Contains(membership, "version="):
		return Conf{}, fmt.Errorf("%w: no version= after the membership", errCut)
	case !hasMembers && !strings.HasSuffix(text, "\n"):
		return Conf{}, fmt.Errorf("%w in the line %s", errCut, Quoted(text[strings.LastIndexByte(text, '\n')+1:]))
	}
	if err := c.whole(); err != nil {
		return Conf{}, err
	}
	if hasMembers {
		c.MembershipText = membership
		m, err := zoocfg.ParseMembership(membership)
		if tooMany := CheckMembers(&m); tooMany != nil {
			return Conf{}, tooMany
		}
		if err == nil {
			c.Membership = &m
		}
	}
	return c, nil
}

// whole tells a reply that was cut between two lines. A standalone server has
// serverId 0 and prints nothing after it; a member of a quorum ends its own
// settings with peerType.
func (c Conf) whole() error {
	switch {
	case c.ServerID == nil:
		return fmt.Errorf("%w: no serverId", errCut)
	case (*c.ServerID != 0 || c.Quorum()) && c.PeerType == nil:
		return fmt.Errorf("%w: no peerType", errCut)
	}
	return nil
}

// cutMembership splits off the block that quorum members of 3.5+ print last.
func cutMembership(text string) (settings, membership string, ok bool) {
	const label = "\nmembership:"
	at := strings.Index(text, label)
	if at < 0 {
		return text, "", false
	}
	return text[:at+1], strings.TrimLeft(text[at+len(label):], " \r\n"), true
}

// set takes over one setting; it reports whether the key is known.
func (c *Conf) set(numbers map[string]**int, key, value string) (known bool, err error) {
	if into := numbers[key]; into != nil {
		n, err := strconv.Atoi(value)
		if err != nil {
			return true, errNotNumber
		}
		*into = &n
		return true, nil
	}
	switch key {
	case "dataDir":
		c.DataDir = Printable(value, maxPath)
	case "dataLogDir":
		c.DataLogDir = Printable(value, maxPath)
	case "dataDirSize":
		c.DataDirSize, err = parseNew(value)
	case "dataLogSize":
		c.DataLogSize, err = parseNew(value)
	case "serverId":
		c.ServerID, err = parseNew(value)
	case "electionPort":
		c.ElectionPorts, err = parsePorts(value)
	case "quorumPort":
		c.QuorumPorts, err = parsePorts(value)
	case "peerType":
		var n int
		if n, err = strconv.Atoi(value); err != nil {
			return true, errNotNumber
		}
		c.PeerType = new(PeerType(n))
	default:
		return false, nil
	}
	return true, err
}

// maxPath is Linux's PATH_MAX.
const maxPath = 4096

// numbers are where the plain numbers go, by their keys.
func (c *Conf) numbers() map[string]**int {
	return map[string]**int{
		"clientPort": &c.ClientPort, "secureClientPort": &c.SecureClientPort,
		"tickTime": &c.TickTime, "minSessionTimeout": &c.MinSessionTimeout, "maxSessionTimeout": &c.MaxSessionTimeout,
		"maxClientCnxns": &c.MaxClientCnxns, "clientPortListenBacklog": &c.ListenBacklog,
		"initLimit": &c.InitLimit, "syncLimit": &c.SyncLimit, "electionAlg": &c.ElectionAlg,
	}
}

func parseNew(text string) (*int64, error) {
	n, err := parseInt64(text)
	if err != nil {
		return nil, err
	}
	return &n, nil
}

// parsePorts reads "3888" or, 3.6+ with several addresses, "3888|3889".
func parsePorts(text string) ([]int, error) {
	var ports []int
	for part := range strings.SplitSeq(text, "|") {
		port, err := strconv.Atoi(part)
		if err != nil {
			return nil, errNotNumber
		}
		ports = append(ports, port)
	}
	return ports, nil
}
