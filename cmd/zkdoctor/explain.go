package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zkdoctor/zkdoctor/dashboards"
	"github.com/zkdoctor/zkdoctor/docs/findings"
	"github.com/zkdoctor/zkdoctor/internal/runbook"
	"github.com/zkdoctor/zkdoctor/probe/logline"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
	"github.com/zkdoctor/zkdoctor/probe/thishost"
)

type explainCmd struct {
	What []string `arg:"" optional:"" name:"finding|line" complete:"finding" help:"Name of a finding, or a line from a log or a console, in quotes; - reads the lines from stdin."`
	All  bool     `env:"ZKDOCTOR_EXPLAIN_ALL" help:"Write the pages of all findings into --out, as HTML for a web server, where --runbook-url of rules may lead."`
	Out  string   `env:"ZKDOCTOR_EXPLAIN_OUT" placeholder:"DIR" help:"Where --all writes them; files there with the same names are replaced."`
	Log  string   `env:"ZKDOCTOR_EXPLAIN_LOG" placeholder:"FILE" help:"Explain what a log reports at WARN and above since the last start of its server; - is stdin."`
}

// Help is shown under the usage line.
func (*explainCmd) Help() string {
	return `Examples:
  zkdoctor explain quorum-lost
  zkdoctor explain 'Cannot open channel to 2 at election address'
  zkdoctor explain --all --out /srv/www/zookeeper`
}

// book are the pages of findings, and of alerts.
func book() *runbook.Book {
	return runbook.New(versionNumber(), map[string]string{"alerts": string(dashboards.AlertsPage())})
}

// mayTake implements bounded: it reads one file, or stdin.
func (c *explainCmd) mayTake() time.Duration { return 10 * time.Second }

// Run prints a page, or what lines point to.
func (c *explainCmd) Run(ctx context.Context, t terminal) error {
	what := strings.TrimSpace(strings.Join(c.What, " "))
	switch {
	case c.All != (c.Out != ""):
		return errors.New("--all and --out DIR go together: they write the pages of all findings")
	case c.All && (c.Log != "" || what != ""):
		return errors.New("--all writes the pages of all findings: leave out what else is named")
	case c.All:
		return writeFiles(t, book().Files(), c.Out)
	case c.Log != "" && what != "":
		return errors.New("--log FILE explains a whole log: leave out what else is named")
	case c.Log != "":
		return explainLog(ctx, t, c.Log)
	case what == "":
		return errors.New("nothing to explain: name a finding (zkdoctor findings lists them) or paste a log line in quotes")
	case what == "-":
		text, err := readPaste(ctx, t)
		if err != nil {
			return err
		}
		return explainLine(t, text)
	}
	if page, ok := findings.Page(strings.ToLower(what)); ok {
		_, err := fmt.Fprint(t.out, findings.Plain(page, t.width()))
		return err
	}
	if !strings.ContainsAny(what, " \t\n") && len(findings.MatchLine(what)) == 0 {
		return errors.New(noSuchFinding(what))
	}
	return explainLine(t, what)
}

// readPaste reads the lines of stdin, as many as are matched.
func readPaste(ctx context.Context, t terminal) (string, error) {
	text, err := readAll(ctx, io.LimitReader(t.in, findings.MaxPaste+1))
	if err != nil {
		return "", err
	}
	if len(text) > findings.MaxPaste {
		text = text[:findings.MaxPaste]
		fmt.Fprintf(t.err, "zkdoctor: only the first %d KiB of stdin were read: give a whole log to --log\n", findings.MaxPaste>>10)
	}
	return string(text), nil
}

// explainLine prints what pasted lines point to.
func explainLine(t terminal, line string) error {
	matches := findings.MatchLine(line)
	if len(matches) == 0 {
		return fmt.Errorf("zkdoctor does not know this line%s; zkdoctor check diagnoses the ensemble", writtenBy(line))
	}
	return printMatches(t, "", matches)
}

// writtenBy says which part of ZooKeeper wrote a line; empty where the line does not tell.
func writtenBy(line string) string {
	class, does := logline.Writer(line)
	if class == "" {
		return ""
	}
	return fmt.Sprintf(": %s wrote it, which %s", class, does)
}

