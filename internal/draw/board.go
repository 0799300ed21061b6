package draw

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// board is a dashboard as Grafana reads it.
type board struct {
	UID, Title, Description string
	Panels                  []panel
	Templating              struct {
		List []struct {
			Name, Type, Label string
			Definition        string
			IncludeAll        bool
			AllValue          string
		}
	}
}

type panel struct {
	Type, Title, Description string
	GridPos                  struct{ H, W, X, Y int }
	Targets                  []struct{ Expr, LegendFormat, RefID string }
	FieldConfig              struct {
		Defaults  field
		Overrides []struct {
			Matcher    struct{ Options string }
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
	Options struct {
		TextMode string
		SortBy   []struct {
			DisplayName string
			Desc        bool
		}
	}
	Transformations []struct {
		ID      string
		Options struct {
			ByField     string
			IndexByName map[string]int
			RenameBy    map[string]string `json:"renameByName"`
		}
	}
}

// field is how values are shown.
type field struct {
	Unit, NoValue string
	Max           *float64
	Mappings      []struct{ Options map[string]mapped }
	Thresholds    struct {
		Steps []struct {
			Value *float64
			Color string
		}
	}
	Color struct{ Mode string }
	// link is the address behind a cell.
	link string
}

type mapped struct{ Text, Color string }

// load reads the dashboards, in the order of their file names.
func load(files map[string][]byte) ([]board, error) {
	var boards []board
	for _, name := range slices.Sorted(maps.Keys(files)) {
		var b board
		if err := json.Unmarshal(files[name], &b); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		boards = append(boards, b)
	}
	return boards, nil
}

// column is how a column of a table is shown: the panel's defaults with the
// overrides for its name.
func (p *panel) column(name string) field {
	f := p.FieldConfig.Defaults
	for _, o := range p.FieldConfig.Overrides {
		if o.Matcher.Options != name {
			continue
		}
		for _, property := range o.Properties {
			switch property.ID {
			case "mappings":
				f.Mappings = nil
				_ = json.Unmarshal(property.Value, &f.Mappings) // ours: tests look at it
			case "unit":
				_ = json.Unmarshal(property.Value, &f.Unit)
			case "links":
				var links []struct{ URL string }
				_ = json.Unmarshal(property.Value, &links)
				if len(links) > 0 {
					f.link = links[0].URL
				}
			}
		}
	}
	return f
}

// columns are the fields of a table and their titles, in order, and the field
// that its queries are joined by.
func (p *panel) columns() (fields []string, titles map[string]string, joined string) {
	for _, t := range p.Transformations {
		switch t.ID {
		case "joinByField":
			joined = t.Options.ByField
		case "merge":
			joined = merged
		case "organize":
			titles = t.Options.RenameBy
			for name := range t.Options.IndexByName {
				fields = append(fields, name)
			}
			slices.SortFunc(fields, func(a, b string) int {
				return cmp.Compare(t.Options.IndexByName[a], t.Options.IndexByName[b])
			})
		}
	}
	return fields, titles, joined
}

// text is a value in words or with its unit, and its colour, empty for none.
func (f *field) text(value float64) (text, color string) {
	plain := formatted(value, "")
	for _, m := range f.Mappings {
		if w, ok := m.Options[plain]; ok {
			return w.Text, w.Color
		}
	}
	if f.Color.Mode == "thresholds" {
		for _, s := range f.Thresholds.Steps {
			if s.Value == nil || value >= *s.Value {
				color = s.Color
			}
		}
	}
	return formatted(value, f.Unit), color
}

// label is a label in words, and its colour.
func (f *field) label(value string) (text, color string) {
	for _, m := range f.Mappings {
		if w, ok := m.Options[value]; ok {
			return w.Text, w.Color
		}
	}
	return value, ""
}

// legend fills in the labels that a legend names.
func legend(format string, labels map[string]string) string {
	if format == "" {
		var all []string
		for _, v := range labels {
			all = append(all, v)
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	for name, value := range labels {
		format = strings.ReplaceAll(format, "{{"+name+"}}", value)
	}
	return format
}
