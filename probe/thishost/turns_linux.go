package thishost

import (
	"slices"
	"syscall"
)

// owned is a process, and whose turn its one is.
type owned struct {
	pid   int
	owner uint64
}

// procOwner is whose turn that of a process is: its effective user, whose the directory is
// even where its files are shown as root's (proc(5)). It is the cheapest that there is to see.
func procOwner(pid int) uint64 {
	var stat syscall.Stat_t
	if err := syscall.Stat(procOf(pid), &stat); err != nil {
		return 0
	}
	return turnOf(pid, uint64(stat.Uid))
}

// turnOf is whose turn that of a process is. A user has one number of the system's, and as
// many more as /etc/subuid gives him, in user namespaces of his own: those are all one.
func turnOf(pid int, uid uint64) uint64 {
	const firstSubordinate, subordinates = 1 << 16, 1 << 32
	if uid >= firstSubordinate && otherUsers(pid) {
		return subordinates
	}
	return uid
}

// byTurns puts first the first of each user, then the second of each, and so on: no user takes
// more than a share, however many he has.
func byTurns[P any](all []P, userOf func(P) uint64) []P {
	turns := map[uint64]int{}
	var rounds [][]P
	for _, p := range all {
		user := userOf(p)
		turn := turns[user]
		if turns[user]++; turn == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[turn] = append(rounds[turn], p)
	}
	return slices.Concat(rounds...)
}
