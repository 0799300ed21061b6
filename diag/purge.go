package diag

import (
	"fmt"
	"strconv"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// fullSoon is how soon a disk is full for that to be a warning: a month leaves time for a
// change in working hours.
const fullSoon = 30 * 24 * time.Hour

const AutopurgeOff report.Code = "autopurge-off"

var autopurgeOffRule = Rule{
	Code: AutopurgeOff, Title: "old snapshots are never removed", Needs: "a server's own files",
	Eval: perHost(checkAutopurgeOff),
}

func checkAutopurgeOff(_ *model.Ensemble, h *model.Host) Outcome {
	if !purgeOff(h) {
		return Outcome{}
	}
	data, reason := dataOf(h)
	if data == nil {
		return undecided(reason)
	}
	snapshots := data.Dir.Snapshots
	switch {
	case !snapshots.Seen():
		return undecided(unseenOr(data.Dir.Version2, snapshots))
	case snapshots.Value.Total <= manySnapshots:
		return Outcome{}
	}
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: fmt.Sprintf("%d snapshots, and neither this server nor any other program removes old ones: with their logs they will fill the disk.", snapshots.Value.Total),
		Evidence: []report.Evidence{
			dataEvidence("snapshots", strconv.Itoa(snapshots.Value.Total),
				fmt.Sprintf("%d at most", manySnapshots), data.Dir.Path+"/version-2"),
			purgeSetting(h),
			dataEvidence("whole", wholeOf(snapshots.Value), "all", ""),
		},
		Fix: []report.Fix{
			risky("", "on every server, add autopurge.purgeInterval=24 and autopurge.snapRetainCount=5 to zoo.cfg. The next start removes all but the newest five snapshots and the logs that they need",
				"up to 3.5 it keeps the newest by name, even incomplete ones: check first that the newest snapshots are complete, as shown under \"why\""),
			risky("", "restart the servers one at a time, the leader last",
				"if the ensemble can lose 0 more, each restart is an outage: read \"Can lose\" in the first line"),
		},
	}
	if left, ok := fillsIn(h, data); ok {
		addEvidence(&f, report.Evidence{
			Source: "disk", Key: "full in",
			Value: days(left), Wanted: days(fullSoon) + " at least", File: data.Dir.Path,
		})
		if left < fullSoon {
			f.Severity = report.Warning
			f.Summary = fmt.Sprintf("%d snapshots, and neither this server nor any other program removes old ones. At the rate of the newest ones the disk is full in %s.", snapshots.Value.Total, days(left))
		}
	}
	return found(f)
}

func purgeSetting(h *model.Host) report.Evidence {
	set := h.Settings.AutopurgePurgeInterval
	value := "not set, which is 0: never"
	if set.IsSet() {
		value = "0: never"
	}
	return report.Evidence{
		Source: "zoo.cfg", Key: "autopurge.purgeInterval",
		Value: value, Wanted: "above 0", File: h.Settings.Path, Line: set.Line,
	}
}

func wholeOf(files snapshot.DataFiles) string {
	whole := 0
	for _, f := range files.Newest {
		if f.Content.Value.Whole {
			whole++
		}
	}
	return fmt.Sprintf("%d of the newest %d snapshots", whole, len(files.Newest))
}

// fillsIn is the time until the first of the server's disks is full, at the rate at
// which its newest snapshots and logs were written; ok is false when they span less
// than a day, of which no rate can be made.
func fillsIn(h *model.Host, data *snapshot.Data) (left time.Duration, ok bool) {
	disks, _ := disks(data)
	for _, d := range disks {
		var perDay float64
		for i, dir := range dataDirs(data) {
			if len(disks) > 1 && dir.Path != d.dir {
				continue
			}
			if i == 0 {
				perDay += growth(dir.Snapshots.Value)
			}
			perDay += growth(dir.Logs.Value)
		}
		if perDay <= 0 {
			continue
		}
		// A hundred years are enough, and fit into a Duration.
		in := time.Duration(min(float64(d.free(h))/perDay, 36500) * float64(24*time.Hour))
		if !ok || in < left {
			left, ok = in, true
		}
	}
	return left, ok
}

// growth is how many bytes a day the files of a kind have grown by: all but the
// oldest of the newest few were written since that one.
func growth(files snapshot.DataFiles) float64 {
	n := len(files.Newest)
	if n < 2 {
		return 0
	}
	span := files.Newest[0].Modified.Sub(files.Newest[n-1].Modified)
	if span < 24*time.Hour {
		return 0
	}
	var written int64
	for _, f := range files.Newest[:n-1] {
		written += f.Allocated
	}
	return float64(written) / (float64(span) / float64(24*time.Hour))
}
