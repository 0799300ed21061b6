package diag

import (
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// dataSetKey is a number of mntr that says how much a server holds, and what is much.
type dataSetKey struct {
	name, what string
	limit      int64
}

// dataSetKeys are what a server holds in memory, with the number past which that is large.
// The heap that the scripts give, 1000 MB from 3.5.5 on, has room for no more, and a
// snapshot of it takes seconds to send.
func dataSetKeys() []dataSetKey {
	return []dataSetKey{
		{"zk_znode_count", "znodes", 1_000_000},
		{"zk_approximate_data_size", "bytes of data", 512 << 20},
		{"zk_ephemerals_count", "ephemerals", 100_000},
		{"zk_watch_count", "watches", 1_000_000},
	}
}

// dataSetNames are their names.
func dataSetNames() []string {
	var names []string
	for _, key := range dataSetKeys() {
		names = append(names, key.name)
	}
	return names
}

const DataSetLarge report.Code = "dataset-large"

var dataSetLargeRule = Rule{
	Code: DataSetLarge, Title: "large data set in memory", Needs: "mntr",
	Compares: dataSetNames(),
	Eval:     perServer(checkDataSetLarge, whyNoMntr),
}

// checkDataSetLarge reports how much a server holds in memory, where that is much. The
// tree is the same on all; watches are each server's own.
func checkDataSetLarge(e *model.Ensemble, s *model.Server) Outcome {
	var much []string
	var evidence []report.Evidence
	for _, key := range dataSetKeys() {
		n, ok := s.Mntr.Value.Count(key.name)
		if !ok || n <= key.limit {
			continue
		}
		much = append(much, key.what)
		value := fmt.Sprint(n)
		if b := e.Earlier(s); b != nil {
			if was, reported := b.Mntr.Value.Count(key.name); reported {
				value = fmt.Sprintf("%d, then %d, %s later", was, n, seconds(e.Between()))
			}
		}
		evidence = append(evidence, report.Evidence{
			Source: s.MntrFrom, Key: key.name,
			Value: value, Wanted: "up to " + fmt.Sprint(key.limit),
		})
	}
	if len(much) == 0 {
		return Outcome{}
	}
	return found(report.Finding{
		Severity: report.Info, Certainty: report.Proven, Evidence: evidence,
		Summary: fmt.Sprintf("many %s. Each server holds all of it in its heap, writes it with each snapshot, and receives it whole after a long absence.", strings.Join(much, ", ")),
		Fix: advice(
			"find out which client creates them, and whether it deletes what it no longer needs; ZooKeeper is for coordination and is not a database",
			"set the heap (-Xmx) to several times the data size, and initLimit x tickTime to more than the time to send a snapshot",
		),
	})
}
