//go:build linux

package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/keepers"
	"github.com/zkdoctor/zkdoctor/internal/recorded"
)

// Fake servers for the scripts, in the test's own process. What they say is what
// real servers said (internal/recorded); how they misbehave is what
// other exporters do not survive.

// block is 127.88.n.0/24, the addresses of one script. Server N of the script has
// address 127.88.n.N and ZooKeeper's own ports.
type block struct {
	prefix string // "127.88.n."
	lock   net.Listener
	mu     sync.Mutex
	fakes  map[string]*fake
}

// openBlock takes a block that no other script, test or process has. Its lock is
// a name in the abstract namespace, which is the network namespace's, as the
// addresses are, and which the kernel frees whatever happens.
func openBlock() (*block, error) {
	for n := 1; n < 255; n++ {
		lock, err := net.Listen("unix", fmt.Sprintf("@zkdoctor-scripts-127.88.%d", n))
		if err == nil {
			return &block{prefix: fmt.Sprintf("127.88.%d.", n), lock: lock, fakes: map[string]*fake{}}, nil
		}
	}
	return nil, errors.New("all blocks 127.88.n are taken")
}

func (b *block) close() {
	for _, f := range b.fakes {
		f.close()
	}
	_ = b.lock.Close()
}

func (b *block) fake(name string) (*fake, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f := b.fakes[name]; f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("no fake is called %s", name)
}

// has reports whether the script has a server with that id.
func (b *block) has(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fakes["zk"+id] != nil
}

// fake is one server.
type fake struct {
	block *block
	id    string // the digit at the end of its name: server.N and the last byte of its address
	// target is how a script names it on the command line.
	target string
	denied []string // words that its whitelist leaves out

	handlers sync.WaitGroup
	mu       sync.Mutex
	closers  []func()
	closed   bool
	// greeted counts the connections to the client port, ended those that are over, and
	// asked is what each of them began with where the behaviour reads that; knocks counts
	// the connections to the peer ports, and written is what came over those.
	greeted    int
	ended      int
	asked      []string
	portProbes map[string]int
	written    []byte
	news       chan struct{} // closed and made anew when one of these changes
}

// behaviour answers one connection to the client port. It need not close it.
type behaviour func(f *fake, conn *net.TCPConn)

// behaviours are the ways to misbehave. "reply VERSION STATE" is the way not to;
// refused and blackhole have no connections to answer.
var behaviours = map[string]behaviour{
	"hang": func(_ *fake, conn *net.TCPConn) { drain(conn) },
	"trickle": func(f *fake, conn *net.TCPConn) {
		f.word(conn)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for _, c := range []byte("Zookeeper version: 3.8.6") {
			if _, err := conn.Write([]byte{c}); err != nil {
				return
			}
			<-tick.C
		}
	},
	"http": says("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"),
	"text": says("hello, I am a friendly little service\nand no ZooKeeper\n"),
	// A fatal alert, which is what a TLS server makes of four letters.
	"tls":   says("\x15\x03\x03\x00\x02\x02\x46"),
	"bytes": says("\x00\x01\xfe\xff\x1b]0;owned\x07\x1b[2J\xc3\x28\x00\x80"),
	// The session is answered in the same way: with nothing.
	"close": func(f *fake, conn *net.TCPConn) { f.word(conn) },
	"reset": func(_ *fake, conn *net.TCPConn) { _ = conn.SetLinger(0) },
	// As much of an answer as a server or proxy gives that dies over it.
	"half": func(f *fake, conn *net.TCPConn) {
		if f.word(conn) != "session" {
			_, _ = io.WriteString(conn, "Zookeeper version: 3.8.6-6df26081269769c1")
		}
	},
	"stream": func(f *fake, conn *net.TCPConn) { f.word(conn); stream(conn) },
	// The words that come before mntr are answered well.
	"novalue": func(f *fake, conn *net.TCPConn) {
		f.either(conn, "mntr", "zk_version\t3.8.6-6df26081269769c160c8c3a24929c60c91cd19c3, built on 2026-01-28 20:28 UTC\nzk_avg_latency\nzk_server_state\tfollower\n")
	},
	"bigmntr": func(f *fake, conn *net.TCPConn) {
		word := f.word(conn)
		if word != "mntr" {
			f.follow(conn, word)
			return
		}
		stream(conn)
	},
}

