package render

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// reach writes who reaches whose peer ports, when several hosts looked: as a
// matrix, or as a list of the ways that are not open where that is too wide.
func (p *page) reach() {
	if len(p.r.Reach) == 0 {
		return
	}
	var from, to []string
	for _, s := range p.r.Servers {
		to = append(to, s.Name)
	}
	cells := map[[2]string]string{}
	for _, w := range p.r.Reach {
		if !slices.Contains(from, w.From) {
			from = append(from, w.From)
		}
		cells[[2]string{w.From, w.To}] = wayWord(w)
	}
	rows := [][]string{{"from \\ to"}}
	for _, t := range to {
		rows[0] = append(rows[0], p.names.of(t))
	}
	for _, f := range from {
		row := []string{p.names.of(f)}
		for _, t := range to {
			word, known := cells[[2]string{f, t}]
			if !known {
				word = "-"
			}
			row = append(row, word)
		}
		rows = append(rows, row)
	}
	lines := columns(rows)
	if longest(lines)+len(indent) > p.width {
		lines = p.closedWays()
	}
	p.blank()
	p.put(cut(indent+"peer ports that each host can reach:", p.width))
	for _, l := range lines {
		p.put(cut(indent+l, p.width))
	}
}

// closedWays lists what is not open.
func (p *page) closedWays() []string {
	var lines []string
	for _, w := range p.r.Reach {
		if word := wayWord(w); word != "open" {
			lines = append(lines, fmt.Sprintf("%s to %s: %s", p.names.of(w.From), p.names.of(w.To), word))
		}
	}
	if lines == nil {
		lines = []string{"every host reaches every peer port"}
	}
	return lines
}

// wayWord is open, or what is wrong with the first port that is not. Off the leader
// the quorum port is expected to be closed.
func wayWord(w report.Reach) string {
	expected := func(s report.PortState) bool { return s != report.PortNotExpected && s != report.PortNotProbed }
	switch {
	case w.Election != report.PortOpen:
		return string(w.Election)
	case expected(w.Quorum) && w.Quorum != report.PortOpen:
		return "2888 " + string(w.Quorum)
	}
	return string(w.Election)
}
