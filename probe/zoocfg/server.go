package zoocfg

import (
	"cmp"
	"strconv"
	"strings"
)

// wrongFormat is QuorumServer.wrongFormat of 3.6 to 3.9; 3.5 and 3.10 describe
// the form in other words.
const wrongFormat = " does not have the form server_config or server_config;client_config" +
	" where server_config is the pipe separated list of host:port:port or host:port:port:type" +
	" and client_config is port or host:port"

// errIndex is the class of what ZooKeeper dies of where it forgot to look at
// the number of parts; the text after it depends on the JDK.
var errIndex = fatal{text: "java.lang.ArrayIndexOutOfBoundsException"}

// form is what a range of versions takes as the value of server.N.
type form struct {
	versions string
	parse    func(id int64, value string) (Server, error)
}

// forms are all of them, oldest first, without gaps.
func forms() []form {
	f35 := grammar{hostAndPorts: hostAndPorts35}
	f36 := grammar{hostAndPorts: hostAndPorts, several: true}
	return []form{
		{"3.4", parseServer34}, {"3.5", f35.parse}, {"3.6-3.9", f36.parse}, {"3.10+", ParseServer},
	}
}

// ParseServer reads the value of server.id as QuorumServer of 3.5+ does, with
// the additions of later versions:
//
//	host:quorumPort:electionPort[:role][|host:...][;[host:]port[;[host:]securePort]]
//
// Nothing is trimmed, as in ZooKeeper. The text of the error is ZooKeeper's.
// A host that is empty is localhost (InetAddress.getByName). The flag that 3.6+
// wants for several addresses is taken as given.
func ParseServer(id int64, value string) (Server, error) {
	return grammar{hostAndPorts: hostAndPorts, several: true, secure: true}.parse(id, value)
}

// grammar is the constructor of QuorumServer of one of the versions since 3.5.
type grammar struct {
	hostAndPorts func(string) ([]string, error)
	several      bool // several addresses, and blanks round the role: 3.6+
	secure       bool // a third part: 3.10
}

func (g grammar) parse(id int64, value string) (Server, error) {
	server := Server{ID: id, Role: Participant, Raw: value}
	parts := javaSplit(value, ";")
	if len(parts) == 0 {
		return server, errIndex
	}
	var err error
	if !g.several { // 3.5 counts before it looks at the client part
		if _, err = g.addressParts(value, parts[0]); err != nil {
			return server, err
		}
	}
	if len(parts) > 2 && !g.secure {
		return server, fatal{text: value + wrongFormat}
	}
	if len(parts) > 1 && parts[1] != "" {
		if server.Client, err = g.parseClient(value, parts[1]); err != nil {
			return server, err
		}
	}
	if len(parts) == 3 {
		if server.SecureClient, err = g.parseClient(value, parts[2]); err != nil {
			return server, err
		}
	}
	if server.Addresses, server.Role, err = g.parseAddresses(id, value, parts[0]); err != nil {
		return server, err
	}
	if len(server.Addresses) == 0 { // ZooKeeper takes "|", and can do nothing with it
		return server, fatal{text: value + wrongFormat}
	}
	return server, nil
}

// parseAddresses reads what is before the first semicolon.
func (g grammar) parseAddresses(id int64, value, part string) (all []Address, role Role, err error) {
	texts := []string{part}
	if g.several {
		texts = javaSplit(part, "|")
	}
	for _, text := range texts {
		address, own, err := g.parseAddress(id, value, text)
		if err != nil {
			return nil, "", err
		}
		if own != "" && role != "" && own != role {
			return nil, "", fatal{text: "Multiple addresses should have similar roles: PARTICIPANT vs " +
				strings.ToUpper(string(own))}
		}
		role = cmp.Or(own, role)
		all = append(all, address)
	}
	return all, cmp.Or(role, Participant), nil
}

// parseAddress reads host:port:port or host:port:port:type; role is empty when
// there is no type.
func (g grammar) parseAddress(id int64, value, text string) (address Address, role Role, err error) {
	parts, err := g.addressParts(value, text)
	if err != nil {
		return address, "", err
	}
	address.Host = cmp.Or(parts[0], "localhost")
	if address.QuorumPort, err = socketPort(parts[0], parts[1]); err != nil {
		return address, "", err
	}
	if address.ElectionPort, err = socketPort(parts[0], parts[2]); err != nil {
		return address, "", err
	}
	if address.QuorumPort == address.ElectionPort {
		return address, "", fatal{SamePorts, "Client and election port must be different!" +
			" Please update the configuration file on server." + strconv.FormatInt(id, 10)}
	}
	if len(parts) == 3 {
		return address, "", nil
	}
	text = parts[3]
	if g.several {
		text = javaTrim(text)
	}
	role, err = parseRole(text, parts[3])
	return address, role, err
}