func says(text string) behaviour {
	return func(f *fake, conn *net.TCPConn) {
		f.word(conn)
		_, _ = io.WriteString(conn, text)
	}
}

// either answers one word with text and the others as a follower does.
func (f *fake) either(conn *net.TCPConn, special, text string) {
	if word := f.word(conn); word != special {
		f.follow(conn, word)
		return
	}
	_, _ = io.WriteString(conn, text)
}

// stream sends 300 MB, as fast as it goes.
func stream(conn *net.TCPConn) {
	chunk := bytes.Repeat([]byte("zk_a_metric_of_many\t1\n"), 1<<16/22)
	for sent := 0; sent < 300<<20; sent += len(chunk) {
		if _, err := conn.Write(chunk); err != nil {
			return
		}
	}
}

func drain(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// start starts a server: BEHAVIOUR [KEY=VALUE...], or reply VERSION STATE
// [KEY=VALUE...]. The keys are quorum, election (open, refused, silent or
// blackhole), port and addr of the client port, id (the serverId that it claims)
// and deny=WORD,WORD.
func (b *block) start(name string, args []string) (*fake, error) {
	id := name[len(name)-1:]
	if name != "zk"+id || id < "1" || id > "9" {
		return nil, fmt.Errorf("a fake is called zk1 to zk9, not %q", name)
	}
	f := &fake{block: b, id: id, portProbes: map[string]int{}, news: make(chan struct{})}
	host, port := b.prefix+id, 2181
	ports := map[string]string{"quorum": "refused", "election": "open"}
	answer, rest, err := f.behaviour(args, ports)
	if err != nil {
		return nil, err
	}
	for _, option := range rest {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "quorum", "election":
			ports[key] = value
		case "port":
			port, err = strconv.Atoi(value)
		case "addr":
			host = value
		case "id":
			f.id = value
		case "deny":
			f.denied = strings.Split(value, ",")
		default:
			err = fmt.Errorf("unknown option %q", option)
		}
		if err != nil {
			return nil, err
		}
	}
	b.mu.Lock()
	old := b.fakes[name]
	b.fakes[name] = f
	b.mu.Unlock()
	if old != nil {
		old.close()
	}
	if port, err = f.listen(ports["client"], host, port, func(conn *net.TCPConn) {
		f.note(func() { f.greeted++ })
		answer(f, conn)
		f.note(func() { f.ended++ })
	}); err != nil {
		return nil, err
	}
	for kind, number := range map[string]int{"quorum": 2888, "election": 3888} {
		if _, err := f.listen(ports[kind], host, number, f.probePort(kind)); err != nil {
			return nil, err
		}
	}
	f.target = host
	if port != 2181 {
		f.target = net.JoinHostPort(host, strconv.Itoa(port))
	}
	return f, nil
}

