package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/diag/theory"
)

// What is known of the releases that run: one remark for all servers of which the same is
// known. It is a warning only where data is at risk and the server's own configuration is what
// it takes.

const KnownBadVersion report.Code = "known-bad-version"

var knownBadVersionRule = Rule{
	Code: KnownBadVersion, Title: "release has known bugs", Needs: "a server's version",
	Traits:  theory.Traits{Apart: true}, // servers of which the same is known are joined here
	Eval:    func(e *model.Ensemble) Outcome { return checkKnownBad(e, advisory.Builtin()) },
	ByTable: checkKnownBad,
}

func checkKnownBad(e *model.Ensemble, table advisory.Table) Outcome {
	out := eachServer(e, whyNoVersion)
	var groups []*knownBad
	concern := map[string]advisory.Table{} // by release: an ensemble may have a thousand members
	for _, s := range e.Servers {
		version, ok := s.Version()
		if !ok || s.DuplicateOf != nil {
			continue
		}
		rows, ok := concern[version.String()]
		if !ok {
			rows = table.Of(version.String())
			concern[version.String()] = rows
		}
		for _, one := range faultsOf(e, s, rows) {
			i := slices.IndexFunc(groups, func(g *knownBad) bool { return g.same(&one) })
			if i < 0 {
				groups = append(groups, &one)
				continue
			}
			groups[i].servers = append(groups[i].servers, s)
			groups[i].seen = append(groups[i].seen, one.seen...)
		}
	}
	for _, g := range groups {
		out = out.and(found(g.finding(e, table)))
	}
	return out
}

// knownBad is what is known of some servers that run the same release.
type knownBad struct {
	servers []*model.Server
	rows    advisory.Table
	// atRisk: the rows lose data, and what they take is in the configuration.
	atRisk bool
	// writes: it leads, and has committed nothing.
	writes bool
	// seen is what of the configuration shows it.
	seen []report.Evidence
}

func (k *knownBad) same(other *knownBad) bool {
	v, _ := k.servers[0].Version()
	w, _ := other.servers[0].Version()
	return v.String() == w.String() && v.Vendor() == w.Vendor() && k.atRisk == other.atRisk &&
		k.writes == other.writes && slices.Equal(k.rows.IDs(), other.rows.IDs())
}

// faultsOf are the rows that concern a server and whose condition holds: the remark, and what
// is more than a remark for itself.
func faultsOf(e *model.Ensemble, s *model.Server, rows advisory.Table) []knownBad {
	var all []knownBad
	remark := knownBad{servers: []*model.Server{s}}
	for _, row := range rows {
		seen, ok := exposed(e, s, row.Exposed)
		own := knownBad{servers: remark.servers, rows: advisory.Table{row}, seen: seen}
		switch {
		case !ok:
		case row.Exposed == advisory.UncommittedLeader:
			own.writes = true
			all = append(all, own)
		case row.Effect == advisory.Data && row.Exposed.Configured():
			own.atRisk = true
			all = append(all, own)
		default:
			remark.rows, remark.seen = append(remark.rows, row), append(remark.seen, seen...)
		}
	}
	if len(remark.rows) > 0 {
		all = append(all, remark)
	}
	return all
}

func (k *knownBad) finding(e *model.Ensemble, table advisory.Table) report.Finding {
	s := k.servers[0]
	v, _ := s.Version()
	version := v.String()
	f := report.Finding{
		Severity: report.Info, Certainty: report.Proven,
		Summary: fmt.Sprintf("%s %s. `zkdoctor advisories %s` shows when, and what has the fix.", version, k.rows.Sentence(), version),
	}
	if v.Vendor() {
		f.Certainty = report.Likely
		f.Summary += " This is not the ZooKeeper project's own build and may include later fixes: ask its vendor."
	}
	wanted := table.Next(version, k.rows)
	if wanted != "" {
		wanted += " or later"
	}
	for _, s := range k.servers {
		f.Servers = append(f.Servers, s.Name)
		addEvidence(&f, releaseEvidence(s, wanted))
	}
	addEvidence(&f, k.seen...)
	switch {
	case k.atRisk:
		row := &k.rows[0]
		f.Severity = report.Warning
		f.Title = "release can lose data with this configuration"
		f.Summary = fmt.Sprintf("%s: %s %s Fixed in %s.", row.ID, row.When, row.What, strings.Join(row.Fixed, ", "))
	case k.writes:
		f.Title = "release has a bug that can block writes"
		f.Summary = fmt.Sprintf("%s: %s %s The leader has committed no write since its election: zkdoctor judged roles here, and not whether writes work.",
			k.rows[0].ID, k.rows[0].When, k.rows[0].What)
		addEvidence(&f, report.Evidence{
			Source: "srvr", Server: s.Name, Key: "Zxid", Value: s.Srvr.Value.Zxid.String(), Wanted: "a counter above 0",
		})
		f.Fix = []report.Fix{{
			Host: e.Snap.Vantage.Host, Command: "zkdoctor check --session " + shellWord(s.AskedAs()),
			Note: "prove whether writes work: opening and closing a session are writes", Risk: "two transactions",
		}}
	default:
		f.Title = k.title(version)
	}
	note := "upgrade"
	if wanted != "" {
		note += " to " + wanted
	}
	f.Fix = append(f.Fix, report.Fix{
		Note: note + ", one server at a time, the leader last, each after all others serve",
		Risk: "if the ensemble can lose 0 more, each restart is an outage",
	})
	return f
}

// mostNamed is how many ids a title has; the summary has them all.
const mostNamed = 4

// title names the ids: of a note the screen shows no more.
func (k *knownBad) title(version string) string {
	ids := k.rows.IDs()
	if !slices.ContainsFunc(k.rows, func(a advisory.Advisory) bool { return a.Effect != advisory.EndOfLife }) {
		return version + " is end of life: " + strings.Join(ids, ", ")
	}
	named := strings.Join(ids[:min(len(ids), mostNamed)], ", ")
	if more := len(ids) - mostNamed; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	return "known bugs of " + version + ": " + named
}
