package snapshot

import (
	"slices"
	"strings"
)

// Keeper is another program that speaks ZooKeeper's client protocol and its words, by
// its own answer to srvr. What its words mean is its own: only the role is taken.
type Keeper struct {
	// Product is its name, "ClickHouse Keeper" or "RaftKeeper".
	Product string `json:"product"`
	// Version is as it says it; empty where it did not.
	Version string `json:"version,omitempty"`
	// Mode is its role: leader, follower, observer, standalone; empty without a quorum.
	Mode Mode `json:"mode,omitempty"`
}

// keepers are the products, and how their answers to srvr begin (ClickHouse:
// FourLetterCommand.cpp, ServerStatCommand; RaftKeeper has it from there).
var keepers = []struct{ product, version string }{
	{"ClickHouse Keeper", "ClickHouse Keeper version:"},
	{"RaftKeeper", "RaftKeeper version:"},
}

// keeperNotServing is what a ClickHouse Keeper says in place of an answer while it has
// no quorum; ZooKeeper's own sentence has its name in it.
const keeperNotServing = "This instance is not currently serving requests"

// ParseKeeper reads the answer of such a program to srvr; nil when it is none.
func ParseKeeper(reply []byte) *Keeper {
	text := strings.TrimLeft(string(reply[:min(len(reply), 4<<10)]), "\r\n")
	if strings.HasPrefix(text, keeperNotServing) {
		return &Keeper{Product: keepers[0].product}
	}
	i := slices.IndexFunc(keepers, func(k struct{ product, version string }) bool {
		return strings.HasPrefix(text, k.version)
	})
	if i < 0 {
		return nil
	}
	k := &Keeper{Product: keepers[i].product}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if version, ok := strings.CutPrefix(line, keepers[i].version); ok {
			k.Version = Printable(strings.TrimSpace(version), MaxForeign)
		}
		if mode, ok := strings.CutPrefix(line, "Mode: "); ok {
			k.Mode, _ = parseMode(strings.TrimSpace(mode)) // an unknown one is none
		}
	}
	return k
}
