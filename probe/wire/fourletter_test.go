package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

const (
	// short is the timeout of looks that must run into it while they connect.
	short = 80 * time.Millisecond
	// brief is the timeout of looks that must connect first, on a busy machine too.
	brief = time.Second
	// long is the timeout of looks that must not.
	long = 20 * time.Second
)

var mntrProvider = lines(
	"zk_version\t3.9.5-42, built on 2026-01-01",
	"zk_server_state\tfollower",
	`zk_readlatency{quantile="0.5",}`+"\tNaN",
	`zk_write_per_namespace_sum{key="a b",}`+"\t1.2E7",
	"zk_znode_count\t5.0",
)

// TestAskBehaviours is the table of ways in which peers behave, and of what each
// of them is called. seen is the empty kind.
func TestAskBehaviours(t *testing.T) {
	const seen snapshot.FailureKind = ""
	srvrBytes := strings.Repeat("\x00\x01\x02\xfe\xff", 20)
	for _, tc := range []struct {
		name     string
		word     snapshot.Word
		behave   func(*net.TCPConn) // nil: nothing listens
		timeout  time.Duration
		want     snapshot.FailureKind
		wantText string
	}{
		{"healthy leader", snapshot.WordSrvr, replies(srvrLeader), long, seen, ""},
		{"looking", snapshot.WordSrvr, replies(snapshot.NotServingText + "\n"), long, snapshot.NotServing, "not currently serving"},
		{"looking, no newline", snapshot.WordMntr, replies(snapshot.NotServingText), long, snapshot.NotServing, "not currently serving"},
		{"accepts, never answers", snapshot.WordSrvr, neverAnswers, brief, snapshot.Silent, "connected, but no answer to srvr in 1s"},
		{"one byte a tick", snapshot.WordMntr, trickles, brief, snapshot.Silent, "stalled after"},
		{"HTTP 400", snapshot.WordSrvr, replies("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n"), long, snapshot.Protocol, "an HTTP server answered"},
		{"text", snapshot.WordMntr, replies("what do you want?\n"), long, snapshot.Protocol, `"what do you want?"`},
		{"binary", snapshot.WordSrvr, replies(srvrBytes), long, snapshot.Protocol, `\x00\x01`},
		{"TLS alert", snapshot.WordSrvr, replies("\x15\x03\x03\x00\x02\x02\x46"), long, snapshot.TLS, "a TLS server answered"},
		{"closes at once", snapshot.WordSrvr, closesAtOnce, long, snapshot.Empty, "closed the connection without an answer to srvr"},
		{"key without value", snapshot.WordMntr, replies("zk_version\nzk_server_state\n"), long, snapshot.Protocol, "no line of the form"},
		{"one key without value", snapshot.WordMntr, replies("zk_version\t3.4.10\nzk_server_state\n"), long, seen, ""},
		{"not whitelisted", snapshot.WordMntr, replies("mntr is not executed because it is not in the whitelist.\n"), long, snapshot.NotAllowed, "4lw.commands.whitelist"},
		{"refused", snapshot.WordSrvr, nil, long, snapshot.Refused, "connection refused"},
		{"provider-style mntr", snapshot.WordMntr, replies(mntrProvider), long, seen, ""},
		{"300 MB", snapshot.WordMntr, streams, long, snapshot.TooLarge, "larger than 4096 KiB"},
		{"more members than there are", snapshot.WordConf, replies(confOf(5000)), long, snapshot.TooLarge, "a list of 5000 members, more than 1000"},
		{"as many as there may be", snapshot.WordConf, replies(confOf(1000)), long, seen, ""},
		{"a list without end", snapshot.WordConf, replies(confOf(50_000)), long, snapshot.TooLarge, "larger than 256 KiB"},
		{"RST at once", snapshot.WordSrvr, resetsAtOnce, long, snapshot.Reset, "connection reset"},
		{"half a line", snapshot.WordSrvr, replies(srvrLeader[:100]), long, snapshot.Reset, "cut short"},
		{"whole answer, then RST", snapshot.WordSrvr, repliesThenResets(srvrLeader), long, seen, ""},
		{"not serving, then RST", snapshot.WordSrvr, repliesThenResets(snapshot.NotServingText + "\n"), long, snapshot.NotServing, ""},
		{"half an answer, then RST", snapshot.WordSrvr, repliesThenResets(srvrLeader[:100]), long, snapshot.Reset, "in the middle of the answer"},
		{"escape codes", snapshot.WordSrvr, replies("\x1b[2J\x1b[31mhello\n"), long, snapshot.Protocol, `\x1b[2J`},
		{"ClickHouse Keeper", snapshot.WordSrvr, replies("ClickHouse Keeper version: v21.11.1.1\nMode: leader\n"), long, snapshot.Protocol, "a ClickHouse Keeper answered"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			addr := refusing(t)
			if tc.behave != nil {
				addr = serve(t, tc.behave)
			}
			got := askAny(t, tc.word, func(word snapshot.Word) (snapshot.Obs[snapshot.Reply], snapshot.Obs[snapshot.Dial]) {
				return AskWord(t.Context(), addr, word, Transport{Timeout: tc.timeout})
			})
			checkKind(t, got, tc.want, tc.wantText)
		})
	}
}

