package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/diag/report"
	"github.com/zkdoctor/zkdoctor/internal/asciijson"
)

type findingsCmd struct {
	Output string `short:"o" enum:"text,json" default:"text" help:"text or json." env:"ZKDOCTOR_FINDINGS_OUTPUT"`
}

// Run lists the catalogue.
func (c *findingsCmd) Run(t terminal) error {
	catalogue := diag.Catalogue()
	if c.Output == "json" {
		type row struct {
			Code  report.Code `json:"code"`
			Title string      `json:"title"`
			Needs string      `json:"needs"`
		}
		rows := make([]row, 0, len(catalogue))
		for _, check := range catalogue {
			rows = append(rows, row{check.Code, check.Title, check.Needs})
		}
		return asciijson.Write(t.out, rows, "  ")
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, check := range catalogue {
		fmt.Fprintf(w, "%s\t%s\n", check.Code, check.Title)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(t.out, "\n%d findings. zkdoctor explain FINDING shows the page of one.\n", len(catalogue))
	return err
}
