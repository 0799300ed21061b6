package render

import (
	"slices"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// staleAfter is the age from which on a verdict is no longer taken for one about
// now. Prometheus asks more often than that.
const staleAfter = 5 * time.Minute

// StatusPage is what the status page shows.
type StatusPage struct {
	Version string
	Now     time.Time
	// Prefix is the path before all routes, with or without the slash at its end.
	Prefix    string
	Ensembles []StatusEnsemble
	// Refresh is how often the page loads itself anew; 0 for never.
	Refresh time.Duration
	// Selected is the name of the only ensemble to show; empty for all.
	Selected string
	// Paused keeps the page from loading itself anew.
	Paused bool
}

// StatusEnsemble is one ensemble on the status page. Report is nil while nothing
// was seen yet; Problem then says why. With a report, Problem says why there is
// no newer one.
type StatusEnsemble struct {
	Name     string
	Report   *report.Report
	LookedAt time.Time
	// SlowAt is when the peer ports were last looked at; zero for never.
	SlowAt  time.Time
	Problem string
}

// Missing reports whether there is no ensemble of the selected name.
func (p *StatusPage) Missing() bool {
	return p.Selected != "" &&
		!slices.ContainsFunc(p.Ensembles, func(e StatusEnsemble) bool { return e.Name == p.Selected })
}

// statusView is the page as the template has it, all text clean.
type statusView struct {
	Title, Headline, Version, Prefix string
	Time                             string
	RefreshSeconds                   int
	// RefreshURL is the page without the fragment that a browser may have added: to
	// one with a fragment it would only scroll, and never load again.
	RefreshURL         string
	CanRefresh, Paused bool
	// Selected is the ensemble asked for, Missing the same where there is none.
	Selected, Missing string
	Index             []*indexRow
	// Left is how many ensembles the index leaves out; Closed is set when it names
	// some that are not shown in full.
	Left   int
	Closed bool
}

// indexRow is one ensemble in the index.
type indexRow struct {
	Name string // as it is in links
	Shown, Anchor,
	Summary, Age string
	mark
	// Open is set when the ensemble is shown in full below.
	Open bool

	ensemble *StatusEnsemble
}

// ensembleView is one ensemble in full as the template has it, all text clean.
type ensembleView struct {
	*indexRow
	Prefix string
	// Many is set when the page is about several ensembles, Paused when it does not
	// refresh.
	Many, Paused bool
	// Said is set once something was seen.
	Said              bool
	Problem           string
	Looked, LookedUTC string
	From, Took        string
	Slow, SlowUTC     string
	// Elected is when the last election was, which is no one's uptime.
	Elected string
	// Notices are what must be known to read the rest right.
	Notices []string
	Heads   []string
	Servers [][]statusCell
	Legend  []string
	// LeftOut is "3 more servers", where the table leaves some out.
	LeftOut string
	findingsView
}

// statusCell is one cell of a table. Label is the head of its column, for screens on
// which there is no room for a head.
type statusCell struct {
	Label, Text, Class string
	// Head is set for the cell that names the row.
	Head bool
}

// findingsView is what a report found, as the template has it.
type findingsView struct {
	// Findings are shown in full, Also with their details closed.
	Findings, Also []findingView
	// Unexplained are what follows from nothing that was found.
	Unexplained []findingView
	// More is "3 more findings", where some are left out.
	More string
	// Explained names the consequences of the root causes.
	Explained string
	// Counts says how many rules passed, were skipped, and so on.
	Counts string
	Skips  []skipView
	Silent []string
	// Skipped heads the list of what was skipped.
	Skipped string
}

// findingView is one finding.
type findingView struct {
	mark
	Label, Code, Certainty, Servers, Title, Why, Docs string
	FactHeads                                         []string
	Facts                                             [][]statusCell
	MoreFacts                                         string
	Rounds                                            []roundView
	// RuledOut is what a symptom that nothing explains does not come from.
	RuledOut []string
}

// roundView is what to do on one host, or on several one after the other.
type roundView struct {
	Where string
	// Advice is set where the steps have no order.
	Advice bool
	Start  int
	Steps  []stepView
}

// stepView is one step; Warning is what is to be known of its command.
type stepView struct{ Text, Command, Warning string }

// skipView is what was skipped for one reason.
type skipView struct{ Head, Checks string }

// mark is a state in words, and its colour.
type mark struct {
	Words, Class string

	rank int // the worst first
}