// askAny asks and interprets with the word's own parser.
func askAny(t *testing.T, word snapshot.Word, ask func(snapshot.Word) (snapshot.Obs[snapshot.Reply], snapshot.Obs[snapshot.Dial])) snapshot.Obs[any] {
	t.Helper()
	reply, connected := ask(word)
	if reply.Seen() && !connected.Seen() {
		t.Errorf("an answer without a connection: %v", connected.Failure)
	}
	return snapshot.Interpret(reply, word, func(data []byte) (any, error) {
		switch word {
		case snapshot.WordMntr:
			return snapshot.ParseMntr(data)
		case snapshot.WordConf:
			return snapshot.ParseConf(data)
		default:
			return snapshot.ParseSrvr(data)
		}
	})
}

func checkKind[T any](t *testing.T, got snapshot.Obs[T], want snapshot.FailureKind, wantText string) {
	t.Helper()
	if !got.Tried {
		t.Fatal("not tried")
	}
	if want == "" {
		if !got.Seen() {
			t.Errorf("got %+v, want it seen", *got.Failure)
		}
		return
	}
	if got.Failure == nil {
		t.Fatalf("got %+v, want %s", got.Value, want)
	}
	text := got.Failure.Text
	if got.Failure.Kind != want || !strings.Contains(text, wantText) {
		t.Errorf("got %s %q, want %s with %q", got.Failure.Kind, text, want, wantText)
	}
	if strings.ContainsFunc(text, snapshot.Unprintable) || len(text) > 250 {
		t.Errorf("not one printable sentence: %q", text)
	}
}

