package wire

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
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
			a := AdminServer{Addr: serve(t, c.peer), Path: "/commands", Dial: time.Second, Transport: Transport{Timeout: time.Second}}
			got, _ := askAdmin(t.Context(), a, snapshot.AdminConf, snapshot.ParseAdminConf)
			if c.want == noError && !got.Seen() || c.want != noError && !got.FailedAs(c.want) {
				t.Errorf("got %+v, want %s", got.Failure, c.want)
			}
		})
	}
}

// TestAdminVotersTooMany: a list of more voters than there can be is not read.
func TestAdminVotersTooMany(t *testing.T) {
	for n, want := range map[int]string{2000: "a list of 2000 members", 20_000: "larger than 256 KiB"} {
		var voters []string
		for id := range n {
			voters = append(voters, fmt.Sprintf(`"%d":{"server_addresses":["zk%d:2888"],"election_addresses":["zk%d:3888"]}`, id, id, id))
		}
		peer := page("200 OK", "", `{"current_config":{`+strings.Join(voters, ",")+`},"command":"voting_view","error":null}`)
		a := AdminServer{Addr: serve(t, peer), Path: "/commands", Dial: long, Transport: Transport{Timeout: long}}
		got, _ := askAdmin(t.Context(), a, snapshot.AdminVoterView, snapshot.ParseAdminVoters)
		checkKind(t, got, snapshot.TooLarge, want)
	}
}

func TestAskAdminClosed(t *testing.T) {
	a := AdminServer{Addr: refusing(t), Path: "/commands", Dial: time.Second, Look: new(snapshot.AdminLook)}
	a.Ask(t.Context(), AdminNeed{Stats: true, Members: true, Mntr: true}, func(int, int) bool { return true })
	if !a.Look.Settings.FailedAs(snapshot.Refused) || a.Look.Stats.Tried || a.Look.Monitor.Tried {
		t.Errorf("a closed port was asked on: %+v", a.Look)
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
			a := AdminServer{Addr: serve(t, c.peer), Path: "/commands", Dial: time.Second, Transport: how, Secure: Transport{Timeout: time.Second, TLS: c.trust}, Look: new(snapshot.AdminLook)}
			a.Ask(t.Context(), AdminNeed{}, func(int, int) bool { return true })
			got := a.Look.Settings
			if got.Seen() != (c.want == "") || c.want != "" && !got.FailedAs(c.want) || a.Look.Secure != c.secure {
				t.Errorf("got %+v, by TLS %t; want %q", got.Failure, a.Look.Secure, c.want)
			}
		})
	}
}

// TestForeignAdmin: an AdminServer may be of another server of the same host.
func TestForeignAdmin(t *testing.T) {
	a := AdminServer{Addr: serve(t, page("200 OK", "", goodConf)), Path: "/commands", Dial: time.Second, Look: new(snapshot.AdminLook)}
	a.Ask(t.Context(), AdminNeed{Mntr: true}, func(plain, secure int) bool { return plain == 2182 || secure == 2182 })
	if !a.Look.Settings.FailedAs(snapshot.Absent) || a.Look.Monitor.Tried || a.Look.Clock.Tried {
		t.Errorf("%+v", a.Look)
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
	a := AdminServer{Addr: serve(t, page("200 OK", "Mon, 01 Jan 2024 00:00:00 GMT", goodConf)), Path: "/commands", Dial: time.Second}
	if _, clock := askAdmin(t.Context(), a, snapshot.AdminConf, snapshot.ParseAdminConf); !clock.Seen() || clock.Value > -24*time.Hour {
		t.Errorf("%+v", clock)
	}
}
