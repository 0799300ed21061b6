package complete

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

type grammar struct {
	Check struct {
		Targets []string `arg:"" optional:""`
		Output  string   `short:"o" enum:"text,json" default:"text" help:"text or json."`
		Only    []string `placeholder:"FINDING"`
		All     bool
		Secret  bool `hidden:""`
	} `cmd:"" help:"Look."`
	Copy struct {
		From string   `arg:"" complete:"file"`
		To   string   `arg:"" complete:"dir"`
		Rest []string `arg:"" optional:"" complete:"finding"`
	} `cmd:""`
	Hidden struct{} `cmd:"" hidden:""`

	Config string `placeholder:"FILE"`
}

func TestNext(t *testing.T) {
	t.Parallel()
	parser, err := kong.New(new(grammar), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	words := Words{"finding": {{"quorum-lost", "no quorum"}, {"quorum-odd", ""}}}
	for typed, want := range map[string]string{
		"":                          "check copy",
		"c":                         "check copy",
		"ch":                        "check",
		"--c":                       "--config",
		"hidden ":                   "",
		"check --":                  "--help --config --output --only --all",
		"check --output ":           "text json",
		"check --output t":          "text",
		"check --output=j":          "--output=json",
		"check -o ":                 "text json",
		"check -ojson --a":          "--all",
		"check -o json --a":         "--all",
		"check --all ":              "",
		"check --all=":              "",
		"check --nosuch=":           "",
		"check --only ":             "quorum-lost quorum-odd",
		"check --only a,quorum-o":   "a,quorum-odd",
		"check --only=a,quorum-o":   "--only=a,quorum-odd",
		"check -- --":               "",
		"check --config ":           ":file",
		"--config x check --output": "--output",
		"copy ":                     ":file",
		"copy a ":                   ":dir",
		"copy a b ":                 "quorum-lost quorum-odd",
		"copy a b c d e quorum-l":   "quorum-lost",
		"nosuch ":                   "",
	} {
		var got []string
		for line := range strings.Lines(Next(parser.Model, strings.Split(typed, " "), words).String()) {
			word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			got = append(got, word)
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	for shell := range strings.SplitSeq(Shells, ",") {
		if text, err := Script(shell); err != nil || !strings.Contains(text, "zkdoctor completion "+shell) {
			t.Errorf("%s: %v, and no word of how to use it", shell, err)
		}
	}
	if _, err := Script("csh"); err == nil {
		t.Error("csh has a script")
	}
}
