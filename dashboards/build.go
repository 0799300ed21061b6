package dashboards

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	tables "github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// builder is what Grafana's builders of panels have in common.
type builder[B any] interface {
	Title(title string) B
	Description(description string) B
	Span(w uint32) B
	Height(h uint32) B
	Datasource(datasource common.DataSourceRef) B
	Targets(targets []cog.Builder[variants.Dataquery]) B
	Unit(unit string) B
	NoValue(noValue string) B
	Mappings(mappings []dashboard.ValueMapping) B
	Thresholds(thresholds cog.Builder[dashboard.ThresholdsConfig]) B
	ColorScheme(color cog.Builder[dashboard.FieldColor]) B
}

// Build makes Grafana's panel.
func (p *panel) Build() (dashboard.Panel, error) {
	switch p.kind {
	case graph:
		return p.graph().Build()
	case timeline:
		return p.timeline().Build()
	case table:
		return p.table().Build()
	case number, name:
	}
	return p.number().Build()
}

// fill sets what all panels have.
func fill[B builder[B]](b B, p *panel) B {
	var targets []cog.Builder[variants.Dataquery]
	for i := range p.queries {
		targets = append(targets, p.target(i))
	}
	b.Title(p.title).Description(p.about).Span(p.width).Height(p.height).Datasource(dataSource()).Targets(targets)
	if p.unit != "" {
		b.Unit(p.unit)
	}
	if p.empty != "" {
		b.NoValue(p.empty)
	}
	if p.words != nil {
		b.Mappings(mappings(p.words))
	}
	if p.words != nil || p.steps != nil {
		b.ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdThresholds))
		b.Thresholds(thresholds(p.steps))
	}
	return b
}

func mappings(words []word) []dashboard.ValueMapping {
	options := map[string]dashboard.ValueMappingResult{}
	for i, w := range words {
		result := dashboard.ValueMappingResult{Text: new(w.text), Index: new(int32(i))}
		if w.color != "" {
			result.Color = new(w.color)
		}
		options[w.value] = result
	}
	return []dashboard.ValueMapping{{
		ValueMap: &dashboard.ValueMap{Type: dashboard.MappingTypeValueToText, Options: options},
	}}
}

// thresholds colour from bounds on. What has words only gets its colours from
// those, and is faint where a value has no word.
func thresholds(steps []step) *dashboard.ThresholdsConfigBuilder {
	list := []dashboard.Threshold{{Color: grey}}
	for i, s := range steps {
		if i == 0 {
			list[0].Color = s.color
			continue
		}
		list = append(list, dashboard.Threshold{Value: new(s.from), Color: s.color})
	}
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(list)
}

func (p *panel) number() *stat.PanelBuilder {
	b := fill(stat.NewPanelBuilder(), p).
		GraphMode(common.BigValueGraphModeNone).
		Orientation(common.VizOrientationAuto).
		ReduceOptions(common.NewReduceDataOptionsBuilder().Calcs([]string{"lastNotNull"}))
	switch {
	case p.kind == name:
		b.TextMode(common.BigValueTextModeName)
	case len(p.queries) > 1:
		b.TextMode(common.BigValueTextModeValueAndName)
	default:
		b.TextMode(common.BigValueTextModeValue)
	}
	if p.words == nil && p.steps == nil {
		return b.ColorMode(common.BigValueColorModeNone)
	}
	return b.ColorMode(common.BigValueColorModeBackgroundSolid)
}

func (p *panel) graph() *timeseries.PanelBuilder {
	b := fill(timeseries.NewPanelBuilder(), p).
		LineWidth(2).
		ShowPoints(common.VisibilityModeNever).
		AxisSoftMin(0).
		Legend(common.NewVizLegendOptionsBuilder().ShowLegend(true).
			DisplayMode(common.LegendDisplayModeTable).Placement(common.LegendPlacementBottom).
			Calcs([]string{"lastNotNull", "max"})).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeMulti).Sort(common.SortOrderDescending))
	if p.max > 0 {
		b.Max(p.max)
	}
	if p.steps != nil {
		// Lines keep a colour each; the bound is a line of its own.
		b.ColorScheme(dashboard.NewFieldColorBuilder().Mode(dashboard.FieldColorModeIdPaletteClassic)).
			ThresholdsStyle(common.NewGraphThresholdsStyleConfigBuilder().Mode(common.GraphThresholdsStyleModeDashed))
	}
	return b
}

func (p *panel) timeline() *statetimeline.PanelBuilder {
	return fill(statetimeline.NewPanelBuilder(), p).
		ShowValue(common.VisibilityModeAuto).
		MergeValues(true).
		RowHeight(0.85).
		LineWidth(0).
		FillOpacity(80).
		Legend(common.NewVizLegendOptionsBuilder().ShowLegend(true).
			DisplayMode(common.LegendDisplayModeList).Placement(common.LegendPlacementBottom)).
		Tooltip(common.NewVizTooltipOptionsBuilder().Mode(common.TooltipDisplayModeSingle))
}

func (p *panel) table() *tables.PanelBuilder {
	b := fill(tables.NewPanelBuilder(), p)
	switch {
	case p.merged:
		b.WithTransformation(dashboard.DataTransformerConfig{Id: "merge", Options: map[string]any{}})
	case len(p.queries) > 1:
		b.WithTransformation(dashboard.DataTransformerConfig{
			Id: "joinByField", Options: map[string]any{"byField": p.columns[0].field, "mode": "outer"},
		})
	}
	var fields []string
	order, names := map[string]int{}, map[string]string{}
	var sorted []cog.Builder[common.TableSortByFieldState]
	for i, c := range p.columns {
		fields = append(fields, c.field)
		order[c.field], names[c.field] = i, c.title
		if c.descending {
			sorted = append(sorted, common.NewTableSortByFieldStateBuilder().DisplayName(c.title).Desc(true))
		}
		if properties := c.properties(); len(properties) > 0 {
			b.OverrideByName(c.title, properties)
		}
	}
	b.WithTransformation(dashboard.DataTransformerConfig{
		Id: "filterFieldsByName", Options: map[string]any{"include": map[string]any{"names": fields}},
	})
	b.WithTransformation(dashboard.DataTransformerConfig{
		Id:      "organize",
		Options: map[string]any{"indexByName": order, "renameByName": names, "excludeByName": map[string]bool{}},
	})
	return b.SortBy(sorted)
}

func (c *column) properties() []dashboard.DynamicConfigValue {
	var out []dashboard.DynamicConfigValue
	if c.words != nil {
		out = append(out, dashboard.DynamicConfigValue{Id: "mappings", Value: mappings(c.words)})
		if c.words[0].color != "" {
			out = append(out, dashboard.DynamicConfigValue{
				Id: "custom.cellOptions", Value: map[string]string{"type": "color-background", "mode": "basic"},
			})
		}
	}
	if c.unit != "" {
		out = append(out, dashboard.DynamicConfigValue{Id: "unit", Value: c.unit})
	}
	if c.link != "" {
		out = append(out, dashboard.DynamicConfigValue{
			Id: "links", Value: []map[string]any{{
				"title": "Open", "url": c.link, "targetBlank": c.outside || c.link == toFinding,
			}},
		})
	}
	return out
}
