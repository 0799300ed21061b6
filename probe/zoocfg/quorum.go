package zoocfg

import (
	"cmp"
	"slices"
)

// Quorum decides which sets of servers form a quorum: more than half of the
// participants (QuorumMaj), or, when there are groups, more than half of the
// weight in more than half of the groups (QuorumHierarchical). The oracle of
// 3.8+ (oraclePath) is not known here. The zero Quorum has no voters and holds
// never.
type Quorum struct {
	voters []int64
	groups []quorumGroup // nil: majority
	// needed is how many groups must hold.
	needed int
}

// quorumGroup is a group whose total weight is not 0; those of weight 0 do not
// count (QuorumHierarchical.computeGroupWeight).
type quorumGroup struct {
	voters []weightedVoter // descending weight
	// half of the total weight: the group holds when more than that is alive.
	half int64
}

type weightedVoter struct{ id, weight int64 }

// NewQuorum builds the rule from what a configuration says. Without groups
// weights mean nothing: 3.4 ignores them and 3.5+ does not start. Observers in
// a group add to its weight and never to what is alive, as in ZooKeeper.
func NewQuorum(servers []Server, groups []Group, weights map[int64]int64) Quorum {
	var q Quorum
	for _, s := range servers {
		if s.Role == Participant {
			q.voters = append(q.voters, s.ID)
		}
	}
	slices.Sort(q.voters)
	q.voters = slices.Compact(q.voters)
	if len(groups) == 0 {
		return q
	}
	q.groups = []quorumGroup{}
	numGroups := len(groups)
	var ids []int64
	totals := map[int64]int64{}
	members := map[int64][]weightedVoter{}
	seen := map[int64]bool{}
	for _, g := range groups {
		if _, known := totals[g.ID]; !known {
			ids = append(ids, g.ID)
			totals[g.ID] = 0
		}
		for _, id := range g.Members {
			if seen[id] {
				continue // fatal in ZooKeeper: "is in multiple groups"
			}
			seen[id] = true
			weight, given := weights[id]
			_, votes := slices.BinarySearch(q.voters, id)
			if votes && !given {
				weight = 1
			}
			totals[g.ID] += weight
			if votes {
				members[g.ID] = append(members[g.ID], weightedVoter{id, weight})
			}
		}
	}
	for _, id := range ids {
		if totals[id] == 0 {
			numGroups--
			continue
		}
		slices.SortFunc(members[id], func(a, b weightedVoter) int {
			if a.weight != b.weight {
				return cmp.Compare(b.weight, a.weight)
			}
			return cmp.Compare(a.id, b.id)
		})
		q.groups = append(q.groups, quorumGroup{voters: members[id], half: totals[id] / 2})
	}
	q.needed = numGroups/2 + 1
	return q
}

// Hierarchical reports whether groups decide, not a plain majority.
func (q Quorum) Hierarchical() bool { return q.groups != nil }

// Voters are the ids of the participants, ascending.
func (q Quorum) Voters() []int64 { return slices.Clone(q.voters) }

// Contains reports whether the servers that are true in alive form a quorum
// (containsQuorum). Those that do not vote are not counted.
func (q Quorum) Contains(alive map[int64]bool) bool { return q.Spare(alive) >= 0 }

// Needed is the smallest number of voters that can form a quorum; one more
// than there are voters when all of them cannot.
func (q Quorum) Needed() int {
	if !q.Hierarchical() {
		return len(q.voters)/2 + 1
	}
	var costs []int
	for _, g := range q.groups {
		if n := g.toHold(); n > 0 {
			costs = append(costs, n)
		}
	}
	if len(costs) < q.needed {
		return len(q.voters) + 1
	}
	return sumSmallest(costs, q.needed)
}

// Spare is how many more voters may be lost whichever they are: one less than
// the smallest number of losses that leaves no quorum. It is -1 when there is
// no quorum now.
//
// Groups are disjoint, so it is exact to take in each group the heaviest
// voters first, and then the groups that cost the fewest.
func (q Quorum) Spare(alive map[int64]bool) int {
	if !q.Hierarchical() {
		n := 0
		for _, id := range q.voters {
			if alive[id] {
				n++
			}
		}
		return max(n-q.Needed(), -1)
	}
	var costs []int
	for _, g := range q.groups {
		if n := g.toBreak(alive); n > 0 {
			costs = append(costs, n)
		}
	}
	if len(costs) < q.needed {
		return -1
	}
	return sumSmallest(costs, len(costs)-q.needed+1) - 1
}

// toHold is the smallest number of voters that make the group hold; 0 when
// nothing does.
func (g quorumGroup) toHold() int {
	var sum int64
	for i, v := range g.voters {
		sum += v.weight
		if sum > g.half {
			return i + 1
		}
	}
	return 0
}

// toBreak is the smallest number of losses after which the group does not hold
// any more; 0 when it does not hold now.
func (g quorumGroup) toBreak(alive map[int64]bool) int {
	var sum int64
	for _, v := range g.voters {
		if alive[v.id] {
			sum += v.weight
		}
	}
	lost := 0
	for _, v := range g.voters {
		if sum <= g.half {
			break
		}
		if alive[v.id] {
			sum -= v.weight
			lost++
		}
	}
	return lost
}

func sumSmallest(costs []int, n int) int {
	slices.Sort(costs)
	sum := 0
	for _, cost := range costs[:n] {
		sum += cost
	}
	return sum
}
