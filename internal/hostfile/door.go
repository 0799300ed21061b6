package hostfile

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

const (
	// atOnce bounds the looks for one user that go on at the same time, those that were given
	// up and have not ended included: each holds a thread.
	atOnce = 4
	// maxStuck bounds those that were given up, of all users, for the users who have such.
	maxStuck = 8
	// maxThreads bounds them for all others: whoever is as many users as that has them all.
	maxThreads = 64
)

// ErrStuck is why a look was not begun: too many earlier ones have not ended yet.
var ErrStuck = errors.New("not read: earlier reads of this user's files have not ended")

// GivenUpError is the error of a look whose context ended before the kernel answered.
type GivenUpError struct {
	// Cause is the context's.
	Cause error
	// Ended is closed once the look has ended after all.
	Ended <-chan struct{}
}

// Error implements error.
func (g *GivenUpError) Error() string { return fmt.Sprintf("no answer in time (%v)", g.Cause) }

// Unwrap returns the cause.
func (g *GivenUpError) Unwrap() error { return g.Cause }

// Door lets looks at files in, a few at a time for each user. The zero value is ready; all
// that one process reads goes through one.
type Door struct {
	mu    sync.Mutex
	users map[user]*looks
	stuck int // of all users
}

// user is for whom files are read: a user id of another process, or ourselves.
type user int64

const ourselves user = -1

// looks are those for one user.
type looks struct {
	running chan struct{} // has a token for each
	stuck   int
}

// Look calls look, which may read files as as sees them, and returns what it returns; or
// else a *GivenUpError once ctx has ended. What was given up goes on by itself for as long as the
// kernel keeps it, and its result is dropped: look must share nothing with its caller. Too
// many such looks make the next one an ErrStuck.
func Look[T any](ctx context.Context, d *Door, as As, look func(*FS) (T, error)) (T, error) {
	return pass(ctx, d, as.user(), as.begin, func() (T, error) {
		fsys, err := as.open()
		if err != nil {
			var none T
			return none, err
		}
		defer fsys.close()
		return look(fsys)
	})
}

// LookAt is Look for what the kernel tells of a user's process: with zkdoctor's own rights, and
// where the process keeps the kernel from answering, that is counted for its user.
func LookAt[T any](ctx context.Context, d *Door, uid uint64, look func() (T, error)) (T, error) {
	return pass(ctx, d, user(uid), func(f func()) { go f() }, look) //nolint:gosec // ids have 32 bits, and one more
}

// pass lets one look in, which begin begins.
func pass[T any](ctx context.Context, d *Door, who user, begin func(func()), look func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	place, err := d.enter(ctx, who)
	if err != nil {
		return none, err
	}
	done, ended := make(chan result, 1), make(chan struct{})
	begin(func() {
		defer close(ended)
		defer place.leave()
		value, err := look()
		done <- result{value, err}
	})
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		select {
		case r := <-done: // in the same moment
			return r.value, r.err
		default:
		}
		place.giveUp()
		return none, &GivenUpError{context.Cause(ctx), ended}
	}
}

// place is that of one look.
type place struct {
	door  *Door
	looks *looks
	// Both under the door's lock.
	left, givenUp bool
}

// enter waits for a place, and waits for none that nobody will leave.
func (d *Door) enter(ctx context.Context, who user) (*place, error) {
	d.mu.Lock()
	l := d.users[who]
	if l == nil {
		l = &looks{running: make(chan struct{}, atOnce)}
		if d.users == nil {
			d.users = map[user]*looks{}
		}
		d.users[who] = l
	}
	full := l.stuck == atOnce || who != ourselves && (d.stuck >= maxThreads || l.stuck > 0 && d.stuck >= maxStuck)
	d.mu.Unlock()
	if full {
		return nil, ErrStuck
	}
	select {
	case l.running <- struct{}{}:
		return &place{door: d, looks: l}, nil
	case <-ctx.Done():
		ended := make(chan struct{})
		close(ended) // it was never begun
		return nil, &GivenUpError{context.Cause(ctx), ended}
	}
}

func (p *place) leave() {
	p.door.mu.Lock()
	defer p.door.mu.Unlock()
	p.left = true
	if p.givenUp {
		p.looks.stuck--
		p.door.stuck--
	}
	<-p.looks.running
}

func (p *place) giveUp() {
	p.door.mu.Lock()
	defer p.door.mu.Unlock()
	if !p.left {
		p.givenUp = true
		p.looks.stuck++
		p.door.stuck++
	}
}

// As says through whose eyes a look is made. The zero value is zkdoctor itself.
type As struct {
	// Root is the directory that is seen as /; empty for our own.
	Root string
	// Rights are whose; nil for ours.
	Rights *Rights
}

func (as As) user() user {
	if as.Rights == nil {
		return ourselves
	}
	return user(as.Rights.UID)
}

// begin calls f on a goroutine that stays on one thread, by which the files that it holds are named; and where
// that is to have other rights, on a thread of its own that ends with it.
func (as As) begin(f func()) {
	if as.Rights == nil {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			f()
		}()
		return
	}
	go func() {
		runtime.LockOSThread() // never unlocked
		if !isMainThread() {
			f()
			return
		}
		// This thread never ends, and what others see as zkdoctor's rights are its. It is held
		// until f has another one.
		other := make(chan struct{})
		go func() {
			runtime.LockOSThread()
			close(other)
			f()
		}()
		<-other
		runtime.UnlockOSThread()
	}()
}

// open makes the calling thread look so.
func (as As) open() (*FS, error) {
	fsys := new(FS)
	if as.Root != "" || as.Rights != nil {
		root, err := openRoot(as.Root)
		if err != nil {
			return nil, err
		}
		fsys.root = root
	}
	if as.Rights == nil {
		return fsys, nil
	}
	if err := as.Rights.take(); err != nil {
		fsys.close()
		return nil, err
	}
	return fsys, nil
}
