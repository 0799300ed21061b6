package snapshot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const confModern = `clientPort=2181
secureClientPort=-1
dataDir=/data/version-2
dataDirSize=67109474
dataLogDir=/log/version-2
dataLogSize=67109475
tickTime=2000
maxClientCnxns=60
minSessionTimeout=4000
maxSessionTimeout=40000
clientPortListenBacklog=-1
serverId=2
initLimit=10
syncLimit=5
electionAlg=3
electionPort=3888|3889
quorumPort=2888
peerType=1
newKey=some value
membership: 
server.1=zk1:2888:3888:participant;0.0.0.0:2181
server.2=zk2:2888:3888|zk2b:2889:3889:observer;0.0.0.0:2181
version=100000000`

func TestParseConf(t *testing.T) {
	got, err := ParseConf([]byte(confModern))
	if err != nil {
		t.Fatal(err)
	}
	_, members, _ := strings.Cut(confModern, "membership: \n")
	want := Conf{
		ClientPort: new(2181), SecureClientPort: new(-1),
		DataDir: "/data/version-2", DataLogDir: "/log/version-2",
		DataDirSize: new(int64(67109474)), DataLogSize: new(int64(67109475)),
		TickTime: new(2000), MinSessionTimeout: new(4000), MaxSessionTimeout: new(40000),
		MaxClientCnxns: new(60), ListenBacklog: new(-1), ServerID: new(int64(2)),
		InitLimit: new(10), SyncLimit: new(5), ElectionAlg: new(3),
		ElectionPorts: []int{3888, 3889}, QuorumPorts: []int{2888}, PeerType: new(PeerObserver),
		MembershipText: members,
		Unknown:        Pairs{{"newKey", "some value"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Conf{}, "Membership")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if !got.Quorum() {
		t.Error("a member of a quorum that is none")
	}
}

func TestParseConfStandalone(t *testing.T) {
	c, err := ParseConf([]byte("clientPort=2181\ndataDir=/d\ntickTime=2000\nmaxClientCnxns=0\nserverId=0\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Quorum() || c.InitLimit != nil || c.PeerType != nil || c.Membership != nil || c.SecureClientPort != nil {
		t.Errorf("absent keys have values: %+v", c)
	}
	if c.MaxClientCnxns == nil || *c.MaxClientCnxns != 0 {
		t.Errorf("maxClientCnxns=0 is lost: %v", c.MaxClientCnxns)
	}
}

func TestParseConfRefuses(t *testing.T) {
	for _, tc := range []struct{ name, reply, want string }{
		{"nothing", "", "not key=value lines"},
		{"text", "hello\n", `it starts with "hello"`},
		{"keys of another", "a=b\nc=d\n", "not key=value lines"},
		{"no server id", "clientPort=2181\ndataDir=/d\n", "no serverId"},
		{"half a quorum", "clientPort=2181\nserverId=1\ninitLimit=10\n", "no peerType"},
		{"cut before the quorum block", "clientPort=2181\nserverId=1\n", "no peerType"},
		{"half a line", "clientPort=2181\nserverId=0\ninitLi", "cut short"},
		{"half a membership", confModern[:len(confModern)-20], "no version="},
		{"no number", "clientPort=x\nserverId=0\n", "not a number"},
		{"no port", "clientPort=2181\nserverId=0\nquorumPort=2888|\n", "not a number"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, err := ParseConf([]byte(tc.reply))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %+v, error %v, want one with %q", c, err, tc.want)
			}
		})
	}
}

func TestParseConfRecordings(t *testing.T) {
	for _, r := range recordings(t, WordConf) {
		t.Run(r.name(), func(t *testing.T) {
			got := read(t, r, WordConf, ParseConf)
			if !got.Seen() {
				return
			}
			c := got.Value
			if c.ClientPort == nil || c.TickTime == nil || c.DataDir == "" || c.Unknown != nil {
				t.Errorf("got %+v", c)
			}
			if standalone := r.state == "standalone"; c.Quorum() == standalone {
				t.Errorf("quorum: %v", c.Quorum())
			}
			if wantMembers := strings.Contains(string(r.reply), "membership"); wantMembers != (c.Membership != nil) {
				t.Errorf("membership %v of %q", c.Membership, c.MembershipText)
			}
			mustRoundTrip(t, c)
		})
	}
}

func FuzzParseConf(f *testing.F) {
	seed(f, WordConf, confModern, "clientPort=2181\nserverId=0\n")
	f.Fuzz(func(t *testing.T, reply []byte) {
		c, err := ParseConf(reply)
		if err == nil && (c.ServerID == nil || len(c.Unknown) > maxExtraLines) {
			t.Errorf("%+v", c)
		}
	})
}