// behaviour reads the first words of a fake's description and sets what the
// ports are unless told otherwise.
func (f *fake) behaviour(args []string, ports map[string]string) (answer behaviour, rest []string, err error) {
	if len(args) == 0 {
		return nil, nil, errors.New("no behaviour")
	}
	ports["client"] = "open"
	switch name := args[0]; name {
	case "refused", "blackhole":
		ports["client"], ports["quorum"], ports["election"] = name, name, name
		return nil, args[1:], nil
	case "reply":
		if len(args) < 3 {
			return nil, nil, errors.New("reply VERSION STATE")
		}
		server, err := recorded.Find(args[1], args[2])
		if err != nil {
			return nil, nil, err
		}
		switch {
		case strings.HasPrefix(server.State, "leader"):
			ports["quorum"] = "open"
		case server.State == "standalone":
			ports["election"] = "refused"
		}
		rest := args[3:]
		if len(rest) > 0 && strings.HasPrefix(rest[0], "synced=") {
			// A leader that counts others in sync than when it was recorded.
			mntr, _ := server.Reply("mntr")
			count := strings.TrimPrefix(rest[0], "synced=")
			changed := strings.Replace(string(mntr), "zk_synced_followers\t2", "zk_synced_followers\t"+count, 1)
			if err := server.SetReply("mntr", changed); err != nil {
				return nil, nil, err
			}
			rest = rest[1:]
		}
		return func(f *fake, conn *net.TCPConn) {
			f.replay(conn, f.word(conn), server)
			_ = conn.CloseWrite()
			drain(conn) // until it was read, and the other end closed
		}, rest, nil
	case "keeper":
		return keeper(args[1:]), nil, nil
	default:
		answer := behaviours[name]
		if answer == nil {
			return nil, nil, fmt.Errorf("unknown behaviour %q", name)
		}
		return answer, args[1:], nil
	}
}

// keeper answers as a ClickHouse Keeper or a RaftKeeper, as their sources format it (see
// internal/keepers): keeper [raft] [leaderless] ROLE [WORD,WORD that it allows].
func keeper(args []string) behaviour {
	var s keepers.Server
	for _, arg := range args {
		switch {
		case arg == "raft":
			s.Raft = true
		case arg == "leaderless":
			s.Leaderless = true
		case s.Role == "":
			s.Role, s.Peers, s.Synced = arg, 2, 2
		default:
			s.Allowed = strings.Split(arg, ",")
		}
	}
	return func(f *fake, conn *net.TCPConn) { _, _ = io.WriteString(conn, s.Reply(f.word(conn))) }
}

var (
	memberLine = regexp.MustCompile(`(?m)^server\.(\d)=.*\n`)
	idLine     = regexp.MustCompile(`(?m)^serverId=[1-9]$`)
)

// follow answers as a healthy follower does.
func (f *fake) follow(conn *net.TCPConn, word string) {
	server, err := recorded.Find("3.8.6", "follower")
	if err != nil {
		panic(err) // TestArchives has found it
	}
	f.replay(conn, word, server)
}

// replay says what a real server said, with the addresses and the id of this one
// in place of its own. Servers beyond the third are in the list only where the
// script has them.
func (f *fake) replay(conn *net.TCPConn, word string, server recorded.Server) {
	if word == "session" {
		if server.State != "not-serving" {
			_, _ = conn.Write(declined(server.State == "read-only"))
		}
		return
	}
	reply, ok := server.Reply(word)
	if !ok || slices.Contains(f.denied, word) {
		reply = []byte(word + " is not executed because it is not in the whitelist.\n")
	}
	if word == "conf" {
		reply = memberLine.ReplaceAllFunc(reply, func(line []byte) []byte {
			if id := string(line[len("server."):][:1]); id > "3" && !f.block.has(id) {
				return nil
			}
			return bytes.ReplaceAll(line, []byte("10.99.0."), []byte(f.block.prefix))
		})
		reply = idLine.ReplaceAll(reply, []byte("serverId="+f.id))
	}
	_, _ = conn.Write(reply)
}

// declined is how a server that serves answers the greeting of a client whose
// session it does not know: a ConnectResponse with timeout 0.
func declined(readOnly bool) []byte {
	frame := make([]byte, 4+37)
	binary.BigEndian.PutUint32(frame, 37)
	binary.BigEndian.PutUint32(frame[20:], 16)
	if readOnly {
		frame[40] = 1
	}
	return frame
}

