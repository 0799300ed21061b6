package probe

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/internal/keepers"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestNoSessionElsewhere: what has not shown that it is ZooKeeper gets words and no connect request,
// which a ClickHouse Keeper answers with a session, also where a session is asked for. The replies
// of Keepers are as their sources format them (internal/keepers).
func TestNoSessionElsewhere(t *testing.T) {
	t.Parallel()
	keeper := func(raft bool, allowed ...string) func(string) string {
		return keepers.Server{Raft: raft, Role: "leader", Peers: 2, Synced: 2, Allowed: allowed}.Reply
	}
	says := func(text string) func(string) string { return func(string) string { return text } }
	idle := keepers.Server{Role: "follower", Leaderless: true}
	for name, c := range map[string]struct {
		reply    func(word string) string
		keeper   string // product, mode and whether it serves
		sessions int32
	}{
		"ClickHouse Keeper":                   {keeper(false), "ClickHouse Keeper leader true", 0},
		"ClickHouse Keeper without a leader":  {idle.Reply, "ClickHouse Keeper  false", 0},
		"ClickHouse Keeper that allows srvr":  {keeper(false, "srvr"), "ClickHouse Keeper leader true", 0},
		"ClickHouse Keeper that allows mntr":  {keeper(false, "mntr"), "ClickHouse Keeper leader true", 0},
		"ClickHouse Keeper that allows envi":  {keeper(false, "envi"), "ClickHouse Keeper  ?", 0},
		"ClickHouse Keeper that allows ruok":  {keeper(false, "ruok"), "", 0},
		"ClickHouse Keeper that allows none":  {keeper(false, "none"), "", 0},
		"RaftKeeper":                          {keeper(true), "RaftKeeper leader true", 0},
		"RaftKeeper that allows srvr":         {keeper(true, "srvr"), "RaftKeeper leader ?", 0},
		"RaftKeeper that allows mntr":         {keeper(true, "mntr"), "RaftKeeper leader true", 0},
		"RaftKeeper that allows none":         {keeper(true, "none"), "", 0},
		"an HTTP server":                      {says("HTTP/1.1 400 Bad Request\r\n\r\n"), "", 0},
		"Redis":                               {says("-ERR unknown command\r\n"), "", 0},
		"a text":                              {says("hello\n"), "", 0},
		"nothing but a close":                 {says(""), "", 0},
		"ZooKeeper that is full":              {says(""), "", 0},
		"ZooKeeper that allows no word":       {func(word string) string { return word + snapshot.NotAllowedText }, "", 1},
		"ZooKeeper, cut off in its answer":    {says("Zookeeper version: 3.9.5-"), "", 1},
		"ZooKeeper that answers another word": {func(word string) string { return map[string]string{"mntr": "zk_version\t3.9.5-1, built on\n"}[word] }, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sessions atomic.Int32
			addr := serve(t, func(conn *net.TCPConn) {
				if word := readWord(conn); strings.Contains("srvr mntr conf envi ruok isro", word) {
					_, _ = io.WriteString(conn, c.reply(word))
					return
				}
				sessions.Add(1)
				declines(conn)
			})
			question := targetAt(addr, long)
			question.Session = c.sessions == 0 // else it is opened too
			s := look(t, question, nil).Servers[0]
			if sessions.Load() != c.sessions {
				t.Errorf("%d connect requests, want %d", sessions.Load(), c.sessions)
			}
			if diff := cmp.Diff(c.keeper, keeperText(s.Keeper)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func keeperText(k *snapshot.Keeper) string {
	if k == nil {
		return ""
	}
	serves := "?"
	if k.Serves != nil {
		serves = map[bool]string{true: "true", false: "false"}[*k.Serves]
	}
	return k.Product + " " + string(k.Mode) + " " + serves
}

// TestSilentAfterCut: a server that closed srvr and hangs at the next word costs one timeout more,
// not one a word.
func TestSilentAfterCut(t *testing.T) {
	t.Parallel()
	var hung atomic.Int32
	addr := serve(t, func(conn *net.TCPConn) {
		if readWord(conn) != "srvr" {
			hung.Add(1)
			_, _ = io.Copy(io.Discard, conn)
		}
	})
	s := look(t, targetAt(addr, time.Second), nil).Servers[0]
	if !s.Cut() || hung.Load() != 1 {
		t.Errorf("%+v; asked %d words more", s.Srvr, hung.Load())
	}
}
