package thishost

import (
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// TestOwners: this very process has the port that a server would open.
func TestOwners(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at := netip.MustParseAddrPort(l.Addr().String())
	config := zoocfg.Parse("zoo.cfg", []byte("clientPortAddress=127.0.0.1\nadmin.enableServer=false\nclientPort="+at.String()[len("127.0.0.1:"):]))
	h := Host{Door: new(hostfile.Door)}
	server := snapshot.Local{Config: snapshot.Saw(config, 0), Listeners: listenersOf(t.Context(), ourselves)}
	h.lookAtOwners(t.Context(), &server)
	if len(server.Owners.Value) != 1 {
		t.Fatalf("got %+v, want one owner", server.Owners)
	}
	program, _ := os.Executable()
	got := server.Owners.Value[0]
	if got.PID != os.Getpid() || got.Addr != at || got.Program != snapshot.Printable(program, snapshot.MaxForeign) || got.JVM || got.User == "" || got.Started.IsZero() {
		t.Errorf("got %+v, want this process", got)
	}

	// A server that has its port itself has nobody looked for.
	server.Owners = snapshot.Obs[[]snapshot.SocketOwner]{}
	server.Process = &snapshot.Process{PID: os.Getpid(), Listens: snapshot.Saw([]netip.AddrPort{at}, 0)}
	if h.lookAtOwners(t.Context(), &server); server.Owners.Tried {
		t.Errorf("its own port: %+v", server.Owners)
	}
	if gone := h.ownersOf(t.Context(), ourselves, []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:1")}, time.Now().Add(maxScan)); !gone.FailedAs(snapshot.Absent) {
		t.Errorf("a socket that nobody has: %+v", gone)
	}
	if late := h.ownersOf(t.Context(), ourselves, []netip.AddrPort{at}, time.Now()); late.Seen() {
		t.Errorf("without time: %+v", late)
	}
}
