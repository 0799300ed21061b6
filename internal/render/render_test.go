package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

var update = flag.Bool("update", false, "write the goldens")

// screens are the reports of the goldens, by the golden's name.
func screens() map[string]*report.Report {
	return map[string]*report.Report{
		"healthy": healthy(), "no-quorum": noQuorum(), "unexplained": unexplained(), "guide": guide(), "misleading": misleading(),
		"split-brain": splitBrain(), "unreachable": unreachable(), "observers": observers(),
		"standalone": standalone(), "leader-serves-no": leaderServesNo(), "hostile": hostile(),
		"nine": nine(), "incomplete": interrupted(), "many": many(), "fqdn": fqdn(), "ipv6": ipv6(),
		"one-host": onePort(),
	}
}

// golden compares got with testdata/name, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, d)
	}
}

func text(t testing.TB, r *report.Report, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// commands are the only lines that may be wider than the screen.
func commands(r *report.Report) map[string]bool {
	out := map[string]bool{}
	for _, list := range [][]report.Finding{r.Findings, r.Folded} {
		for _, f := range list {
			for _, s := range f.Fix {
				out[strings.TrimRight(command+escape(s.Command), " ")] = true
			}
		}
	}
	for _, s := range r.Unexplained {
		out[strings.TrimRight(command+escape(s.Next.Command), " ")] = true
	}
	return out
}

// tidy checks the rules that hold for every line of text.
func tidy(t testing.TB, r *report.Report, o Options, out string) {
	t.Helper()
	cmds := commands(r)
	if !strings.HasSuffix(out, "\n") || strings.HasSuffix(out, "\n\n") {
		t.Errorf("does not end in one line end: %q", out[max(0, len(out)-20):])
	}
	if strings.Contains(out, "\n\n\n") {
		t.Error("two empty lines in a row")
	}
	for l := range strings.SplitSeq(out, "\n") {
		switch {
		case !plain(l):
			t.Errorf("not printable ASCII: %q", l)
		case len(l) > o.width() && !cmds[l]:
			t.Errorf("%d columns, want at most %d: %q", len(l), o.width(), l)
		case strings.HasSuffix(l, " "):
			t.Errorf("blanks at the end: %q", l)
		}
	}
}

func TestTextGolden(t *testing.T) {
	for name, r := range screens() {
		for _, width := range []int{80, 92} {
			o := Options{Width: width}
			out := text(t, r, o)
			tidy(t, r, o, out)
			golden(t, name+"-"+itoa(width), out)
		}
	}
	o := Options{Width: 80, All: true, Deterministic: true}
	for _, name := range []string{"healthy", "no-quorum", "many"} {
		r := screens()[name]
		out := text(t, r, o)
		tidy(t, r, o, out)
		golden(t, name+"-all", out)
	}
}

// TestOneScreen holds the promise that the usual cases need no scrolling.
func TestOneScreen(t *testing.T) {
	for _, name := range []string{"healthy", "no-quorum", "guide", "leader-serves-no", "observers", "unreachable", "fqdn"} {
		out := text(t, screens()[name], Options{Width: 92})
		if n := strings.Count(out, "\n"); n > 24 {
			t.Errorf("%s has %d lines, want at most 24", name, n)
		}
	}
}

func TestWidths(t *testing.T) {
	for name, r := range screens() {
		for _, width := range []int{-5, 0, 1, 60, 61, 70, 75, 85, 92, 300} {
			for _, all := range []bool{false, true} {
				o := Options{Width: width, All: all}
				t.Run(name, func(t *testing.T) { tidy(t, r, o, text(t, r, o)) })
			}
		}
	}
}

// TestColor: colour repeats what the words say, and nothing else.
func TestColor(t *testing.T) {
	codes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	for name, r := range screens() {
		for _, all := range []bool{false, true} {
			mono := text(t, r, Options{All: all})
			painted := text(t, r, Options{All: all, Color: true})
			if d := cmp.Diff(mono, codes.ReplaceAllString(painted, "")); d != "" {
				t.Errorf("%s: colour changes the words:\n%s", name, d)
			}
			if r.Verdict.ExitCode > 0 && painted == mono {
				t.Errorf("%s: no colour at all", name)
			}
		}
	}
}

func TestDeterministic(t *testing.T) {
	for name, r := range screens() {
		o := Options{Deterministic: true}
		before := text(t, r, o)
		later := *r
		later.GeneratedAt = r.GeneratedAt.AddDate(0, 1, 1)
		later.TookMs += 1234
		later.Processes = append([]report.ProcessView(nil), r.Processes...)
		for i := range later.Processes {
			later.Processes[i].UptimeSeconds++
		}
		later.Servers = append([]report.ServerView(nil), r.Servers...)
		for i := range later.Servers {
			later.Servers[i].UptimeSeconds = new(int64(99999))
		}
		if d := cmp.Diff(before, text(t, &later, o)); d != "" {
			t.Errorf("%s depends on time:\n%s", name, d)
		}
	}
}

func TestJSON(t *testing.T) {
	for name, r := range screens() {
		var b bytes.Buffer
		if err := JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		if name == "healthy" || name == "no-quorum" || name == "unexplained" || name == "guide" || name == "hostile" {
			golden(t, name+"-json", b.String())
		}
		for _, c := range b.Bytes() {
			if c != '\n' && (c < ' ' || c >= 0x7f) {
				t.Fatalf("%s: byte %#x", name, c)
			}
		}
		if bytes.Contains(b.Bytes(), []byte(": null")) {
			for l := range strings.SplitSeq(b.String(), "\n") {
				if strings.Contains(l, `s": null`) && !strings.Contains(l, `"connections"`) && !strings.Contains(l, `_seconds"`) && !strings.Contains(l, `_ms"`) {
					t.Errorf("%s: a list is null: %s", name, l)
				}
			}
		}
		var back report.Report
		if err := json.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatal(err)
		}
		if name == "hostile" { // invalid UTF-8 does not survive JSON
			continue
		}
		if d := cmp.Diff(whole(r), &back); d != "" {
			t.Errorf("%s does not survive the round trip:\n%s", name, d)
		}
	}
}

func TestNagios(t *testing.T) {
	perf := regexp.MustCompile(`^([a-z_]+=(U|-?[0-9.]+)(;[0-9.:-]*){0,4}( |$))+$`)
	for name, r := range screens() {
		var b strings.Builder
		if err := Nagios(&b, r); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		golden(t, name+"-nagios", out)
		first, rest, _ := strings.Cut(out, "\n")
		status, data, ok := strings.Cut(first, " | ")
		switch {
		case !ok || !perf.MatchString(data):
			t.Errorf("%s: performance data %q", name, data)
		case len(status) > maxStatus:
			t.Errorf("%s: status of %d characters", name, len(status))
		case strings.Contains(rest, "|"):
			t.Errorf("%s: | in the long text", name)
		case len(out) > 4096:
			t.Errorf("%s: %d bytes", name, len(out))
		case !plain(strings.ReplaceAll(out, "\n", "")):
			t.Errorf("%s: not ASCII", name)
		}
	}
}

// TestCannotTell: where some servers say that they do not serve, it is not said that nothing was seen.
func TestCannotTell(t *testing.T) {
	r := unreachable()
	if got := text(t, r, Options{}); !strings.Contains(got, "shows nothing about the ensemble") {
		t.Errorf("got %s", got)
	}
	r.Servers[0].Role = report.NotServing
	if got := text(t, r, Options{}); !strings.Contains(got, "does not show whether the ensemble serves") {
		t.Errorf("got %s", got)
	}
}
