package logline

// Kind is what a line is evidence of, where it is of no finding.
type Kind string

const (
	// Harmless is what a healthy server writes; Why says when it is not harmless.
	Harmless Kind = "harmless"
	// OfClient is what a client or its library writes, or what a server writes about what one did.
	OfClient Kind = "client"
	// Setting is what a server says of its configuration, and lint names the line of.
	Setting Kind = "configuration"
	// Foreign is that something else than ZooKeeper connected, or answered.
	Foreign Kind = "not ZooKeeper"
	// Consequence is what follows from something else: the lines before it say from what.
	Consequence Kind = "consequence"
	// Fault is a fault of the software, or of what it is built on: nothing that is set or
	// connected wrongly brings it about.
	Fault Kind = "software fault"
)
