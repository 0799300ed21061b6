package main

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// webLimits bound what one connection to the exporter may take.
type webLimits struct {
	// header and read are for a request, and idle is for the time until the next one.
	header, read, idle time.Duration
	// write is for an answer as a whole: above every scrape timeout in use. stall is for each
	// part of it, some 64 KiB.
	write, stall time.Duration
	// connections may be open at a time.
	connections int
}

// defaultWebLimits are those for so many requests at a time: each may have a connection of its
// own, and as many may wait for their next one.
func defaultWebLimits(requests int) webLimits {
	return webLimits{
		header: 5 * time.Second, read: 10 * time.Second, idle: 2 * time.Minute,
		write: 2 * time.Minute, stall: 20 * time.Second,
		connections: 2 * requests,
	}
}

// server serves within the limits.
func (l webLimits) server(handler http.Handler) *http.Server {
	open := &connections{most: l.connections, since: map[net.Conn]time.Time{}}
	return &http.Server{
		Handler:           l.unstalled(handler),
		ReadHeaderTimeout: l.header, ReadTimeout: l.read, IdleTimeout: l.idle, WriteTimeout: l.write,
		MaxHeaderBytes: 16 << 10,
		ConnState:      open.note,
	}
}

// unstalled ends an answer of which nobody reads the next part.
func (l webLimits) unstalled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&unstalled{
			ResponseWriter: w, control: http.NewResponseController(w), stall: l.stall, end: time.Now().Add(l.write),
		}, r)
	})
}

type unstalled struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration

	mu  sync.Mutex
	end time.Time
}

// Write implements io.Writer.
func (u *unstalled) Write(p []byte) (int, error) {
	_ = u.until(time.Now().Add(u.stall)) // without one the server's own holds
	return u.ResponseWriter.Write(p)
}

// SetWriteDeadline is for http.ResponseController: an end that whoever serves has set holds for
// all parts that follow. It may be set while a part is being written.
func (u *unstalled) SetWriteDeadline(end time.Time) error {
	u.mu.Lock()
	u.end = end
	u.mu.Unlock()
	return u.until(end)
}

// until has the next part end, and the answer as a whole.
func (u *unstalled) until(limit time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if limit.After(u.end) {
		limit = u.end
	}
	return u.control.SetWriteDeadline(limit)
}

// Unwrap is for http.ResponseController.
func (u *unstalled) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// connections are those that are open. Of too many the one goes that has waited longest for
// its next request, or else the new one: whoever is served is not cut off.
type connections struct {
	most int

	mu sync.Mutex
	// since is when a connection began to wait; zero while it has a request.
	since map[net.Conn]time.Time
}

// note is the server's ConnState.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.since[conn] = time.Time{}
		if len(c.since) > c.most {
			c.close(c.longestIdle(conn))
		}
	case http.StateActive:
		if _, open := c.since[conn]; open {
			c.since[conn] = time.Time{}
		}
	case http.StateIdle:
		if _, open := c.since[conn]; open {
			c.since[conn] = time.Now()
		}
	case http.StateHijacked, http.StateClosed:
		delete(c.since, conn)
	}
}

// longestIdle is the connection to close; otherwise where none waits.
func (c *connections) longestIdle(otherwise net.Conn) net.Conn {
	var oldest time.Time
	for conn, since := range c.since {
		if !since.IsZero() && (oldest.IsZero() || since.Before(oldest)) {
			otherwise, oldest = conn, since
		}
	}
	return otherwise
}

func (c *connections) close(conn net.Conn) {
	delete(c.since, conn)
	_ = conn.Close() // nobody reads what it says
}
