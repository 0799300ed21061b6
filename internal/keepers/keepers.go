// Package keepers has what a ClickHouse Keeper and a RaftKeeper reply to four-letter words, for the
// tests of all packages. It is put together as their sources format it, and was not recorded from
// running servers:
//
//   - ClickHouse/ClickHouse, commit 022a8859: src/Coordination/FourLetterCommand.cpp (the
//     commands), Keeper4LWInfo.h (the roles); commit 00a80690: src/Server/KeeperTCPHandler.cpp (a word
//     that is not allowed is closed without a byte; any connect request opens a session);
//   - JDRaftKeeper/RaftKeeper, commit 07b56d88: src/Service/FourLetterCommand.cpp, Keeper4LWInfo.h;
//     commit 00254581: ConnectionHandler.cpp; cmake/version.cmake (the version).
package keepers

import (
	"fmt"
	"slices"
	"strings"
)

// Server is one server.
type Server struct {
	// Raft is set for a RaftKeeper, and not for a ClickHouse Keeper.
	Raft bool
	// Role is what getRole returns: leader, follower, observer, standalone.
	Role string
	// Leaderless is set while it knows no leader.
	Leaderless bool
	// Peers and Synced are what a leader counts.
	Peers, Synced int
	// Allowed are the words that it allows; nil for all.
	Allowed []string
}

// notServing is the sentence that both have, of ClickHouse's SERVER_NOT_ACTIVE_MSG.
const notServing = "This instance is not currently serving requests"

// Versions as they report them: ClickHouse's VERSION_DESCRIBE with VERSION_GITHASH, RaftKeeper's
// VERSION_FULL, and GIT_COMMIT_HASH.
const (
	clickHouse = "v23.8.2.7-stable-f73c8f378874e8b2cd7d6dbf8e3d8b6ab8fa4e72"
	raft       = "RaftKeeper 2.1.0"
	raftHash   = "07b56d88063f61247caff05d639ab91baa17c879"
)

// Reply is what it sends before it closes; empty for nothing at all.
func (s Server) Reply(word string) string {
	switch {
	case s.Allowed != nil && !slices.Contains(s.Allowed, word):
		return ""
	case word == "ruok":
		return "imok"
	case word == "isro" && s.Role == "observer":
		return "ro"
	case word == "isro":
		return "rw"
	case word == "envi":
		return "Environment:\n" + s.either("clickhouse.keeper.version="+clickHouse, "raftkeeper.version="+raft) +
			"\nhost.name=one\nos.name=Linux\nos.arch=x86_64\ncpu.count=2\n"
	case s.Leaderless && (!s.Raft || word == "mntr"):
		return notServing
	case word == "srvr":
		return s.either("ClickHouse Keeper version: "+clickHouse, "RaftKeeper version: "+raft) +
			"\nLatency min/avg/max: 0/0/0\nReceived: 2\n" + s.either("Sent", "Sent ") +
			": 2\nConnections: 1\nOutstanding: 0\nZxid: " + s.either("0x22", "34") + "\nMode: " + s.Role + "\nNode count: 4\n"
	case word == "mntr":
		return s.mntr()
	case word == "conf":
		return "server_id=1\n" + s.either("enable_ipv6=true\ntcp_port=2181\nfour_letter_word_allow_list=*\n", "four_letter_word_white_list=*\n")
	}
	return ""
}

func (s Server) either(clickHouse, raft string) string {
	if s.Raft {
		return raft
	}
	return clickHouse
}

// isLeader is how RaftKeeper prints a bool.
var isLeader = map[bool]string{true: "1", false: "0"}

func (s Server) mntr() string {
	var b strings.Builder
	b.WriteString("zk_version\t" + s.either(clickHouse, raft+"-"+raftHash+", built on 2024-05-08 10:20:30\nzk_compatible_mode\tclickhouse") + "\n")
	for _, key := range []string{
		"avg_latency", "max_latency", "min_latency", "packets_received", "packets_sent",
		"num_alive_connections", "outstanding_requests",
	} {
		b.WriteString("zk_" + key + "\t0\n")
	}
	b.WriteString("zk_server_state\t" + s.Role + "\n" + s.either("", "zk_is_leader\t"+isLeader[s.Role == "leader"]+"\n"))
	b.WriteString("zk_znode_count\t4\nzk_watch_count\t1\nzk_ephemerals_count\t0\nzk_approximate_data_size\t723\n")
	b.WriteString(s.either("zk_key_arena_size\t0\nzk_latest_snapshot_size\t0\n", "zk_in_snapshot\t0\n"))
	b.WriteString("zk_open_file_descriptor_count\t310\nzk_max_file_descriptor_count\t10240\n")
	if s.Role == "leader" {
		fmt.Fprintf(&b, "zk_followers\t%d\nzk_synced_followers\t%d\n", s.Peers, s.Synced)
	}
	return b.String()
}
