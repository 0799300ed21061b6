package snapshot

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// adminPage is what every answer of an AdminServer has (server.admin.CommandResponse):
// the command, and an error or null. All else is the command's own.
type adminPage struct {
	Command *string `json:"command"`
	Error   *string `json:"error"`
}

// AdminError is the error that an AdminServer gives in place of an answer.
type AdminError string

func (e AdminError) Error() string { return Printable(string(e), MaxForeign) }

// NotServing reports the answer of a server without a quorum (Commands.runCommand);
// the words are those of its client port.
func (e AdminError) NotServing() bool { return strings.Contains(string(e), NotServingText) }

// readPage reads one answer into v, which has json tags.
func readPage(body []byte, v any) error {
	var page adminPage
	if err := json.Unmarshal(body, &page); err != nil {
		return fmt.Errorf("no JSON, it starts with %s", Quoted(FirstLine(body)))
	}
	switch {
	case page.Error != nil:
		return AdminError(*page.Error)
	case page.Command == nil:
		return errors.New("JSON without a command: no AdminServer's")
	}
	return json.Unmarshal(body, v)
}

// ParseAdminStats reads server_stats (Commands.SrvrCommand): what srvr says, and a
// leader that serves no clients says it too.
func ParseAdminStats(body []byte) (Srvr, error) {
	var page struct {
		Version  string `json:"version"`
		ReadOnly bool   `json:"read_only"`
		Stats    struct {
			Mode        string  `json:"server_state"`
			Received    int64   `json:"packets_received"`
			Sent        int64   `json:"packets_sent"`
			Connections int64   `json:"num_alive_client_connections"`
			Outstanding int64   `json:"outstanding_requests"`
			LatencyMin  float64 `json:"min_latency"`
			LatencyAvg  float64 `json:"avg_latency"`
			LatencyMax  float64 `json:"max_latency"`
			Zxid        int64   `json:"last_processed_zxid"`
		} `json:"server_stats"`
		NodeCount int64 `json:"node_count"`
	}
	if err := readPage(body, &page); err != nil {
		return Srvr{}, err
	}
	mode, err := parseMode(page.Stats.Mode)
	if err != nil {
		return Srvr{}, fmt.Errorf("server_state %w", err)
	}
	version, err := ParseVersion(page.Version)
	if err != nil {
		return Srvr{}, err
	}
	return Srvr{
		Version: version, ReadOnly: page.ReadOnly, Mode: mode, Zxid: Zxid(page.Stats.Zxid), //nolint:gosec // the same 64 bits
		NodeCount:  page.NodeCount,
		LatencyMin: page.Stats.LatencyMin, LatencyAvg: page.Stats.LatencyAvg, LatencyMax: page.Stats.LatencyMax,
		Received: page.Stats.Received, Sent: page.Stats.Sent,
		Connections: page.Stats.Connections, Outstanding: page.Stats.Outstanding,
	}, nil
}

// ParseAdminConf reads configuration (Commands.ConfCommand). It has what conf says of
// the server itself, and neither the limits nor the members of a quorum.
func ParseAdminConf(body []byte) (Conf, error) {
	var page struct {
		ClientPort        *int   `json:"client_port"`
		SecureClientPort  *int   `json:"secure_client_port"`
		DataDir           string `json:"data_dir"`
		DataLogDir        string `json:"data_log_dir"`
		TickTime          *int   `json:"tick_time"`
		MinSessionTimeout *int   `json:"min_session_timeout"`
		MaxSessionTimeout *int   `json:"max_session_timeout"`
		MaxClientCnxns    *int   `json:"max_client_cnxns"`
		ListenBacklog     *int   `json:"client_port_listen_backlog"`
		ServerID          *int64 `json:"server_id"`
	}
	if err := readPage(body, &page); err != nil {
		return Conf{}, err
	}
	if page.ServerID == nil {
		return Conf{}, errors.New("no server_id")
	}
	return Conf{
		ClientPort: page.ClientPort, SecureClientPort: page.SecureClientPort,
		DataDir: page.DataDir, DataLogDir: page.DataLogDir,
		TickTime: page.TickTime, MinSessionTimeout: page.MinSessionTimeout, MaxSessionTimeout: page.MaxSessionTimeout,
		MaxClientCnxns: page.MaxClientCnxns, ListenBacklog: page.ListenBacklog, ServerID: page.ServerID,
	}, nil
}

// ParseAdminMonitor reads monitor (Commands.MonitorCommand): mntr without the zk_
// before each key.
func ParseAdminMonitor(body []byte) (Mntr, error) {
	var page monitorPage
	if err := readPage(body, &page); err != nil {
		return Mntr{}, err
	}
	m := page.Mntr
	if len(m.Keys) == 0 {
		return Mntr{}, errors.New("0 keys")
	}
	slices.SortFunc(m.Keys, func(a, b Pair) int { return strings.Compare(a.Key, b.Key) })
	return m, nil
}

// monitorPage reads the page key by key: as a map, one of short keys would be many times as large.
type monitorPage struct{ Mntr }

