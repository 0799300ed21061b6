package logline

import (
	"net/netip"
	"strconv"
	"strings"
)

// Fields are what a line says beside its sign. Each is zero where the line does not say
// it, or not in a form that is known.
type Fields struct {
	// Address is where a peer was connected to in vain, and Peer its id; Peer counts
	// only where Address is valid, as an id may be 0.
	Peer    int64          `json:"peer,omitempty"`
	Address netip.AddrPort `json:"address,omitzero"`
	// Length is that of a record or a packet, in bytes.
	Length int64 `json:"length,omitempty"`
	// Port is the one that could not be had.
	Port int `json:"port,omitempty"`
	// WaitMs is how long a server waits until it asks its peers again.
	WaitMs int64 `json:"wait_ms,omitempty"`
	// Class is the main class that Java did not find.
	Class string `json:"class,omitempty"`
	// Host is the name, or the address, that a certificate had to be for, and CertNames are those
	// that it is for, as Java lists them: with ", " between them.
	Host      string `json:"host,omitempty"`
	CertNames string `json:"cert_names,omitempty"`
	// Threads is set where memory was short for a thread, and not for the heap.
	Threads bool `json:"threads,omitempty"`
}

// Texts behind which a field stands.
const (
	notified       = "Notification time out: "
	unreasonable   = "Unreasonable length = "
	lenError       = "Len error"
	advertised     = "advertised length of "
	certificateFor = "Certificate for <"
	mainClass      = "Could not find or load main class "
)

// peerAddress reads "Cannot open channel to 1 at election address zk1/192.0.2.1:3888"
// (QuorumCnxManager, all versions).
func peerAddress(line string) Fields {
	_, rest, _ := strings.Cut(line, OpenChannel)
	number, rest, _ := strings.Cut(rest, " at election address ")
	_, address, _ := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	at, bad := netip.ParseAddrPort(address)
	if err != nil || bad != nil {
		return Fields{}
	}
	return Fields{Peer: id, Address: at}
}

// notifyWait reads "Notification time out: 60000", or from 3.6 on "60000 ms" (FastLeaderElection).
func notifyWait(line string) Fields {
	_, rest, _ := strings.Cut(line, notified)
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	ms, err := strconv.ParseInt(number, 10, 64)
	if err != nil || ms < 0 {
		return Fields{}
	}
	return Fields{WaitMs: ms}
}

// recordLength reads "Unreasonable length = 2500000" (BinaryInputArchive, all versions).
// A length below 1 is read out of damaged bytes and is none.
func recordLength(line string) Fields {
	_, text, _ := strings.Cut(line, unreasonable)
	length, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || length < 1 {
		return Fields{}
	}
	return Fields{Length: length}
}

// packetLength reads "Len error 1100054" and, from 3.7 on, "Len error. A message from
// /192.0.2.7:57070 with advertised length of 1100054 is either ..." (NIOServerCnxn,
// NettyServerCnxn). On the wire it has 32 bits.
func packetLength(line string) Fields {
	digits := digitsBehind(line, lenError+" ")
	if digits == "" {
		digits = digitsBehind(line, advertised)
	}
	length, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return Fields{}
	}
	return Fields{Length: int64(length)}
}

// portWanted reads "Problem starting AdminServer on address 0.0.0.0, port 8080 and
// command URL /commands" (JettyAdminServer, 3.5+).
func portWanted(line string) Fields {
	port, err := strconv.Atoi(digitsBehind(line, ", port "))
	if err != nil {
		return Fields{}
	}
	return Fields{Port: port}
}

// className reads "Error: Could not find or load main class NAME" (the java command).
func className(line string) Fields {
	_, rest, _ := strings.Cut(line, mainClass)
	name, _, _ := strings.Cut(rest, " ")
	return Fields{Class: name}
}

// certificateNames reads "Certificate for <node-1.example> doesn't match any of the subject
// alternative names: [zk1, 192.0.2.1]", or "common name of the certificate subject: zk1"
// (ZKHostnameVerifier, 3.5.5+). A line that was cut has the first of the names.
func certificateNames(line string) Fields {
	_, rest, _ := strings.Cut(line, certificateFor)
	host, rest, closed := strings.Cut(rest, ">")
	_, names, _ := strings.Cut(rest, ": ")
	names = strings.Trim(names, "[]")
	if !closed || host == "" || names == "" {
		return Fields{}
	}
	return Fields{Host: host, CertNames: names}
}

func ofThreads(string) Fields { return Fields{Threads: true} }

// digitsBehind is the decimal number behind a word in a text; empty where there is none.
func digitsBehind(text, word string) string {
	_, rest, _ := strings.Cut(text, word)
	return rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
}
