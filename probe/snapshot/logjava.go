package snapshot

import (
	"regexp"
	"strings"
)

// What Java itself, and the shell that starts it, write on the console, without a time and
// without ZooKeeper's layout.

var (
	// javaFails are Java's own first lines of an end, or of why it did not begin: its launcher
	// (java.c), its start (arguments.cpp), its errors (vmError.cpp, debug.cpp), and the shell.
	javaFails = regexp.MustCompile(`^(?:` +
		`Exception in thread "|Exception: \S+ thrown from the UncaughtExceptionHandler|` +
		`Error: |Error occurred during |Unrecognized (?:VM )?option|Invalid (?:maximum|initial) heap size|` +
		`(?:Terminating|Aborting) due to java\.lang\.OutOfMemoryError|` +
		`# (?:There is insufficient memory|A fatal error has been detected)|#  (?:SIG[A-Z]+|Internal Error) |` +
		`library initialization failed|nohup: |\S*/zk(?:Server|Env)\.sh: )`)
	// javaWarns are its warnings of what it could not have: of the others, about options that
	// are of no use, there are many, and they mean nothing.
	javaWarns = regexp.MustCompile(`^(?:[^:\[]* VM warning: .*failed|(?:\[[^\]]*\])*\[(?:warning|error)\s*\]\[os[^\]]*\] )`)
	// noMemory is how a thread ends that finds no memory, where nobody reports it.
	noMemory = regexp.MustCompile(`^java\.lang\.OutOfMemoryError\b`)
)

// javaHead is the first line of something that Java reports by itself. within says that it
// stands below an event, whose exception an OutOfMemoryError is then.
func javaHead(line string, within bool) (e LogEvent, ok bool) {
	e = LogEvent{Text: strings.TrimSpace(line), Count: 1}
	switch {
	case javaFails.MatchString(line), !within && noMemory.MatchString(line):
		e.Level = "ERROR"
	case javaWarns.MatchString(line):
		e.Level = "WARN"
	default:
		return LogEvent{}, false
	}
	return e, true
}
