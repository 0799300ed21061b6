package logline

import (
	"regexp"
	"slices"
	"strings"
)

// What Java itself, and the shell that starts it, write on the console, without a time and
// without ZooKeeper's layout.

// consoleHeads are how a line begins that is Java's own first one of an end, or of why it did not
// begin: of its launcher (java.c), its start (arguments.cpp), its errors (vmError.cpp, debug.cpp).
func consoleHeads() []string {
	return []string{
		`Exception in thread "`, "Error: ", "Error occurred during ", unknownVMOption, unknownOption, maximumHeap, initialHeap,
		"Terminating due to " + noMemory, "Aborting due to " + noMemory,
		"# There is insufficient memory", "# A fatal error has been detected", "#  SIG", "#  Internal Error ",
		"library initialization failed", "nohup: ",
	}
}

var (
	// consoleWarns are its warnings of what it could not have: of the others, about options that
	// are of no use, there are many, and they mean nothing.
	consoleWarns = regexp.MustCompile(`^(?:[^:\[]* VM warning: .*failed|(?:\[[^\]]*\])*\[(?:warning|error)\s*\]\[os[^\]]*\] )`)
	// uncaught is how a thread ends whose handler fails, and shell what the start scripts' shell says.
	uncaught = regexp.MustCompile(`^Exception: \S+ thrown from the UncaughtExceptionHandler`)
	shell    = regexp.MustCompile(`^\S*/zk(?:Server|Env)\.sh: `)
	// oneThread is how a thread ends that finds no memory, where nobody reports it.
	oneThread = regexp.MustCompile(`^` + regexp.QuoteMeta(noMemory) + `\b`)
)

// Console is the level of a line that Java, or the shell, writes by itself; empty for others. within says
// that it stands below an event, whose exception an OutOfMemoryError is then.
func Console(line string, within bool) string {
	begins := func(head string) bool { return strings.HasPrefix(line, head) }
	switch {
	case slices.ContainsFunc(consoleHeads(), begins), uncaught.MatchString(line), shell.MatchString(line),
		!within && oneThread.MatchString(line):
		return "ERROR"
	case consoleWarns.MatchString(line):
		return "WARN"
	}
	return ""
}
