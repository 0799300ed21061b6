package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// SchemaVersion of the JSON; additions do not change it.
const SchemaVersion = 1

const (
	// newest is the release by which a file is judged that is not said to be for
	// another one.
	newest = "3.9.5"
	// maxRemarks keeps a broken file of thousands of lines readable.
	maxRemarks = 200
	// maxText is more than any sentence here; what is longer came from the file.
	maxText = 400
)

// Options are what is known beside the files.
type Options struct {
	// Version is the ZooKeeper that will read the file, as "3.4" or "3.9.5"; empty
	// for any.
	Version string
	// ID is the server's own id; nil when the file may be any server's.
	ID *int64
	// Next is the path of a left-over <zoo.cfg>.dynamic.next; empty for none.
	Next string
	// NoDynamic says why the dynamic file could not be read, where it is not there; empty
	// where it was read, or is none.
	NoDynamic string
	// Elsewhere: the server is most likely another host's, and so are its dynamic file and what a
	// script adds to the configuration before the start.
	Elsewhere bool
	// Line is where the configuration stands in another file that has all of it on one line;
	// 0 where its own lines count.
	Line int
	// Object is what of the file the configuration is, as the entry of a ConfigMap.
	Object string
	// Advisories are what is known of ZooKeeper's releases; nil is what the program knows.
	Advisories advisory.Table
	// Tool is the program's own version, for the report.
	Tool string
}

// Report is what is said of one configuration.
type Report struct {
	SchemaVersion int         `json:"schema_version"`
	Tool          report.Tool `json:"tool"`
	File          string      `json:"file"`
	// Object is what of the file was judged, where that is not the whole.
	Object string `json:"object,omitempty"`
	// Dynamic is the dynamic file that was read too.
	Dynamic string `json:"dynamic,omitempty"`
	// ZooKeeper is the version that the remarks are limited to; empty: none.
	ZooKeeper string `json:"zookeeper"`
	// Remarks are in order of severity, then file, then line; 200 at most.
	Remarks []Remark `json:"remarks"`
	Counts  Counts   `json:"counts"`
	// Omitted is how many more remarks there are, the last in order.
	Omitted int `json:"omitted"`
	// ExitCode is 2 for a critical remark, 1 for a warning, else 0.
	ExitCode int `json:"exit_code"`
}

// Several is what is said of several configurations: the JSON answer of lint for more than one.
type Several struct {
	SchemaVersion int      `json:"schema_version"`
	Reports       []Report `json:"reports"`
	// ExitCode is the highest of theirs.
	ExitCode int `json:"exit_code"`
}

// Counts are of all remarks, the omitted ones too.
type Counts struct {
	Critical int `json:"critical"`
	Warning  int `json:"warning"`
	Info     int `json:"info"`
}

// Remark is one thing to say about a line.
type Remark struct {
	// Rule is the name of the rule; it stays.
	Rule     string          `json:"rule"`
	Severity report.Severity `json:"severity"`
	File     string          `json:"file"`
	// Line is 0 when the remark is about what is not there.
	Line int    `json:"line,omitempty"`
	Key  string `json:"key,omitempty"`
	// Found is the value, or what the file as a whole says. Values of keys that
	// may hold a secret are never in it.
	Found string `json:"found"`
	// Recommended is what to write in its place.
	Recommended string `json:"recommended"`
	Why         string `json:"why"`
	// Versions says whom it concerns, as zoocfg.Concerns reads it; empty: all.
	Versions string `json:"versions"`
}

// say is the one remark that there is: what to write in place of what was found, and why.
func (r Remark) say(recommended, why string) []Remark {
	r.Recommended, r.Why = recommended, why
	return []Remark{r}
}

// Rule is one row of the table.
type Rule struct {
	Name string
	eval func(*subject) []Remark
}

// subject is the configuration in question, and what the rules ask of it.
type subject struct {
	*zoocfg.Config
	Options
	// first is the oldest version that can read the file; empty: any.
	first marker
}

// membersUnknown reports whether the members stand in a file that was not read. 3.4 reads
// none but zoo.cfg.
func (s *subject) membersUnknown() bool {
	old := s.Version != "" && zoocfg.Concerns("3.4", s.Version)
	return s.DynamicConfigFile.IsSet() && s.Dynamic == "" && !old
}

// distributed is Distributed; who has a dynamic file that is not here is one of several.
func (s *subject) distributed() bool { return s.membersUnknown() || s.Distributed(s.Version) }

// Lint applies every rule. It never fails.
func Lint(config *zoocfg.Config, o Options) *Report {
	return judge(&subject{Config: config, Options: o, first: firstVersion(config)}, nil)
}

// judge makes the report of a configuration; more are remarks that no rule of its own makes.
func judge(s *subject, more []Remark) *Report {
	r := &Report{
		SchemaVersion: SchemaVersion, Tool: report.Tool{Name: "zkdoctor", Version: s.Tool},
		File: s.Path, Object: s.Object, Dynamic: s.Dynamic, ZooKeeper: s.Version, Remarks: []Remark{},
	}
	for _, rule := range Rules() {
		for _, remark := range rule.eval(s) {
			remark.Rule = rule.Name
			more = append(more, remark)
		}
	}
	for _, remark := range more {
		if s.concerns(remark.Versions) {
			r.Remarks = append(r.Remarks, s.finish(remark))
		}
	}
	r.order()
	r.count()
	return r
}

// count fills in the numbers, and leaves out what is too many.
func (r *Report) count() {
	for _, remark := range r.Remarks {
		switch remark.Severity {
		case report.Critical:
			r.Counts.Critical++
		case report.Warning:
			r.Counts.Warning++
		case report.Info:
			r.Counts.Info++
		}
	}
	r.Omitted = max(len(r.Remarks)-maxRemarks, 0)
	r.Remarks = r.Remarks[:len(r.Remarks)-r.Omitted]
	switch {
	case r.Counts.Critical > 0:
		r.ExitCode = report.ExitCritical
	case r.Counts.Warning > 0:
		r.ExitCode = report.ExitWarning
	}
}

// concerns reports whether a range of versions is of interest.
func (s *subject) concerns(versions string) bool {
	return s.Version == "" || zoocfg.Concerns(versions, s.Version)
}

// finish fills in what rules leave out, and judges what spares the newest release
// a step milder where nobody said for which one the file is.
func (s *subject) finish(r Remark) Remark {
	r.File = cmp.Or(r.File, s.Path)
	if s.Line > 0 && r.Line > 0 && r.File == s.Path {
		r.Line = s.Line
	}
	if s.Version == "" && !zoocfg.Concerns(r.Versions, newest) {
		switch r.Severity {
		case report.Critical:
			r.Severity = report.Warning
		default:
			r.Severity = report.Info
		}
	}
	for _, text := range []*string{&r.Key, &r.Found, &r.Recommended, &r.Why} {
		*text = bounded(*text)
	}
	return r
}

// bounded cuts what came from the file and is too long to read.
func bounded(text string) string {
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + ".."
}

// order sorts by severity, file (zoo.cfg first) and line, and drops what is said
// twice, as when 3.4 and later versions die of one line with different words.
func (r *Report) order() {
	rank := map[report.Severity]int{report.Critical: 0, report.Warning: 1, report.Info: 2}
	slices.SortStableFunc(r.Remarks, func(a, b Remark) int {
		other := func(m Remark) int {
			if m.File == r.File {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(rank[a.Severity], rank[b.Severity]), cmp.Compare(other(a), other(b)),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	r.Remarks = slices.Compact(r.Remarks)
}
