package model

// Doubt is why a process of this host is not taken at its word; empty where it is.
type Doubt string

const (
	// InItsPlace: it has none of the sockets of its configuration, and another process has
	// its client port. So it is no evidence of that server.
	InItsPlace Doubt = "another-listens"
	// OfOtherUser: it is none of the servers that were asked about, and one of these runs on
	// this host as another user. So it is no evidence of the ensemble.
	OfOtherUser Doubt = "other-user"
	// OwnNamespace: it lives in a user namespace of its own, where it may have any address.
	// What rests on it is not proven.
	OwnNamespace Doubt = "own-namespace"
	// ProgramUnseen: whether it is a JVM was not to be seen from here, and it does not listen.
	// What rests on it is not proven.
	ProgramUnseen Doubt = "program-not-seen"
	// ListensNowhere: as while a server starts, and it is not of root. Any user may
	// start what calls itself so: what rests on it is not proven.
	ListensNowhere Doubt = "listens-nowhere"
)
