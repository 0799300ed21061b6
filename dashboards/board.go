package dashboards

import "cmp"

// board is a dashboard for Grafana.
type board struct {
	// uid names it in links and is its file's name: it never changes.
	uid, title, about string
	// vars are the variables beyond the data source, in the order of choosing.
	vars []variable
	rows []boardRow
	// marks stand in all its graphs.
	marks []mark
	// pages is the address of the page about all alerts.
	pages string
}

// mark is drawn wherever its expression is there.
type mark struct{ name, color, expr, text string }

// variable is a choice at the top of a board, which label values of a metric fill.
type variable struct {
	name, label, values string
	// all allows several values, and all of them: any is what matches those.
	all bool
	any string
}

// boardRow is a question, and the panels that answer it.
type boardRow struct {
	title  string
	panels []panel
}

// kind is the form of a panel.
type kind int

const (
	// number is the latest value, large.
	number kind = iota
	// name is the legend of what is found, large.
	name
	// graph is lines over time.
	graph
	// timeline is bands of states over time, one a legend.
	timeline
	// table is a row for each thing, now.
	table
)

// panel is one panel.
type panel struct {
	kind kind
	// title is short; about is the text behind it, which says what is seen, and
	// why there may be nothing to see.
	title, about string
	// width is in 24ths, height in Grafana's units of 30 pixels; 0 is the usual one.
	width, height uint32
	queries       []query
	// unit is Grafana's name of it.
	unit string
	// words are shown in place of values.
	words []word
	// steps colour a value from a bound on; the first has no bound.
	steps []step
	// max is the upper end of a graph's axis; 0 leaves it open.
	max float64
	// empty is shown where there is no data. A panel without it has data on every
	// ensemble that answers.
	empty   string
	columns []column
	// merged joins the queries of a table by all labels, and not by the first column.
	merged bool
}

// usualSize is what a panel has that says no other.
func (p *panel) usualSize() {
	height := uint32(8)
	if p.kind == number || p.kind == name {
		height = 4
	}
	p.width, p.height = cmp.Or(p.width, 8), cmp.Or(p.height, height)
}

// query is one expression of a panel, and how its series are called.
type query struct{ expr, legend string }

// word is a value in words, with its colour.
type word struct {
	value, text, color string
}

// step is a colour that holds from a value on.
type step struct {
	from  float64
	color string
}

// column is one of a table: a label, or the value of the query with that letter.
type column struct {
	field, title string
	words        []word
	unit         string
	// link is where a click leads; outside is set where that is no board.
	link    string
	outside bool
	// descending sorts the table by it.
	descending bool
}

// Colours that people with any colour vision tell apart (Okabe and Ito), for
// what matters; a word always stands with them.
const (
	good    = "#009E73"
	caution = "#E69F00"
	bad     = "#D55E00"
	worst   = "#CC79A7"
	calm    = "#56B4E9"
	strong  = "#0072B2"
	yellow  = "#F0E442"
	grey    = "#8E8E8E"
)