// UnmarshalJSON implements json.Unmarshaler.
func (p *monitorPage) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil { // the brace: readPage has seen an object
		return err
	}
	kept := 0
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		value := string(raw)
		switch {
		case key == "command" || key == "error" || raw[0] == '{' || raw[0] == '[':
			continue
		case raw[0] == '"':
			if err := json.Unmarshal(raw, &value); err != nil {
				return err
			}
		}
		kept = p.keep(kept, "zk_"+key.(string), value)
	}
	return nil
}

// ParseAdminVoters reads voting_view (Commands.VotingViewCommand, 3.6+): the members
// that vote. Groups, weights and observers are not in it. nil without an error: a
// standalone server.
func ParseAdminVoters(body []byte) (*zoocfg.Membership, error) {
	var page struct {
		Config map[string]struct {
			Quorum   []string `json:"server_addresses"`
			Election []string `json:"election_addresses"`
			Client   string   `json:"client_address"`
		} `json:"current_config"`
	}
	if err := readPage(body, &page); err != nil {
		return nil, err
	}
	if len(page.Config) == 0 {
		return nil, nil //nolint:nilnil // as the doc comment says
	}
	if len(page.Config) > MaxMembers {
		return nil, &membersError{len(page.Config)}
	}
	var m zoocfg.Membership
	for key, voter := range page.Config {
		id, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("the id %s is no number", Quoted(key))
		}
		s := zoocfg.Server{ID: id, Role: zoocfg.Participant}
		if len(voter.Quorum) != len(voter.Election) || len(voter.Quorum) == 0 {
			return nil, fmt.Errorf("server %d has %d quorum and %d election addresses",
				id, len(voter.Quorum), len(voter.Election))
		}
		for i := range voter.Quorum {
			quorum, ok := hostPort(voter.Quorum[i])
			election, both := hostPort(voter.Election[i])
			if !ok || !both {
				return nil, fmt.Errorf("server %d has the addresses %s and %s",
					id, Quoted(voter.Quorum[i]), Quoted(voter.Election[i]))
			}
			s.Addresses = append(s.Addresses, zoocfg.Address{
				Host: quorum.Host, QuorumPort: quorum.Port, ElectionPort: election.Port,
			})
		}
		if client, ok := hostPort(voter.Client); ok {
			s.Client = &client
		}
		m.Servers = append(m.Servers, s)
	}
	slices.SortFunc(m.Servers, func(a, b zoocfg.Server) int { return int(a.ID - b.ID) })
	return &m, nil
}

// hostPort reads host:port as Java prints it: zk1:2888, 10.0.0.1:2888,
// [fd99::1]:2888, and zk1/<unresolved>:2888 where the name has no address.
func hostPort(text string) (zoocfg.HostPort, bool) {
	colon := strings.LastIndexByte(text, ':')
	if colon < 0 {
		return zoocfg.HostPort{}, false
	}
	port, err := strconv.Atoi(text[colon+1:])
	host, _, _ := strings.Cut(text[:colon], "/")
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return zoocfg.HostPort{Host: host, Port: port}, err == nil && host != "" && port > 0 && port <= 65535
}

// ParseAdminLeader reads leader.
func ParseAdminLeader(body []byte) (AdminLeader, error) {
	var page struct {
		ID *int64 `json:"leader_id"`
		IP string `json:"leader_ip"`
	}
	if err := readPage(body, &page); err != nil {
		return AdminLeader{}, err
	}
	if page.ID == nil {
		return AdminLeader{}, errors.New("no leader_id")
	}
	return AdminLeader{ID: *page.ID, IP: Printable(page.IP, MaxForeign)}, nil
}

// maxClients bounds how many addresses of a port are kept. So many are rare, and those
// at the end of the list are far from maxClientCnxns, which limits each of them
// (ServerCnxnFactory).
const maxClients = 1000

// ParseAdminClients reads connections.
func ParseAdminClients(body []byte) (AdminClients, error) {
	var page struct {
		Plain  connections `json:"connections"`
		Secure connections `json:"secure_connections"`
	}
	if err := readPage(body, &page); err != nil {
		return AdminClients{}, err
	}
	if page.Plain == nil {
		return AdminClients{}, errors.New("no connections")
	}
	return AdminClients{Plain: page.Plain.busiest(), Secure: page.Secure.busiest()}, nil
}

type connections []struct {
	Remote string `json:"remote_socket_address"`
}

func (c connections) busiest() []ClientCount {
	counts := map[string]int{}
	for _, connection := range c {
		counts[clientAddress(connection.Remote)]++
	}
	var clients []ClientCount
	for address, n := range counts {
		clients = append(clients, ClientCount{address, n})
	}
	slices.SortFunc(clients, func(a, b ClientCount) int {
		return cmp.Or(b.Connections-a.Connections, strings.Compare(a.Address, b.Address))
	})
	return clients[:min(len(clients), maxClients)]
}

// clientAddress is the address of one that Java prints with its port, and perhaps its
// name: 10.0.0.1:53422, [fd99:0:0:0:0:0:0:1]:53422, zk1/10.0.0.1:53422.
func clientAddress(text string) string {
	text = text[strings.LastIndexByte(text, '/')+1:]
	if colon := strings.LastIndexByte(text, ':'); colon >= 0 {
		text = text[:colon]
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr.Unmap().WithZone("").String()
	}
	return Printable(text, MaxForeign)
}
