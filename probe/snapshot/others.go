package snapshot

// Others are the processes of this host that have the command line of a ZooKeeper server and
// were not looked at as one of the ensemble.
type Others struct {
	// Found is how many processes have such a command line, those of the ensemble included.
	Found int `json:"found"`
	// Processes are the others in the order in which they were found, keepOthers of them at
	// most; More is how many there are beyond that.
	Processes []OtherProcess `json:"processes,omitempty"`
	More      int            `json:"more,omitempty"`
	// Beyond is how many of the others are BeyondLimit, NotOwners how many are NotOwner, and
	// Unscanned how many processes of the host were not looked at in time, or kept the kernel
	// from telling what they are.
	Beyond    int `json:"beyond,omitempty"`
	NotOwners int `json:"not_owners,omitempty"`
	Unscanned int `json:"unscanned,omitempty"`
}

// All reports whether every process was looked at that may be a server: else a server that was
// not found may run for all that.
func (o *Others) All() bool { return o.Beyond == 0 && o.NotOwners == 0 && o.Unscanned == 0 }

// keepOthers is how many of them are kept: enough to see who they are.
const keepOthers = 64

// OtherProcess is one of them.
type OtherProcess struct {
	PID int `json:"pid"`
	// User is the name of the owner, or its number where it has no name.
	User string `json:"user"`
	// Config is the path in its command line; empty for none.
	Config string      `json:"config,omitempty"`
	Why    OtherReason `json:"why"`
}

// OtherReason is why a process was not checked as a server of the ensemble.
type OtherReason string

const (
	// NotJava: no Java virtual machine is loaded into it.
	NotJava OtherReason = "not-java"
	// OtherEnsemble: its configuration is that of another ensemble.
	OtherEnsemble OtherReason = "other-ensemble"
	// BeyondLimit: too many processes of the host have such a command line.
	BeyondLimit OtherReason = "beyond-limit"
	// NotOwner: it listens nowhere, as while a server starts, and its user is neither root nor
	// the owner of the host's own configuration or of the data that this names.
	NotOwner OtherReason = "not-owner"
)

// Add notes one more.
func (o *Others) Add(p OtherProcess) {
	switch p.Why {
	case BeyondLimit:
		o.Beyond++
	case NotOwner:
		o.NotOwners++
	case NotJava, OtherEnsemble:
	}
	if len(o.Processes) == keepOthers {
		o.More++
		return
	}
	o.Processes = append(o.Processes, p)
}
