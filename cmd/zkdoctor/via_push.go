package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/push"
)

// pushFlags say whether zkdoctor is sent to the hosts, and which.
type pushFlags struct {
	Push        bool     `group:"what" help:"With --via, where zkdoctor is not installed: send it through standard input into a temporary file of each host, and remove that. kubectl exec and docker exec need -i."`
	PushBinary  []string `sep:"none" placeholder:"FILE" group:"what" help:"With --push: a zkdoctor for hosts of another architecture or system than this one; the one that fits a host is sent."`
	PushTimeout duration `group:"how" default:"1m" help:"With --push: limit of the sending, which --deadline does not contain."`
}

// sending is how long a run may take beyond its deadline.
func (f *pushFlags) sending() time.Duration {
	if f.Push || len(f.PushBinary) > 0 {
		return time.Duration(f.PushTimeout)
	}
	return 0
}

// pushed is what is sent to hosts, and how.
type pushed struct {
	programs []push.Program
	limit    time.Duration
}

// pushed reads the programs that the flags name, and this one; nil where none is to be sent.
func (f *pushFlags) pushed(ctx context.Context, t terminal) (*pushed, error) {
	if f.sending() == 0 {
		return nil, nil
	}
	p := &pushed{limit: time.Duration(f.PushTimeout)}
	for _, file := range f.PushBinary {
		text, err := t.files.ReadFile(ctx, file, push.MaxProgram)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("--push-binary %s: no such file", file)
		case err != nil:
			return nil, fmt.Errorf("--push-binary: %w", err)
		}
		program, err := push.NewNamedProgram(text, strings.TrimPrefix(report.Home, "https://")+"/cmd/zkdoctor")
		if err != nil {
			return nil, fmt.Errorf("--push-binary %s: %w", file, err)
		}
		p.programs = append(p.programs, program)
	}
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("--push: %w", err)
	}
	text, err := t.files.ReadFile(ctx, path, push.MaxProgram)
	if err != nil {
		return nil, fmt.Errorf("--push: %w", err)
	}
	own, err := push.NewProgram(text)
	switch {
	case err == nil:
		p.programs = append(p.programs, own)
	case len(p.programs) == 0:
		return nil, fmt.Errorf("--push: this zkdoctor is %w: name one that is with --push-binary", err)
	}
	return p, nil
}

// linked is what to know where a program did not start.
func (p *pushed) linked() string { return push.Linked(p.programs) }

// pace ends a visit whose step takes longer than it may.
type pace struct {
	limits map[push.Step]time.Duration
	timer  *time.Timer
	step   push.Step
	// began is when the step began.
	began time.Time
}

func (v *via) newPace(late func()) *pace {
	p := &pace{limits: map[push.Step]time.Duration{push.Asking: v.limit, push.Running: v.limit}, step: push.Running}
	if v.push != nil {
		p.step, p.limits[push.Sending] = push.Asking, v.push.limit
	}
	p.timer, p.began = time.AfterFunc(p.limits[p.step], late), time.Now()
	return p
}

func (p *pace) next(step push.Step) {
	p.step, p.began = step, time.Now()
	p.timer.Reset(p.limits[step])
}

// tooLate says which step took too long; said is what the command said last.
func (p *pace) tooLate(command, said string) error {
	limit := p.limits[p.step]
	switch p.step {
	case push.Asking:
		return fmt.Errorf("%q brought no answer of a shell in %v%s; does it wait for a password?", command, limit, said)
	case push.Sending:
		return fmt.Errorf("%q did not take zkdoctor in %v%s: --push-timeout gives it longer", command, limit, said)
	default:
		return fmt.Errorf("%q gave no snapshot in %v%s; does it wait for a password?", command, limit, said)
	}
}

// run runs the command of a host to its end. What zkdoctor writes there goes to out.
func (v *via) run(ctx context.Context, command []string, out, words io.Writer, pace *pace) (code int, err error) {
	if v.push == nil {
		return runApart(ctx, command, nil, out, words)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stdin, toShell, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer context.AfterFunc(ctx, func() { _ = toShell.Close() })() // a write to what nobody reads ends then
	fromShell, stdout := io.Pipe()
	var group sync.WaitGroup
	var notStarted error
	group.Go(func() {
		code, notStarted = runApart(ctx, command, stdin, stdout, words)
		_, _ = stdin.Close(), stdout.Close()
	})
	err = push.Run(v.push.programs, v.arguments, v.push.limit, toShell, fromShell, out, pace.next)
	if err != nil && !errors.Is(err, push.ErrNoAnswer) {
		defer time.AfterFunc(lastWords, cancel).Stop() // the shell there has nothing more to read, and should end
	}
	_ = fromShell.Close()
	group.Wait()
	if notStarted != nil {
		return 0, notStarted
	}
	return code, err
}

// noShell says why a command ended before a shell answered.
func noShell(command string, code int, said string) error {
	switch code {
	case 126, 127:
		return fmt.Errorf("there is no shell there, which --push needs (exit code %d%s)", code, said)
	case 0:
		return fmt.Errorf("%q passed on nothing of what it is sent%s: kubectl exec and docker exec need -i", command, said)
	}
	return fmt.Errorf("%q ended with exit code %d%s, and no shell had answered", command, code, said)
}
