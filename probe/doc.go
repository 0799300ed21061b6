// Package probe looks at servers and at the host that it runs on, and writes down
// what it saw. It concludes nothing: a server that cannot be reached is data and not
// an error.
package probe
