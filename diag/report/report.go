// Package report has the types of what is said: text, JSON, the status page and metrics are
// made of them alone.
package report

import "time"

// SchemaVersion is the version of the report's JSON form. Changes within one
// version only add.
const SchemaVersion = 1

// Report is what the rules conclude from one snapshot. It is the JSON answer,
// and every other form (text, nagios, metrics) is made from it alone.
type Report struct {
	SchemaVersion int       `json:"schema_version"`
	Tool          Tool      `json:"tool"`
	GeneratedAt   time.Time `json:"generated_at"`
	// TookMs is how long the run lasted, in milliseconds: both checks and the wait
	// between them, where it made two.
	TookMs int64 `json:"took_ms"`
	// Incomplete says why the check ended early ("deadline", "interrupted"), or that answers
	// were given up because all together were too large ("too-large"); empty for neither.
	Incomplete string       `json:"incomplete,omitempty"`
	Vantage    Vantage      `json:"vantage"`
	Verdict    Verdict      `json:"verdict"`
	Servers    []ServerView `json:"servers"`
	// Processes are the ZooKeeper processes found on this host.
	Processes []ProcessView `json:"processes,omitempty"`
	// Others are the processes of this host that look like servers of the ensemble and are no
	// evidence; nil for none.
	Others *Others `json:"other_processes,omitempty"`
	// Findings are what is shown: root causes first, in the order in which to
	// fix them, then what nothing explains, then the rest by severity.
	Findings []Finding `json:"findings"`
	// Unexplained are what is wrong and follows from nothing that was found. Each is among
	// Findings too.
	Unexplained []Symptom `json:"unexplained"`
	// Folded are consequences hidden under a root cause.
	Folded []Finding `json:"folded,omitempty"`
	Checks Checks    `json:"checks"`
	// Reach is which host reaches the peer ports of which server, when several hosts checked.
	Reach []Reach `json:"reach,omitempty"`

	// LookAgain is set when a rule needs a second look some seconds later.
	LookAgain bool `json:"-"`
}

// Code is the slug of a finding: its only name, in text, JSON, metrics, alerts
// and pages. Slugs are never reused.
type Code string

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Vantage is the host that the check ran on.
type Vantage struct {
	Host string `json:"host"`
	// LocalServer is the name of the server that runs on this host; nil when
	// none, or when more than one does.
	LocalServer *string `json:"local_server"`
	// Unverified says that the certificates of servers were not checked
	// (--tls-insecure).
	Unverified bool `json:"tls_unverified,omitempty"`
}

// Reach is the way from one host to the peer ports of a server.
type Reach struct {
	// From is the server that the host is, or else the host's name.
	From     string    `json:"from"`
	To       string    `json:"to"`
	Quorum   PortState `json:"quorum"`
	Election PortState `json:"election"`
}

// State is the verdict about the ensemble, now.
type State string

const (
	// Serving: a quorum serves under one leader, and no configured voter is
	// known to be out.
	Serving State = "serving"
	// Degraded: a quorum serves, and a configured voter is known not to.
	Degraded State = "degraded"
	// Down: no quorum can form, or none served in two checks.
	Down State = "down"
	// Split: two leaders serve in both checks.
	Split State = "split"
	// Unknown: the evidence decides nothing else.
	Unknown State = "unknown"
)

// Word is the verdict as it is shown to people.
func (s State) Word() string {
	switch s {
	case Serving:
		return "SERVING"
	case Degraded:
		return "DEGRADED"
	case Down:
		return "DOWN"
	case Split:
		return "SPLIT"
	default:
		return "UNKNOWN"
	}
}

