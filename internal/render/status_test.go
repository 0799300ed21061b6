package render

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/zkdoctor/zkdoctor/diag/report"
)

func rendered(t *testing.T, p StatusPage) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// elements are the elements of a page, in order.
func elements(t *testing.T, text string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func scenes() map[string]StatusPage {
	notYet := StatusEnsemble{Name: "new", Problem: "no look yet: Prometheus has not scraped since the start"}
	old := seen("old", healthyReport())
	old.LookedAt, old.SlowAt, old.Problem = statusNow().Add(-2*time.Hour-5*time.Minute), time.Time{}, "zoo.cfg: no such file"
	selected := pageOf(seen("prod", healthyReport()), seen("lab", downReport()))
	selected.Selected, selected.Paused, selected.Prefix = "prod", true, "/zk/"
	missing := pageOf(seen("prod", healthyReport()), seen("lab", downReport()))
	missing.Selected = "<b>nobody</b>"
	return map[string]StatusPage{
		"healthy": pageOf(seen("prod", healthyReport())), "down": pageOf(seen("prod", downReport())),
		"split": pageOf(seen("prod", splitReport())), "unknown": pageOf(seen("prod", unknownReport())),
		"several": pageOf(seen("lab", healthyReport()), notYet, seen("prod", downReport()), old, seen("staging", degradedReport())),
		"hostile": hostilePage(), "many": manyPage(3), "all-down": manyPage(1000),
		"selected": selected, "missing": missing, "none": pageOf(), "fqdn": pageOf(seen("kubernetes", fqdnReport())),
	}
}

func TestStatusGolden(t *testing.T) {
	for _, name := range []string{"healthy", "down", "several", "hostile"} {
		t.Run(name, func(t *testing.T) {
			got := rendered(t, scenes()[name])
			if again := rendered(t, scenes()[name]); got != again {
				t.Fatal("the same page differs from itself")
			}
			start := strings.Index(got, "</style>") // the style has no golden
			got = got[start:]
			path := filepath.Join("testdata", "status-"+name+".golden")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestStatusUnverified: that nobody looked at certificates is said out loud.
func TestStatusUnverified(t *testing.T) {
	r := healthyReport()
	r.Vantage.Unverified = true
	if text := rendered(t, pageOf(seen("prod", r))); !strings.Contains(text, "the certificates of the servers were not verified (the configuration)") {
		t.Error("it is not said")
	}
}

// TestStatusInert: nothing is fetched, nothing runs, and the text has no
// character that could deceive, whatever the servers say.
func TestStatusInert(t *testing.T) {
	for name, p := range scenes() {
		t.Run(name, func(t *testing.T) { inert(t, rendered(t, p)) })
	}
}

func inert(t *testing.T, text string) {
	t.Helper()
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("an invisible character: %q", text[max(0, i-20):min(len(text), i+20)])
	}
	if strings.Contains(text, "ZgotmplZ") {
		t.Error("html/template refused a value")
	}
	allowed := []string{
		"html", "head", "meta", "title", "link", "style", "body", "header", "main", "footer", "nav", "section", "article", "h1", "h2", "h3",
		"p", "a", "span", "strong", "time", "ul", "ol", "li", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "code", "pre", "details", "summary", "div",
	}
	for _, n := range elements(t, text) {
		if !slices.Contains(allowed, n.Data) {
			t.Errorf("an element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			external := strings.HasPrefix(a.Val, "https://github.com/zkdoctor/zkdoctor/blob/main/docs/findings/")
			local := strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") || strings.HasPrefix(a.Val, "#")
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "src", a.Key == "srcset":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			case a.Key == "href" && n.Data == "link" && a.Val != "data:,", a.Key == "href" && n.Data != "link" && !local && !external:
				t.Errorf("a link to %q", a.Val)
			}
		}
	}
}

func TestStatusForm(t *testing.T) {
	for name, p := range scenes() {
		t.Run(name, func(t *testing.T) {
			all := elements(t, rendered(t, p))
			ids, level, landmarks := map[string]bool{}, 0, map[string]int{}
			for _, n := range all {
				if id := attribute(n, "id"); id != "" {
					if ids[id] {
						t.Errorf("two elements have the id %q", id)
					}
					ids[id] = true
				}
				landmarks[n.Data]++
				if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
					if next := int(n.Data[1] - '0'); next > level+1 {
						t.Errorf("h%d comes after h%d", next, level)
					} else {
						level = next
					}
				}
				if n.Data == "table" && (n.FirstChild == nil || len(slices.Collect(n.ChildNodes())) < 2 || !strings.Contains(textOf(n), textOf(n.FirstChild.NextSibling))) {
					t.Error("a table without a caption")
				}
				if n.Data == "th" && attribute(n, "scope") == "" {
					t.Errorf("a th without scope: %s", textOf(n))
				}
				if n.Data == "html" && attribute(n, "lang") != "en" {
					t.Error("no lang")
				}
			}
			for _, n := range all {
				if target, ok := strings.CutPrefix(attribute(n, "href"), "#"); ok && !ids[target] {
					t.Errorf("a link to #%s, which is not there", target)
				}
				if by := attribute(n, "aria-labelledby"); by != "" && !ids[by] {
					t.Errorf("labelled by %q, which is not there", by)
				}
			}
			for _, l := range []string{"header", "main", "footer", "nav", "h1", "title"} {
				if landmarks[l] != 1 {
					t.Errorf("%d times <%s>", landmarks[l], l)
				}
			}
		})
	}
}

func TestStatusMany(t *testing.T) {
	const limit = 2 << 20
	for name, want := range map[string]struct{ sections int }{"many": {3}, "all-down": {maxSections}} {
		text := rendered(t, scenes()[name])
		t.Logf("%s: %d bytes", name, len(text))
		if len(text) >= limit {
			t.Errorf("%s: %d bytes", name, len(text))
		}
		if n := strings.Count(text, "<section "); n != want.sections {
			t.Errorf("%s: %d ensembles in full, want %d", name, n, want.sections)
		}
		if n := strings.Count(text, `<span class="mark crit">CRIT DOWN</span></td>`); n != 3 && n != 1000 {
			t.Errorf("%s: %d are down in the index", name, n)
		}
	}
	p := scenes()["many"]
	p.Selected = "team-500.production.example.org"
	if text := rendered(t, p); strings.Count(text, "<section ") != 1 || !strings.Contains(text, "<title>OK SERVING team-500") {
		t.Error("one was selected, and not shown")
	}
	huge := hostileReport()
	huge.Servers = slices.Repeat(huge.Servers, 1000)
	huge.Findings = slices.Repeat(huge.Findings, 1000)
	huge.Checks.Skips = slices.Repeat(huge.Checks.Skips, 1000)
	for i := range huge.Findings {
		huge.Findings[i].Evidence = slices.Repeat(huge.Findings[i].Evidence, 100)
	}
	if n := len(rendered(t, pageOf(seen("a", huge), seen("b", huge)))); n >= limit {
		t.Errorf("%d bytes of two ensembles", n)
	}
}

func TestStatusWords(t *testing.T) {
	for name, want := range map[string][]string{
		"healthy":  {"<title>OK SERVING prod - zkdoctor</title>", "OK SERVING", "12 s ago", "3 min ago", "LEADER", "No findings. 29 checks: 20 passed, 3 skipped.", `content="30; url=/"`},
		"down":     {"<title>CRIT DOWN prod - zkdoctor</title>", "Root cause 1: ZooKeeper is not running", "2181, 3888", "on zk2, then on zk3:", "Explained by this: quorum-lost, server-not-serving (zk1).", `href="/findings/process-down"`, "zk1 did not answer mntr"},
		"unknown":  {"This check from monitor1 shows nothing about the ensemble", "filtered = no reply in time", "no such name"},
		"several":  {"<title>CRIT DOWN prod and 3 more - zkdoctor</title>", "5 ensembles: 1 CRIT DOWN, 1 NOT CHECKED YET, 1 OLD, was OK SERVING, 1 WARN DEGRADED, 1 OK SERVING", "The newest check failed: zoo.cfg", "Not checked yet: no look yet", "2 h 5 min old"},
		"selected": {`href="/zk/?ensemble=prod"`, `href="/zk/metrics"`, "all ensembles"},
		"missing":  {"There is no ensemble <bdi>&lt;b&gt;nobody&lt;/b&gt;</bdi>"},
		"none":     {"No ensembles are configured"},
		"hostile":  {`\u202egnp.exe\x00\u2066`, "(do not paste it", "&lt;script&gt;"},
	} {
		text := rendered(t, scenes()[name])
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is missing", name, w)
			}
		}
	}
	if text := rendered(t, scenes()["selected"]); strings.Contains(text, "http-equiv") || strings.Contains(text, ">lab<") {
		t.Error("a page that was stopped and is about prod alone refreshes, or shows lab")
	}
}

// TestStatusPolicy: the policy allows the style of the page and no other.
func TestStatusPolicy(t *testing.T) {
	if hash := styleHash(rendered(t, pageOf())); strings.Count(StatusPolicy, "'sha256-") != 1 || !strings.Contains(StatusPolicy, "'"+hash+"'") {
		t.Errorf("the policy %q does not allow the style %s", StatusPolicy, hash)
	}
}

// TestStatusVocabulary: what the text screen says, the page says too, in its words.
func TestStatusVocabulary(t *testing.T) {
	r := healthyReport()
	r.Servers[0].Ports.Client.Speaks, r.Servers[1].Ports.Client.Speaks = "tls", "both"
	r.Servers[0].Voter, r.Servers[2].Voter, r.Servers[2].Role = new(false), new(false), report.RoleDown
	r.Servers[1].Inferred, r.Servers[2].Serving = true, new(false)
	const said = "Error contacting service."
	r.Processes = []report.ProcessView{
		{PID: 7, Server: "zk1", Serving: true, UptimeSeconds: 86400, StatusScript: said, StatusWhy: "no nc"},
		{PID: 8, Server: "zk2", Serving: true, StatusScript: said},
		{PID: 9, Server: "zk3", UptimeSeconds: 7500},
	}
	r.Findings = []report.Finding{
		{Code: "clock-skew", Severity: report.Info, Certainty: report.Possible, Title: "clocks differ", Fix: []report.Fix{{Command: strings.Repeat("x", maxCommand+1)}, {}}},
	}
	page := html.UnescapeString(rendered(t, pageOf(seen("prod", r))))
	for _, want := range []string{
		`class="port" data-l="2181 client">TLS<`, `class="port" data-l="2181 client">TLS, plain<`, ">leader?<", ">not a member, no vote<", ">observer<",
		"`zkServer.sh status` prints \"Error contacting service.\" That is wrong; zk1 serves: pid 7, up 1 day. The script fails because: no nc</p>", ">the same for zk2, pid 8",
		"ZooKeeper runs on zk3 but does not serve: pid 9, up 2 h 5 min.", `<span class="mark note">also check</span> clocks differ`,
		"<li>run:<span class=\"dim\">(the command is too long for a screen: see -o json)<", "(no step given)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	screen := text(t, r, Options{Width: 92})
	for _, want := range []string{"TLS, plain", "leader?", "not a member, no vote", "observer", "That is wrong; zk1 serves: pid 7, up 1 day.", "up 2 h 5 min.", "also check"} {
		if !strings.Contains(screen, want) {
			t.Errorf("the text has no %q", want)
		}
	}
}

func TestAnchor(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"prod", "prod ", "prod_20", "Prod", "a/b", "a_b", "\u00fcbung", "\x00", "", strings.Repeat("x", 200), strings.Repeat("x", 201), "e", "-e"} {
		a := anchor(name)
		if other, ok := seen[a]; ok || strings.ContainsFunc(a, func(r rune) bool { return r > 'z' || strings.ContainsRune(" \"'<>&#%", r) }) {
			t.Errorf("%q and %q: %q", name, other, a)
		}
		seen[a] = name
	}
}

func BenchmarkStatus(b *testing.B) {
	for _, broken := range []int{0, 1000} {
		p := manyPage(broken)
		b.Run(fmt.Sprint(broken), func(b *testing.B) {
			for b.Loop() {
				if err := HTML(new(bytes.Buffer), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
