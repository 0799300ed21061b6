package thishost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// processRights are those with which zkdoctor reads the files of a process that it found by
// its command line; nil for zkdoctor's own, which are as few or fewer. What the process is
// called, and which files it names, are its user's choice: where it cannot be told who that
// is, nothing is read.
func (h Host) processRights(ctx context.Context, p owned, command []string) (*hostfile.Rights, *snapshot.Failure) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	pid := p.pid
	read := func() (*hostfile.Rights, error) { return readRights(pid, command) }
	rights, err := askKernel(ctx, h, askAgainLimit, p.owner, read)
	if _, silent := noAnswer(err); silent {
		err = errors.New("the kernel does not report what it runs")
	}
	if err != nil {
		return nil, &snapshot.Failure{
			Kind: snapshot.Denied, Text: fmt.Sprintf("pid %d: its files are not read: %v", pid, err),
		}
	}
	return rights, nil
}

// readRights are those of a process with that command line. The error is why they are not
// taken.
func readRights(pid int, command []string) (*hostfile.Rights, error) {
	// One process, whoever has its number later on.
	proc, err := os.OpenRoot(procOf(pid))
	if err != nil {
		return nil, errEnded
	}
	defer proc.Close() //nolint:errcheck // only read from
	status, err := proc.ReadFile("status")
	if err != nil {
		return nil, errEnded
	}
	if !wasStartedAs(proc, command) {
		return nil, errors.New("another program runs in its place")
	}
	ids, err := parseIdentity(status)
	switch {
	case err != nil:
		return nil, err
	case ids.mixed():
		return nil, errors.New("it runs with the rights of two users, as a program with the set-user-ID bit does")
	case ids.uids[0] == 0 && !isJVM(proc):
		return nil, errors.New("it runs as root, and is no Java")
	}
	rights := &hostfile.Rights{UID: ids.uids[3], GID: ids.gids[3], Groups: ids.groups}
	if !otherNamespace(pid, "user", true) {
		rights.Capabilities = ids.capabilities
	}
	return rights, nil
}

var errEnded = errors.New("it has ended")

// wasStartedAs reports whether a process has that command line, as much of it as a scan reads.
func wasStartedAs(proc *os.Root, command []string) bool {
	file, err := proc.Open("cmdline")
	if err != nil {
		return false
	}
	defer file.Close() //nolint:errcheck // only read from
	line, err := io.ReadAll(io.LimitReader(file, maxArgs))
	return err == nil && slices.Equal(splitArgs(line), command)
}

// mixed reports a process whose user, or group, is not one alone.
func (i identity) mixed() bool {
	return i.uids != [4]uint32{i.uids[0], i.uids[0], i.uids[0], i.uids[0]} ||
		i.gids != [4]uint32{i.gids[0], i.gids[0], i.gids[0], i.gids[0]}
}

// isJVM reports whether the program of a process is called as those are that run
// ZooKeeper. Root's programs with the set-user-ID bit take any command line, and not any
// name.
func isJVM(proc *os.Root) bool {
	program, err := proc.Readlink("exe")
	return err == nil && isLauncher(strings.TrimSuffix(filepath.Base(program), " (deleted)"))
}

// asOwner are the files of a server that does not run with the rights of the owner of a
// directory, where f has zkdoctor's own and those are root's: what lies in the directory, and
// where its links lead, is the owner's choice.
func (h Host) asOwner(ctx context.Context, f hostFiles, dir string) hostFiles {
	if f.rights != nil || f.root != "" || f.denied != nil || os.Geteuid() != 0 {
		return f
	}
	f.rights, _ = see(ctx, h, f, dir, func(f hostFiles) *hostfile.Rights {
		info, err := f.fs.Stat(f.absolute(dir))
		if err != nil {
			return nil // nothing will be read there
		}
		return ownerRights(info)
	}, func(*snapshot.Failure) *hostfile.Rights { return nil })
	return f
}

// namedBy are the files that a configuration names, where f are those that it was read with:
// what it names is its owner's choice, however it was found.
func (f hostFiles) namedBy(owner *hostfile.Rights) hostFiles {
	if f.rights == nil && f.root == "" && f.denied == nil && os.Geteuid() == 0 {
		f.rights = owner
	}
	return f
}

// ownerRights are those of the user whose a file is; nil where that is root. The group of
// the file is no sign of his own ones: a directory may have given it, or root have left it.
func ownerRights(info fs.FileInfo) *hostfile.Rights {
	owner := ownerOf(info)
	if owner.UID == 0 {
		return nil
	}
	known := userCredentials(strconv.FormatUint(uint64(owner.UID), 10))
	if known.Seen() && known.Value.UID == owner.UID && len(known.Value.Groups) > 0 {
		return &hostfile.Rights{UID: owner.UID, GID: known.Value.Groups[0], Groups: known.Value.Groups[1:]}
	}
	if owner.GID == 0 {
		owner.GID = owner.UID
	}
	return &hostfile.Rights{UID: owner.UID, GID: owner.GID}
}

// filesOf says how to read the files of a server that an earlier look has found, with the
// rights that they were read with then; nil for zkdoctor's own.
func filesOf(as *snapshot.Credentials) hostFiles {
	if as == nil {
		return hostFiles{}
	}
	rights := &hostfile.Rights{UID: as.UID, GID: as.Groups[0], Groups: as.Groups[1:]}
	if as.UID == 0 && as.WritesAll {
		rights.Capabilities = 1 << capDACOverride
	}
	return hostFiles{rights: rights}
}

// readAs is what filesOf wants to know later.
func (f hostFiles) readAs() *snapshot.Credentials {
	if f.rights == nil {
		return nil
	}
	return &snapshot.Credentials{
		UID: f.rights.UID, Groups: append([]uint32{f.rights.GID}, f.rights.Groups...),
		WritesAll: f.rights.Capabilities&(1<<capDACOverride) != 0,
	}
}
