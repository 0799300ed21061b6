package report

import "time"

// Changes is what is different between two checks of an ensemble. It is the JSON answer of
// diff, and its text and Markdown are made from it alone.
type Changes struct {
	SchemaVersion int    `json:"schema_version"`
	Tool          Tool   `json:"tool"`
	Before        Moment `json:"before"`
	After         Moment `json:"after"`
	// Changed is false where nothing that matters is different.
	Changed bool `json:"changed"`
	// Changes are in a fixed order: servers, leader, verdict, versions, members,
	// configuration, findings, counters.
	Changes []Change `json:"changes"`
}

// Moment is one of the two checks.
type Moment struct {
	At   time.Time `json:"at"`
	Host string    `json:"host"`
	// Verdict is that of the check.
	State    State  `json:"state"`
	Summary  string `json:"summary"`
	ExitCode int    `json:"exit_code"`
	// Incomplete is Report.Incomplete.
	Incomplete string `json:"incomplete,omitempty"`
}

// ChangeKind is the closed list of what can be different.
type ChangeKind string

const (
	// ServerOut: it served, or was not judged, and is known not to serve.
	ServerWentOut ChangeKind = "server-out"
	// ServerNotJudged: it was judged, and cannot be judged from here.
	ServerNotJudged ChangeKind = "server-not-judged"
	// ServerBack: it serves, and did not, or was not judged.
	ServerBack ChangeKind = "server-back"
	// ServerRestarted: another process, or counters of the whole process began again.
	ServerRestarted ChangeKind = "restarted"
	// ServerRejoined: it serves in the same role, and has taken it anew in between.
	ServerRejoined ChangeKind = "rejoined"
	// CountersRestarted: its counters began again, and nothing else says why.
	CountersRestarted ChangeKind = "counters-restarted"
	// RoleChanged: neither by going out or coming back, nor by a change of the leader.
	RoleChanged ChangeKind = "role"
	// ServerAdded and ServerRemoved: it was asked in one of the two checks only.
	ServerAdded   ChangeKind = "server-added"
	ServerRemoved ChangeKind = "server-removed"
	LeaderChanged ChangeKind = "leader"
	// EpochChanged: of the leader's zxid; an election was won in between.
	EpochChanged   ChangeKind = "epoch"
	VerdictChanged ChangeKind = "verdict"
	VersionChanged ChangeKind = "version"
	// MemberAdded and the next two: of the list of members that servers reported.
	MemberAdded   ChangeKind = "member-added"
	MemberRemoved ChangeKind = "member-removed"
	MemberChanged ChangeKind = "member-changed"
	// ConfigChanged: a key of the configuration in force, or of a zoo.cfg.
	ConfigChanged ChangeKind = "config"
	FindingCame   ChangeKind = "finding-came"
	FindingWent   ChangeKind = "finding-went"
	// FindingSeverity: it is there in both, and more or less severe.
	FindingSeverity ChangeKind = "finding-severity"
	// FindingNotJudged: it was there, and its check was skipped since.
	FindingNotJudged ChangeKind = "finding-not-judged"
	// CounterJumped: a counter of errors that a healthy server never moves, or a number that
	// is far from what it was.
	CounterJumped ChangeKind = "counter"
)

// ChangeKinds are all of them, in the order in which changes are listed.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{
		ServerAdded, ServerRemoved, ServerWentOut, ServerNotJudged, ServerBack, ServerRestarted, ServerRejoined,
		CountersRestarted, RoleChanged, LeaderChanged, EpochChanged, VerdictChanged, VersionChanged,
		MemberAdded, MemberRemoved, MemberChanged, ConfigChanged,
		FindingCame, FindingSeverity, FindingWent, FindingNotJudged, CounterJumped,
	}
}

// Change is one thing that is different.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Servers are the names of the servers concerned, empty for the ensemble.
	Servers []string `json:"servers"`
	// Key is the key of the configuration, the counter, the member (server.3) or the code of
	// the finding.
	Key string `json:"key,omitempty"`
	// From and To are what it was and what it is; empty for nothing, and for what is not shown.
	From string `json:"from"`
	To   string `json:"to"`
	// Text says what it is: the title of a finding, what a counter counts, why a check was
	// skipped.
	Text     string   `json:"text,omitempty"`
	Severity Severity `json:"severity,omitempty"`
	// When is the time at which it happened, where a server or its process reported it.
	When *time.Time `json:"when,omitempty"`
	// TookMs is how long the election took, as the new leader counted it (3.6+).
	TookMs *int64 `json:"took_ms,omitempty"`
}

// Event is a change as watch sees it: it happened after After, and by At.
type Event struct {
	At    time.Time `json:"at"`
	After time.Time `json:"after"`
	Change
}

// Rate is how much a server does, between two checks.
type Rate struct {
	Server string
	// Received are packets from clients a second, four-letter words included; nil where that
	// is not known.
	Received *float64
	// Transactions are those of the leader a second; nil for others, and where not known.
	Transactions *float64
}