// Verdict answers the first question: can clients write, and how many more
// servers may be lost?
type Verdict struct {
	State State `json:"state"`
	// Summary is one sentence for people; it repeats the numbers below.
	Summary string `json:"summary"`
	// Product is the other program that answers in place of ZooKeeper, ClickHouse Keeper or
	// RaftKeeper: the verdict is then as its servers report, and was not proven on a real one.
	// Absent for ZooKeeper.
	Product string `json:"product,omitempty"`
	// Voters is the number of configured voters, 0 when not known.
	Voters int `json:"voters"`
	// VotersSource says where the list of voters comes from: conf, admin, session, file or
	// targets, the better one first. With targets the number is the user's.
	VotersSource  string `json:"voters_source"`
	ServingVoters int    `json:"serving_voters"`
	QuorumNeeded  int    `json:"quorum_needed"`
	// Spare is how many more voters may be lost, in the worst case, before the
	// quorum is; -1 when it is lost already; nil when not known.
	Spare *int `json:"spare"`
	// LeaderIDs are the ids of the leaders seen; empty when none was, or when a
	// leader's id is not known.
	LeaderIDs []int64 `json:"leader_ids"`
	// Leaders are the names of the leaders seen.
	Leaders []string `json:"leaders"`
	// Out are the voters known not to serve in the quorum, Unseen those that reported
	// nothing themselves; the leader may have them in sync all the same.
	Out    []string `json:"out"`
	Unseen []string `json:"unseen"`
	// Looks is how many checks of the servers the verdict rests on, 1 or 2.
	Looks    int `json:"looks"`
	ExitCode int `json:"exit_code"`
}

// Role is what a server is now, as far as was seen.
type Role string

const (
	Leader     Role = "leader"
	Follower   Role = "follower"
	Observer   Role = "observer"
	Standalone Role = "standalone"
	ReadOnly   Role = "read-only"
	NotServing Role = "not-serving"
	RoleDown   Role = "down"
	// RoleUnknown covers every server that could not be judged.
	RoleUnknown Role = "unknown"
)

// PortState is what one TCP connect to a port showed.
type PortState string

const (
	PortOpen        PortState = "open"
	PortRefused     PortState = "refused"
	PortFiltered    PortState = "filtered"
	PortUnreachable PortState = "unreachable"
	// PortSilent: the client port accepts and then does not answer.
	PortSilent PortState = "silent"
	// PortNotExpected: closed, and rightly so (the quorum port off the leader).
	PortNotExpected PortState = "not-expected"
	PortNotProbed   PortState = "not-probed"
)

// PortView is one port of one server.
type PortView struct {
	Port  int       `json:"port"`
	State PortState `json:"state"`
	// Ms is how long the probe took, in milliseconds; absent when not probed.
	Ms *int64 `json:"ms,omitempty"`
	// Speaks is "tls", or "both" where a client port that was asked by TLS speaks plain
	// text too; absent where it was asked in plain text.
	Speaks string `json:"speaks,omitempty"`
}

// Ports are the three ports of one server.
type Ports struct {
	Client   PortView `json:"client"`
	Quorum   PortView `json:"quorum"`
	Election PortView `json:"election"`
}

// ServerView is one row of the table. Pointers are nil where a value is not
// known.
type ServerView struct {
	Name string `json:"name"`
	// ID is the server's id, IDSource where it was read: conf, myid, config.
	ID       *int64 `json:"id"`
	IDSource string `json:"id_source,omitempty"`
	Role     Role   `json:"role"`
	// Inferred is set when the server did not state its role itself.
	Inferred bool `json:"inferred,omitempty"`
	// Voter is false for observers; nil when not known.
	Voter *bool `json:"voter"`
	// Serving reports whether it answers clients; nil when not known.
	Serving *bool   `json:"serving"`
	Version *string `json:"version"`
	// Product is the program, where that is not ZooKeeper.
	Product string  `json:"product,omitempty"`
	Zxid    *string `json:"zxid"`
	Ports   Ports   `json:"ports"`
	// Lag is the leader's zxid counter less this server's, in transactions, only
	// while both are of one epoch.
	Lag          *int64   `json:"lag"`
	Connections  *int64   `json:"connections"`
	LatencyAvgMs *float64 `json:"latency_avg_ms"`
	LatencyMaxMs *float64 `json:"latency_max_ms"`
	// SessionMs is how long a session took to open, nil where none was (--session).
	SessionMs *int64 `json:"session_ms,omitempty"`
	// UptimeSeconds is the age of the server object (since the last election) as
	// mntr gives it from 3.6 on, or of the process where it is local.
	UptimeSeconds *int64 `json:"uptime_seconds"`
	// UptimeOf says which of the two that is: "election" or "process".
	UptimeOf string `json:"uptime_of,omitempty"`
	// ProcessSeconds is the age of its process, where that was seen on its host.
	ProcessSeconds *int64 `json:"process_seconds,omitempty"`
	// Note is a short phrase on what is odd about the row; empty when nothing is.
	Note string `json:"note,omitempty"`
	// Skipped are the four-letter words that gave nothing.
	Skipped []string `json:"skipped,omitempty"`
}

