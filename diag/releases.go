package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/advisory"
	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/probe/zoocfg"
)

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
	return skip(report.SkipNotReported, "it did not report its version")
}

// exposed reports whether a server is as a fault takes it, and what of its configuration is
// so.
func exposed(e *model.Ensemble, s *model.Server, condition advisory.Condition) (seen []report.Evidence, ok bool) {
	if condition == advisory.UncommittedLeader {
		return nil, committedNothing(e, s)
	}
	var settings *zoocfg.Config
	if s.Local != nil {
		settings = s.Local.Settings
	}
	version, _ := s.Version()
	line, ok := lint.Exposes(settings, s.Role != report.Standalone, condition, version.String())
	if !condition.Configured() {
		return nil, ok
	}
	line.Server = s.Name
	return []report.Evidence{line}, ok
}

// committedNothing reports whether a server leads and has committed no write since it was
// elected, not even the session that zkdoctor may have asked for.
func committedNothing(e *model.Ensemble, s *model.Server) bool {
	return s == e.OnlyLeader() && s.Srvr.Value.Zxid.Counter() == 0 && !s.Opened.Seen()
}
