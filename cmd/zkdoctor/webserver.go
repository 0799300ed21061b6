package main

import (
	"context"
	"math"
	"net"
	"net/http"
	"net/netip"
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
	open := &connections{most: l.connections, open: map[net.Conn]*connection{}}
	return &http.Server{
		Handler:           open.noted(l.unstalled(handler)),
		ReadHeaderTimeout: l.header, ReadTimeout: l.read, IdleTimeout: l.idle, WriteTimeout: l.write,
		MaxHeaderBytes: 16 << 10,
		ConnState:      open.note,
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, conn)
		},
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

// connections are those that are open. Of too many the one goes that has waited longest for its
// next request. Where none waits, one goes whose request has not come yet, the oldest of the
// address that has most of these: whoever is served is not cut off, and whoever opens many keeps
// nobody else out.
type connections struct {
	most int

	mu   sync.Mutex
	open map[net.Conn]*connection
}

// connection is what one does, and since when.
type connection struct {
	does  doing
	since time.Time
	from  netip.Prefix
}

// doing is what a connection does.
type doing int

const (
	asking doing = iota // its request has not come yet
	served              // its request is being answered
	idle                // it may send another one
)

// note is the server's ConnState.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.open[conn] = &connection{asking, time.Now(), placeOf(conn)}
		if len(c.open) > c.most {
			c.close(c.victim())
		}
	case http.StateActive:
		c.turn(conn, asking)
	case http.StateIdle:
		c.turn(conn, idle)
	case http.StateHijacked, http.StateClosed:
		delete(c.open, conn)
	}
}

// turn writes down what a connection does now.
func (c *connections) turn(conn net.Conn, does doing) {
	if one := c.open[conn]; one != nil {
		one.does, one.since = does, time.Now()
	}
}

// connKey is the key of a request's connection in its context.
type connKey struct{}

// noted tells which connections have sent a request.
func (c *connections) noted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			c.mu.Lock()
			c.turn(conn, served)
			c.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

// victim is the connection to close; there is one, the new one if no other.
func (c *connections) victim() net.Conn {
	count := map[netip.Prefix]int{}
	for _, one := range c.open {
		if one.does == asking {
			count[one.from]++
		}
	}
	var found net.Conn
	most, since := 0, time.Time{}
	for conn, one := range c.open {
		weight := count[one.from]
		switch one.does {
		case idle:
			weight = math.MaxInt
		case served:
			continue
		case asking:
		}
		if weight > most || weight == most && one.since.Before(since) {
			found, most, since = conn, weight, one.since
		}
	}
	return found
}

// placeOf is where a connection comes from: an address, or of IPv6 the network that one host may
// have for itself.
func placeOf(conn net.Conn) netip.Prefix {
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Prefix{} // a socket of systemd's that is none of TCP
	}
	addr := at.Addr().Unmap()
	from, _ := addr.Prefix(min(addr.BitLen(), 64)) // no error: no address has fewer bits
	return from
}

func (c *connections) close(conn net.Conn) {
	delete(c.open, conn)
	_ = conn.Close() // nobody reads what it says
}
