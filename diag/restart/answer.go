package restart

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// SchemaVersion of the JSON; additions do not change it.
const SchemaVersion = 1

// Result is the answer to one check, to a question, or to all of them.
type Result string

// The results, the best first.
const (
	OK       Result = "ok"
	NotKnown Result = "not-known"
	NotOK    Result = "not-ok"
)

// Exit codes: 0 for a yes, 1 for a no, 3 for what is not known.
const (
	ExitOK       = report.ExitOK
	ExitNotOK    = report.ExitWarning
	ExitNotKnown = report.ExitUnknown
)

// Topic is one of the three questions.
type Topic string

// The questions, in the order in which they are asked.
const (
	Stop     Topic = "stop"
	ComeBack Topic = "come-back"
	Missed   Topic = "missed"
)

// Question is what is asked.
type Question struct {
	// Servers are those to restart, as they were named; empty for the one of this host.
	Servers []snapshot.Target
	// OnlyStop asks whether they may stop, and nothing else.
	OnlyStop bool
	// ZooKeeper is the release that they will be started with; empty for the one that runs.
	ZooKeeper string
	// Listed: whoever asks has named all members, so that the number of voters is theirs.
	Listed bool
	// Ignore are checks whose result does not count.
	Ignore []string
}

// Answer is what is answered. It is the JSON, and text is made from it alone.
type Answer struct {
	SchemaVersion int         `json:"schema_version"`
	Tool          report.Tool `json:"tool"`
	GeneratedAt   time.Time   `json:"generated_at"`
	TookMs        int64       `json:"took_ms"`
	// Incomplete says why looking ended early; empty where it did not.
	Incomplete string `json:"incomplete,omitempty"`
	Answer     Result `json:"answer"`
	ExitCode   int    `json:"exit_code"`
	// Summary is one sentence for people.
	Summary string `json:"summary"`
	// ZooKeeper is the release that was asked for; empty for the one that runs.
	ZooKeeper string `json:"zookeeper,omitempty"`
	// Order are the servers in the order in which to restart them, Next is the first of them
	// that does not run the release that was asked for; empty where all do.
	Order []Server `json:"order"`
	Next  string   `json:"next"`
	// Checks are those of all servers, in that order, what is not OK first within a question.
	Checks []Check `json:"checks"`
}

// Server is one that is to be restarted.
type Server struct {
	Name    string      `json:"name"`
	Role    report.Role `json:"role"`
	Version string      `json:"version,omitempty"`
	Answer  Result      `json:"answer"`
	// Questions are the answers to those that were asked.
	Questions []Answered `json:"questions"`
}

// Answered is the answer to one question.
type Answered struct {
	Topic  Topic  `json:"question"`
	Answer Result `json:"answer"`
}

// Check is one thing that was looked at.
type Check struct {
	// Name is its slug; it stays.
	Name   string `json:"check"`
	Topic  Topic  `json:"question"`
	Server string `json:"server"`
	Result Result `json:"result"`
	// Ignored is set where the user said that the result does not count.
	Ignored bool `json:"ignored,omitempty"`
	// Text is one sentence.
	Text     string            `json:"text"`
	Evidence []report.Evidence `json:"evidence,omitempty"`
	// Do is what to do first where it is not OK, or how to see what is not known.
	Do []report.Fix `json:"do,omitempty"`
	// Finding is the page that explains it; empty for none.
	Finding report.Code `json:"finding,omitempty"`
}

// badness orders results: a no outweighs what is not known.
func badness(r Result) int { return slices.Index([]Result{OK, NotKnown, NotOK}, r) }

// rank orders checks: what does not count is like a yes.
func rank(c Check) int {
	if c.Ignored {
		return 0
	}
	return badness(c.Result)
}

func worse(a, b Result) Result {
	if badness(b) > badness(a) {
		return b
	}
	return a
}

// exitCode is that of a result.
func exitCode(r Result) int {
	switch r {
	case OK:
		return ExitOK
	case NotOK:
		return ExitNotOK
	default:
		return ExitNotKnown
	}
}
