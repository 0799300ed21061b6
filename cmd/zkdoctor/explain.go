package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zkdoctor/zkdoctor/docs/findings"
)

type explainCmd struct {
	What []string `arg:"" optional:"" name:"finding|line" help:"A finding as zkdoctor names it, or a line from a log or a console, in quotes."`
}

// Run prints a page, or what a line points to.
func (c *explainCmd) Run(t terminal) error {
	what := strings.TrimSpace(strings.Join(c.What, " "))
	if what == "" {
		return errors.New("nothing to explain: name a finding (zkdoctor findings lists them) or paste a log line in quotes")
	}
	if page, ok := findings.Page(strings.ToLower(what)); ok {
		_, err := fmt.Fprint(t.out, findings.Plain(page, t.width()))
		return err
	}
	if !strings.ContainsAny(what, " \t") && len(findings.MatchLine(what)) == 0 {
		return errors.New(noSuchFinding(what))
	}
	matches := findings.MatchLine(what)
	if len(matches) == 0 {
		return errors.New("zkdoctor knows no finding that writes this line; zkdoctor check looks at the ensemble itself")
	}
	for _, m := range matches {
		if _, err := fmt.Fprintf(t.out, "%s\n  %s\n  zkdoctor explain %s\n", m.Slug, m.Why, m.Slug); err != nil {
			return err
		}
	}
	return nil
}

func known(slug string) bool {
	_, ok := findings.Page(slug)
	return ok
}

// noSuchFinding is the sentence for a slug that does not exist.
func noSuchFinding(word string) string {
	text := fmt.Sprintf("no finding is called %q", word)
	if near := findings.Suggest(word); len(near) > 0 {
		return text + "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return text + "; zkdoctor findings lists them"
}
