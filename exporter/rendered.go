package exporter

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
)

// partBytes is how much of an answer is written at a time.
const partBytes = 64 << 10

// rendered is a whole answer, which is written to whoever asked for it: as an
// http.ResponseWriter it keeps what it is given.
type rendered struct {
	header http.Header
	status int
	parts  [][]byte
	length int
	// readers are those that it is held for; see delivery.
	readers int
}

func newRendered() *rendered { return &rendered{header: http.Header{}, status: http.StatusOK} }

// Header implements http.ResponseWriter.
func (m *rendered) Header() http.Header { return m.header }

// WriteHeader implements http.ResponseWriter.
func (m *rendered) WriteHeader(status int) { m.status = status }

// Write implements io.Writer. One large buffer would be copied again and again as it grows.
func (m *rendered) Write(p []byte) (int, error) {
	m.length += len(p)
	for rest := p; len(rest) > 0; {
		last := len(m.parts) - 1
		if last < 0 || len(m.parts[last]) == cap(m.parts[last]) {
			room := partBytes
			if len(rest) > partBytes/8 { // of a buffer, not of what trickles in
				room = min(len(rest), partBytes)
			}
			m.parts = append(m.parts, make([]byte, 0, room))
			last++
		}
		n := min(len(rest), cap(m.parts[last])-len(m.parts[last]))
		m.parts[last] = append(m.parts[last], rest[:n]...)
		rest = rest[n:]
	}
	return len(p), nil
}

// trim lets go of the room that the last part does not need.
func (m *rendered) trim() {
	if last := len(m.parts) - 1; last >= 0 && len(m.parts[last]) < cap(m.parts[last]) {
		m.parts[last] = bytes.Clone(m.parts[last])
	}
}

// writeTo writes it, as long as goOn says so before each part.
func (m *rendered) writeTo(w http.ResponseWriter, goOn func() bool) {
	maps.Copy(w.Header(), m.header)
	w.Header().Set("Content-Length", strconv.Itoa(m.length)) // one that is cut off is seen to be
	w.WriteHeader(m.status)
	for _, part := range m.parts {
		if !goOn() {
			return
		}
		if _, err := w.Write(part); err != nil {
			return // whoever asked has gone
		}
	}
}
