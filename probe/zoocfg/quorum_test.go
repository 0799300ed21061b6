package zoocfg

import (
	"math/bits"
	"math/rand/v2"
	"testing"
)

func voters(n int) []Server {
	servers := make([]Server, n)
	for i := range servers {
		servers[i] = Server{ID: int64(i + 1), Role: Participant}
	}
	return servers
}

func set(ids ...int64) map[int64]bool {
	alive := map[int64]bool{}
	for _, id := range ids {
		alive[id] = true
	}
	return alive
}

func TestQuorum(t *testing.T) {
	t.Parallel()
	nine := []Group{{ID: 1, Members: []int64{1, 2, 3}}, {ID: 2, Members: []int64{4, 5, 6}}, {ID: 3, Members: []int64{7, 8, 9}}}
	observers := append(voters(3), Server{ID: 9, Role: Observer})
	tests := []struct {
		name          string
		servers       []Server
		groups        []Group
		weights       map[int64]int64
		alive         map[int64]bool
		needed, spare int
	}{
		{"none", nil, nil, nil, nil, 1, -1},
		{"one", voters(1), nil, nil, set(1), 1, 0},
		{"two", voters(2), nil, nil, set(1, 2), 2, 0},
		{"three", voters(3), nil, nil, set(1, 2, 3), 2, 1},
		{"two of three", voters(3), nil, nil, set(1, 3), 2, 0},
		{"one of three", voters(3), nil, nil, set(3), 2, -1},
		{"four", voters(4), nil, nil, set(1, 2, 3, 4), 3, 1},
		{"five", voters(5), nil, nil, set(1, 2, 3, 4, 5), 3, 2},
		{"observers do not count", observers, nil, nil, set(1, 9), 2, -1},
		{"strangers do not count", voters(3), nil, nil, set(1, 7, 8), 2, -1},
		{"weights without groups", voters(3), nil, map[int64]int64{1: 9}, set(1), 2, -1},
		{"manual's groups", voters(9), nine, nil, set(1, 2, 3, 4, 5, 6, 7, 8, 9), 4, 3},
		{"least quorum", voters(9), nine, nil, set(1, 2, 4, 5), 4, 0},
		{"five, and no quorum", voters(9), nine, nil, set(1, 2, 3, 4, 7), 4, -1},
		{"group of weight 0", voters(9), nine, map[int64]int64{7: 0, 8: 0, 9: 0}, set(1, 2, 3, 4, 5, 6), 4, 1},
		{"heavy server", voters(3), []Group{{ID: 1, Members: []int64{1, 2, 3}}}, map[int64]int64{1: 3}, set(1, 2, 3), 1, 0},
		{"all of weight 0", voters(1), []Group{{ID: 1, Members: []int64{1}}}, map[int64]int64{1: 0}, set(1), 2, -1},
		{"observer's weight", observers, []Group{{ID: 1, Members: []int64{1, 2, 3, 9}}}, map[int64]int64{9: 3}, set(1, 2, 3), 4, -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			q := NewQuorum(test.servers, test.groups, test.weights)
			if got := q.Needed(); got != test.needed {
				t.Errorf("needed %d, want %d", got, test.needed)
			}
			if got := q.Spare(test.alive); got != test.spare {
				t.Errorf("spare %d, want %d", got, test.spare)
			}
			if got, want := q.Contains(test.alive), test.spare >= 0; got != want {
				t.Errorf("contains %t, want %t", got, want)
			}
			if got, want := q.Hierarchical(), len(test.groups) > 0; got != want {
				t.Errorf("hierarchical %t, want %t", got, want)
			}
		})
	}
}

// containsQuorum is QuorumHierarchical.containsQuorum, line by line.
func containsQuorum(groups []Group, weights map[int64]int64, alive map[int64]bool) bool {
	numGroups, majorities := len(groups), 0
	for _, g := range groups {
		var total, sum int64
		for _, id := range g.Members {
			total += weights[id]
			if alive[id] {
				sum += weights[id]
			}
		}
		if total == 0 {
			numGroups--
		}
		if sum > total/2 {
			majorities++
		}
	}
	return majorities > numGroups/2
}

// Every subset of random hierarchies is compared with the search through all
// of its own subsets.
func TestQuorumIsExact(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		n := 1 + random.IntN(9)
		groups := make([]Group, 1+random.IntN(4))
		weights := map[int64]int64{}
		for i := range groups {
			groups[i].ID = int64(i + 1)
		}
		for id := int64(1); id <= int64(n); id++ {
			weights[id] = int64(random.IntN(4))
			g := random.IntN(len(groups))
			groups[g].Members = append(groups[g].Members, id)
		}
		q := NewQuorum(voters(n), groups, weights)
		holds := make([]bool, 1<<n)
		spares := make([]int, 1<<n)
		needed := n + 1
		for mask := range holds {
			alive := map[int64]bool{}
			for i := range n {
				alive[int64(i+1)] = mask&(1<<i) != 0
			}
			holds[mask] = containsQuorum(groups, weights, alive)
			if holds[mask] {
				needed = min(needed, bits.OnesCount(uint(mask)))
			}
			spares[mask] = -1
			if holds[mask] { // one more than what remains after the worst next loss
				spares[mask] = n
				for i := range n {
					if mask&(1<<i) != 0 {
						spares[mask] = min(spares[mask], spares[mask&^(1<<i)]+1)
					}
				}
			}
			if got := q.Spare(alive); got != spares[mask] {
				t.Fatalf("%v %v %b: spare %d, want %d", groups, weights, mask, got, spares[mask])
			}
		}
		if got := q.Needed(); got != needed {
			t.Fatalf("%v %v: needed %d, want %d", groups, weights, got, needed)
		}
	}
}
