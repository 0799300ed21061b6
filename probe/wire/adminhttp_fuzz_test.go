package wire

import (
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// FuzzReadHTTP: whatever answers at an AdminServer's port, it is a page or one printable
// sentence.
func FuzzReadHTTP(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nDate: Mon, 30 Nov 2026 12:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 403 \x1b[2J\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n"))
	f.Add([]byte("SSH-2.0-OpenSSH\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l := newLook(t.Context(), fakeAddr, long)
		l.what = "stats"
		_, body, failure := l.readHTTP(data)
		if len(body) > len(data) {
			t.Errorf("%d bytes of %d", len(body), len(data))
		}
		if failure != nil && (failure.Text == "" || snapshot.Printable(failure.Text, len(failure.Text)) != failure.Text) {
			t.Errorf("%q", failure.Text)
		}
	})
}
