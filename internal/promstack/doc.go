// Package promstack starts what monitors: a real Prometheus, a real Alertmanager
// and the exporter, on loopback, for tests and for "make monitor".
//
// A server cannot outlive this process: the kernel kills it (see internal/pdeathsig),
// and Close removes its files.
package promstack
