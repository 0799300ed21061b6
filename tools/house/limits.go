package main

import "strings"

// limit is the goal of a figure. A figure that has none is shown, and never fails.
type limit struct {
	// name is that of a figure; without what follows the colon, of all that begin so.
	name string
	max  float64
	why  string
}

func limits() []limit {
	return []limit{
		{"lines: diag/model", 2999, "whoever writes a rule has to know what the model offers"},
		{"files of its package that a rule uses, mean", 4, "a rule is read with what it uses"},
		{"files of its package that a rule uses, max", 8, "a rule is read with what it uses"},
		{"uses of one rule by another", 0, "a rule is a leaf: what two need is the model's"},
		{"uses of a rule by what is none", 0, "the model knows no rule"},
		{"largest cycle of files", 4, "files in a cycle can only be understood together"},
		{"most methods of a type", 40, "a type that does everything has no borders"},
		{"methods that one rule alone uses", 0, "what one rule alone needs is a function of that rule"},
		{"modules that diag reaches", 0, "diag is pure: the standard library is enough"},
		{"clock, files and net that diag reaches", 0, "the same snapshot gives the same report"},
	}
}

// find is the limit of a figure: the one of its whole name before the one of its kind.
func find(all []limit, figure string) *limit {
	kind, _, _ := strings.Cut(figure, ": ")
	for _, name := range []string{figure, kind} {
		for i := range all {
			if all[i].name == name {
				return &all[i]
			}
		}
	}
	return nil
}
