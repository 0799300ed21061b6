package diag

import (
	"fmt"
	"slices"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

// Rules about the releases that run.

// releaseEvidence is the evidence that a server's version is.
func releaseEvidence(s *model.Server, wanted string) report.Evidence {
	v, _ := s.Version()
	e := report.Evidence{Source: "srvr", Server: s.Name, Key: "Zookeeper version", Value: v.String(), Wanted: wanted}
	if !s.Srvr.Seen() {
		e.Source, e.Key = "envi", "zookeeper.version"
	}
	return e
}

// whyNoVersion tells why a server's version is not known; empty when it is.
func whyNoVersion(s *model.Server) Outcome {
	if _, ok := s.Version(); ok {
		return Outcome{}
	}
	if why := whyNoAnswer(s); why.skipped() {
		return why
	}
	return skip(report.SkipNotTold, "it did not tell its version")
}

const VersionMixed report.Code = "version-mixed"

var versionMixedRule = Rule{
	Code: VersionMixed, Title: "servers run different releases", Needs: "the version of two servers",
	Eval: checkVersionMixed,
}

func checkVersionMixed(e *model.Ensemble) Outcome {
	switch {
	case e.Mixed:
		return undecided("the servers that were named are of different ensembles")
	case e.LoneStandalone():
		return Outcome{}
	}
	out := eachServer(e, whyNoVersion)
	var f report.Finding
	var versions []string
	for _, s := range e.Servers {
		v, ok := s.Version()
		if !ok || s.Role == report.Standalone || s.DuplicateOf != nil {
			continue
		}
		f.Servers = append(f.Servers, s.Name)
		addEvidence(&f, releaseEvidence(s, ""))
		if !slices.Contains(versions, v.String()) {
			versions = append(versions, v.String())
		}
	}
	if len(f.Servers) < 2 {
		return out.and(skip(report.SkipNotTold, "fewer than two servers told their version"))
	}
	if len(versions) < 2 {
		return out
	}
	slices.Sort(versions)
	f.Severity, f.Certainty = report.Info, report.Proven
	f.Title = "servers run different releases: " + enumerate(versions)
	f.Summary = "an upgrade is under way, or was never ended. Servers of neighbouring releases work together; new features wait for the last one."
	f.Fix = []report.Fix{{
		Note: "finish the upgrade or take it back: one server at a time, the leader last, each after all others serve",
		Risk: "with no spare voter each restart is an outage",
	}}
	return out.and(found(f))
}

const WildcardSelfAddr report.Code = "wildcard-self-addr"

var wildcardSelfAddrRule = Rule{
	Code: WildcardSelfAddr, Title: "its own address is 0.0.0.0", Needs: "conf, or a server's own files",
	// It stays when the server is back: what is not of this server it must not hide.
	Explains: []report.Code{"server-not-serving", "read-only-mode", "quorum-lost", "status-script-misleading"},
	Eval:     perServer(checkWildcardSelfAddr, whyNoVersion),
}

func checkWildcardSelfAddr(_ *model.Ensemble, s *model.Server) Outcome {
	v, _ := s.Version()
	if !lint.TellsWildcard(v.String()) || s.Role == report.Standalone {
		return Outcome{}
	}
	line, source, ok := ownLineOf(s)
	if !ok {
		return skip(report.SkipNotTold, "neither it nor its files told which line of the list is its own")
	}
	if !lint.IsWildcard(&line) {
		return Outcome{}
	}
	certainty := report.Proven
	if s.Serving != model.Yes {
		certainty = report.Likely // it may be out for another reason
	}
	return found(report.Finding{
		Certainty: certainty,
		Summary:   fmt.Sprintf("%s tells its peers to call it back at the address of its own line, and that is 0.0.0.0: they call themselves. It serves until it restarts, and may then not get in again.", v),
		Evidence: []report.Evidence{
			releaseEvidence(s, "3.5.8, 3.6.1 or later"),
			{
				Source: source, Key: fmt.Sprintf("server.%d", line.ID), Value: line.Addresses[0].Host,
				Wanted: "the address that its peers use", File: line.File, Line: line.Line,
			},
		},
		Fix: []report.Fix{
			step(s.Name, fmt.Sprintf("write server.%d as its peers write it; where it must listen on all addresses, add quorumListenOnAllIPs=true", line.ID)),
			risky(s.Name, "then restart it; or upgrade to 3.5.10 or 3.6.4, where the wildcard does no harm",
				"if it stays out, restart the peers with lower ids too, one at a time; with no spare voter each is an outage"),
		},
	})
}

// ownLineOf is the server's own line in the list that it runs with.
func ownLineOf(s *model.Server) (line zoocfg.Server, source string, ok bool) {
	m := s.OwnList()
	id, _, known := s.Claimed()
	if m == nil || !known {
		return zoocfg.Server{}, "", false
	}
	own := m.Find(id)
	if own == nil || len(own.Addresses) == 0 {
		return zoocfg.Server{}, "", false
	}
	return *own, m.Source, true
}

// badRelease is a fault of some releases that loses data or stops all writes, and is fixed.
type badRelease struct {
	// versions are those that have it, as zoocfg.Concerns reads them; until is the first without it.
	versions, until string
	issue, text     string
	// met shows that what it takes is there as well; nil where nothing shows it in time, so
	// that it stays a remark.
	met func(*model.Server) []report.Evidence
	// when limits it to servers that it can concern; nil for all.
	when func(*model.Ensemble, *model.Server) bool
	// writes is set where it stops all writes, and loses no data.
	writes bool
}

// badReleases is the table of known faults that data may be lost by.
func badReleases() []badRelease {
	return []badRelease{
		{
			versions: "3.5.0-3.5.9", until: "3.5.10", issue: "ZOOKEEPER-3642",
			text: "a follower whose leader dies while it sends its data may later start without that data.",
		},
		{
			versions: "3.5.6-3.5.6", until: "3.5.7", issue: "apache/zookeeper#1177",
			text: "a standalone server with snapshot.trust.empty=true may start without its data.",
			when: func(_ *model.Ensemble, s *model.Server) bool { return s.Role == report.Standalone }, met: trustsEmpty,
		},
		{versions: "3.5.8-3.5.8", until: "3.5.9", issue: stuckWrites, text: stuckText, when: committedNothing, writes: true},
		{versions: "3.6.0-3.6.1", until: "3.6.2", issue: stuckWrites, text: stuckText, when: committedNothing, writes: true},
	}
}

// stuckWrites is the fault of a leader that was added to the list by a rolling restart: it
// waits for votes that nobody gives (QuorumPeer.setLastSeenQuorumVerifier).
const (
	stuckWrites = "ZOOKEEPER-3829"
	stuckText   = "after members were added by a rolling restart, no write is committed, and every role looks well. The leader has committed none since its election: roles were judged here, and writes were not."
)

// committedNothing reports whether a server leads and has committed no write since it was
// elected, not even the session that zkdoctor may have asked for.
func committedNothing(e *model.Ensemble, s *model.Server) bool {
	return s == e.OnlyLeader() && s.Srvr.Value.Zxid.Counter() == 0 && !s.Opened.Seen()
}

// trustsEmpty shows that snapshot.trust.empty stands in the server's own file.
func trustsEmpty(s *model.Server) []report.Evidence {
	if s.Local == nil || s.Local.Settings == nil {
		return nil
	}
	p, trusts := lint.TrustsEmpty(s.Local.Settings)
	if !trusts {
		return nil
	}
	return []report.Evidence{{
		Source: "zoo.cfg", Key: p.Key,
		Value: "true", Wanted: "removed after the upgrade", File: s.Local.Settings.Path, Line: p.Line,
	}}
}

const KnownBadVersion report.Code = "known-bad-version"

var knownBadVersionRule = Rule{
	Code: KnownBadVersion, Title: "runs a release with a known fault", Needs: "a server's version",
	Eval: perServer(checkKnownBadVersion, whyNoVersion),
}

func checkKnownBadVersion(e *model.Ensemble, s *model.Server) Outcome {
	v, _ := s.Version()
	var out Outcome
	for _, bad := range badReleases() {
		if !zoocfg.Concerns(bad.versions, v.String()) || bad.when != nil && !bad.when(e, s) {
			continue
		}
		f := report.Finding{
			Severity: report.Info, Certainty: report.Proven,
			Summary:  fmt.Sprintf("%s: %s Fixed in %s.", bad.issue, bad.text, bad.until),
			Evidence: []report.Evidence{releaseEvidence(s, bad.until+" or later")},
			Fix: []report.Fix{{
				Note: "upgrade, one server at a time, the leader last, each after all others serve",
				Risk: "with no spare voter each restart is an outage",
			}},
		}
		if bad.writes {
			f.Title = "runs a release whose writes may hang"
			addEvidence(&f, report.Evidence{
				Source: "srvr", Key: "Zxid", Value: s.Srvr.Value.Zxid.String(), Wanted: "a counter above 0",
			})
			f.Fix = slices.Insert(f.Fix, 0, report.Fix{
				Host: e.Snap.Vantage.Host, Command: "zkdoctor check --session " + shellWord(s.Name),
				Note: "proves whether writes work: opening a session is one, and closing it another", Risk: "two transactions",
			})
		}
		if bad.met != nil {
			if shown := bad.met(s); shown != nil {
				f.Severity = report.Warning
				addEvidence(&f, shown...)
			}
		}
		out = out.and(found(f))
	}
	return out
}
