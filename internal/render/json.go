package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// JSON writes the report as indented JSON with a newline at its end. Lists that
// are always present are [] when empty. Everything beyond printable ASCII is
// escaped, as JSON allows: the answer may be looked at on a terminal. The error
// is the writer's.
func JSON(w io.Writer, r *report.Report) error {
	return writeJSON(w, "report", whole(r))
}

// writeJSON writes a value, of which what is its name.
func writeJSON(w io.Writer, what string, value any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("encode the %s: %w", what, err)
	}
	_, err := w.Write(asciiJSON(b.Bytes()))
	return err
}

// asciiJSON escapes what is not ASCII. Outside of strings JSON is ASCII, so
// every such byte is within one.
func asciiJSON(b []byte) []byte {
	if !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x7f }) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r < 0x7f:
			out = append(out, b[0])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		b = b[n:]
	}
	return out
}

// whole returns a copy of the report in which no list is nil and every number
// can be written.
func whole(r *report.Report) *report.Report {
	c := *r
	c.Servers = list(slices.Clone(r.Servers))
	for i := range c.Servers {
		s := &c.Servers[i]
		s.LatencyAvgMs, s.LatencyMaxMs = finite(s.LatencyAvgMs), finite(s.LatencyMaxMs)
	}
	c.Findings = list(wholeFindings(r.Findings))
	c.Folded = wholeFindings(r.Folded)
	c.Unexplained = list(slices.Clone(r.Unexplained))
	for i := range c.Unexplained {
		s := &c.Unexplained[i]
		s.Servers, s.RuledOut, s.Telling = list(s.Servers), list(s.RuledOut), list(s.Telling)
	}
	c.Verdict.LeaderIDs, c.Verdict.Leaders = list(r.Verdict.LeaderIDs), list(r.Verdict.Leaders)
	c.Verdict.Out, c.Verdict.Unseen = list(r.Verdict.Out), list(r.Verdict.Unseen)
	c.Checks.PassedCodes, c.Checks.Skips = list(r.Checks.PassedCodes), list(r.Checks.Skips)
	return &c
}

func wholeFindings(all []report.Finding) []report.Finding {
	all = slices.Clone(all)
	for i := range all {
		f := &all[i]
		f.Servers, f.Evidence = list(f.Servers), list(f.Evidence)
		f.Fix, f.Explains = list(f.Fix), list(f.Explains)
	}
	return all
}

// list returns s, and an empty list for nil.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// finite returns nil for what JSON has no number for.
func finite(f *float64) *float64 {
	if f == nil || math.IsNaN(*f) || math.IsInf(*f, 0) {
		return nil
	}
	return f
}
