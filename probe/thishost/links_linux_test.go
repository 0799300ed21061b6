package thishost

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestLinks looks at a connection of this very process, before and after it is
// accepted.
func TestLinks(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	here, there := conn.LocalAddr().(*net.TCPAddr).AddrPort(), l.Addr().(*net.TCPAddr).AddrPort()
	for _, accepted := range []bool{false, true} {
		if accepted {
			in, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
		}
		links := in(t).linksOf(t.Context(), os.Getpid(), []uint16{there.Port()})
		if !links.Seen() || !links.Value.Owners.Seen() || links.Value.Total != 2 {
			t.Fatalf("got %+v, want two connections", links)
		}
		want := map[bool]int{false: 0, true: 1}[accepted]
		if n := clientsOf(t.Context(), os.Getpid(), []uint16{there.Port()}); !n.Seen() || n.Value != want {
			t.Errorf("accepted %t: %+v of clients, want %d", accepted, n, want)
		}
		for _, want := range []snapshot.Link{
			{Local: here, Remote: there, Own: true},
			{Local: there, Remote: here, Own: accepted, Waiting: !accepted},
		} {
			if !slices.Contains(links.Value.Sockets, want) {
				t.Errorf("accepted %t: %+v is not among %+v", accepted, want, links.Value.Sockets)
			}
		}
	}
	if other := in(t).linksOf(t.Context(), os.Getpid(), []uint16{1}); !other.Seen() || other.Value.Total != 0 {
		t.Errorf("at another port: %+v", other)
	}
	if none := in(t).linksOf(t.Context(), os.Getpid(), nil); none.Tried {
		t.Errorf("without ports: %+v", none)
	}
	if gone := in(t).linksOf(t.Context(), 1<<30, []uint16{1}); !gone.FailedAs(snapshot.Absent) {
		t.Errorf("a process that is not there: %+v", gone)
	}
}

// TestLinksBounded: no more are kept than an ensemble can have.
func TestLinksBounded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range maxLinks/2 + 10 { // each is seen from both its ends
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	links := in(t).linksOf(t.Context(), os.Getpid(), []uint16{netip.MustParseAddrPort(l.Addr().String()).Port()})
	// The kernel's table is read in pieces: what else comes and goes on the host meanwhile
	// moves some rows, which are then seen twice or not at all.
	if got := links.Value; len(got.Sockets) != maxLinks || got.Total <= maxLinks {
		t.Errorf("%d of %d kept, want %d", len(got.Sockets), got.Total, maxLinks)
	}
}

func TestPeerPorts(t *testing.T) {
	config := zoocfg.Parse("zoo.cfg", []byte("server.1=a:2888:3888|b:2889:3889\nserver.2=c:2888:3888:observer;2181\nserver.3=nonsense\n"))
	if got, want := peerPorts(snapshot.Saw(config, 0)), []uint16{2888, 3888, 2889, 3889}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
