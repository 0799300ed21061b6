// Package snapshot is what was seen: the data that probe writes down and the rules read,
// and the parsers that make it of replies and files. It does no I/O of its own.
package snapshot
