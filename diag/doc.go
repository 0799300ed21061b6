// Package diag thinks: it reads a Snapshot and concludes a Report. It is
// pure. It does no I/O, reads no clock, starts no goroutine and writes no log;
// the same snapshot gives the same report, byte for byte.
package diag
