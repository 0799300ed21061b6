package theory

import (
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// causes finds for a finding what explains it, without a walk through all of them: a thousand
// servers may have a finding each.
type causes struct {
	raw   []report.Finding
	kinds map[report.Code]Kind
	// explainers are the codes that explain a code.
	explainers map[report.Code][]report.Code
	// sure has the causes that are sure enough and at work now, each under its code and
	// under every way to ask for it.
	sure map[way][]int
	// explained is whether a finding has a cause; for one that is explained by number, whether
	// its causes are enough.
	explained []bool
	// found are the heads that headsOf knows already: of findings, and of all that one way
	// leads to.
	found map[int]heads
	led   map[way]heads
}

// way is a way from a consequence to causes of one code.
type way struct {
	code report.Code
	to   reach
	// server is set with at alone.
	server string
}

// reach is what a consequence asks of its causes.
type reach int

const (
	anywhere reach = iota
	// regains: a voter comes back with it.
	regains
	// nowhere: it is about no row of the table.
	nowhere
	// at: it concerns a server.
	at
)

// heads are the findings at the head of the chains that lead to one: of each set that is
// joined into one, the first.
type heads map[set]int

func newCauses(raw []report.Finding, kinds map[report.Code]Kind, e *model.Ensemble) *causes {
	c := &causes{
		raw: raw, kinds: kinds, explainers: map[report.Code][]report.Code{}, sure: map[way][]int{},
		explained: make([]bool, len(raw)), found: map[int]heads{}, led: map[way]heads{},
	}
	for i := range raw {
		f := &raw[i]
		explains := kinds[f.Code].Explains
		if len(explains) == 0 || f.Certainty == report.Possible || f.Later {
			continue
		}
		ways := []way{{code: f.Code, to: anywhere}}
		if len(KeptOut(e, f)) > 0 {
			ways = append(ways, way{code: f.Code, to: regains})
		}
		if len(f.Servers) == 0 {
			ways = append(ways, way{code: f.Code, to: nowhere})
		}
		for _, server := range f.Servers {
			ways = append(ways, way{f.Code, at, server})
		}
		if c.sure[ways[0]] == nil {
			for _, code := range explains {
				c.explainers[code] = append(c.explainers[code], f.Code)
			}
		}
		for _, w := range ways {
			c.sure[w] = append(c.sure[w], i)
		}
	}
	for i := range raw {
		if kinds[raw[i].Code].ByNumber {
			c.explained[i] = enough(e, raw, c.all(i))
		} else {
			c.explained[i] = c.any(i)
		}
	}
	return c
}

// way is how to get from a finding to the causes with that code. A cause has to concern every
// server that the consequence does. What concerns the whole ensemble is explained by what
// keeps a voter out; what is about this host and no row of the table, by nothing elsewhere.
func (c *causes) way(f *report.Finding, code report.Code) way {
	switch {
	case c.kinds[f.Code].CoveredByAny:
		return way{code: code, to: anywhere}
	case c.kinds[f.Code].EnsembleWide:
		return way{code: code, to: regains}
	case c.kinds[code].CoversAll:
		return way{code: code, to: anywhere}
	case len(f.Servers) == 0:
		return way{code: code, to: nowhere}
	}
	return way{code, at, f.Servers[0]}
}

// covers reports whether a cause that concerns the first server of a finding concerns the
// others too.
func (c *causes) covers(cause int, f *report.Finding) bool {
	return !slices.ContainsFunc(f.Servers[1:], func(s string) bool {
		_, concerned := slices.BinarySearch(c.sure[way{c.raw[cause].Code, at, s}], cause)
		return !concerned
	})
}

// all are the causes of a finding.
func (c *causes) all(i int) []int {
	var all []int
	f := &c.raw[i]
	for _, code := range c.explainers[f.Code] {
		w := c.way(f, code)
		for _, cause := range c.sure[w] {
			if w.to != at || c.covers(cause, f) {
				all = append(all, cause)
			}
		}
	}
	return all
}

// any reports whether a finding has a cause.
func (c *causes) any(i int) bool {
	f := &c.raw[i]
	return slices.ContainsFunc(c.explainers[f.Code], func(code report.Code) bool {
		w := c.way(f, code)
		if w.to != at {
			return len(c.sure[w]) > 0
		}
		return slices.ContainsFunc(c.sure[w], func(cause int) bool { return c.covers(cause, f) })
	})
}

// headsOf are the heads of the chains that lead to a finding; it alone where nothing
// explains it.
func (c *causes) headsOf(i int) heads {
	if h := c.found[i]; h != nil {
		return h
	}
	h, f := heads{}, &c.raw[i]
	if !c.explained[i] {
		h[setOf(f, i, c.kinds)] = i
		c.found[i] = h
		return h
	}
	for _, code := range c.explainers[f.Code] {
		w := c.way(f, code)
		if w.to != at {
			h.add(c.headsBy(w))
			continue
		}
		for _, cause := range c.sure[w] {
			if c.covers(cause, f) {
				h.add(c.headsOf(cause))
			}
		}
	}
	c.found[i] = h
	return h
}

// headsBy are those of all that one way leads to.
func (c *causes) headsBy(w way) heads {
	if h := c.led[w]; h != nil {
		return h
	}
	h := heads{}
	for _, cause := range c.sure[w] {
		h.add(c.headsOf(cause))
	}
	c.led[w] = h
	return h
}

func (h heads) add(others heads) {
	for of, i := range others {
		if first, known := h[of]; !known || i < first {
			h[of] = i
		}
	}
}
