package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/render"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// randomScene is an ensemble drawn by chance, and what is done to it.
type randomScene struct {
	seed     uint64
	shape    drawnShape
	injuries []injury
	member   int // from whose host zkdoctor looks, beside the client's
	ens      *zktest.Ensemble
}

// drawScene draws a scene: the same one for the same seed and the same releases under test.
func drawScene(seed uint64) *randomScene {
	draw := rand.New(rand.NewPCG(seed, 0))
	return &randomScene{seed: seed, shape: drawShape(draw)}
}

// injure draws the faults, once the servers are there to be drawn from.
func (sc *randomScene) injure() {
	draw := rand.New(rand.NewPCG(sc.seed, 1))
	n := len(sc.ens.Servers)
	sc.member = 1 + draw.IntN(n)
	hurt := draw.Perm(n)[:1+draw.IntN(3)]
	for _, i := range hurt {
		s := sc.ens.Servers[i]
		possible := slices.DeleteFunc(troubles(), func(tr trouble) bool { return tr.can != nil && !tr.can(sc.shape, s) })
		sc.injuries = append(sc.injuries, injury{possible[draw.IntN(len(possible))], s.ID})
	}
	// What is still in motion when zkdoctor looks comes last.
	slices.SortStableFunc(sc.injuries, func(a, b injury) int {
		return map[bool]int{true: 1}[a.moves] - map[bool]int{true: 1}[b.moves]
	})
}

// String names the scene.
func (sc *randomScene) String() string {
	var what []string
	for _, in := range sc.injuries {
		what = append(what, in.String())
	}
	return fmt.Sprintf("seed %d: %s: %s", sc.seed, sc.shape, strings.Join(what, ", "))
}

// tally counts the looks of all scenes.
type tally struct{ looks, right, undecided atomic.Int64 }

// TestRealOnceRandom breaks ensembles of random shapes in random ways, one to three at a
// time, and holds the answers of zkdoctor against what the servers say: the verdict is
// right, no finding names what was not done, and once all is repaired there is silence.
// ZKTEST_SEED=7 plays one scene, ZKTEST_RANDOM=100 so many new ones.
func TestRealOnceRandom(t *testing.T) {
	t.Parallel()
	var all tally
	t.Cleanup(func() {
		t.Logf("RANDOM %d of %d looks right, of these %d undecided", all.right.Load(), all.looks.Load(), all.undecided.Load())
	})
	for _, seed := range seeds(t) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			drawScene(seed).play(t, &all)
		})
	}
}

// seeds are those of the scenes to play: without a wish two that are always the same, so
// that what was right stays so.
func seeds(t *testing.T) []uint64 {
	t.Helper()
	number := func(key string) uint64 {
		n, err := strconv.ParseUint(os.Getenv(key), 10, 64)
		if err != nil && os.Getenv(key) != "" {
			t.Fatalf("%s: %v", key, err)
		}
		return n
	}
	if seed := number("ZKTEST_SEED"); seed != 0 {
		return []uint64{seed}
	}
	var out []uint64
	first := uint64(time.Now().Unix())
	for i := range number("ZKTEST_RANDOM") {
		out = append(out, first+i)
	}
	if out == nil {
		return []uint64{21, 25} // of three servers: they are quick
	}
	return out
}

// play brings the scene about, looks, repairs it, and looks again.
func (sc *randomScene) play(t *testing.T, all *tally) {
	t.Helper()
	atOnce <- struct{}{}
	t.Cleanup(func() { <-atOnce })
	sc.ens = zktest.StartT(t, sc.shape.options())
	if sc.shape.beside != "" {
		zktest.StartT(t, sc.shape.besideOptions(sc.ens))
	}
	sc.waitWhole(t)
	sc.injure()
	t.Log(sc)
	fixed, still := sc.hurt(t)
	for _, from := range []int{0, sc.member} {
		all.judge(t, sc.look(t, from, sc.injuries, still))
	}
	fixed()
	sc.waitWhole(t)
	sc.settle(t)
	for _, from := range []int{0, sc.member} {
		all.judge(t, sc.look(t, from, nil, true))
	}
}

// hurt does what was drawn, and waits for what comes of it, unless that is to be seen in
// motion; repair takes it back.
func (sc *randomScene) hurt(t *testing.T) (fixed func(), still bool) {
	t.Helper()
	var undo []func()
	waited := false
	for _, in := range sc.injuries {
		if in.moves && !waited {
			sc.settle(t)
			waited = true
		}
		undo = append(undo, in.do(t, sc.ens, sc.ens.Server(in.id)))
	}
	if !waited {
		still = sc.settle(t)
	}
	return func() {
		for _, f := range slices.Backward(undo) {
			f()
		}
	}, still
}

// waitWhole waits until all servers are in the quorum.
func (sc *randomScene) waitWhole(t *testing.T) {
	t.Helper()
	must(t, sc.ens.Wait(t.Context(), "all servers to serve", func() bool {
		tr := sc.truth(t)
		return len(tr.modes) == len(sc.ens.Servers) && tr.state == report.Serving
	}))
}

// look has zkdoctor look.
func (sc *randomScene) look(t *testing.T, from int, injuries []injury, still bool) *randomLook {
	t.Helper()
	program, err := builtProgram()
	must(t, err)
	l := &randomLook{scene: sc, from: from, injuries: injuries, still: still, before: sc.truth(t)}
	l.file = filepath.Join(t.ArtifactDir(), fmt.Sprintf("%s-%d.json", map[bool]string{true: "whole", false: "broken"}[injuries == nil], from))
	p := &patient{ens: sc.ens, host: sc.ens.Client, command: []string{program, "check", "-o", "json", "--deadline", "30s", "--out", l.file}}
	if from != 0 {
		p.host = sc.ens.Server(from).Host
		p.command = append(p.command, "-c", sc.ens.Server(from).ConfigFile)
	} else {
		p.command = append(p.command, "--no-local")
		for _, s := range sc.ens.Servers {
			p.command = append(p.command, s.Addr)
		}
	}
	l.got = p.ask(t)
	l.after = sc.truth(t)
	return l
}

// judge counts a look, and writes down one that is wrong.
func (a *tally) judge(t *testing.T, l *randomLook) {
	t.Helper()
	a.looks.Add(1)
	wrong, undecided := l.judge()
	if undecided {
		a.undecided.Add(1)
	}
	t.Logf("LOOK %s: %s%s; not named: %v", l, l.got.Verdict.State, map[bool]string{true: ", undecided"}[undecided], l.unnamed())
	if len(wrong) == 0 {
		a.right.Add(1)
		return
	}
	var text strings.Builder
	must(t, render.Text(&text, l.got, render.Options{All: true}))
	t.Errorf("WRONG %s\n%s: %s\nbefore: %s\nafter:  %s\nsnapshot: %s\n%s",
		l.scene, l, strings.Join(wrong, "; "), l.before, l.after, l.file, text.String())
}
