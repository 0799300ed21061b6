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
	// replies are those of the state it is in; without any, it closes each connection at once.
	replies  atomic.Pointer[recordedReplies]
	received atomic.Int64
	uptime   atomic.Int64 // in milliseconds
}

// recordedReplies are replies by word, in parts: some stand for what counts.
type recordedReplies map[string][]string

func startCounting(t testing.TB, id int, state string) *counting {
	t.Helper()
	c := &counting{id: id}
	c.replies.Store(repliesOf(id, state))
	c.received.Store(100_000)
	c.fake = startFake(t, func(f *fake, conn *net.TCPConn) {
		replies := c.replies.Load()
		if replies == nil {
			return
		}
		parts := (*replies)[f.word(conn)]
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

// repliesOf are those of a recorded server in a state, with this host for its ensemble's.
func repliesOf(id int, state string) *recordedReplies {
	replies := recordedReplies{}
	server, _ := recorded.Find("3.9.5", state)
	for _, word := range []string{"srvr", "conf", "mntr", "envi", "ruok", "isro"} {
		reply, _ := server.Reply(word)
		text := string(reply)
		for _, change := range [][2]string{
			{`10\.99\.0\.[1-5]`, "127.0.0.1"},
			{`serverId=\d+`, "serverId=" + strconv.Itoa(id)},
			{`(Received: |zk_packets_received\t)\d+`, "${1}\x00received\x00"},
			{`(zk_uptime\t)\d+`, "${1}\x00uptime\x00"},
		} {
			text = regexp.MustCompile(change[0]).ReplaceAllString(text, change[1])
		}
		replies[word] = strings.Split(text, "\x00")
	}
	return &replies
}

// words are those that it was asked since the last time.
func (c *counting) words() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	words := c.fake.words
	c.fake.words = nil
	return slices.Clone(words)
}
