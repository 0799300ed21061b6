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
	c, err := parseCredentials(data)
	if err != nil {
		return snapshot.Failed[snapshot.Credentials](&snapshot.Failure{
			Kind: snapshot.Protocol, Text: path + ": " + err.Error(),
		}, 0)
	}
	return snapshot.Saw(c, 0)
}

// capDACOverride is the right to write any file (capabilities(7)).
const capDACOverride = 1

// parseCredentials reads Uid and Gid (the last of the four is the one that counts
// for files), Groups and CapEff of a /proc/PID/status.
func parseCredentials(status []byte) (snapshot.Credentials, error) {
	var c snapshot.Credentials
	found := 0
	for line := range strings.Lines(string(status)) {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		switch key {
		case "Uid", "Gid":
			if len(fields) != 4 {
				return c, fmt.Errorf("%s has %d numbers, not 4", key, len(fields))
			}
			fields = fields[3:]
		case "Groups":
		case "CapEff":
			caps, err := strconv.ParseUint(strings.Join(fields, ""), 16, 64)
			if err != nil {
				return c, err
			}
			c.WritesAll = caps&(1<<capDACOverride) != 0
			found++
			continue
		default:
			continue
		}
		for _, field := range fields {
			n, err := strconv.ParseUint(field, 10, 32)
			if err != nil {
				return c, err
			}
			if key == "Uid" {
				c.UID = uint32(n)
			} else {
				c.Groups = append(c.Groups, uint32(n))
			}
		}
		found++
	}
	if found < 4 {
		return c, errors.New("not all of Uid, Gid, Groups and CapEff")
	}
	return c, nil
}
