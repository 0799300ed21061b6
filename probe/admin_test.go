package probe

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

const goodConf = `{"client_port":2181,"server_id":2,"command":"configuration","error":null}`

// page is an AdminServer that gives every command the same answer.
func page(status, date, body string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		fmt.Fprintf(conn, "HTTP/1.1 %s\r\nDate: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, date, len(body), body)
	}
}

// TestAskAdmin: what is not an AdminServer is told apart from one that has nothing to
// say, and none of them costs more than its time.
func TestAskAdmin(t *testing.T) {
	noError := snapshot.FailureKind("")
	for name, c := range map[string]struct {
		peer func(*net.TCPConn)
		want snapshot.FailureKind
	}{
		"answers":               {page("200 OK", "", goodConf), noError},
		"not serving":           {page("200 OK", "", `{"command":"configuration","error":"`+snapshot.NotServingText+`"}`), snapshot.NotServing},
		"does not know it":      {page("200 OK", "", `{"command":"configuration","error":"Unknown command: configuration"}`), snapshot.Absent},
		"another web server":    {page("200 OK", "", "<html><body>It works!</body></html>"), snapshot.Protocol},
		"another's JSON":        {page("200 OK", "", `{"status":"UP"}`), snapshot.Protocol},
		"no such page":          {page("404 Not Found", "", "<html></html>"), snapshot.Protocol},
		"moved to TLS":          {page("302 Found", "", ""), snapshot.Protocol},
		"wants a password":      {page("401 Unauthorized", "", `{}`), snapshot.Denied},
		"a null pointer inside": {page("500 Server Error", "", "<html></html>"), snapshot.Protocol},
		"SSH":                   {func(c *net.TCPConn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n"); untilGone(c) }, snapshot.Protocol},
		"cut short": {func(c *net.TCPConn) {
			_, _ = http.ReadRequest(bufio.NewReader(c))
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"command\"")
		}, snapshot.Reset},
		"closes":       {closesAtOnce, snapshot.Reset},
		"is silent":    {neverAnswers, snapshot.Silent},
		"never ends":   {streams, snapshot.TooLarge},
		"trickles":     {trickles, snapshot.Silent},
		"not an id":    {page("200 OK", "", `{"client_port":2181,"command":"configuration","error":null}`), snapshot.Protocol},
		"another type": {page("200 OK", "", `{"server_id":"two","command":"configuration","error":null}`), snapshot.Protocol},
	} {
		t.Run(name, func(t *testing.T) {
			a := admin{addr: serve(t, c.peer), path: "/commands", dial: time.Second, transport: Transport{Timeout: time.Second}}
			got, _ := askAdmin(t.Context(), a, snapshot.AdminConf, snapshot.ParseAdminConf)
			if c.want == noError && !got.Seen() || c.want != noError && !got.FailedAs(c.want) {
				t.Errorf("got %+v, want %s", got.Failure, c.want)
			}
		})
	}
}

func TestAskAdminClosed(t *testing.T) {
	a := admin{addr: refusing(t), path: "/commands", dial: time.Second, look: new(snapshot.AdminLook)}
	a.ask(t.Context(), adminNeed{stats: true, members: true, mntr: true}, func(int, int) bool { return true })
	if !a.look.Settings.FailedAs(snapshot.Refused) || a.look.Stats.Tried || a.look.Monitor.Tried {
		t.Errorf("a closed port was asked on: %+v", a.look)
	}
}

// TestAdminHTTPS: what does not speak HTTP is asked by HTTPS, once; what speaks neither
// keeps what it said first.
func TestAdminHTTPS(t *testing.T) {
	speaks := func(config *tls.Config) func(*net.TCPConn) {
		return func(conn *net.TCPConn) {
			secured := tls.Server(conn, config)
			if secured.HandshakeContext(t.Context()) != nil {
				return
			}
			if _, err := http.ReadRequest(bufio.NewReader(secured)); err == nil {
				fmt.Fprintf(secured, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(goodConf), goodConf)
				_ = secured.Close()
			}
		}
	}
	ca := newAuthority(t)
	serving := &tls.Config{Certificates: []tls.Certificate{ca.certificate(t, "zk1", time.Hour)}}
	trusting := &tls.Config{RootCAs: ca.pool(), ServerName: "zk1"}
	for name, c := range map[string]struct {
		peer   func(*net.TCPConn)
		trust  *tls.Config
		want   snapshot.FailureKind
		secure bool
	}{
		"HTTPS alone":         {speaks(serving), trusting, "", true},
		"HTTP":                {page("200 OK", "", goodConf), trusting, "", false},
		"nobody we know":      {speaks(serving), &tls.Config{ServerName: "zk1"}, snapshot.TLS, true},
		"another web server":  {page("404 Not Found", "", "<html></html>"), trusting, snapshot.Protocol, false},
		"closes":              {closesAtOnce, trusting, snapshot.Reset, false},
		"is silent":           {neverAnswers, trusting, snapshot.Silent, false},
		"HTTPS is not wanted": {speaks(serving), nil, snapshot.Empty, false},
	} {
		t.Run(name, func(t *testing.T) {
			how := Transport{Timeout: time.Second}
			a := admin{addr: serve(t, c.peer), path: "/commands", dial: time.Second, transport: how, secure: Transport{Timeout: time.Second, TLS: c.trust}, look: new(snapshot.AdminLook)}
			a.ask(t.Context(), adminNeed{}, func(int, int) bool { return true })
			got := a.look.Settings
			if got.Seen() != (c.want == "") || c.want != "" && !got.FailedAs(c.want) || a.look.Secure != c.secure {
				t.Errorf("got %+v, by TLS %t; want %q", got.Failure, a.look.Secure, c.want)
			}
		})
	}
}

// TestForeignAdmin: an AdminServer may be of another server of the same host.
func TestForeignAdmin(t *testing.T) {
	a := admin{addr: serve(t, page("200 OK", "", goodConf)), path: "/commands", dial: time.Second, look: new(snapshot.AdminLook)}
	a.ask(t.Context(), adminNeed{mntr: true}, func(plain, secure int) bool { return plain == 2182 || secure == 2182 })
	if !a.look.Settings.FailedAs(snapshot.Absent) || a.look.Monitor.Tried || a.look.Clock.Tried {
		t.Errorf("%+v", a.look)
	}
}

// TestClock: the HTTP date has no parts of a second, so that a clock which may be right
// is taken for right.
func TestClock(t *testing.T) {
	asked := time.Date(2026, 11, 25, 12, 0, 10, 900e6, time.UTC)
	answered := asked.Add(200 * time.Millisecond)
	for date, want := range map[time.Time]time.Duration{
		asked.Truncate(time.Second):                       0,
		answered.Truncate(time.Second):                    0,
		asked.Add(10 * time.Second).Truncate(time.Second): 8 * time.Second,
		asked.Add(-time.Minute).Truncate(time.Second):     -59 * time.Second,
	} {
		if got := ahead(date, asked, answered); got != want {
			t.Errorf("%s: %v, want %v", date, got, want)
		}
	}
	a := admin{addr: serve(t, page("200 OK", "Mon, 01 Jan 2024 00:00:00 GMT", goodConf)), path: "/commands", dial: time.Second}
	if _, clock := askAdmin(t.Context(), a, snapshot.AdminConf, snapshot.ParseAdminConf); !clock.Seen() || clock.Value > -24*time.Hour {
		t.Errorf("%+v", clock)
	}
}

// TestAdminPort: where the configuration says.
func TestAdminPort(t *testing.T) {
	for name, c := range map[string]struct {
		plan    snapshot.Plan
		port    int
		assumed bool
		path    string
	}{
		"not wanted":      {snapshot.Plan{}, 0, false, "/commands"},
		"no file":         {snapshot.Plan{Admin: true}, 8080, true, "/commands"},
		"by flag":         {snapshot.Plan{Admin: true, AdminPort: 9080}, 9080, false, "/commands"},
		"off":             {snapshot.Plan{Admin: true, Config: zooCfg("admin.enableServer=false")}, 0, false, "/commands"},
		"another":         {snapshot.Plan{Admin: true, Config: zooCfg("admin.serverPort=9990")}, 9990, false, "/commands"},
		"another path":    {snapshot.Plan{Admin: true, Config: zooCfg("admin.commandURL=/zk/")}, 8080, true, "/zk"},
		"no number":       {snapshot.Plan{Admin: true, Config: zooCfg("admin.serverPort=http")}, 0, false, "/commands"},
		"a hostile path":  {snapshot.Plan{Admin: true, Config: zooCfg(`admin.commandURL=/a\r\nHost: x`)}, 8080, true, "/commands"},
		"says nothing":    {snapshot.Plan{Admin: true, Config: zooCfg("tickTime=2000")}, 8080, true, "/commands"},
		"not a full path": {snapshot.Plan{Admin: true, Config: zooCfg("admin.commandURL=commands")}, 8080, true, "/commands"},
	} {
		port, assumed := adminPort(&c.plan)
		if port != c.port || assumed != c.assumed || adminPath(&c.plan) != c.path {
			t.Errorf("%s: %d %v %q", name, port, assumed, adminPath(&c.plan))
		}
	}
}

func zooCfg(text string) *zoocfg.Config { return zoocfg.Parse("zoo.cfg", []byte(text+"\n")) }
