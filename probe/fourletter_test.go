package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
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
	const seen FailureKind = ""
	srvrBytes := strings.Repeat("\x00\x01\x02\xfe\xff", 20)
	for _, tc := range []struct {
		name     string
		word     Word
		behave   func(*net.TCPConn) // nil: nothing listens
		timeout  time.Duration
		want     FailureKind
		wantText string
	}{
		{"healthy leader", WordSrvr, replies(srvrLeader), long, seen, ""},
		{"looking", WordSrvr, replies(notServingText + "\n"), long, NotServing, "not currently serving"},
		{"looking, no newline", WordMntr, replies(notServingText), long, NotServing, "not currently serving"},
		{"accepts, never answers", WordSrvr, neverAnswers, brief, Silent, "connected, but no answer to srvr in 1s"},
		{"one byte a tick", WordMntr, trickles, brief, Silent, "stalled after"},
		{"HTTP 400", WordSrvr, replies("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n"), long, Protocol, "an HTTP server answered"},
		{"text", WordMntr, replies("what do you want?\n"), long, Protocol, `"what do you want?"`},
		{"binary", WordSrvr, replies(srvrBytes), long, Protocol, `\x00\x01`},
		{"TLS alert", WordSrvr, replies("\x15\x03\x03\x00\x02\x02\x46"), long, TLS, "a TLS server answered"},
		{"closes at once", WordSrvr, closesAtOnce, long, Empty, "closed the connection without an answer to srvr"},
		{"key without value", WordMntr, replies("zk_version\nzk_server_state\n"), long, Protocol, "no line of the form"},
		{"one key without value", WordMntr, replies("zk_version\t3.4.10\nzk_server_state\n"), long, seen, ""},
		{"not whitelisted", WordMntr, replies("mntr is not executed because it is not in the whitelist.\n"), long, NotAllowed, "4lw.commands.whitelist"},
		{"refused", WordSrvr, nil, long, Refused, "connection refused"},
		{"provider-style mntr", WordMntr, replies(mntrProvider), long, seen, ""},
		{"300 MB", WordMntr, streams, long, TooLarge, "larger than 4 MiB"},
		{"RST at once", WordSrvr, resetsAtOnce, long, Reset, "connection reset"},
		{"half a line", WordSrvr, replies(srvrLeader[:100]), long, Reset, "cut short"},
		{"whole answer, then RST", WordSrvr, repliesThenResets(srvrLeader), long, seen, ""},
		{"not serving, then RST", WordSrvr, repliesThenResets(notServingText + "\n"), long, NotServing, ""},
		{"half an answer, then RST", WordSrvr, repliesThenResets(srvrLeader[:100]), long, Reset, "in the middle of the answer"},
		{"escape codes", WordSrvr, replies("\x1b[2J\x1b[31mhello\n"), long, Protocol, `\x1b[2J`},
		{"ClickHouse Keeper", WordSrvr, replies("ClickHouse Keeper version: v21.11.1.1\nMode: leader\n"), long, Protocol, "a ClickHouse Keeper answered"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			addr := refusing(t)
			if tc.behave != nil {
				addr = serve(t, tc.behave)
			}
			got := askAny(t, tc.word, func(word Word) (Obs[Reply], Obs[Dial]) {
				return AskWord(t.Context(), addr, word, Transport{Timeout: tc.timeout})
			})
			checkKind(t, got, tc.want, tc.wantText)
		})
	}
}

// askAny asks and interprets with the word's own parser.
func askAny(t *testing.T, word Word, ask func(Word) (Obs[Reply], Obs[Dial])) Obs[any] {
	t.Helper()
	reply, connected := ask(word)
	if reply.Seen() && !connected.Seen() {
		t.Errorf("an answer without a connection: %v", connected.Failure)
	}
	return Interpret(reply, word, func(data []byte) (any, error) {
		if word == WordMntr {
			return ParseMntr(data)
		}
		return ParseSrvr(data)
	})
}

func checkKind[T any](t *testing.T, got Obs[T], want FailureKind, wantText string) {
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
	if strings.ContainsFunc(text, unprintable) || len(text) > 250 {
		t.Errorf("not one printable sentence: %q", text)
	}
}

// TestAskKeepsDial: TCP worked, whatever became of the answer.
func TestAskKeepsDial(t *testing.T) {
	t.Parallel()
	addr := serve(t, neverAnswers)
	reply, connected := AskWord(t.Context(), addr, WordSrvr, Transport{Timeout: brief})
	if !reply.FailedAs(Silent) || !connected.Seen() {
		t.Fatalf("got %v, %v", reply.Failure, connected.Failure)
	}
	if d := connected.Value; d.Remote != addr || !d.Local.IsValid() {
		t.Errorf("got %v", d)
	}

	none := refusing(t)
	if reply, connected := AskWord(t.Context(), none, WordSrvr, Transport{Timeout: long}); !reply.FailedAs(Refused) || !connected.FailedAs(Refused) {
		t.Errorf("got %v, %v", reply.Failure, connected.Failure)
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	addr := serve(t, replies("imok"))
	if got := Ask(t.Context(), addr, WordRuok, Transport{Timeout: long}, ParseRuok); got.Value != RuokImok || !got.Seen() {
		t.Errorf("got %+v", got)
	}
	if got := Ask(t.Context(), addr, WordSrvr, Transport{Timeout: long}, ParseSrvr); !got.FailedAs(Protocol) {
		t.Errorf("got %+v", got)
	}
}

func TestInterpretNotTried(t *testing.T) {
	if got := Interpret(Obs[Reply]{}, WordSrvr, ParseSrvr); got.Tried || got.Failure != nil {
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
	if got := Ask(t.Context(), addr, WordSrvr, Transport{Timeout: long}, ParseSrvr); !got.Seen() {
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
			reply, connected := AskWord(ctx, addr, WordSrvr, Transport{Timeout: long})
			checkKind(t, reply, Cancelled, "the run ended before the look did")
			if !connected.Seen() {
				t.Errorf("connected: %v", connected.Failure)
			}
		})
	}
	t.Run("before it began", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		reply, connected := AskWord(ctx, fakeAddr, WordSrvr, Transport{Timeout: long})
		checkKind(t, reply, Cancelled, "")
		checkKind(t, connected, Cancelled, "")
	})
}

// endless is a reader without an end; it counts what was taken from it.
type endless int

func (e *endless) Read(p []byte) (int, error) {
	*e += endless(len(p))
	return len(p), nil
}

func TestReadAllIsBounded(t *testing.T) {
	var taken endless
	data, err := readAll(&taken, 0)
	if !errors.Is(err, errTooLarge) || data != nil {
		t.Errorf("got %d bytes, %v", len(data), err)
	}
	if taken > 2*maxReply {
		t.Errorf("took %d bytes for a limit of %d", taken, maxReply)
	}
	data, err = readAll(io.LimitReader(new(endless), maxReply), 0)
	if err != nil || len(data) != maxReply {
		t.Errorf("an answer of just the limit: %d bytes, %v", len(data), err)
	}
}

// TestNudge: of all words srvr alone is followed by a newline, and only where it gets no
// answer; nothing else is ever sent in plain text.
func TestNudge(t *testing.T) {
	for name, c := range map[string]struct {
		word   Word
		answer string
		want   string
	}{
		"srvr, silent":   {WordSrvr, "", "srvr\n"},
		"srvr, answered": {WordSrvr, srvrLeader, "srvr"},
		"mntr, silent":   {WordMntr, "", "mntr"},
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
