package lint

import (
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// knownFaults is what is known of the release that the file is for: one remark with the ids,
// where a release is named and not a line of them. It is a warning only where data is at risk
// and the file has the line that it takes.
func knownFaults(s *subject) []Remark {
	release, suffix, vendor := strings.Cut(s.Version, "-")
	if strings.Count(release, ".") != 2 {
		return nil
	}
	table := s.Advisories
	if table == nil {
		table = advisory.Builtin()
	}
	r := Remark{Severity: report.Info, Found: "ZooKeeper " + s.Version}
	var rows advisory.Table
	for _, row := range table.Of(release) {
		line, ok := Exposes(s.Config, s.distributed(), row.Exposed, release)
		if !ok {
			continue
		}
		rows = append(rows, row)
		if row.Effect == advisory.Data && row.Exposed.Configured() {
			r.Severity, r.File, r.Line, r.Key = report.Warning, line.File, line.Line, line.Key
		}
	}
	if len(rows) == 0 {
		return nil
	}
	why := release + " " + rows.Sentence() + ". `zkdoctor advisories " + release + "` shows when."
	if vendor && !slices.Contains([]string{"alpha", "beta"}, suffix) {
		why += " A vendor's build may have fixes of later releases."
	}
	want := "a release without these bugs"
	if next := table.Next(release, rows); next != "" {
		want = next + " or later"
	}
	return r.say(want, why)
}
