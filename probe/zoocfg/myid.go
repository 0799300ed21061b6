package zoocfg

import (
	"bytes"
	"fmt"
	"strings"
)

// ParseMyID reads a myid file as QuorumPeerConfig.setupMyId does: the first
// line only, by Long.parseLong, without a trim. The text of the error is
// ZooKeeper's: `serverid <line> is not a number`, with "null" for an empty
// file. Any number is taken, as in ZooKeeper; the manual says 1 to 255.
func ParseMyID(data []byte) (int64, error) {
	line := "null" // what BufferedReader.readLine answers at the end of a file
	if len(data) > 0 {
		if i := bytes.IndexAny(data, "\r\n"); i >= 0 {
			data = data[:i]
		}
		line = strings.ToValidUTF8(string(data), "\uFFFD")
	}
	id, err := javaLong(line)
	if err != nil {
		return 0, fmt.Errorf("serverid %s is not a number", line)
	}
	return id, nil
}
