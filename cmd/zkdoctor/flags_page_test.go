package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	gocmp "github.com/google/go-cmp/cmp"
)

const flagsPage = "../../docs/flags.md"

const flagsHead = `# Flags

All commands and their flags. This page is made from the program
(` + "`go test ./cmd/zkdoctor -run TestFlagsPage -update`" + `); ` + "`zkdoctor COMMAND --help`" + ` has examples too.

- Each flag has an environment variable. A flag on the command line wins over its variable; an empty
  variable counts as not set.
- A time is a number with a unit: ` + "`500ms`, `2s`, `5m`" + `.
- The answer goes to stdout, everything else to stderr.
- Exit codes: [Verdicts and certainty](verdicts.md).

`

// usage is a flag as the page shows it, and the commands that have it.
type usage struct {
	row      string
	name     string
	commands []string
}

// TestFlagsPage: docs/flags.md has every command and flag of the program.
func TestFlagsPage(t *testing.T) {
	parser, err := newParser(new(cli), terminal{})
	must(t, err)
	var all []*usage
	for _, command := range parser.Model.Leaves(true) {
		for _, flag := range slices.Concat(command.Flags, parser.Model.Flags) {
			row, name := flagRow(flag), command.Name
			i := slices.IndexFunc(all, func(u *usage) bool { return u.row == row })
			if i < 0 {
				i, all = len(all), append(all, &usage{row: row, name: flag.Name})
			}
			all[i].commands = append(all[i].commands, name)
		}
	}
	var b strings.Builder
	b.WriteString(flagsHead)
	commands := parser.Model.Leaves(true)
	b.WriteString("| command | does |\n|---|---|\n")
	for _, command := range commands {
		summary, _, _ := strings.Cut(command.Help, "\n\n")
		fmt.Fprintf(&b, "| `%s` | %s |\n", command.Name, cell(summary))
	}
	for _, command := range commands {
		table(&b, "\n## zkdoctor "+command.Name+"\n\n", all, func(u *usage) bool { return len(u.commands) == 1 && u.commands[0] == command.Name })
	}
	b.WriteString("\n## Flags of several commands\n\n| flag | variable | default | means | commands |\n|---|---|---|---|---|\n")
	slices.SortStableFunc(all, func(a, b *usage) int { return cmp.Compare(a.name, b.name) })
	for _, u := range all {
		switch n := len(u.commands); {
		case n == len(commands):
			b.WriteString(u.row + " all |\n")
		case n > 1:
			b.WriteString(u.row + " " + strings.Join(u.commands, ", ") + " |\n")
		}
	}
	got := b.String()
	if *update {
		must(t, os.WriteFile(flagsPage, []byte(got), 0o644))
	}
	want, err := os.ReadFile(flagsPage)
	must(t, err)
	if d := gocmp.Diff(string(want), got); d != "" {
		t.Errorf("%s is not what the program has; run with -update (-page +program):\n%s", flagsPage, d)
	}
}

// table writes those flags that are wanted, where there are any.
func table(b *strings.Builder, title string, all []*usage, want func(*usage) bool) {
	for _, u := range all {
		if !want(u) {
			continue
		}
		if title != "" {
			b.WriteString(title + "| flag | variable | default | means |\n|---|---|---|---|\n")
			title = ""
		}
		b.WriteString(u.row + "\n")
	}
}

// flagRow is a row of the page.
func flagRow(flag *kong.Flag) string {
	name := "`--" + flag.Name
	if flag.Short != 0 {
		name = "`-" + string(flag.Short) + "`, " + name
	}
	if !flag.IsBool() && flag.PlaceHolder != "" {
		name += " " + flag.PlaceHolder
	}
	variable, value := "", ""
	if len(flag.Envs) > 0 {
		variable = "`" + flag.Envs[0] + "`"
	}
	if flag.HasDefault && flag.Default != "" {
		value = "`" + flag.Default + "`"
	}
	help := flag.Help
	values := strings.Split(strings.Trim(flag.Enum, ","), ",")
	if slices.ContainsFunc(values, func(value string) bool { return !strings.Contains(help, value) }) {
		help += " One of: " + strings.Join(values, ", ") + "."
	}
	return fmt.Sprintf("| %s` | %s | %s | %s |", name, variable, value, cell(help))
}

// cell is a text in a table.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
