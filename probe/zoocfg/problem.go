package zoocfg

import "strings"

// Problem is a value that ZooKeeper would die of.
type Problem struct {
	File string `json:"file"`
	// Line is 0 when the fault is that something is not there.
	Line int    `json:"line,omitempty"`
	Key  string `json:"key,omitempty"`
	// Text is what ZooKeeper itself writes, after "Caused by" and the class.
	Text string `json:"text"`
	// Versions says whom it concerns, see [Concerns]: "", "3.4", "3.5+", "3.5-3.8".
	Versions string `json:"versions,omitempty"`
	// Kind is empty for those that nobody asks for.
	Kind ProblemKind `json:"kind,omitempty"`
}

// ProblemKind tells the problems apart that a rule, or its advice, asks for. Their
// texts are ZooKeeper's, and differ from version to version.
type ProblemKind string

const (
	// BesideDynamic: a member in zoo.cfg, which has dynamicConfigFile
	// (QuorumPeerConfig.parseProperties, 3.5+).
	BesideDynamic ProblemKind = "beside-dynamic"
	// NotSet: a key that must be there, or that another one needs, is not.
	NotSet ProblemKind = "not-set"
	// NotANumber: Integer.parseInt or Long.parseLong does not take the value.
	NotANumber ProblemKind = "not-a-number"
	// NotABoolean: neither true nor false.
	NotABoolean ProblemKind = "not-a-boolean"
	// SessionTimeouts: the least is above the most.
	SessionTimeouts ProblemKind = "session-timeouts"
	// NeedsSASL: a switch that quorum.auth.enableSasl must come with.
	NeedsSASL ProblemKind = "needs-sasl"
	// NeedsLearnerSASL: a switch that quorum.auth.learnerRequireSasl must come with.
	NeedsLearnerSASL ProblemKind = "needs-learner-sasl"
	// NotAPort: a port of server.N that is no number.
	NotAPort ProblemKind = "not-a-port"
	// PortRange: a port below 0 or above 65535.
	PortRange ProblemKind = "port-range"
	// SamePorts: the quorum and the election port of server.N are one.
	SamePorts ProblemKind = "same-ports"
	// ObserversAlone: observers, and fewer than two participants.
	ObserversAlone ProblemKind = "observers-alone"
	// NoParticipants: none, and no standalone mode.
	NoParticipants ProblemKind = "no-participants"
	// BadGroups: a participant in no group or in two, or one that weighs nothing.
	BadGroups ProblemKind = "bad-groups"
	// NotFastElection: an electionAlg that was taken out.
	NotFastElection ProblemKind = "not-fast-election"
	// NotAMember: a line of the dynamic file that is no member.
	NotAMember ProblemKind = "not-a-member"
	// VersionInside: a version in the dynamic file.
	VersionInside ProblemKind = "version-inside"
	// ShortPath: a directory of fewer than two characters.
	ShortPath ProblemKind = "short-path"
	// NoSuchClass: a class of ZooKeeper's own that it does not have.
	NoSuchClass ProblemKind = "no-such-class"
	// NoAuthProvider: a scheme for TLS without its provider.
	NoAuthProvider ProblemKind = "no-auth-provider"
	// BadEscape: \u without four hexadecimal digits.
	BadEscape ProblemKind = "bad-escape"
)

// TextFor is the text as that version writes it; an empty version is the newest.
func (p Problem) TextFor(version string) string {
	if version == "" || !Concerns("3.5", version) {
		return p.Text
	}
	return strings.Replace(p.Text, "the pipe separated list of ", "", 1)
}

// besideDynamic ends the text of a [BesideDynamic] problem.
const besideDynamic = " must be in a separate dynamic config file"

// fatal is what ZooKeeper, or Java under it, dies of; the text is theirs.
type fatal struct {
	kind ProblemKind
	text string
}

func (f fatal) Error() string { return f.text }
