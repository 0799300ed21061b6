package snapshot

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Zxid is a ZooKeeper transaction id: the epoch of the leader that proposed the
// transaction in the upper 32 bits, its counter within that epoch in the lower
// (org.apache.zookeeper.server.util.ZxidUtils).
type Zxid uint64

// ParseZxid reads hexadecimal with 0x in front, as srvr prints it. A server
// that has no data yet because of db.autocreate=false prints -1, that is
// 0xffffffffffffffff.
func ParseZxid(text string) (Zxid, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	n, err := strconv.ParseUint(digits, 16, 64)
	if !ok || err != nil {
		return 0, fmt.Errorf("zxid %s: not a hexadecimal number", Quoted(text))
	}
	return Zxid(n), nil
}

// Epoch is the number of the leadership.
func (z Zxid) Epoch() uint32 { return uint32(z >> 32) }

// Counter is the number of the transaction within its epoch.
func (z Zxid) Counter() uint32 { return uint32(z & math.MaxUint32) }

// String is the form of srvr and of the logs, e.g. "0x100000003".
func (z Zxid) String() string { return "0x" + strconv.FormatUint(uint64(z), 16) }

// MarshalText is String: JSON numbers lose what lies above 2^53.
func (z Zxid) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (z *Zxid) UnmarshalText(text []byte) error {
	parsed, err := ParseZxid(string(text))
	if err == nil {
		*z = parsed
	}
	return err
}
