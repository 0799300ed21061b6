package exporter

import (
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// counting is a recorded server that goes on running: it counts what it is asked.
type counting struct {
	*fake
	id int
	// replies are those of the state it is in.
	replies  atomic.Pointer[map[string][]string]
	received atomic.Int64
	uptime   atomic.Int64 // in milliseconds
}

func startCounting(t testing.TB, id int, state string) *counting {
	t.Helper()
	c := &counting{id: id}
	c.becomes(state)
	c.received.Store(100_000)
	c.fake = startFake(t, func(f *fake, conn *net.TCPConn) {
		parts := (*c.replies.Load())[f.word(conn)]
		received := strconv.FormatInt(c.received.Add(1), 10)
		var reply strings.Builder
		for _, part := range parts {
			switch part {
			case "received":
				part = received
			case "uptime":
				part = strconv.FormatInt(c.uptime.Load(), 10)
			}
			reply.WriteString(part)
		}
		_, _ = io.WriteString(conn, reply.String())
	})
	return c
}

// becomes has it answer as a recorded server does in a state.
func (c *counting) becomes(state string) {
	replies := map[string][]string{}
	for _, word := range []string{"srvr", "conf", "mntr", "envi", "ruok"} {
		server, _ := recorded.Find("3.9.5", state)
		reply, _ := server.Reply(word)
		text := regexp.MustCompile(`10\.99\.0\.[1-5]`).ReplaceAllString(string(reply), "127.0.0.1")
		text = regexp.MustCompile(`(Received: |zk_packets_received\t)\d+`).ReplaceAllString(text, "${1}\x00received\x00")
		text = regexp.MustCompile(`(zk_uptime\t)\d+`).ReplaceAllString(text, "${1}\x00uptime\x00")
		text = regexp.MustCompile(`serverId=\d+`).ReplaceAllString(text, "serverId="+strconv.Itoa(c.id))
		replies[word] = strings.Split(text, "\x00")
	}
	c.replies.Store(&replies)
}

// words are those that it was asked since the last time.
func (c *counting) words() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	words := c.fake.words
	c.fake.words = nil
	return slices.Clone(words)
}