// TestAskKeepsDial: TCP worked, whatever became of the answer.
func TestAskKeepsDial(t *testing.T) {
	t.Parallel()
	addr := serve(t, neverAnswers)
	reply, connected := AskWord(t.Context(), addr, snapshot.WordSrvr, Transport{Timeout: brief})
	if !reply.FailedAs(snapshot.Silent) || !connected.Seen() {
		t.Fatalf("got %v, %v", reply.Failure, connected.Failure)
	}
	if d := connected.Value; d.Remote != addr || !d.Local.IsValid() {
		t.Errorf("got %v", d)
	}

	none := refusing(t)
	if reply, connected := AskWord(t.Context(), none, snapshot.WordSrvr, Transport{Timeout: long}); !reply.FailedAs(snapshot.Refused) || !connected.FailedAs(snapshot.Refused) {
		t.Errorf("got %v, %v", reply.Failure, connected.Failure)
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	addr := serve(t, replies("imok"))
	if got := Ask(t.Context(), addr, snapshot.WordRuok, Transport{Timeout: long}, snapshot.ParseRuok); got.Value != snapshot.RuokImok || !got.Seen() {
		t.Errorf("got %+v", got)
	}
	if got := Ask(t.Context(), addr, snapshot.WordSrvr, Transport{Timeout: long}, snapshot.ParseSrvr); !got.FailedAs(snapshot.Protocol) {
		t.Errorf("got %+v", got)
	}
}

func TestInterpretNotTried(t *testing.T) {
	if got := snapshot.Interpret(snapshot.Obs[snapshot.Reply]{}, snapshot.WordSrvr, snapshot.ParseSrvr); got.Tried || got.Failure != nil {
		t.Errorf("got %+v", got)
	}
}

// TestAskSendsFourBytes: not a byte more, and a FIN at the end.
func TestAskSendsFourBytes(t *testing.T) {
	t.Parallel()
	sent := make(chan string, 1)
	addr := serve(t, func(conn *net.TCPConn) {
		word := readWord(conn)
		_, _ = io.WriteString(conn, srvrLeader)
		_ = conn.CloseWrite()
		rest, err := io.ReadAll(conn)
		if err != nil {
			word += " and " + err.Error()
		}
		sent <- word + string(rest)
	})
	if got := Ask(t.Context(), addr, snapshot.WordSrvr, Transport{Timeout: long}, snapshot.ParseSrvr); !got.Seen() {
		t.Fatal(got.Failure)
	}
	if got := <-sent; got != "srvr" {
		t.Errorf("sent %q", got)
	}
}

// TestAskCancelled: the run ends while the server is silent.
func TestAskCancelled(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		run  func(parent context.Context, asked <-chan struct{}) (context.Context, context.CancelFunc)
	}{
		{"by a signal", func(parent context.Context, asked <-chan struct{}) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(parent)
			stop := make(chan struct{})
			go func() {
				select {
				case <-asked:
				case <-stop:
				}
				cancel()
			}()
			return ctx, func() { close(stop); cancel() }
		}},
		{"by its deadline", func(parent context.Context, _ <-chan struct{}) (context.Context, context.CancelFunc) {
			return context.WithTimeout(parent, brief)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			asked := make(chan struct{})
			addr := serve(t, func(conn *net.TCPConn) {
				readWord(conn)
				close(asked)
				untilGone(conn)
			})
			ctx, cancel := tc.run(t.Context(), asked)
			defer cancel()
			reply, connected := AskWord(ctx, addr, snapshot.WordSrvr, Transport{Timeout: long})
			checkKind(t, reply, snapshot.Cancelled, "the run ended before the check did")
			if !connected.Seen() {
				t.Errorf("connected: %v", connected.Failure)
			}
		})
	}
	t.Run("before it began", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		reply, connected := AskWord(ctx, fakeAddr, snapshot.WordSrvr, Transport{Timeout: long})
		checkKind(t, reply, snapshot.Cancelled, "")
		checkKind(t, connected, snapshot.Cancelled, "")
	})
}

// confOf is the answer to conf of one of n members.
func confOf(n int) string {
	return "clientPort=2181\ndataDir=/d\nserverId=1\ninitLimit=10\npeerType=0\nmembership: \n" + listOf(n)
}

// endless is a reader without an end; it counts what was taken from it.
type endless int

func (e *endless) Read(p []byte) (int, error) {
	*e += endless(len(p))
	return len(p), nil
}

func TestReadAllIsBounded(t *testing.T) {
	var taken endless
	data, err := readAll(&taken, 0, snapshot.MaxReply)
	if !errors.Is(err, snapshot.ErrTooLarge) || data != nil {
		t.Errorf("got %d bytes, %v", len(data), err)
	}
	if taken > 2*snapshot.MaxReply {
		t.Errorf("took %d bytes for a limit of %d", taken, snapshot.MaxReply)
	}
	data, err = readAll(io.LimitReader(new(endless), snapshot.MaxReply), 0, snapshot.MaxReply)
	if err != nil || len(data) != snapshot.MaxReply {
		t.Errorf("an answer of just the limit: %d bytes, %v", len(data), err)
	}
}

// TestSendNewline: of all words srvr alone is followed by a newline, and only where it gets no
// answer; nothing else is ever sent in plain text.
func TestSendNewline(t *testing.T) {
	for name, c := range map[string]struct {
		word   snapshot.Word
		answer string
		want   string
	}{
		"srvr, silent":   {snapshot.WordSrvr, "", "srvr\n"},
		"srvr, answered": {snapshot.WordSrvr, srvrLeader, "srvr"},
		"mntr, silent":   {snapshot.WordMntr, "", "mntr"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			addr := serve(t, func(conn *net.TCPConn) {
				first := readWord(conn)
				_, _ = io.WriteString(conn, c.answer)
				if c.answer != "" {
					_ = conn.CloseWrite()
				}
				rest, _ := io.ReadAll(conn)
				got <- first + string(rest)
			})
			_, _ = AskWord(t.Context(), addr, c.word, Transport{Timeout: brief})
			if sent := <-got; sent != c.want {
				t.Errorf("sent %q, want %q", sent, c.want)
			}
		})
	}
}
