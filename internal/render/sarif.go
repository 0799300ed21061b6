package render

import (
	"cmp"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/diag/lint"
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// SARIF, the format in which code scanners report (OASIS, version 2.1.0): the part of it that
// remarks need.

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID string `json:"id"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

// LintSARIF writes what was said of some configurations as SARIF. The error is the writer's.
func LintSARIF(w io.Writer, all []*lint.Report) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{
		Name: "zkdoctor", InformationURI: report.Home, Rules: []sarifRule{},
	}
	for _, r := range all {
		run.Tool.Driver.Version = clean(r.Tool.Version, maxWord)
		for i := range r.Remarks {
			run.Results = append(run.Results, sarifOf(&r.Remarks[i]))
		}
	}
	for _, result := range run.Results {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{result.RuleID})
	}
	slices.SortFunc(run.Tool.Driver.Rules, func(a, b sarifRule) int { return cmp.Compare(a.ID, b.ID) })
	run.Tool.Driver.Rules = slices.Compact(run.Tool.Driver.Rules)
	return writeJSON(w, "remarks", sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

// sarifOf is one remark. What is about no line is shown at the first.
func sarifOf(m *lint.Remark) sarifResult {
	what := clean(m.Found, maxProse)
	if m.Key != "" {
		what = clean(m.Key, maxWord) + ": " + what
	}
	text := what + ". " + clean(m.Why, maxProse) + " Recommended: " + clean(m.Recommended, maxProse)
	if whom := versionsText(m.Versions, ""); whom != "" {
		text += " (" + whom + ")"
	}
	return sarifResult{
		RuleID: m.Rule, Level: sarifLevel(m.Severity), Message: sarifText{unlinked(text + ".")},
		Locations: []sarifLocation{{sarifPhysical{sarifArtifact{fileURI(m.File)}, sarifRegion{max(m.Line, 1)}}}},
	}
}

// unlinked is a text in which nothing is a link: "[text](uri)" in a message is one (3.11.6), which
// a configuration must not bring with it. Without its middle there is none, and the brackets of
// an address may stay as they are.
func unlinked(text string) string {
	if !strings.Contains(text, "](") {
		return text
	}
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
}

func sarifLevel(s report.Severity) string {
	switch s {
	case report.Critical:
		return "error"
	case report.Warning:
		return "warning"
	case report.Info:
	}
	return "note"
}

// fileURI is a path as a URI reference; a relative one stays relative, to the checkout.
func fileURI(file string) string {
	u := url.URL{Path: path.Clean(strings.ToValidUTF8(file, "\uFFFD"))}
	if path.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}
