package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// askAdmin asks an AdminServer one command, by HTTP/1.1 over a connection of its own,
// and reads the answer with parse, one of the ParseAdmin functions. clock is how far
// the server's clock is ahead.
func askAdmin[T any](
	ctx context.Context, a AdminServer, command string, parse func([]byte) (T, error),
) (answer snapshot.Obs[T], clock snapshot.Obs[time.Duration]) {
	l := newLook(ctx, a.Addr, a.Transport.Timeout)
	l.what, l.tls, l.room, l.share = command, a.Transport.TLS, 32<<10, a.Transport.Share
	switch command {
	case snapshot.AdminVoterView:
		l.limit = snapshot.MaxList
	case snapshot.AdminConf, snapshot.AdminStats, snapshot.AdminWho:
		l.limit = snapshot.MaxLines
	}
	d := l
	d.until = l.started.Add(min(a.Dial, l.until.Sub(l.started)))
	d.runFirst = l.runFirst && d.until.Equal(l.until)
	conn, _, failure := d.dial(ctx)
	if failure != nil {
		return snapshot.Failed[T](failure, l.took()), clock
	}
	request := "GET " + a.Path + "/" + command + " HTTP/1.1\r\nHost: " + a.Addr.String() + "\r\nUser-Agent: zkdoctor\r\nAccept: application/json\r\nConnection: close\r\n\r\n"
	reply, failure := l.exchange(ctx, conn, []byte(request))
	if failure != nil {
		return snapshot.Failed[T](failure, l.took()), clock
	}
	head, body, failure := l.readHTTP(reply.Data)
	if failure != nil {
		return snapshot.Failed[T](failure, l.took()), clock
	}
	value, err := parse(body)
	if errors.Is(err, snapshot.ErrTooLarge) {
		return snapshot.Failed[T](l.fail(snapshot.TooLarge, "the answer to %s has %v", l.what, err), l.took()), clock
	}
	if _, reported := errors.AsType[snapshot.AdminError](err); err != nil && !reported {
		return snapshot.Failed[T](l.fail(snapshot.Protocol, "what answers is no AdminServer: %v", err), l.took()), clock
	}
	if date, err := http.ParseTime(head.Get("Date")); err == nil {
		clock = snapshot.Saw(ahead(date, l.started, time.Now()), l.took())
	}
	if err != nil {
		return snapshot.Failed[T](l.adminFailure(err), l.took()), clock
	}
	return snapshot.Saw(value, l.took()), clock
}

// ahead is how far a clock is ahead that showed date, cut to the second, at some
// moment between asked and answered. 0 where it may have been right.
func ahead(date, asked, answered time.Time) time.Duration {
	switch {
	case date.Add(time.Second).Before(asked):
		return date.Add(time.Second).Sub(asked).Truncate(time.Second)
	case date.After(answered):
		return date.Sub(answered).Truncate(time.Second)
	}
	return 0
}

// readHTTP takes an HTTP answer apart.
func (l look) readHTTP(data []byte) (http.Header, []byte, *snapshot.Failure) {
	response, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), nil)
	if err != nil {
		if foreign := snapshot.Foreign(data); foreign != "" {
			return nil, nil, l.fail(snapshot.Protocol, "%s answered", foreign)
		}
		return nil, nil, l.fail(snapshot.Protocol, "no HTTP answer, it starts with %s",
			snapshot.Quoted(snapshot.FirstLine(data)))
	}
	defer response.Body.Close() //nolint:errcheck // it is in memory
	body, err := io.ReadAll(io.LimitReader(response.Body, snapshot.MaxReply))
	switch {
	case err != nil:
		return nil, nil, l.fail(snapshot.Reset, "the connection ended in the middle of the answer to %s", l.what)
	case response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden:
		return nil, nil, l.fail(snapshot.Denied, "the AdminServer refuses %s: %s",
			l.what, snapshot.Printable(response.Status, snapshot.MaxForeign))
	case response.StatusCode != http.StatusOK:
		return nil, nil, l.fail(snapshot.Protocol, "HTTP %s", snapshot.Printable(response.Status, snapshot.MaxForeign))
	}
	return response.Header, body, nil
}

// adminFailure sorts what an AdminServer says in place of an answer.
func (l look) adminFailure(err error) *snapshot.Failure {
	if said, ok := errors.AsType[snapshot.AdminError](err); ok && said.NotServing() {
		return l.fail(snapshot.NotServing, "the server runs, but is not currently serving requests")
	}
	return l.fail(snapshot.Absent, "%v", err)
}
