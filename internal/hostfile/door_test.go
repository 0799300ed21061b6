package hostfile

import (
	"context"
	"errors"
	"testing"
)

// TestDoor: what is stuck is left behind, no more than so many at a time, and what has
// ended after all makes room again.
func TestDoor(t *testing.T) {
	t.Parallel()
	var door Door
	release := make(chan struct{})
	quick := func(*FS) (int, error) { return 2, nil }
	var left []*GivenUpError
	for range atOnce {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Look(ctx, &door, As{}, func(*FS) (int, error) { cancel(); <-release; return 1, nil })
		gaveUp, ok := errors.AsType[*GivenUpError](err)
		if !ok || !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		left = append(left, gaveUp)
	}
	// At once, however much time there is.
	if _, err := Look(t.Context(), &door, As{}, quick); !errors.Is(err, ErrStuck) {
		t.Errorf("one too many: %v", err)
	}
	// Others are not kept from looking by that, until all together are too many.
	var stuck []*place
	giveUp := func(who user) {
		t.Helper()
		p, err := door.enter(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		p.giveUp()
		stuck = append(stuck, p)
	}
	for who := user(1); who <= 2; who++ {
		for range atOnce / 2 {
			giveUp(who)
		}
	}
	if _, err := door.enter(t.Context(), 1); !errors.Is(err, ErrStuck) {
		t.Errorf("one of their users, when many are stuck: %v", err)
	}
	// Whoever has none stuck himself is let in for longer.
	for who := user(3); len(stuck) < maxThreads-atOnce; who++ {
		giveUp(who)
	}
	if _, err := door.enter(t.Context(), maxThreads); !errors.Is(err, ErrStuck) {
		t.Errorf("another user, when too many are stuck: %v", err)
	}
	for _, p := range stuck {
		p.leave()
	}
	close(release)
	for _, l := range left {
		<-l.Ended
	}
	if got, err := Look(t.Context(), &door, As{}, quick); got != 2 || err != nil {
		t.Errorf("afterwards: %d, %v", got, err)
	}
	if p, err := door.enter(t.Context(), maxThreads); err != nil {
		t.Errorf("another user, afterwards: %v", err)
	} else {
		p.leave()
		p.giveUp() // it has ended: nothing to count
	}
	if door.stuck != 0 {
		t.Errorf("%d stuck", door.stuck)
	}
}

// TestDoorWaits: more looks than may go on at a time wait for each other.
func TestDoorWaits(t *testing.T) {
	t.Parallel()
	var door Door
	var places []*place
	for range atOnce {
		p, err := door.enter(t.Context(), ourselves)
		if err != nil {
			t.Fatal(err)
		}
		places = append(places, p)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Look(ctx, &door, As{}, func(*FS) (int, error) { return 1, nil })
	gaveUp, ok := errors.AsType[*GivenUpError](err)
	if !ok {
		t.Fatal(err)
	}
	<-gaveUp.Ended
	places[0].leave()
	if got, err := Look(t.Context(), &door, As{}, func(*FS) (int, error) { return 1, nil }); got != 1 || err != nil {
		t.Errorf("%d, %v", got, err)
	}
}
