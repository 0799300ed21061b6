package draw

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/promstack"
)

// The drawing has these inner units; the page stretches it to the panel's size.
const (
	chartWidth  = 800
	chartHeight = 200
)

// lines are colours that people with any colour vision tell apart.
var lines = [...]string{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#8E8E8E"}

// x is where a time is.
func (f *frame) x(t time.Time) float64 {
	return chartWidth * (1 - f.end.Sub(t).Seconds()/f.span.Seconds())
}

func (f *frame) graph(ctx context.Context, p *panel) (template.HTML, error) {
	bands, err := f.bands(ctx, p)
	if err != nil || len(bands) == 0 {
		return p.empty(), err
	}
	top, low := 0.0, 0.0
	for _, b := range bands {
		for _, s := range b.samples {
			top, low = max(top, s.Value), min(low, s.Value)
		}
	}
	if p.FieldConfig.Defaults.Max != nil {
		top = *p.FieldConfig.Defaults.Max
	}
	if top == low {
		top = low + 1
	}
	format := p.FieldConfig.Defaults
	out := h(`<svg viewBox="0 0 %d %d" preserveAspectRatio="none">`, chartWidth, chartHeight)
	var names template.HTML
	for i, b := range bands {
		color := lines[i%len(lines)]
		out += h(`<path d="%s" stroke="%s"/>`, f.path(b.samples, low, top), color)
		last := formatted(b.samples[len(b.samples)-1].Value, format.Unit)
		names += h(`<span><i style="background:%s"></i>%s <b>%s</b></span>`, color, b.name, last)
	}
	return h(`<div class="axis"><span>%s</span><span>%s</span></div>`,
		formatted(top, format.Unit), formatted(low, format.Unit)) +
		out + f.timeAxis("</svg>") + `<div class="legend">` + names + "</div>", nil
}

// path breaks where samples are missing.
func (f *frame) path(samples []promstack.Sample, low, top float64) string {
	var b strings.Builder
	command := "M"
	var before time.Time
	for _, s := range samples {
		if s.At.Sub(before) > f.step*3/2 {
			command = "M"
		}
		before = s.At
		if math.IsNaN(s.Value) {
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f ", command, f.x(s.At), chartHeight*(1-(s.Value-low)/(top-low)))
		command = "L"
	}
	return b.String()
}

func (f *frame) timeline(ctx context.Context, p *panel) (template.HTML, error) {
	bands, err := f.bands(ctx, p)
	if err != nil || len(bands) == 0 {
		return p.empty(), err
	}
	out := h(`<div class="bands">`)
	for _, b := range bands {
		out += h(`<span>%s</span><div>`, b.name) + f.pieces(p, b.samples) + "</div>"
	}
	return out + "<span></span>" + f.timeAxis("") + "</div>", nil
}

// pieces are the times of one state each.
func (f *frame) pieces(p *panel, samples []promstack.Sample) template.HTML {
	var out template.HTML
	for i := 0; i < len(samples); {
		end := i
		for end+1 < len(samples) && samples[end+1].Value == samples[i].Value &&
			samples[end+1].At.Sub(samples[end].At) <= f.step*3/2 {
			end++
		}
		from, to := f.x(samples[i].At), f.x(samples[end].At.Add(f.step))
		text, color := p.FieldConfig.Defaults.text(samples[i].Value)
		const percent = 100.0 / chartWidth
		out += h(`<i style="left:%.2f%%;width:%.2f%%;background:%s;color:%s" title="%s">%s</i>`,
			from*percent, (min(to, chartWidth)-from)*percent, cmp.Or(color, grey), ink(cmp.Or(color, grey)), text, text)
		i = end + 1
	}
	return out
}

// timeAxis closes a picture and writes the times below.
func (f *frame) timeAxis(end template.HTML) template.HTML {
	start := f.end.Add(-f.span)
	return end + h(`<div class="times"><span>%s</span><span>%s</span><span>%s</span></div>`,
		start.Format("15:04:05"), start.Add(f.span/2).Format("15:04"), f.end.Format("15:04:05"))
}
