package zoocfg

import (
	"slices"
	"strings"
)

// Property finds the property of zoo.cfg that counts for a key: the last one.
func (c *Config) Property(key string) (Property, bool) {
	for _, p := range slices.Backward(c.Properties) {
		if javaTrim(p.Key) == key {
			return p, true
		}
	}
	return Property{}, false
}

// Distributed reports whether a server of that version ("3.4.10"; "" when not
// known, which is taken for 3.5+) runs as a member of an ensemble, and not
// standalone. 3.4 wants two participants. Later versions do too, unless
// standaloneEnabled is false (QuorumPeerConfig.isDistributed).
func (c *Config) Distributed(version string) bool {
	voters := len(c.Voters())
	if version != "" && Concerns("3.4", version) {
		return voters > 1
	}
	return voters > 1 || (voters == 1 && !c.StandaloneEnabled.Value)
}

// ClientAddress says where a client reaches the server with that id in plain
// text; port 0 means that the file does not tell.
//
//   - The client part of server.N counts, with the first host of server.N in
//     the place of a wildcard address.
//   - Without it the port is this file's clientPort, since servers mostly share
//     it, and the host is again that of server.N. clientPortAddress is not
//     used: it says which address the owner of the file binds, nobody else.
//   - A server that is not in the list, as in standalone mode, is the owner:
//     clientPortAddress, or else localhost, as in zkServer.sh.
func (c *Config) ClientAddress(id int64) (host string, port int) {
	server := c.Find(id)
	if server == nil {
		return owner(c.ClientPort, c.ClientPortAddress)
	}
	return server.reach(server.Client, c.ClientPort.Value)
}

// SecureClientAddress is ClientAddress for clients that speak TLS.
func (c *Config) SecureClientAddress(id int64) (host string, port int) {
	server := c.Find(id)
	if server == nil {
		return owner(c.SecureClientPort, c.SecureClientPortAddress)
	}
	return server.reach(server.SecureClient, c.SecureClientPort.Value)
}

// FillKinds gives the problems of a configuration that an older zkdoctor wrote down
// the kind that rules judge by. nil: none.
func (c *Config) FillKinds() {
	if c == nil {
		return
	}
	for i := range c.Problems {
		if p := &c.Problems[i]; p.Kind == "" && strings.HasSuffix(p.Text, besideDynamic) {
			p.Kind = BesideDynamic
		}
	}
}

func owner(port Setting[int], address Setting[string]) (string, int) {
	switch {
	case port.Value <= 0:
		return "", 0
	case address.Value == "" || isWildcard(address.Value):
		return "localhost", port.Value
	}
	return address.Value, port.Value
}

func (s *Server) reach(client *HostPort, static int) (string, int) {
	var host string
	if len(s.Addresses) > 0 {
		host = s.Addresses[0].Host
	}
	if client != nil {
		static = client.Port
		if !isWildcard(client.Host) {
			host = client.Host
		}
	}
	if static <= 0 || host == "" {
		return "", 0
	}
	return host, static
}

func isWildcard(host string) bool {
	return host == "0.0.0.0" || host == "::" || host == "0:0:0:0:0:0:0:0"
}
