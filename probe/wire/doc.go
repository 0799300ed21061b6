// Package wire asks one server one thing over a connection of its own: a four-letter
// word, a session, a command of the AdminServer, a hello in TLS, or nothing at all.
// Which things are asked is for others to decide.
package wire
