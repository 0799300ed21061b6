package manual

import (
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

type checkCommand struct {
	Targets []string `arg:"" optional:"" name:"target" help:"Server."`
	Output  string   `short:"o" group:"say" default:"text" help:"What to say." env:"APP_OUTPUT"`
}

func (*checkCommand) Help() string {
	return "First line\nand second.\n\nExit codes: 0 fine.\n\nExamples:\n  app check a-b   comment\n  .dot 'quote' \\back"
}

func TestPages(t *testing.T) {
	t.Parallel()
	var grammar struct {
		Check checkCommand `cmd:"" help:"Look at it. Twice."`
	}
	parser, err := kong.New(&grammar, kong.Name("app"), kong.Description("app does it."),
		kong.ExplicitGroups([]kong.Group{{Key: "say", Title: "What to say:"}}))
	if err != nil {
		t.Fatal(err)
	}
	pages := Book{Version: "1.2", Date: time.Unix(0, 0).UTC()}.Pages(parser.Model)
	if len(pages) != 2 || pages[0].Name != "app.1" || pages[1].Name != "app-check.1" {
		t.Fatalf("pages %v", pages)
	}
	want := `.TH APP\-CHECK 1 1970-01-01 "app 1.2" app
.SH NAME
app\-check \- look at it
.SH SYNOPSIS
\fBapp check\fR [\fIOPTION\fR...] [<target> ...]
.SH DESCRIPTION
Look at it. Twice.
.PP
First line and second.
.SH ARGUMENTS
.TP
\fI[<target> ...]\fR
Server.
.SH OPTIONS
.TP
\fB\-h\fR, \fB\-\-help\fR
Show context\-sensitive help.
.SS What to say
.TP
\fB\-o\fR, \fB\-\-output\fR \fISTRING\fR
What to say. Default: text. Variable: APP_OUTPUT.
.SH EXIT STATUS
0 fine.
.SH EXAMPLES
.nf
app check a\-b   comment
\&.dot 'quote' \eback
.fi
.SH SEE ALSO
.BR app (1)
`
	if pages[1].Text != want {
		t.Errorf("got\n%s\nwant\n%s", pages[1].Text, want)
	}
	if !strings.Contains(pages[0].Text, ".SH COMMANDS\n.TP\n\\fBcheck\\fR\nLook at it. Twice.\n") {
		t.Errorf("no commands in\n%s", pages[0].Text)
	}
}
