package snapshot

import "time"

// TLSLook is what became of TLS on a connection. The zero value: none was spoken.
type TLSLook struct {
	// Certificate is the server's own; nil when it showed none.
	Certificate *Certificate `json:"certificate,omitempty"`
	// Fault is why TLS failed; empty when it did not.
	Fault TLSFault `json:"fault,omitempty"`
	// PlainToo is set when the port answers in plain text as well
	// (client.portUnification).
	PlainToo bool `json:"plain_too,omitempty"`
}

// TLSFault is the closed list of ways in which TLS to a client port can fail.
type TLSFault string

// The faults. What a certificate lacks is said of the server's.
const (
	// TLSAuthority: it is signed by nobody whom we trust.
	TLSAuthority TLSFault = "unknown-authority"
	// TLSName: it is for other names than the one asked.
	TLSName TLSFault = "wrong-name"
	// TLSDates: it is not valid yet, or no longer.
	TLSDates TLSFault = "dates"
	// TLSRefused: the server wants a certificate of ours, or another one.
	TLSRefused TLSFault = "client-refused"
	// TLSPlainText: the port speaks plain text.
	TLSPlainText TLSFault = "plain-text"
	// TLSNotAsked: the port speaks TLS and was asked in plain text.
	TLSNotAsked TLSFault = "not-asked"
	// TLSOther is any other, such as no common version or cipher.
	TLSOther TLSFault = "other"
)

// Certificate is what a server's certificate says of it.
type Certificate struct {
	Subject string `json:"subject"`
	Issuer  string `json:"issuer"`
	// Names are the DNS names and addresses that it is for, at most 16.
	Names     []string  `json:"names,omitempty"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
}