// explainLog prints what a log says at WARN and above, each kind once, and what it points to.
func explainLog(ctx context.Context, t terminal, path string) error {
	tail, err := readEvents(ctx, t, path)
	if err != nil {
		return err
	}
	if len(tail.Events) == 0 {
		_, err = fmt.Fprintln(t.out, nothingIn(tail))
		return err
	}
	if tail.Size > tail.Read && !tail.Begins {
		fmt.Fprintf(t.err, "zkdoctor: only the last %d KiB of the log were read\n", tail.Read>>10)
	}
	for _, e := range tail.Events {
		if _, err = fmt.Fprintln(t.out, eventLine(e)); err != nil {
			return err
		}
		matches := findings.MatchLine(e.Text + "\nCaused by: " + e.Cause)
		if len(matches) == 0 {
			_, err = fmt.Fprintln(t.out, "  not known to zkdoctor"+writtenBy(e.Text))
		} else {
			err = printMatches(t, "  ", matches)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nothingIn says what of a log reports nothing.
func nothingIn(tail snapshot.LogTail) string {
	const nothing = "nothing at WARN and above"
	switch {
	case tail.Begins:
		return "The log reports " + nothing + " since the last start of its server."
	case tail.Size > tail.Read:
		return fmt.Sprintf("The last %d KiB of the log report %s. What is before that was not read.", tail.Read>>10, nothing)
	}
	return "The log reports " + nothing + "."
}

// readEvents reads the end of a log as check --log does, or of stdin.
func readEvents(ctx context.Context, t terminal, path string) (snapshot.LogTail, error) {
	if path == "-" {
		text, err := inTime(ctx, func() ([]byte, error) { return readTail(t.in, snapshot.MaxLogTail+1) })
		cut := max(0, len(text)-snapshot.MaxLogTail)
		tail := snapshot.ScanLog(text[cut:], cut > 0)
		tail.Size, tail.Read = int64(len(text)), int64(len(text)-cut)
		return tail, err
	}
	log := snapshot.Local{LogPath: path}
	thishost.Host{Door: t.files}.ReadNamedLog(ctx, &log)
	if !log.Log.Seen() {
		return snapshot.LogTail{}, errors.New(log.Log.Failure.Text)
	}
	return log.Log.Value, nil
}

// readTail reads to the end of a stream, and keeps so many bytes of it.
func readTail(in io.Reader, most int) ([]byte, error) {
	kept := make([]byte, 0, 2*most)
	for {
		n, err := in.Read(kept[len(kept):cap(kept)])
		kept = kept[:len(kept)+n]
		if errors.Is(err, io.EOF) {
			return kept[max(0, len(kept)-most):], nil
		}
		if err != nil {
			return nil, err
		}
		if len(kept) == cap(kept) {
			kept = kept[:copy(kept, kept[most:])]
		}
	}
}

// eventLine is an event of a log, as it is written there, and how often.
func eventLine(e snapshot.LogEvent) string {
	line := e.Level + "  " + e.Text
	if e.Cause != "" {
		line += "\n  caused by " + e.Cause
	}
	switch {
	case e.Count > 1 && e.First != "":
		return fmt.Sprintf("%s\n  %d times, from %s to %s", line, e.Count, e.First, e.Last)
	case e.Count > 1:
		return fmt.Sprintf("%s\n  %d times", line, e.Count)
	case e.First != "":
		return line + "\n  once, at " + e.First
	}
	return line
}

// printMatches prints what lines point to: of each, what told, what it means, and the command with
// which to go on. Findings that one line points to stand together.
func printMatches(t terminal, indent string, matches []findings.Match) error {
	for len(matches) > 0 {
		m, n := matches[0], 1
		for n < len(matches) && matches[n].Matched == m.Matched && matches[n].Why == m.Why {
			n++
		}
		heads, next := []string{string(m.Kind)}, nextStep(m.Kind)
		if m.Slug != "" {
			heads = nil
			for _, one := range matches[:n] {
				heads = append(heads, one.Slug)
			}
			next = "zkdoctor explain " + m.Slug
		}
		matches = matches[n:]
		text := wrapped(strings.Join(heads, ", or "), indent, t.width()) + fmt.Sprintf("%s  %q\n", indent, m.Matched) +
			wrapped(m.Why, indent+"  ", t.width())
		if next != "" {
			text += indent + "  " + next + "\n"
		}
		if _, err := t.out.WriteString(text); err != nil {
			return err
		}
	}
	return nil
}

// wrapped is a text in lines of so many columns, each behind the indent; in one where width is 0.
func wrapped(text, indent string, width int) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
			b.WriteString(indent)
			column = len(indent)
		case width > 0 && column+1+len(word) > width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String() + "\n"
}

// nextStep is the command with which to go on from a line that is of no finding; empty where
// there is none.
func nextStep(k logline.Kind) string {
	switch k {
	case logline.OfClient:
		return "zkdoctor check 'CONNECT-STRING OF THE CLIENT'"
	case logline.Setting:
		return "zkdoctor lint zoo.cfg"
	case logline.Harmless, logline.Foreign, logline.Consequence, logline.Fault:
	}
	return ""
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
