package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fatih/color"
	"golang.org/x/term"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

const mainClass = "org.apache.zookeeper.server.quorum.QuorumPeerMain"

// demo is one run.
type demo struct {
	out    io.Writer
	dir    string // of the servers; empty: zktest chooses
	doctor doctor
	bold   bool

	ens *zktest.Ensemble
	// printing keeps messages that come at once apart.
	printing sync.Mutex
	seen     []outcome
}

// outcome is what zkdoctor said in a scene.
type outcome struct {
	scene string
	code  int
	cause string // the first root cause, empty for none
}

// report is what the demo needs of zkdoctor's JSON.
type report struct {
	Verdict struct {
		State string `json:"state"`
	} `json:"verdict"`
	Findings []struct {
		Code    string   `json:"code"`
		Root    bool     `json:"root"`
		Servers []string `json:"servers"`
		Fix     []struct {
			Host    string `json:"host"`
			Command string `json:"command"`
		} `json:"fix"`
	} `json:"findings"`
}

// terminal sets the demo up for a terminal.
func (d *demo) terminal(fd int) {
	if width, _, err := term.GetSize(fd); err == nil {
		d.doctor.columns = width
	}
	d.bold = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" // as zkdoctor does
	d.doctor.color = d.bold
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }

// strong says what has to stand out.
func (d *demo) strong(format string, args ...any) {
	c := color.New(color.Bold)
	c.DisableColor()
	if d.bold {
		c.EnableColor()
	}
	d.say("%s", c.Sprintf(format, args...))
}

// heading begins a part of the demo.
func (d *demo) heading(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	d.say("")
	d.strong("== %s %s", text, strings.Repeat("=", max(3, 76-len(text))))
	d.say("")
}

// prepare gets what the demo needs: the jars, the ports, zkdoctor.
func (d *demo) prepare(ctx context.Context, version string) (remove func(), err error) {
	err = d.patiently("Downloading ZooKeeper "+version+" with Maven, this once ...", func() error {
		_, err := zktest.Jars(ctx, version)
		return err
	})
	switch {
	case errors.Is(err, zktest.ErrNoMaven):
		return nil, fmt.Errorf("cannot download ZooKeeper: %w", err)
	case err != nil:
		return nil, fmt.Errorf("cannot download ZooKeeper, is the network there? %w", err)
	}
	if err := portsFree(); err != nil {
		return nil, err
	}
	err = d.patiently("Building zkdoctor ...", func() error {
		var err error
		remove, err = d.doctor.build(ctx)
		return err
	})
	return remove, err
}

// patiently calls f, and tells what it is when it takes its time.
func (d *demo) patiently(what string, f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-time.After(time.Second): // a full cache answers at once
		d.say("%s", what)
		return <-done
	}
}

// check runs "zkdoctor check" twice, for the demo and for the reader, and fails
// when it does not say what is wanted.
func (d *demo) check(ctx context.Context, want outcome) (*report, error) {
	raw, _, err := d.promised(ctx, want, "-o", "json")
	if err != nil {
		return nil, err
	}
	var r report
	if err := json.Unmarshal([]byte(raw.stdout), &r); err != nil {
		return nil, fmt.Errorf("zkdoctor check -o json: %w", err)
	}
	if got := r.cause(); got != want.cause {
		return nil, fmt.Errorf("scene %q: the first root cause is %q, want %q:\n%s", want.scene, got, want.cause, raw.stdout)
	}
	shown, args, err := d.promised(ctx, want)
	if err != nil {
		return nil, err
	}
	if len(args) > 1 {
		d.say("(This machine runs another ZooKeeper too; -c says which one is meant.)")
	}
	d.strong("$ zkdoctor %s", strings.Join(args, " "))
	fmt.Fprint(d.out, shown.stdout, shown.stderr)
	d.say(`
Exit code %d: %s.`, shown.code, meaning(shown.code))
	d.seen = append(d.seen, outcome{want.scene, shown.code, r.cause()})
	return &r, nil
}

// promised runs "zkdoctor check" until it says what is wanted. Only another
// ensemble on this machine, which may come and go at any time, is a reason to
// ask again.
func (d *demo) promised(ctx context.Context, want outcome, flags ...string) (answer, []string, error) {
	for range 3 {
		others := d.others()
		args := []string{"check"}
		if others {
			args = append(args, "-c", d.ens.Servers[0].ConfigFile)
		}
		got, err := d.doctor.run(ctx, append(args, flags...)...)
		if err != nil {
			return got, nil, err
		}
		if got.code == want.code && strings.Contains(got.stdout, want.cause) {
			return got, args, nil
		}
		if !others && !d.others() && !strings.Contains(got.stderr, "more than one ensemble") {
			return got, nil, unkept(want, got)
		}
	}
	return answer{}, nil, fmt.Errorf("scene %q: other ZooKeeper servers on this machine keep coming and going; try again when they have ended", want.scene)
}

func unkept(want outcome, got answer) error {
	promise := fmt.Sprintf("exit code %d", want.code)
	if want.cause != "" {
		promise += " and " + want.cause
	}
	return fmt.Errorf("scene %q: zkdoctor check promised %s and gave exit code %d:\n%s%s", want.scene, promise, got.code, got.stdout, got.stderr)
}

// others reports whether a ZooKeeper that is not the demo's runs on this machine.
func (d *demo) others() bool {
	var own []string
	for _, s := range d.ens.Servers {
		own = append(own, strconv.Itoa(s.PID()))
	}
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is well formed
	return slices.ContainsFunc(files, func(file string) bool {
		raw, _ := os.ReadFile(file) // gone by now: no match
		args := strings.Split(string(raw), "\x00")
		return slices.Contains(args, mainClass) && !slices.Contains(own, filepath.Base(filepath.Dir(file)))
	})
}

// cause is the first root cause.
func (r *report) cause() string {
	for _, f := range r.Findings {
		if f.Root {
			return f.Code
		}
	}
	return ""
}

// meaning is a zkdoctor exit code in words.
func meaning(code int) string {
	switch code {
	case 0:
		return "all is well"
	case 1:
		return "warning"
	case 2:
		return "critical"
	}
	return "not known"
}
