package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/zkdoctor/zkdoctor/internal/push"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// via looks at the servers of an ensemble from each of their hosts, by the operator's
// own way to get there: --via 'ssh {host} --'. What runs there is zkdoctor collect.
type via struct {
	// template is the command, in words.
	template []string
	// arguments are those of collect.
	arguments []string
	// limit bounds one host, and its process, without the sending of push.
	limit time.Duration
	// push is what is sent to each host to run there; nil for a zkdoctor that is installed there.
	push *pushed
}

const (
	// viaAtOnce bounds the processes at a time.
	viaAtOnce = 16
	// maxSnapshotsOut bounds what is kept of all processes together until it is read.
	maxSnapshotsOut = 48 << 20
	// maxWords is how much is kept of what a process says on stderr, and maxWordsOut how much
	// it may say.
	maxWords    = 4 << 10
	maxWordsOut = 1 << 20
)

// newVia reads the template. Its words are split at blanks, and quotation marks hold
// some together; no shell ever sees it.
func newVia(template string, arguments []string, limit time.Duration) (*via, error) {
	words, err := splitWords(template)
	switch {
	case err != nil:
		return nil, fmt.Errorf("--via %q: %w", template, err)
	case len(words) == 0:
		return nil, errors.New("--via is empty: write a command, as in --via 'ssh {host} --'")
	case !placeholder.MatchString(template):
		return nil, fmt.Errorf("--via %q leads to the same host each time: say where {host} goes, or {n} as in 'kubectl exec zk-{n} --'", template)
	}
	return &via{template: words, arguments: arguments, limit: limit}, nil
}

// placeholder is what stands for a server: its host as named, that without a domain,
// and the number at the end of that.
var placeholder = regexp.MustCompile(`\{(host|name|n)\}`)

