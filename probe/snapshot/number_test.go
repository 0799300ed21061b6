package snapshot

import (
	"strings"
	"testing"
)

// TestSmallFiles: what stands in place of a number is shown where it is short and plain, and
// of a number what follows its line is not kept.
func TestSmallFiles(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct{ bytes, withheld, hidden string }{
		"1\n":                    {"1\n", "", ""},
		"1\r\n":                  {"1\r\n", "", ""},
		"7\nroot:secret":         {"7\n", "", ""},
		"":                       {"", "", ""},
		"1 \n":                   {"1 \n", "", "3 bytes, not shown here"},
		"my id":                  {"my id", "", "5 bytes, not shown here"},
		"root:$6$Zq1Xw0:20000:0": {"", "more than 20 bytes", "more than 20 bytes"},
		"x\nroot:secret":         {"", "not all is printable ASCII", "not all is printable ASCII"},
		"\xef\xbb\xbf1\n":        {"", "5 bytes, not shown: a byte order mark", "5 bytes, not shown: a byte order mark"},
		"1\x1b[2J":               {"", "not all is printable ASCII", "not all is printable ASCII"},
		"\x00\x01":               {"", "not all is printable ASCII", "not all is printable ASCII"},
	} {
		l := Local{MyID: Saw(NewMyID("/d/myid", []byte(text)), 0)}
		l.Data.Value.LogDir = &DataDir{AcceptedEpoch: Saw(NewEpochFile([]byte(text)), 0)}
		id, epoch := &l.MyID.Value, &l.Data.Value.LogDir.AcceptedEpoch.Value
		if string(id.Bytes) != c.bytes || !strings.Contains(id.Withheld, c.withheld) || (id.Withheld == "") != (c.withheld == "") ||
			string(epoch.Bytes) != c.bytes || !strings.Contains(epoch.Withheld, c.withheld) {
			t.Errorf("%q: %+v, %+v", text, id, epoch)
		}
		l.HideContents()
		if bytes := c.bytes; c.hidden != "" && (len(id.Bytes) > 0 || len(epoch.Bytes) > 0) || c.hidden == "" && string(id.Bytes) != bytes ||
			!strings.Contains(id.Withheld, c.hidden) || !strings.Contains(epoch.Withheld, c.hidden) {
			t.Errorf("%q, hidden: %+v, %+v", text, id, epoch)
		}
	}
}
