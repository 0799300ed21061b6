package wire

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// TestNamespaces: however the answer comes in, of the lines of single top-level znodes some are kept, and of all
// others all.
func TestNamespaces(t *testing.T) {
	const (
		head  = "zk_version\t3.9.5-1\nzk_server_state\tleader\n"
		one   = "zk_cnt_a_write_per_namespace\t1\n"
		label = "zk_write_per_namespace{key=\"a\",quantile=\"0.5\"}\t1\n"
		not   = "zk_cnt_per_namespace_ack_latency\t1\n"
		tail  = "zk_learners\t2\n"
	)
	long := "zk_" + strings.Repeat("x", 9000) + "_per_namespace\t1\n"
	for name, c := range map[string]struct {
		answer, want string
		leftOut      int
	}{
		"none":                    {head + tail, head + tail, 0},
		"few":                     {head + one + label + tail, head + one + label + tail, 0},
		"more":                    {head + strings.Repeat(one, 5) + tail, head + strings.Repeat(one, 3) + tail, 2},
		"with labels":             {head + strings.Repeat(label, 5) + tail, head + strings.Repeat(label, 2) + tail, 3},
		"a key that looks alike":  {strings.Repeat(not, 9), strings.Repeat(not, 9), 0},
		"a line of many buffers":  {long + long, long + long, 0},
		"one that was cut":        {head + strings.Repeat(one, 4) + one[:20], head + strings.Repeat(one, 3) + one[:20], 1},
		"nothing":                 {"", "", 0},
		"an end in another place": {head + strings.Repeat(one, 3) + "zk_l", head + strings.Repeat(one, 3) + "zk_l", 0},
	} {
		for how, reader := range map[string]func(io.Reader) io.Reader{
			"at once": func(r io.Reader) io.Reader { return r }, "by bytes": iotest.OneByteReader, "by halves": iotest.HalfReader,
			"with its end": iotest.DataErrReader,
		} {
			some := newNamespaceReader(reader(strings.NewReader(c.answer)), 3*len(one)+8)
			got, err := io.ReadAll(some)
			if err != nil || string(got) != c.want || some.leftOut != c.leftOut {
				t.Errorf("%s, %s: %v, %d left out:\n%q, want\n%q", name, how, err, some.leftOut, got, c.want)
			}
		}
	}
	broken := errors.New("gone")
	got, err := io.ReadAll(newNamespaceReader(io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken)), 9))
	if string(got) != head || !errors.Is(err, broken) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := io.Copy(io.Discard, newNamespaceReader(endlessNamespaces{}, 9)); !errors.Is(err, snapshot.ErrTooLarge) {
		t.Errorf("without an end: %v", err)
	}
}

// endlessNamespaces writes lines of namespaces without an end.
type endlessNamespaces struct{}

func (endlessNamespaces) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat("zk_cnt_a_write_per_namespace\t1\n", 1+len(p)/31)), nil
}

// TestNamespacesAreReadToTheEnd: a server with very many top-level znodes writes its answer to an end, and what it
// says of itself is seen.
func TestNamespacesAreReadToTheEnd(t *testing.T) {
	t.Parallel()
	var answer strings.Builder
	answer.WriteString("zk_version\t3.9.5-1\nzk_server_state\tleader\n")
	for i := 0; answer.Len() < 2*snapshot.MaxReply; i++ {
		fmt.Fprintf(&answer, "zk_cnt_w%d_write_per_namespace\t1\n", i)
	}
	written := make(chan error, 1)
	server := serve(t, func(conn *net.TCPConn) {
		readWord(conn)
		_, err := io.WriteString(conn, answer.String())
		written <- err
	})
	reply, _ := AskWord(t.Context(), server, snapshot.WordMntr, Transport{Timeout: long})
	lines := strings.Count(string(reply.Value.Data), "\n")
	if !reply.Seen() || lines < 100 || lines > 1000 || lines+reply.Value.LeftOut != strings.Count(answer.String(), "\n") {
		t.Errorf("%v, %d lines, %d left out", reply.Failure, lines, reply.Value.LeftOut)
	}
	if err := <-written; err != nil {
		t.Errorf("the server could not write its answer: %v", err)
	}
}
