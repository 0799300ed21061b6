package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// row is a figure beside what it may be.
type row struct {
	figure
	// recorded is nil for a figure that the record does not have.
	recorded *float64
	limit    *limit
}

func judge(figures []figure, recorded map[string]float64, all []limit) []row {
	rows := make([]row, 0, len(figures))
	for _, f := range figures {
		r := row{figure: f, limit: find(all, f.name)}
		if value, ok := recorded[f.name]; ok {
			r.recorded = &value
		}
		rows = append(rows, r)
	}
	return rows
}

// worse: a figure may not leave its goal, and where it has not reached it yet, it may
// not move away.
func (r row) worse() bool {
	return r.limit != nil && r.value > r.limit.max && (r.recorded == nil || r.value > *r.recorded)
}

// better: a goal that was not reached when the record was written is nearer now.
func (r row) better() bool {
	return r.limit != nil && r.recorded != nil && *r.recorded > r.limit.max && r.value < *r.recorded
}

// show writes the table, then what makes up the figures that are worse, or all.
func show(out io.Writer, rows []row, verbose bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "figure\tvalue\trecorded\tgoal\t\n")
	for _, r := range rows {
		recorded, goal, mark := "-", "-", ""
		if r.recorded != nil {
			recorded = number(*r.recorded)
		}
		if r.limit != nil {
			goal = "<= " + number(r.limit.max)
		}
		switch {
		case r.worse():
			mark = "WORSE"
		case r.better():
			mark = "better"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.name, number(r.value), recorded, goal, mark)
	}
	for _, r := range rows {
		if (verbose || r.worse()) && len(r.parts) > 0 {
			fmt.Fprintf(w, "\n%s: %s\n  %s\n", r.name, number(r.value), strings.Join(r.parts, "\n  "))
		}
	}
	if slices.ContainsFunc(rows, row.better) {
		fmt.Fprint(w, "\nSome are better than recorded: make house-update keeps them so.\n")
	}
	return w.Flush()
}

// verdict is an error that says which figures are worse, and why that matters.
func verdict(rows []row) error {
	var failed []string
	for _, r := range rows {
		if r.worse() {
			failed = append(failed,
				fmt.Sprintf("%s: %s, goal %s: %s", r.name, number(r.value), number(r.limit.max), r.limit.why))
		}
	}
	if len(failed) > 0 {
		return errors.New("worse than recorded:\n  " + strings.Join(failed, "\n  "))
	}
	return nil
}

func number(value float64) string {
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// readRecord reads lines of a figure and its value. No file is an empty record.
func readRecord(name string) (map[string]float64, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	recorded := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(line[at+1:], 64)
		if at < 0 || err != nil {
			return nil, fmt.Errorf("%s: %q is no figure and its value", name, line)
		}
		recorded[strings.TrimSpace(line[:at])] = value
	}
	return recorded, nil
}

// writeRecord records the figures that have a goal: the others may be what they like.
func writeRecord(name string, figures []figure) (map[string]float64, error) {
	var b strings.Builder
	b.WriteString("# Written by make house-update: what make house lets no figure get worse than.\n")
	recorded := map[string]float64{}
	for _, f := range figures {
		if find(limits(), f.name) != nil {
			fmt.Fprintf(&b, "%-50s %s\n", f.name, number(f.value))
			recorded[f.name] = f.value
		}
	}
	return recorded, os.WriteFile(name, []byte(b.String()), 0o600)
}