// ProcessView is one ZooKeeper process of this host.
type ProcessView struct {
	PID  int    `json:"pid"`
	Main string `json:"main"`
	// Server is the name of the row it is, empty when not known.
	Server        string `json:"server,omitempty"`
	User          string `json:"user,omitempty"`
	UptimeSeconds int64  `json:"uptime_seconds"`
	Config        string `json:"config"`
	Serving       bool   `json:"serving"`
	// Stopped is set where a signal has stopped the process (state T): it exists and does nothing.
	Stopped bool `json:"stopped,omitempty"`
	// StatusScript is the line that zkServer.sh status would print for it.
	StatusScript string `json:"status_script,omitempty"`
	// StatusWhy is why the script says so, where it fails.
	StatusWhy string `json:"status_why,omitempty"`
}

// Others are processes with the command line of a ZooKeeper server that nothing in the report
// rests on.
type Others struct {
	// Found is how many processes of this host have such a command line, those of the
	// ensemble included.
	Found int `json:"found"`
	// Listed are the others, by reason and PID, and More is how many there are beyond those.
	Listed []OtherProcess `json:"listed"`
	More   int            `json:"more,omitempty"`
	// Unscanned is how many processes of this host could not be read in time, whatever they are.
	Unscanned int `json:"unscanned,omitempty"`
}

// OtherProcess is one of them.
type OtherProcess struct {
	PID    int    `json:"pid"`
	User   string `json:"user,omitempty"`
	Config string `json:"config,omitempty"`
	// Why is the reason, one of the Why constants.
	Why string `json:"why"`
}

// Reasons for which a process is no evidence.
const (
	WhyNotJava        = "not-java"
	WhyAnotherListens = "another-listens"
	WhyOtherUser      = "other-user"
	WhyOtherEnsemble  = "other-ensemble"
	WhyBeyondLimit    = "beyond-limit"
	WhyNotOwner       = "not-owner"
	// These are evidence, but nothing that rests on them is proven.
	WhyOwnNamespace   = "own-namespace"
	WhyProgramNotSeen = "program-not-seen"
	WhyListensNowhere = "listens-nowhere"
)

// Severity speaks for the ensemble.
type Severity string

const (
	// Critical: clients cannot write, or data is at risk.
	Critical Severity = "critical"
	// Warning: it works now, but redundancy or the next restart is at risk.
	Warning Severity = "warning"
	// Info: worth knowing.
	Info Severity = "info"
)

// Certainty says how much the evidence proves.
type Certainty string

const (
	// Proven: the evidence admits one reading.
	Proven Certainty = "proven"
	// Likely: another reading exists and is rarer.
	Likely Certainty = "likely"
	// Possible: one of several readings. Never above info, never a root cause.
	Possible Certainty = "possible"
)

// Finding is one thing found out.
type Finding struct {
	Code      Code      `json:"code"`
	Severity  Severity  `json:"severity"`
	Certainty Certainty `json:"certainty"`
	// Root is set when nothing else found explains it and it is a cause rather
	// than a symptom.
	Root bool `json:"root"`
	// Servers are the names of the servers concerned, empty for the ensemble.
	Servers []string `json:"servers"`
	Title   string   `json:"title"`
	// Summary is one or two sentences: why the evidence means this.
	Summary  string     `json:"summary,omitempty"`
	Evidence []Evidence `json:"evidence"`
	Fix      []Fix      `json:"fix"`
	// Explains lists what is folded under it, as code or code@server.
	Explains []string `json:"explains"`
	Docs     string   `json:"docs"`

	// SaysWhy is set on what says, beside what happened, why it did.
	SaysWhy bool `json:"-"`
	// KeepsOut are servers that it keeps out beside Servers; it is not about those.
	KeepsOut []string `json:"-"`
	// Later is set on what will only do harm later, at the next start or once a disk
	// is full: it explains nothing that is wrong now.
	Later bool `json:"-"`
}