// harmless are the host names that may become words of a command, which a shell at the
// other end reads again: no letter has a meaning there.
var harmless = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.:-]*$`)

var numberAtEnd = regexp.MustCompile(`[0-9]+$`)

// command is the command for a host.
func (v *via) command(host string) ([]string, error) {
	if !harmless.MatchString(host) {
		return nil, fmt.Errorf("%q is no name to make a command of", host)
	}
	name, _, _ := strings.Cut(host, ".")
	n := numberAtEnd.FindString(name)
	var words []string
	for _, word := range v.template {
		if strings.Contains(word, "{n}") && n == "" {
			return nil, fmt.Errorf("%q has no number at its end for {n}", name)
		}
		words = append(words, strings.NewReplacer("{host}", host, "{name}", name, "{n}", n).Replace(word))
	}
	if v.push != nil {
		return append(words, "sh"), nil // which reads the rest: no shell on the way there does
	}
	return append(append(words, "zkdoctor", "collect"), v.arguments...), nil
}

// visit is what came of one host.
type visit struct {
	host string
	snap *snapshot.Snapshot
	err  error
}

// visit collects on every host at once. It ends when all have ended, or ctx has, and
// leaves nothing running.
func (v *via) visit(ctx context.Context, hosts []string) []visit {
	visits := make([]visit, len(hosts))
	most := maxSnapshotsOut / max(min(len(hosts), viaAtOnce), 1)
	var group errgroup.Group
	group.SetLimit(viaAtOnce)
	for i, host := range hosts {
		group.Go(func() error {
			snap, err := v.collect(ctx, host, most, snapshot.NewBudget(len(hosts)))
			visits[i] = visit{host, snap, err}
			return nil
		})
	}
	_ = group.Wait() // what failed is in the visits
	return visits
}

// collect is the snapshot of one host, of which the text has so many bytes at the most: no host
// takes what others need.
func (v *via) collect(
	ctx context.Context, host string, most int, budget *snapshot.Budget,
) (*snapshot.Snapshot, error) {
	command, err := v.command(host)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pace := v.newPace(func() { cancel(context.DeadlineExceeded) })
	defer pace.timer.Stop()
	out := &capped{keep: most, most: most, tooMuch: func() { cancel(nil) }}
	words := &capped{keep: maxWords, most: maxWordsOut, tooMuch: func() { cancel(nil) }}
	code, err := v.run(ctx, command, out, words, pace)
	answered := time.Now()
	said := lastLine(words.text())
	switch {
	case out.over():
		return nil, fmt.Errorf("%q wrote more than %d MiB, the limit for each of the hosts", command[0], most>>20)
	case words.over():
		return nil, fmt.Errorf("%q wrote more than %d MiB to stderr%s", command[0], maxWordsOut>>20, said)
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return nil, pace.tooLate(command[0], said)
	case ctx.Err() != nil:
		return nil, errors.New("interrupted")
	case errors.Is(err, push.ErrNoAnswer):
		return nil, noShell(command[0], code, said)
	case err != nil:
		return nil, fmt.Errorf("%q: %w%s", command[0], err, said)
	case (code == 127 || code == 126) && v.push != nil:
		return nil, fmt.Errorf("zkdoctor was sent and did not start (exit code %d%s): %s", code, said, v.push.linked())
	case code == 127 || code == 126:
		return nil, fmt.Errorf("zkdoctor was not found there (exit code %d%s): is it in the PATH of a non-interactive shell? --push sends it", code, said)
	case code != 0:
		return nil, fmt.Errorf("%q ended with exit code %d%s", command[0], code, said)
	}
	snap, err := budget.ReadSnapshot(out.bytes())
	if err != nil {
		return nil, fmt.Errorf("what came %w; it begins with %q%s", err, firstWords(out.text()), banner(out.text()))
	}
	snap.SeenFrom(pace.began, answered)
	return snap, nil
}

// banner says what is wrong where a snapshot has something before it.
func banner(out string) string {
	if at := strings.Index(out, "{\n"); at > 0 {
		return ": keep greetings out of non-interactive shells"
	}
	return ""
}

// capped keeps the first bytes of what is written, and calls tooMuch once that is more than most.
type capped struct {
	keep, most int
	tooMuch    func()
	mu         sync.Mutex
	kept       []byte
	written    int
}

func (c *capped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = append(c.kept, p[:min(len(p), c.keep-len(c.kept))]...)
	if c.written += len(p); c.written > c.most {
		c.tooMuch()
		return 0, errors.New("too much")
	}
	return len(p), nil
}

func (c *capped) bytes() []byte { c.mu.Lock(); defer c.mu.Unlock(); return c.kept }
func (c *capped) text() string  { return string(c.bytes()) }
func (c *capped) over() bool    { c.mu.Lock(); defer c.mu.Unlock(); return c.written > c.most }

// lastLine is the last thing that a command said, in brackets, or nothing.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if last := firstWords(lines[len(lines)-1]); last != "" {
		return ": " + last
	}
	return ""
}

// firstWords is the beginning of text from outside, fit for a terminal.
func firstWords(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return ' '
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	return text[:min(len(text), 120)]
}

// splitWords splits at blanks, outside of quotation marks.
func splitWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	open, quote := false, byte(0)
	for i := range len(text) { // bytes: a path need not be UTF-8
		b := text[i]
		switch {
		case quote != 0 && b == quote:
			quote = 0
		case quote != 0:
			word.WriteByte(b)
		case b == '\'' || b == '"':
			open, quote = true, b
		case b == ' ' || b == '\t' || b == '\n':
			if open {
				words = append(words, word.String())
			}
			open = false
			word.Reset()
		default:
			open = true
			word.WriteByte(b)
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("the quotation mark %c has no end", quote)
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}

// hostsOf are the hosts of some servers, each once.
func hostsOf(targets []snapshot.Target) []string {
	var hosts []string
	for _, t := range targets {
		// The server.N line has the name by which hosts are known; the client address
		// may be one for clients.
		host := t.Host
		if t.Member != nil && len(t.Member.Addresses) > 0 {
			host = cmp.Or(t.Member.Addresses[0].Host, host)
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}
