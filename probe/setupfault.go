package probe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// UnreadableError is the error of a look that needs a configuration which cannot be read.
type UnreadableError struct {
	// Kind is how reading it failed.
	Kind snapshot.FailureKind
	text string
}

// Error has a sentence for the user in each line.
func (u *UnreadableError) Error() string { return u.text }

// unreadable says why a configuration cannot be read, and what there is instead.
func unreadable(file snapshot.Local, local []snapshot.Local) error {
	lines := []string{file.Config.Failure.Text}
	if len(file.Beside) > 0 {
		lines = append(lines, "In its directory there is "+strings.Join(file.Beside, ", ")+".")
	}
	running := slices.DeleteFunc(slices.Clone(local), func(l snapshot.Local) bool {
		return l.Process == nil || l.ConfigPath == "" || l.Process.Container
	})
	switch len(running) {
	case 0:
	case 1:
		lines = append(lines, fmt.Sprintf("The ZooKeeper that runs here (pid %d) has read %s.", running[0].Process.PID, running[0].ConfigPath))
	default:
		lines = append(lines, fmt.Sprintf("%d ZooKeepers run here; the first (pid %d) has read %s.", len(running), running[0].Process.PID, running[0].ConfigPath))
	}
	return &UnreadableError{file.Config.Failure.Kind, strings.Join(lines, "\n")}
}

// unreadHost says that this host's ZooKeeper has no configuration that can be read:
// then which servers are its ensemble is not known.
func unreadHost(l snapshot.Local) error {
	if l.Process != nil || !l.Config.FailedAs(snapshot.Absent) {
		return fmt.Errorf("a ZooKeeper was found on this host, and its configuration cannot be read:\n%s", l.Config.Failure.Text)
	}
	return fmt.Errorf("the ZooKeeper of this host cannot start (config-not-loaded): %s leads to a configuration that is not there.\n%s\n"+ //nolint:staticcheck // sentences for the user
		"Name the servers to see the ensemble without it (zkdoctor check zk1 zk2 zk3); zkdoctor explain config-not-loaded says what to do.",
		l.ConfigSource, unreadable(l, nil))
}

// describeEnsemble is a line about the ensemble of a server of this host.
func describeEnsemble(l snapshot.Local) string {
	var hosts []string
	for _, t := range configTargets(l.Config.Value, nil, false) {
		hosts = append(hosts, nameOf(t))
	}
	pid := ""
	if l.Process != nil {
		pid = fmt.Sprintf("  (pid %d, user %s)", l.Process.PID, snapshot.Printable(l.Process.User, snapshot.MaxForeign))
	}
	return fmt.Sprintf("  -c %s%s  %s", l.Config.Value.Path, pid, strings.Join(hosts, " "))
}