// The symptoms that no finding states.
const (
	// ServerOut: a voter is out.
	ServerOut Code = "server-out"
	// TwoLeaders: two servers lead.
	TwoLeaders Code = "two-leaders"
	// ServerUnjudged: what a voter does could not be judged.
	ServerUnjudged Code = "server-unjudged"
)

// Symptom is something that is wrong and follows from nothing that was found.
type Symptom struct {
	// Symptom is the code of the finding that states it; where none does, ServerOut,
	// ServerUnjudged or TwoLeaders.
	Symptom  Code     `json:"symptom"`
	Severity Severity `json:"severity"`
	// Servers are the names of the servers concerned, empty for the ensemble.
	Servers []string `json:"servers"`
	Title   string   `json:"title"`
	// Summary is one or two sentences on what is seen.
	Summary string `json:"summary,omitempty"`
	// RuledOut are causes that it has not, a phrase each, with what shows that.
	RuledOut []string `json:"ruled_out"`
	// Telling is the most telling evidence.
	Telling []Evidence `json:"telling"`
	// Next is the most useful next step.
	Next Fix `json:"next"`
}

// Evidence is one observed fact.
type Evidence struct {
	// Source is how it was seen: tcp, srvr, conf, zoo.cfg, myid, process, ...
	Source string `json:"source"`
	Server string `json:"server,omitempty"`
	Key    string `json:"key,omitempty"`
	Value  string `json:"value"`
	// Wanted is what a healthy ensemble would show; empty when that is plain.
	Wanted string `json:"wanted,omitempty"`
	File   string `json:"file,omitempty"`
	// Line is 1-based, 0 when there is none.
	Line int `json:"line,omitempty"`
}

// Fix is one step of the remedy, in order.
type Fix struct {
	// Host is where to do it; empty when it does not matter.
	Host string `json:"host,omitempty"`
	// Command can be pasted into a shell; empty when the step is no command.
	Command string `json:"command,omitempty"`
	// Risk says what the step can cost: "none", or a sentence.
	Risk string `json:"risk,omitempty"`
	Note string `json:"note,omitempty"`
}

// Checks counts the rules by outcome.
type Checks struct {
	Total   int `json:"total"`
	Passed  int `json:"passed"`
	Finding int `json:"finding"`
	Skipped int `json:"skipped"`
	Crashed int `json:"crashed"`
	// Crashes are the rules that crashed: faults of zkdoctor.
	Crashes []Crash `json:"crashes,omitempty"`
	// PassedCodes are the rules that had their evidence and found nothing.
	PassedCodes []Code `json:"passed_codes"`
	Skips       []Skip `json:"skips"`
}

// Crash is a rule that crashed. Its findings are lost.
type Crash struct {
	Code Code `json:"code"`
	// Text is what Go says of the fault, one printable line, cut where it is long.
	Text string `json:"text"`
}

// SkipKind is the closed list of reasons for which a rule cannot be judged.
type SkipKind string

const (
	// SkipLocalFiles: it needs a server's own files and processes.
	SkipLocalFiles SkipKind = "local-files"
	// SkipNotLooked: it was not checked, by the user's wish or because time ran out.
	SkipNotLooked SkipKind = "not-looked-at"
	// SkipUnreachable: the server could not be reached from here.
	SkipUnreachable SkipKind = "unreachable"
	// SkipDenied: the operating system forbids to read it.
	SkipDenied SkipKind = "denied"
	// SkipNotReported: no server reported what the rule compares.
	SkipNotReported SkipKind = "not-told"
	// SkipOneLook: it takes two checks.
	SkipOneLook SkipKind = "one-look"
	// SkipUndecided: the evidence is there and admits more than one reading.
	SkipUndecided SkipKind = "undecided"
	// SkipNotZooKeeper: it is about how ZooKeeper behaves, and another program answers.
	SkipNotZooKeeper SkipKind = "not-zookeeper"
)

// Skip is a rule that could not be judged, and why.
type Skip struct {
	Check Code     `json:"check"`
	Kind  SkipKind `json:"kind"`
	// Server is empty when the rule was skipped for all.
	Server string `json:"server,omitempty"`
	Reason string `json:"reason"`
}
