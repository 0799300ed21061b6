package render

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"zk1", "zk1"},
		{"a\x1b[31mb", `a\x1b[31mb`},
		{"a\nb\r\t", `a\nb\r\t`},
		{"\x7f\x9b\xff", `\x7f\x9b\xff`},
		{"\u202eab\u009b", `\u202eab\u009b`},
		{"\U0001f600", `\U0001f600`},
		{"abcdefghijklmnopqrstuvwxyz", "abcdefghi...stuvwxyz"},
	} {
		if got := clean(c.in, 20); got != c.want {
			t.Errorf("clean(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := clean(strings.Repeat("\x00", 1<<20), 50); len(got) != 50 {
		t.Errorf("length %d, want 50", len(got))
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 8, []string{"one two", "three"}},
		{"run `zkServer.sh status` now", 20, []string{"run", "`zkServer.sh status`", "now"}},
		{"(`a b`, `c d`)", 9, []string{"(`a b`,", "`c d`)"}},
		{"abcdefghijkl x", 5, []string{"abcde", "fghij", "kl x"}},
		{"`open quote", 6, []string{"`open", "quote"}},
	} {
		if d := cmp.Diff(c.want, wrap(c.text, c.width, c.width)); d != "" {
			t.Errorf("wrap(%q, %d):\n%s", c.text, c.width, d)
		}
	}
}

