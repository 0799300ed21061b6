package render

import (
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

// watching is a watch of a report, with all kinds of changes.
func watching(r *report.Report) Watch {
	w := Watch{Report: r, Since: restarted().Before.At, Every: 2 * time.Second, Rates: []report.Rate{}}
	for i := range r.Servers {
		rate := report.Rate{Server: r.Servers[i].Name, Received: new(12.25 * float64(i))}
		if r.Servers[i].Role == report.Leader {
			rate.Transactions = new(1.5)
		}
		w.Rates = append(w.Rates, rate)
	}
	for i, c := range restarted().Changes {
		w.Events = append(w.Events, report.Event{At: w.Since.Add(time.Duration(i) * time.Second), Change: c})
	}
	return w
}

func TestScreen(t *testing.T) {
	t.Parallel()
	for name, r := range screens() {
		for _, height := range []int{24, 14, 60, 3} {
			lines := Screen(watching(r), Options{Width: 80}, height)
			if len(lines) != max(height, leastHeight) {
				t.Errorf("%s: %d lines of %d", name, len(lines), height)
			}
			for _, l := range lines {
				if len(l) > 80 || !plain(l) {
					t.Errorf("%s: %q", name, l)
				}
			}
		}
		if name == "hostile" || name == "guide" || name == "healthy" || name == "many" {
			golden(t, name+"-screen", strings.Join(Screen(watching(r), Options{Width: 80}, 24), "\n")+"\n")
		}
	}
	w := watching(healthy())
	w.Events, w.Trouble = nil, "a zoo.cfg is\x1b[2J not there"
	golden(t, "trouble-screen", strings.Join(Screen(w, Options{Width: 80}, 24), "\n")+"\n")
}

func TestCutTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		n    int
		want string
	}{
		{"abc", 3, "abc"},
		{"abc", 2, "ab"},
		{"\x1b[1mabc\x1b[0m", 3, "\x1b[1mabc\x1b[0m"},
		{"\x1b[1mabc\x1b[0m d", 2, "\x1b[1mab\x1b[0m"},
		{"", 5, ""},
	} {
		if got := CutTo(c.line, c.n); got != c.want {
			t.Errorf("%q cut to %d is %q, want %q", c.line, c.n, got, c.want)
		}
	}
}
