package change

import (
	"errors"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// Why two looks cannot be compared.
var (
	ErrOtherEnsemble = errors.New("they have no server in common: they are of different ensembles")
	ErrSwapped       = errors.New("the first was taken after the second: swap them")
)

// Diff is what is different between two looks, the earlier one first.
func Diff(before, after *Look, tool report.Tool) (*report.Changes, error) {
	if !slices.ContainsFunc(after.servers, func(s server) bool { return before.find(s.name) != nil }) {
		return nil, ErrOtherEnsemble
	}
	if after.began.Before(before.began) {
		return nil, ErrSwapped
	}
	list := between(before, after)
	return &report.Changes{
		SchemaVersion: report.SchemaVersion, Tool: tool, Before: before.moment, After: after.moment,
		Changed: len(list) > 0, Changes: list,
	}, nil
}

// between lists the changes in the order of report.ChangeKinds.
func between(before, after *Look) []report.Change {
	list := slices.Concat(
		grouped(serverChanges(before, after)), leaderChanges(before, after), grouped(versionChanges(before, after)),
		memberChanges(before, after), grouped(confChanges(before, after)),
		findingChanges(before, after), grouped(counterChanges(before, after)),
	)
	slices.SortStableFunc(list, func(a, b report.Change) int { return order(a.Kind) - order(b.Kind) })
	return list
}
