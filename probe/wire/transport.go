package wire

import (
	"crypto/tls"
	"time"
)

// Transport is how client ports are spoken to. The zero value is plain text and
// the default timeout.
type Transport struct {
	// Timeout bounds one look, all of it: connect, handshake, write and read; 0
	// means DefaultTimeout.
	Timeout time.Duration
	// TLS is nil for plain text. Over a secureClientPort the same four letters
	// work inside the TLS stream (3.5.1+ with Netty). Its ServerName, where it is
	// empty, is that of each server asked.
	TLS *tls.Config
	// Namespaces is how many bytes are kept of what mntr says of single top-level znodes; less than 16 KiB means
	// as much as that.
	Namespaces int
	// Share is what of the server's answers may be read; nil for no bound on all together.
	Share *Share
}

// To is the transport for one server: its certificate must be for its own name.
func (t Transport) To(host string) Transport {
	if t.TLS != nil && t.TLS.ServerName == "" {
		t.TLS = t.TLS.Clone()
		t.TLS.ServerName = host
	}
	return t
}
