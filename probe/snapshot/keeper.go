package snapshot

import (
	"bytes"
	"strings"
)

// Keeper is another program that speaks ZooKeeper's client protocol and its words, by its
// own answers. What else its words mean is its own: only the role is taken.
type Keeper struct {
	// Product is its name: one of the constants below.
	Product string `json:"product"`
	// Version is as it reports it; empty where it did not.
	Version string `json:"version,omitempty"`
	// Mode is its role: leader, follower, observer, standalone; empty where it reported none.
	Mode Mode `json:"mode,omitempty"`
	// Serves is whether it has a leader, and so serves clients; nil where no word told.
	Serves *bool `json:"serves,omitempty"`
	// Peers are the other servers of its cluster, and SyncedPeers those of them whose log is
	// near its own, dead or alive: as a leader reports them; nil where it did not.
	Peers       *int64 `json:"peers,omitempty"`
	SyncedPeers *int64 `json:"synced_peers,omitempty"`
}

// The products.
const (
	ClickHouseKeeper = "ClickHouse Keeper"
	RaftKeeper       = "RaftKeeper"
	// SomeKeeper is one of them: what was answered does not tell which.
	SomeKeeper = "ClickHouse Keeper or RaftKeeper"
)

// keeperSigns are how their answers to srvr, mntr and envi begin (ClickHouse:
// src/Coordination/FourLetterCommand.cpp; RaftKeeper: src/Service/FourLetterCommand.cpp).
// ZooKeeper's own versions begin with a digit.
var keeperSigns = []struct{ prefix, product string }{
	{"ClickHouse Keeper version:", ClickHouseKeeper},
	{"RaftKeeper version:", RaftKeeper},
	{"zk_version\tv", ClickHouseKeeper},
	{"zk_version\tRaftKeeper", RaftKeeper},
	{"Environment:\nclickhouse.keeper.version=", ClickHouseKeeper},
	{"Environment:\nraftkeeper.version=", RaftKeeper},
	{keeperNotServing, SomeKeeper},
}

// keeperNotServing is what they say without a leader in place of an answer: ClickHouse Keeper
// to srvr and mntr, RaftKeeper to mntr alone. ZooKeeper's own sentence has its name in it.
const keeperNotServing = "This instance is not currently serving requests"

// keeperOf is the product that gave a reply; empty for none.
func keeperOf(reply []byte) string {
	start := bytes.TrimLeft(reply[:min(len(reply), 64)], "\r\n")
	for _, sign := range keeperSigns {
		if bytes.HasPrefix(start, []byte(sign.prefix)) {
			return sign.product
		}
	}
	return ""
}

// ParseKeeper reads the replies of one server to srvr, mntr and envi, in that order; nil when
// none of them is such a program's.
func ParseKeeper(replies ...[]byte) *Keeper {
	var k *Keeper
	for _, reply := range replies {
		product := keeperOf(reply)
		if product == "" {
			continue
		}
		if k == nil {
			k = &Keeper{Product: product}
		}
		k.read(product, reply)
	}
	return k
}

// read takes over what one reply tells.
func (k *Keeper) read(product string, reply []byte) {
	if product == SomeKeeper {
		k.Serves = new(false)
		return
	}
	k.Product = product
	for line := range strings.Lines(string(reply[:min(len(reply), 4<<10)])) {
		key, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if !found {
			key, value, found = strings.Cut(key, ": ")
		}
		if !found {
			key, value, _ = strings.Cut(key, "=")
		}
		k.take(key, value)
	}
}

// take takes over one line. RaftKeeper reports in srvr the role that it had last, with a leader
// or without; each of the others says in place of a role that it does not serve.
func (k *Keeper) take(key, value string) {
	switch key {
	case ClickHouseKeeper + " version", RaftKeeper + " version", "zk_version",
		"clickhouse.keeper.version", "raftkeeper.version":
		version, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(value), RaftKeeper+" "), ", built on")
		k.Version = Printable(version, MaxForeign)
	case "Mode", "zk_server_state":
		k.Mode, _ = parseMode(value) // an unknown one is none
		if k.Mode != "" && (key != "Mode" || k.Product == ClickHouseKeeper) {
			k.Serves = new(true)
		}
	case "zk_followers":
		k.Peers = countOf(value)
	case "zk_synced_followers":
		k.SyncedPeers = countOf(value)
	}
}

// countOf is a whole number; nil for anything else.
func countOf(text string) *int64 {
	n, err := parseInt64(text)
	if err != nil || n < 0 {
		return nil
	}
	return &n
}
