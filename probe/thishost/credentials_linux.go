package thishost

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// credentials are read from /proc/PID/status, which anybody may read.
func credentials(pid int) snapshot.Obs[snapshot.Credentials] {
	path := filepath.Join(procOf(pid), "status")
	data, err := os.ReadFile(path)
	if err != nil {
		return snapshot.Failed[snapshot.Credentials](fileFailure(path, err), 0)
	}
	ids, err := parseIdentity(data)
	if err != nil {
		return snapshot.Failed[snapshot.Credentials](&snapshot.Failure{
			Kind: snapshot.Protocol, Text: path + ": " + err.Error(),
		}, 0)
	}
	return snapshot.Saw(ids.credentials(), 0)
}

// capDACOverride is the right to write any file (capabilities(7)).
const capDACOverride = 1

// identity is who a process is, as its /proc/PID/status has it.
type identity struct {
	// uids and gids are the real, effective, saved and file system ones.
	uids, gids [4]uint32
	groups     []uint32
	// capabilities are the effective ones, in the user namespace of the process.
	capabilities uint64
}

// credentials are what counts for files.
func (i identity) credentials() snapshot.Credentials {
	return snapshot.Credentials{
		UID: i.uids[3], Groups: append([]uint32{i.gids[3]}, i.groups...),
		WritesAll: i.capabilities&(1<<capDACOverride) != 0,
	}
}

// parseIdentity reads Uid, Gid, Groups and CapEff of a /proc/PID/status.
func parseIdentity(status []byte) (identity, error) {
	var i identity
	found := 0
	for line := range strings.Lines(string(status)) {
		key, value, _ := strings.Cut(line, ":")
		var err error
		switch fields := strings.Fields(value); key {
		case "Uid":
			err = parseFour(&i.uids, fields)
		case "Gid":
			err = parseFour(&i.gids, fields)
		case "Groups":
			i.groups, err = parseIDs(fields)
		case "CapEff":
			i.capabilities, err = strconv.ParseUint(strings.Join(fields, ""), 16, 64)
		default:
			continue
		}
		if err != nil {
			return i, fmt.Errorf("%s: %w", key, err)
		}
		found++
	}
	if found < 4 {
		return i, errors.New("not all of Uid, Gid, Groups and CapEff")
	}
	return i, nil
}

func parseFour(ids *[4]uint32, fields []string) error {
	list, err := parseIDs(fields)
	if err == nil && copy(ids[:], list) != len(ids) {
		err = fmt.Errorf("%d numbers, not 4", len(fields))
	}
	return err
}

func parseIDs(fields []string) (ids []uint32, err error) {
	for _, field := range fields {
		n, err := strconv.ParseUint(field, 10, 32)
		if err != nil {
			return nil, err
		}
		ids = append(ids, uint32(n))
	}
	return ids, nil
}
