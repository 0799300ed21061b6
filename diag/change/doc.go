// Package change says what is different between two checks of an ensemble: servers that went
// out or came back, leader, epoch, versions, members, configuration, findings and counters.
// It compares what is known in both, and nothing else. It does no I/O and knows no clock.
package change
