package probe

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// named is a task about one name, which has those addresses.
func named(target snapshot.Target, addrs ...string) *task {
	t := &task{names: names{}}
	t.plan.Targets = []snapshot.Target{target}
	var all []netip.Addr
	for _, a := range addrs {
		all = append(all, netip.MustParseAddr(a))
	}
	slices.SortFunc(all, netip.Addr.Compare)
	t.names[target.Host] = snapshot.Saw(all, 0)
	return t
}

func namesOf(targets []snapshot.Target) (names, labels []string) {
	for _, target := range targets {
		names, labels = append(names, nameOf(target)), append(labels, target.Label())
	}
	return names, labels
}

func TestExpand(t *testing.T) {
	t.Parallel()
	zk := snapshot.Target{Host: "zk", Port: 2181}
	tests := map[string]struct {
		task *task
		want []string
	}{
		"one address":               {named(zk, "10.0.0.1"), []string{"zk"}},
		"no address":                {named(zk), []string{"zk"}},
		"three addresses":           {named(zk, "10.0.0.3", "10.0.0.1", "10.0.0.2"), []string{"zk (10.0.0.1)", "zk (10.0.0.2)", "zk (10.0.0.3)"}},
		"another port":              {named(snapshot.Target{Host: "zk", Port: 2182}, "10.0.0.1", "10.0.0.2"), []string{"zk:2182 (10.0.0.1)", "zk:2182 (10.0.0.2)"}},
		"one of each family":        {named(zk, "10.0.0.1", "fd99::1"), []string{"zk"}},
		"two of each family":        {named(zk, "10.0.0.1", "10.0.0.2", "fd99::1", "fd99::2"), []string{"zk (10.0.0.1)", "zk (10.0.0.2)"}},
		"IPv6 alone":                {named(zk, "fd99::1", "fd99::2"), []string{"zk (fd99::1)", "zk (fd99::2)"}},
		"loopback of its own host":  {named(zk, "10.0.0.1", "127.0.1.1"), []string{"zk"}},
		"loopback alone":            {named(zk, "127.0.0.1", "127.0.0.2"), []string{"zk (127.0.0.1)", "zk (127.0.0.2)"}},
		"localhost":                 {named(zk, "127.0.0.1", "::1"), []string{"zk"}},
		"a member of configuration": {named(snapshot.Target{Host: "zk", Port: 2181, Member: &zoocfg.Server{ID: 1}}, "10.0.0.1", "10.0.0.2"), []string{"zk"}},
	}
	for name, tt := range tests {
		tt.task.expand(nil)
		if got, _ := namesOf(tt.task.plan.Targets); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

// TestExpandBounded: a name costs no more than that, and what is left out is told.
func TestExpandBounded(t *testing.T) {
	t.Parallel()
	var addrs []string
	for i := range maxAddresses + 3 {
		addrs = append(addrs, fmt.Sprintf("10.0.0.%d", i+1))
	}
	task := named(snapshot.Target{Host: "zk", Port: 2181}, addrs...)
	task.expand(nil)
	if got := len(task.plan.Targets); got != maxAddresses {
		t.Errorf("%d targets, want %d", got, maxAddresses)
	}
	if diff := cmp.Diff([]snapshot.Unasked{{Host: "zk", Addresses: 3}}, task.plan.Unasked); diff != "" {
		t.Error(diff)
	}
}

// TestLabels: an address keeps its label as long as the name has it, and a new one takes that of
// one that went.
func TestLabels(t *testing.T) {
	t.Parallel()
	zk := snapshot.Target{Host: "zk", Port: 2181}
	first := named(zk, "10.0.0.1", "10.0.0.2", "10.0.0.3")
	first.expand(nil)
	then := named(zk, "10.0.0.1", "10.0.0.3", "10.0.0.0", "10.0.0.9")
	then.expand(&snapshot.Snapshot{Plan: first.plan})
	_, got := namesOf(then.plan.Targets)
	want := []string{"zk:2181#2", "zk:2181#1", "zk:2181#3", "zk:2181#4"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
