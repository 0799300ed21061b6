package diag

import (
	"github.com/zkdoctor/zkdoctor/diag/model"
	"github.com/zkdoctor/zkdoctor/diag/report"
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
	return skip(report.SkipNotTold, "it did not tell its version")
}
