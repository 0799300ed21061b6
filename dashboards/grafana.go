package dashboards

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
)

// DashboardFiles are the dashboards for Grafana, by their file names.
func DashboardFiles(o Options) (map[string][]byte, error) {
	o.RunbookURL = strings.TrimRight(o.RunbookURL, "/")
	if err := o.Check(); err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, b := range boards() {
		b.scope(&o)
		text, err := b.json()
		if err != nil {
			return nil, err
		}
		out[b.uid+".json"] = text
	}
	return out, nil
}

// boards are all dashboards, with a size for each panel.
func boards() []*board {
	all := []*board{fleet(), ensemble(), server()}
	for _, b := range all {
		b.pages, b.marks = pages+"alerts.md", marks(b.uid)
		for _, r := range b.rows {
			for i := range r.panels {
				r.panels[i].usualSize()
			}
		}
	}
	return all
}

// schemaVersion is that of Grafana 11.0. Later ones bring a board up to theirs when they load it;
// none brings one down.
const schemaVersion = 39

// json is the board as Grafana reads it.
func (b *board) json() ([]byte, error) {
	//nolint:staticcheck // Grafana 10 and 11 cannot read the newer schema, and 12 reads both
	d := dashboard.NewDashboardBuilder(b.title).
		Uid(b.uid).
		Description(b.about).
		Tags([]string{"zkdoctor", "zookeeper"}).
		Time("now-1h", "now").
		Refresh("30s").
		Timezone("browser").
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		WithVariable(dashboard.NewDatasourceVariableBuilder("datasource").Label("Data source").Type("prometheus"))
	for _, v := range b.vars {
		d.WithVariable(v.builder())
	}
	for _, other := range boards() {
		if other.uid != b.uid {
			d.Link(dashboard.NewDashboardLinkBuilder(other.title).Type(dashboard.DashboardLinkTypeLink).Icon("dashboard").
				Url("/d/" + other.uid).Tooltip(other.about).IncludeVars(true).KeepTime(true))
		}
	}
	d.Link(dashboard.NewDashboardLinkBuilder("What the alerts mean").Type(dashboard.DashboardLinkTypeLink).Icon("doc").
		Url(b.pages).Tooltip("Every alert, and what to do").TargetBlank(true))
	for _, m := range b.marks {
		d.Annotation(m.builder())
	}
	for _, r := range b.rows {
		d.WithRow(dashboard.NewRowBuilder(r.title))
		for i := range r.panels {
			d.WithPanel(&r.panels[i])
		}
	}
	built, err := d.Build()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.uid, err)
	}
	built.SchemaVersion = schemaVersion
	for i := range built.Links {
		built.Links[i].Placement = nil // where they are seen, not in a menu
	}
	id := uint32(0)
	for _, p := range built.Panels {
		id++
		if p.Panel != nil {
			p.Panel.Id = new(id)
		} else {
			p.RowPanel.Id = id
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err = encoder.Encode(built)
	return out.Bytes(), err
}

func (v variable) builder() *dashboard.QueryVariableBuilder {
	q := dashboard.NewQueryVariableBuilder(v.name).
		Label(v.label).
		Datasource(dataSource()).
		Query(dashboard.StringOrMap{String: new(v.values)}).
		Definition(v.values).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortAlphabeticalAsc)
	if v.all {
		// What is built of all values would be a long expression; everything is short.
		q.IncludeAll(true).Multi(true).AllValue(cmp.Or(v.any, ".+")).
			Current(dashboard.VariableOption{
				Text:  dashboard.StringOrArrayOfString{String: new("All")},
				Value: dashboard.StringOrArrayOfString{String: new("$__all")},
			})
	}
	return q
}

// marks are in all graphs of a board. The fleet has none: there the elections of all
// ensembles would cover everything.
func marks(uid string) []mark {
	if uid == fleetUID {
		return nil
	}
	return []mark{
		{"Election", strong, electionMark, "A new epoch in {{ensemble}}"},
		{"No quorum", bad, quorumMark, "No client can write to {{ensemble}}"},
	}
}

func (m *mark) builder() *dashboard.AnnotationQueryBuilder {
	return dashboard.NewAnnotationQueryBuilder().Name(m.name).Datasource(dataSource()).Enable(true).IconColor(m.color).
		Expr(m.expr).Step("15s").TitleFormat(m.name).TextFormat(m.text)
}

const (
	electionMark = "max by (ensemble) (changes(zookeeper_epoch{" + ofEnsemble + "}[1m])) > 0"
	quorumMark   = "max by (ensemble) (zkdoctor_quorum{" + ofEnsemble + "}) == 0"
)

func dataSource() common.DataSourceRef {
	return common.DataSourceRef{Type: new("prometheus"), Uid: new("${datasource}")}
}

// letter is Grafana's name for a query of a panel.
func letter(i int) string { return "ABCDEFGHIJ"[i : i+1] }

// target is a query of a panel.
func (p *panel) target(i int) *prometheus.DataqueryBuilder {
	q := p.queries[i]
	t := prometheus.NewDataqueryBuilder().Expr(q.expr).RefId(letter(i)).Datasource(dataSource())
	if q.legend != "" {
		t.LegendFormat(q.legend)
	}
	switch p.kind {
	case table:
		t.Instant().Format(prometheus.PromQueryFormatTable)
	case number, name:
		t.Instant()
	case graph, timeline:
		t.Range()
	}
	return t
}
