// Package theory decides what is shown of what the rules found, and in which order. It knows
// findings by their traits, and no rule.
package theory

import "github.com/zkdoctor/zkdoctor/diag/report"

// Traits are what folding and ranking must know of a finding.
type Traits struct {
	// EnsembleWide: it is about the ensemble, whatever server of it shows that.
	EnsembleWide bool
	// ByNumber: as a consequence it is explained only by causes that keep out so many voters
	// that those left are no quorum.
	ByNumber bool
	// Symptom: that something is wrong, which is no cause of it. Where nothing that was found
	// explains it, it is said to be unexplained.
	Symptom bool
	// NeverRoot: shown when nothing explains it, but as what it is: what follows from a
	// symptom, or a setting that causes no outage.
	NeverRoot bool
	// AlwaysShown: it stays on the screen even when something explains it. Whoever acts
	// must know of it: a disk with room again does not repair what it broke.
	AlwaysShown bool
	// Proximate: it says what happened to a server, and not why. Where nothing explains it and
	// the server's own host was looked at, that is said.
	Proximate bool
	// Ended: it is that a process ended. Why is told only where something shows how: a plain stop
	// has no more to it.
	Ended bool
	// DataAtRisk: it comes first among those of its severity.
	DataAtRisk bool
	// CoversAll: as a cause it concerns every server. CoveredByAny: as a consequence it is
	// explained by a cause at whatever server.
	CoversAll, CoveredByAny bool
	// Apart: two of them are never joined into one.
	Apart bool
	// BreaksStart: a server that it concerns does not come back from a restart, or not with its
	// own data, its own id or into its own quorum.
	BreaksStart bool
	// Unsettled: while it is so, no other server is to be stopped.
	Unsettled bool
}

// Kind is a finding's place among the others.
type Kind struct {
	Traits
	Explains []report.Code
}
