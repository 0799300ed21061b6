package render

import (
	"github.com/zkdoctor/zkdoctor/diag/report"
)

// fact is one row of evidence, cleaned.
type fact struct {
	place, server, key, value, wanted string
}

// joined puts facts into one row that differ only in their key, as the ports of
// a server do that are all refused.
func joined(all []report.Evidence) []report.Evidence {
	var out []report.Evidence
	for _, e := range all {
		if n := len(out); n > 0 && out[n-1].Key != "" && e.Key != "" {
			last := out[n-1]
			last.Key = e.Key
			if last == e && len(out[n-1].Key) < maxWord/2 {
				out[n-1].Key += ", " + e.Key
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// facts cleans the evidence.
func (p *phrases) facts(list []report.Evidence) []fact {
	facts := make([]fact, len(list))
	for i := range facts {
		e := &list[i]
		facts[i] = fact{
			place: place(clean(e.File, maxValue), e),
			key:   clean(e.Key, maxWord),
			value: clean(e.Value, maxValue), wanted: clean(e.Wanted, maxValue),
		}
		if e.Server != "" {
			facts[i].server = p.names.of(e.Server)
		}
		if e.Value == "" {
			facts[i].value = "(empty)"
		}
	}
	return facts
}

// place says where a fact was seen: file:line, or the way of looking.
func place(file string, e *report.Evidence) string {
	switch {
	case file == "":
		return clean(e.Source, maxWord)
	case e.Line > 0:
		return file + ":" + itoa(e.Line)
	}
	return file
}