// addressParts are the three or four parts of an address.
func (g grammar) addressParts(value, text string) ([]string, error) {
	parts, err := g.hostAndPorts(text)
	if err == nil && (len(parts) < 3 || len(parts) > 4) {
		err = fatal{text: value + wrongFormat}
	}
	return parts, err
}

// parseClient reads port or host:port. Where 3.6 to 3.9 write "null" for the
// host that is not given, in the text of an error, this is 0.0.0.0.
func (g grammar) parseClient(value, text string) (*HostPort, error) {
	parts, err := g.hostAndPorts(text)
	if err != nil {
		return nil, err
	}
	host := "0.0.0.0"
	switch len(parts) {
	case 0:
		return nil, errIndex
	case 1:
	case 2:
		host = cmp.Or(parts[0], "localhost")
	default:
		return nil, fatal{text: value + wrongFormat}
	}
	port, err := socketPort(host, parts[len(parts)-1])
	if err != nil {
		return nil, err
	}
	return &HostPort{Host: host, Port: port}, nil
}

// parseRole reads a role in any case; shown is what the error cites.
func parseRole(text, shown string) (Role, error) {
	switch role := Role(strings.ToLower(text)); role {
	case Participant, Observer:
		return role, nil
	}
	return "", fatal{text: "Unrecognised peertype: " + shown}
}

// hostAndPorts is ConfigUtils.getHostAndPort of 3.6+: split at colons, but for those
// within the brackets of a leading IPv6 address.
func hostAndPorts(text string) ([]string, error) {
	if !strings.HasPrefix(text, "[") {
		return javaSplit(text, ":"), nil
	}
	i := strings.IndexByte(text, ']')
	switch {
	case i < 0:
		return nil, fatal{text: text + " starts with '[' but has no matching ']:'"}
	case i+2 == len(text):
		return nil, fatal{text: text + " doesn't have a port after colon"}
	case i+2 > len(text):
		return []string{strings.NewReplacer("[", "", "]", "").Replace(text)}, nil
	}
	return append([]string{text[1:i]}, javaSplit(text[i+2:], ":")...), nil
}

// socketPort reads a port as QuorumServer and InetSocketAddress do. "Address
// unresolved" means a port that is not a number, never DNS.
func socketPort(host, text string) (int, error) {
	port, err := javaInt(text)
	if err != nil {
		return 0, fatal{NotAPort, "Address unresolved: " + host + ":" + text}
	}
	return port, checkPort(port)
}

// checkPort is the constructor of java.net.InetSocketAddress.
func checkPort(port int) error {
	if port < 0 || port > 0xFFFF {
		return fatal{PortRange, "port out of range:" + strconv.Itoa(port)}
	}
	return nil
}

// parseServer34 reads the value of server.id as QuorumPeerConfig of 3.4 does:
// host:port[:electionPort[:role]] and no more.
func parseServer34(id int64, value string) (Server, error) {
	server := Server{ID: id, Role: Participant, Raw: value}
	parts, err := hostAndPorts35(value)
	if err != nil {
		return server, err
	}
	if len(parts) < 2 {
		return server, errIndex
	}
	address := Address{Host: cmp.Or(parts[0], "localhost")}
	if address.QuorumPort, err = javaInt(parts[1]); err != nil {
		return server, err
	}
	if len(parts) > 2 {
		if address.ElectionPort, err = javaInt(parts[2]); err != nil {
			return server, err
		}
	}
	if len(parts) > 3 {
		if server.Role, err = parseRole(parts[3], value); err != nil {
			return server, err
		}
	}
	server.Addresses = []Address{address}
	if err := checkPort(address.QuorumPort); err != nil {
		return server, err
	}
	if address.ElectionPort <= 0 { // as if it were not given
		server.Addresses[0].ElectionPort = 0
		return server, nil
	}
	return server, checkPort(address.ElectionPort)
}

// hostAndPorts35 is the same in 3.4.10 to 3.5.10, stricter about brackets.
func hostAndPorts35(text string) ([]string, error) {
	if !strings.HasPrefix(text, "[") {
		return javaSplit(text, ":"), nil
	}
	host, ports, found := strings.Cut(text[1:], "]:")
	if !found {
		return nil, fatal{text: text + " starts with '[' but has no matching ']:'"}
	}
	return append([]string{host}, javaSplit(ports, ":")...), nil
}