func TestNames(t *testing.T) {
	views := func(names ...string) (out []report.ServerView) {
		for _, n := range names {
			out = append(out, report.ServerView{Name: n})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		in     []string
		limit  int
		suffix string
		want   []string
	}{
		{"short", []string{"zk1", "zk2"}, 12, "", []string{"zk1", "zk2"}},
		{"short domain", []string{"zk1.lan", "zk2.lan"}, 12, "", []string{"zk1.lan", "zk2.lan"}},
		{"pods", []string{"zk-0.zk.svc.cluster.local", "zk-1.zk.svc.cluster.local:2182"}, 12, ".zk.svc.cluster.local", []string{"zk-0", "zk-1:2182"}},
		{"one of them differs", []string{"zk-0.a.example.com", "zk-1.b.example.com"}, 28, ".example.com", []string{"zk-0.a", "zk-1.b"}},
		{"addresses", []string{"192.168.100.101:2181", "192.168.200.101:2181"}, 28, "", []string{"192.168.100.101:2181", "192.168.200.101:2181"}},
		{"one port", []string{"192.168.100.101:0", "192.168.200.101:0"}, 28, "", []string{"192.168.100.101", "192.168.200.101"}},
		{"mapped addresses", []string{"[::ffff:10.1.0.1]:2181", "[::ffff:10.2.0.1]:2181"}, 28, "", []string{"[::ffff:10.1.0.1]:2181", "[::ffff:10.2.0.1]:2181"}},
		{"one server", []string{"zk-0.zk.svc.cluster.local"}, 28, "", []string{"zk-0.zk.svc.cluster.local"}},
		{"alike when cut", []string{"aaaaaaaaa1bbbbbbbbb", "aaaaaaaaa2bbbbbbbbb", "aaaaaaaaa3bbbbbbbbb"}, 8, "", []string{"aaa...bb", "aaaa...bbb", "aaaaa...bbbb"}},
		{"one name twice", []string{"zk1", "zk1"}, 12, "", []string{"zk1", "zk1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNames(views(c.in...), c.limit)
			if n.suffix != c.suffix {
				t.Errorf("suffix %q, want %q", n.suffix, c.suffix)
			}
			if d := cmp.Diff(c.want, n.list(c.in)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUnits(t *testing.T) {
	for s, want := range map[int64]string{-1: "?", 0: "0s", 59: "59s", 60: "1m", 3599: "59m", 3600: "1h00m", 11547: "3h12m", 86400: "1d", math.MaxInt64: "106751991167300d"} {
		if got := age(s); got != want {
			t.Errorf("age(%d) = %q, want %q", s, got, want)
		}
	}
	for s, want := range map[int64]string{-1: "an unknown time", 59: "59 s", 3599: "59 min", 7500: "2 h 5 min", 86400: "1 day", 172800: "2 days"} {
		if got := ageLong(s); got != want {
			t.Errorf("ageLong(%d) = %q, want %q", s, got, want)
		}
	}
	for f, want := range map[float64]string{0: "0", 0.35: "0.3", 9: "9", 18.2: "18", 1e9: "1.0e+09", math.Inf(1): "?", -1: "-1"} {
		if got := millis(&f); got != want {
			t.Errorf("millis(%v) = %q, want %q", f, got, want)
		}
	}
	if got := millis(nil); got != "?" {
		t.Errorf("millis(nil) = %q", got)
	}
}

func TestRounds(t *testing.T) {
	step := func(host, note string) report.Fix { return report.Fix{Host: host, Note: note} }
	got := rounds([]report.Fix{step("a", "stop"), step("a", "start"), step("", "careful"), step("b", "stop"), step("b", "start"), step("c", "stop")})
	want := []round{
		{[]string{"a", "b"}, []report.Fix{step("", "stop"), step("", "start")}},
		{[]string{""}, []report.Fix{step("", "careful")}},
		{[]string{"c"}, []report.Fix{step("", "stop")}},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(round{})); d != "" {
		t.Error(d)
	}
}

func TestRisk(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "none": "", "none.": "", "none: it has no vote": "(no risk: it has no vote)", "an outage.": "(risk: an outage)",
	} {
		if got := riskText(in); got != want {
			t.Errorf("riskText(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzText: whatever the network says, the screen stays a screen.
func FuzzText(f *testing.F) {
	f.Add("zk1", "3 of 3", "/etc/zoo.cfg", "echo 1", int64(1), 80, uint8(3))
	f.Add("\x1b[2J", "`\u202e `", "\xff\n", "a\nb", int64(math.MinInt64), 60, uint8(255))
	f.Add("a.b.c.d.example.org", "x  y", "////", "`", int64(math.MaxInt64), 92, uint8(129))
	f.Fuzz(func(t *testing.T, name, prose, file, cmd string, n int64, width int, bits uint8) {
		r := fuzzed(name, prose, file, cmd, n, bits)
		o := Options{Width: width, All: bits&1 != 0, Deterministic: bits&2 != 0}
		tidy(t, r, o, text(t, r, o))
		var b strings.Builder
		if err := Nagios(&b, r); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		if len(out) > 4096 || strings.Count(out, "|") != 1 || !plain(strings.ReplaceAll(out, "\n", "")) {
			t.Errorf("nagios: %q", out)
		}
		if err := JSON(&b, r); err != nil {
			t.Error(err)
		}
		inert(t, rendered(t, pageOf(seen("prod", r))))
	})
}

// fuzzed puts foreign text wherever a report has text.
func fuzzed(name, prose, file, cmd string, n int64, bits uint8) *report.Report {
	r := many()
	r.Incomplete, r.Verdict.Summary, r.Vantage.Host = prose, prose, name
	r.Verdict.ExitCode, r.Verdict.State = int(bits>>6), report.State(prose)
	r.Processes = []report.ProcessView{{PID: int(n), Main: name, Server: name, User: file, Config: file, UptimeSeconds: n, StatusScript: prose, Serving: bits&4 != 0}}
	for i := range r.Servers {
		s := &r.Servers[i]
		s.Name, s.Note, s.Zxid = name+s.Name, prose, &file
		s.ID, s.Lag, s.Connections, s.UptimeSeconds = &n, &n, &n, &n
		lat := math.Float64frombits(uint64(n))
		s.LatencyAvgMs, s.LatencyMaxMs = &lat, &lat
		s.Ports.Election = report.PortView{Port: int(n), State: report.PortState(file)}
		if bits&8 != 0 {
			s.Role, s.Voter, s.Name = report.Role(prose), new(false), name
		}
		s.Skipped = []string{file}
	}
	for _, list := range [][]report.Finding{r.Findings, r.Folded} {
		for i := range list {
			f := &list[i]
			f.Title, f.Summary = prose, prose
			f.Servers = append(f.Servers, name)
			f.Fix = []report.Fix{{Host: name, Command: cmd, Risk: prose, Note: file}, {Command: cmd}, {}}
			for k := range f.Evidence {
				e := &f.Evidence[k]
				e.File, e.Value, e.Key, e.Line = file, prose, name, int(n)
			}
			if bits&16 != 0 {
				f.Certainty, f.Severity, f.Code = report.Certainty(name), report.Severity(file), report.Code(cmd)
			}
		}
	}
	r.Checks.Skips = []report.Skip{{Check: report.Code(name), Reason: prose}}
	return r
}

func BenchmarkText(b *testing.B) {
	for name, r := range map[string]*report.Report{"healthy": healthy(), "no-quorum": noQuorum(), "many": many()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text(b, r, Options{})
			}
		})
	}
}
