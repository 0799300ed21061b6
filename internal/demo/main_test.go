package main

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// TestRealDemo plays the demo; play fails where zkdoctor breaks a promise.
func TestRealDemo(t *testing.T) {
	var out bytes.Buffer
	d := demo{out: &out}
	err := d.play(t.Context())
	if errors.Is(err, zktest.ErrNoJava) || errors.Is(err, zktest.ErrNoMaven) {
		if !zktest.Required() {
			t.Skipf("needs a real ZooKeeper: %v", err)
		}
	}
	if err != nil {
		t.Fatalf("%v\nThe output so far:\n%s", err, &out)
	}
	var codes []int
	for _, o := range d.seen {
		codes = append(codes, o.code)
	}
	if want := []int{0, 2, 2, 0}; !slices.Equal(codes, want) {
		t.Errorf("exit codes %v, want %v", codes, want)
	}
	for line := range bytes.Lines(out.Bytes()) {
		if i := bytes.IndexFunc(line, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }); i >= 0 {
			t.Errorf("not printable ASCII: %q", line)
		}
	}
}
