package snapshot

import (
	"bytes"
	"testing"
)

// TestWrittenIsPrintable: what a server says of itself reaches no terminal through a snapshot,
// and is the same when it is read back.
func TestWrittenIsPrintable(t *testing.T) {
	const said = "3.9.5\u202e\u009b31m\x7f\x1b[2J\U000e0041"
	s := &Snapshot{Servers: []Server{{Name: "zk1" + said}}}
	s.Servers[0].Srvr = Saw(Srvr{Version: Version{Full: said}}, 0)
	s.Servers[0].Mntr = Saw(Mntr{Keys: Pairs{{"zk_" + said, said}}}, 0)
	var b bytes.Buffer
	if err := WriteSnapshot(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, c := range b.Bytes() {
		if (c < ' ' || c >= 0x7f) && c != '\n' {
			t.Fatalf("the byte %#x stands in it", c)
		}
	}
	back, err := ReadSnapshot(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	one := &back.Servers[0]
	if value, _ := one.Mntr.Value.String("zk_" + said); one.Name != "zk1"+said || one.Srvr.Value.Version.Full != said || value != said {
		t.Errorf("%q, %q and %q come back", one.Name, one.Srvr.Value.Version.Full, value)
	}
}
