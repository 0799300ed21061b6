// Package logline is the table of the lines that ZooKeeper, and the Java that runs it,
// write to their log: what each means, and which findings it points to. It serves the
// log tails that probe reads, and the lines that are pasted into zkdoctor explain.
//
// The texts are literals of ZooKeeper 3.4.10 to 3.9, checked in its source; the class
// stands at each list, and the versions where they differ. There is no I/O here.
package logline