// word reads what a connection begins with: a four-letter word, or the greeting
// of a client, for which it returns "session".
func (f *fake) word(conn *net.TCPConn) string {
	head := make([]byte, 4)
	n, _ := io.ReadFull(conn, head)
	word := string(head[:n])
	if word == "\x00\x00\x00\x2d" {
		word = "session"
		_, _ = io.ReadFull(conn, make([]byte, 0x2d))
	}
	f.note(func() { f.asked = append(f.asked, word) })
	return word
}

func (f *fake) probePort(kind string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		f.note(func() { f.portProbes[kind]++ })
		data, _ := io.ReadAll(conn)
		f.note(func() { f.written = append(f.written, data...) })
	}
}

func (f *fake) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.news)
	f.news = make(chan struct{})
}

// until waits until a condition on the fake holds.
func (f *fake) until(holds func() bool) error {
	timeout := time.NewTimer(20 * time.Second)
	defer timeout.Stop()
	for {
		f.mu.Lock()
		done, news, asked, portProbes := holds(), f.news, slices.Clone(f.asked), fmt.Sprint(f.portProbes)
		f.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-news:
		case <-timeout.C:
			return fmt.Errorf("asked %q, peer ports %s", asked, portProbes)
		}
	}
}

// listen opens one port in the way named, and returns its number.
func (f *fake) listen(way, host string, port int, handle func(*net.TCPConn)) (int, error) {
	switch way {
	case "refused":
		return port, nil
	case "blackhole":
		return port, f.blackhole(host, port)
	case "open", "silent":
	default:
		return 0, fmt.Errorf("a port is open, refused, silent or blackhole, not %q", way)
	}
	var listener net.Listener
	if err := whenFree(func() (err error) {
		listener, err = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		return err
	}); err != nil {
		return 0, err
	}
	f.onClose(func() { _ = listener.Close() })
	if way == "open" {
		f.handlers.Go(func() { f.accept(listener, handle) })
	}
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// whenFree tries again while an address is taken: a program that another script
// starts has the sockets of the fake before until the kernel has closed them,
// which it does a little after the start has returned.
func whenFree(bind func() error) error {
	timeout, again := time.NewTimer(5*time.Second), time.NewTicker(5*time.Millisecond)
	defer timeout.Stop()
	defer again.Stop()
	for {
		err := bind()
		if !errors.Is(err, syscall.EADDRINUSE) {
			return err
		}
		select {
		case <-again.C:
		case <-timeout.C:
			return err
		}
	}
}

func (f *fake) accept(listener net.Listener, handle func(*net.TCPConn)) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		f.onClose(func() { _ = conn.Close() })
		f.handlers.Go(func() {
			defer conn.Close()
			handle(conn.(*net.TCPConn))
		})
	}
}

// blackhole is a port that answers no SYN: its queue of connections that nobody
// accepts is full, and Linux then drops what comes.
func (f *fake) blackhole(host string, port int) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	f.onClose(func() { _ = syscall.Close(fd) })
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := whenFree(func() error {
		return syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte(net.ParseIP(host).To4())})
	}); err != nil {
		return err
	}
	if err := syscall.Listen(fd, 0); err != nil {
		return err
	}
	for range 16 {
		conn, err := net.DialTimeout("tcp", net.JoinHostPort(host, strconv.Itoa(port)), 100*time.Millisecond)
		if err != nil {
			return nil
		}
		f.onClose(func() { _ = conn.Close() })
	}
	return errors.New("16 connections do not fill a queue of one")
}

// onClose has done run when the fake is closed, at once if it is already.
func (f *fake) onClose(done func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		done()
		return
	}
	f.closers = append(f.closers, done)
}

// close gives all ports back. Not while another script starts a program: a child
// has the listeners too until it becomes that program, and the ports stay taken.
func (f *fake) close() {
	f.mu.Lock()
	closers := f.closers
	f.closers, f.closed = nil, true
	f.mu.Unlock()
	syscall.ForkLock.RLock()
	for _, done := range closers {
		done()
	}
	syscall.ForkLock.RUnlock()
	f.handlers.Wait()
}
