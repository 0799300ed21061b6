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
	// OwnNamespace: it lives in a user namespace of its own, with any address. It proves nothing.
	OwnNamespace Doubt = "own-namespace"
	// ProgramUnseen: whether it is a JVM was not to be seen from here, and it does not listen.
	// What rests on it is not proven.
	ProgramUnseen Doubt = "program-not-seen"
	// ListensNowhere: nor is it of root. Any user may start what calls itself so: it proves nothing.
	ListensNowhere Doubt = "listens-nowhere"
)
