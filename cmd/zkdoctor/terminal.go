package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"

	"github.com/zkdoctor/zkdoctor/internal/hostfile"
)

// terminal is where the program reads and writes: stdout has the answer, stderr
// the log and the progress.
type terminal struct {
	in       *os.File
	out, err *os.File
	// files is what all files are read through.
	files *hostfile.Door
	// plugin: stdout is read by a monitoring system, which shows nothing else.
	plugin bool
}

// width is the number of columns to write: COLUMNS, or that of the terminal; 0
// when neither is known.
func (t terminal) width() int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if columns, _, err := term.GetSize(int(t.out.Fd())); err == nil {
		return columns
	}
	return 0
}

// color resolves --color. Under auto a terminal gets it, unless NO_COLOR is set
// (to anything, https://no-color.org) or TERM says that it has none.
func (t terminal) color(when string) bool {
	switch when {
	case "always":
		return true
	case "never":
		return false
	}
	return isTerminal(t.out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// progress is where to tell a person to wait; it discards on anything but a
// terminal.
func (t terminal) progress() io.Writer {
	if isTerminal(t.err) {
		return t.err
	}
	return io.Discard
}
