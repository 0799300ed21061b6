package exporter

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// textWriter writes families as the library's encoders do, and without making anything of them
// first: that, and the checks before it, would be most of what a scrape costs.
type textWriter struct {
	to *bufio.Writer
	// open is set for OpenMetrics.
	open bool
	// failed is the first family that could not be written.
	failed error
}

// page writes a page, and between its families others, which are sorted by name.
func (w *textWriter) page(p *page, others []*dto.MetricFamily) {
	p.families(func(samples []sample) {
		for len(others) > 0 && others[0].GetName() < samples[0].of.name {
			w.other(others[0])
			others = others[1:]
		}
		w.family(samples)
	})
	for _, other := range others {
		w.other(other)
	}
	if w.open {
		_, _ = io.WriteString(w.to, "# EOF\n")
	}
}

// other writes a family of the library's.
func (w *textWriter) other(f *dto.MetricFamily) {
	var err error
	if w.open {
		_, err = expfmt.MetricFamilyToOpenMetrics(w.to, f, expfmt.WithCreatedLines())
	} else {
		_, err = expfmt.MetricFamilyToText(w.to, f)
	}
	w.failed = errors.Join(w.failed, err)
}

func (w *textWriter) family(samples []sample) {
	of := samples[0].of
	header := of.text
	if w.open {
		header = of.open
	}
	_, _ = w.to.WriteString(header)
	for i := range samples {
		s := &samples[i]
		if s.summary == nil {
			w.line(of.name, "", s.labels, "", s.value)
			continue
		}
		for q := range s.summary.quantiles() {
			w.line(of.name, "", s.labels, quantiles[q].text, s.summary.quantile[q])
		}
		w.line(of.name, "_sum", s.labels, "", s.summary.sum)
		w.count(of.name, s.labels, s.summary.count)
	}
}

// start is the line up to the value.
func (w *textWriter) start(name, suffix string, labels *labelSet, quantile string) []byte {
	line := append(append(w.to.AvailableBuffer(), name...), suffix...)
	line = append(append(line, '{'), labels.text...)
	if quantile != "" {
		line = append(append(append(line, `,quantile="`...), quantile...), '"')
	}
	return append(line, '}', ' ')
}

func (w *textWriter) line(name, suffix string, labels *labelSet, quantile string, value float64) {
	line := w.number(w.start(name, suffix, labels, quantile), value)
	_, _ = w.to.Write(append(line, '\n')) // into memory
}

// count is a whole number, which OpenMetrics writes as such.
func (w *textWriter) count(name string, labels *labelSet, value float64) {
	line := w.start(name, "_count", labels, "")
	if w.open {
		line = strconv.AppendUint(line, uint64(value), 10)
	} else {
		line = w.number(line, value)
	}
	_, _ = w.to.Write(append(line, '\n'))
}

func (w *textWriter) number(line []byte, value float64) []byte {
	const whole = 1e6 // below it, whole numbers are written as such
	start := len(line)
	switch {
	case math.IsNaN(value):
		return append(line, "NaN"...)
	case math.IsInf(value, 1):
		return append(line, "+Inf"...)
	case math.IsInf(value, -1):
		return append(line, "-Inf"...)
	case value == math.Trunc(value) && math.Abs(value) < whole:
		line = strconv.AppendInt(line, int64(value), 10)
	default:
		line = strconv.AppendFloat(line, value, 'g', -1, 64)
	}
	if w.open && !bytes.ContainsAny(line[start:], "e.") {
		line = append(line, ".0"...)
	}
	return line
}
