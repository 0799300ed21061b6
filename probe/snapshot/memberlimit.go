package snapshot

import (
	"fmt"

	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// MaxList is the most that is read of an answer that has a list of members: some 60 bytes
// for each of MaxMembers, and as much again for long names.
const MaxList = 256 << 10

// MaxMembers is the most that a list may have. ZooKeeper's documentation gives ids from 1 to
// 255 (zookeeperAdmin, "myid"). A longer list is reported, and not worked with.
const MaxMembers = 1000

// CheckMembers is an error that wraps ErrTooLarge for a list of more than MaxMembers.
func CheckMembers(m *zoocfg.Membership) error {
	if len(m.Servers) > MaxMembers {
		return &membersError{len(m.Servers)}
	}
	return nil
}

// membersError is a list that is too long.
type membersError struct{ count int }

func (e *membersError) Error() string {
	return fmt.Sprintf("a list of %d members, more than %d", e.count, MaxMembers)
}

func (e *membersError) Unwrap() error { return ErrTooLarge }
