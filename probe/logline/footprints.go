package logline

import "strings"

// footprints are texts at WARN that each look leaves in the log of a healthy server, or that tell
// nothing of a server: as evidence they would show zkdoctor to itself.
func footprints() []string {
	return []string{
		// Somebody connected to the election port and closed: so does a look at whether it is open.
		Challenge + "{}java.io.EOFException",
		// The same where the servers speak TLS.
		Challenge + "{}Blocked insecure connection attempt",
		// The AdminServer was asked, as each look asks it.
		"not currently serving requests for command",
		// Jetty says so at each start of an AdminServer.
		"has uncovered http methods for path",
		// The session of a client that knows no read-only mode.
		"Connection request from old client",
	}
}

// Footprint reports whether an event, a message and the exception below it, tells of who looked
// and not of the server.
func Footprint(message, cause string) bool {
	both := message + ": " + cause
	for _, text := range footprints() {
		if (form{parts: strings.Split(text, Gap)}).in(both) {
			return true
		}
	}
	return false
}

// OnlyEnds reports whether a message says that the process ends, and nothing of why.
func OnlyEnds(message string) bool { return strings.HasPrefix(message, exiting) }
