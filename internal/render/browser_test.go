package render

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// browser is a Chromium without a window, and what it complained about.
type browser struct {
	ctx context.Context //nolint:containedctx // chromedp's way to name a tab

	mu       sync.Mutex
	requests []string
	errors   []string
}

// startBrowser starts Debian's Chromium. Without one the test is skipped, or
// fails where everything must run.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if zktest.Required() {
			t.Fatal("chromium is missing: apt-get install chromium")
		}
		t.Skip("there is no chromium: apt-get install chromium")
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoFirstRun, chromedp.Headless}
	for _, flag := range []string{
		"no-sandbox", "disable-gpu", "disable-quic", "disable-background-networking", "disable-component-update", "disable-sync",
		"disable-default-apps", "disable-extensions", "disable-dev-shm-usage", "no-default-browser-check", "hide-scrollbars", "no-proxy-server",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	allocator, stop := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stop)
	b := &browser{}
	tab, closeTab := chromedp.NewContext(allocator, chromedp.WithListener(b.note))
	t.Cleanup(closeTab)
	b.ctx = tab
	return b
}

// note keeps what a page may not do: ask for anything, or complain.
func (b *browser) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "data:") {
			b.requests = append(b.requests, e.Request.URL)
		}
	case *runtime.EventConsoleAPICalled:
		b.errors = append(b.errors, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.errors = append(b.errors, e.Entry.Text)
	}
}

// noted is what was noted since the last time.
func (b *browser) noted() (requests, errors []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	requests, errors = b.requests, b.errors
	b.requests, b.errors = nil, nil
	return requests, errors
}

// statusServer serves the scenes, each under its name, as the exporter does.
func statusServer(t *testing.T) *httptest.Server {
	t.Helper()
	return pageServer(t, func(name string) StatusPage { return scenes()[name] })
}

func pageServer(t *testing.T, page func(name string) StatusPage) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := page(strings.Trim(r.URL.Path, "/"))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", StatusPolicy)
		if p.Missing() {
			w.WriteHeader(http.StatusNotFound)
		}
		if err := HTML(w, p); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// judgement is what the page looks like from within.
type judgement struct {
	Title    string
	Headings int
	// Overflow is by how many pixels the page is wider than its window, Wide what
	// sticks out of that or of its card.
	Overflow float64
	Wide     []string
	// Contrast is the worst one of any text with its ground, Worst that text.
	Contrast float64
	Worst    string
	Ground   string
	Border   string
}

// judge measures contrast as WCAG 2 does. Grounds are opaque here.
const judge = `(() => {
  const rgb = s => s.match(/[\d.]+/g).map(Number);
  const light = s => { const [r, g, b] = rgb(s).map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c } return "rgb(255,255,255)" };
  let contrast = 21, worst = "";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; n = walker.nextNode();) {
    if (!n.data.trim()) continue;
    const e = n.parentElement, a = light(getComputedStyle(e).color), b = light(ground(e));
    const c = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (c < contrast) { contrast = c; worst = n.data.trim().slice(0, 60) }
  }
  const w = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll("body *")].filter(e => { const r = e.getBoundingClientRect(), card = e.closest("section"); return r.right > (card ? card.getBoundingClientRect().right : w) + 0.5 && r.left >= 0 }).map(e => e.tagName + " " + e.className).slice(0, 5);
  const section = document.querySelector("section");
  return { Title: document.title, Headings: document.querySelectorAll("h1, h2, h3").length, Overflow: document.documentElement.scrollWidth - w, Wide: wide,
    Contrast: contrast, Worst: worst, Ground: getComputedStyle(document.body).backgroundColor, Border: section ? getComputedStyle(section).borderLeftStyle : "" };
})()`

// evaluate takes the steps, and then asks the page.
func evaluate[T any](t *testing.T, b *browser, expression string, steps ...chromedp.Action[chromedp.Void]) T {
	t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		t.Fatal(err)
	}
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestStatusInBrowser(t *testing.T) {
	b, server := startBrowser(t), statusServer(t)
	for _, name := range []string{"healthy", "down", "split", "unknown", "several", "hostile", "many", "missing", "none", "fqdn"} {
		for _, width := range []int64{320, 1218, 1280} {
			if width == 1218 && !slices.Contains([]string{"fqdn", "hostile", "down"}, name) { // where the table just fits
				continue
			}
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s-%d-%s", name, width, scheme), func(t *testing.T) { b.visit(t, server.URL, name, width, scheme) })
			}
		}
	}
}

func (b *browser) visit(t *testing.T, base, name string, width int64, scheme string) {
	b.noted()
	address := base + "/" + name
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
	j := evaluate[judgement](t, b, judge, chromedp.EmulateViewport(width, 800), chromedp.Navigate(address))
	requests, complaints := b.noted()
	if name == "missing" { // the browser notes the 404 of the page itself
		complaints = slices.DeleteFunc(complaints, func(s string) bool { return strings.Contains(s, "404") })
	}
	if !slices.Equal(requests, []string{address}) || len(complaints) > 0 {
		t.Errorf("requests %q, complaints %q", requests, complaints)
	}
	if j.Overflow > 0 || len(j.Wide) > 0 {
		t.Errorf("the page is %v pixels wider than the screen: %q", j.Overflow, j.Wide)
	}
	if j.Contrast < 4.5 {
		t.Errorf("contrast %.2f of %q", j.Contrast, j.Worst)
	}
	if dark := j.Ground != "rgb(255, 255, 255)"; dark != (scheme == "dark") {
		t.Errorf("the ground is %s", j.Ground)
	}
	if !strings.HasSuffix(j.Title, " - zkdoctor") || j.Headings == 0 || j.Border == "none" {
		t.Errorf("title %q, %d headings, border %q: is the style in force?", j.Title, j.Headings, j.Border)
	}
	b.screenshot(t, name, width, scheme)
}

// screenshot keeps a picture for people, where ZKDOCTOR_SCREENSHOTS says.
func (b *browser) screenshot(t *testing.T, name string, width int64, scheme string) {
	dir := os.Getenv("ZKDOCTOR_SCREENSHOTS")
	if dir == "" {
		return
	}
	take := chromedp.FullScreenshot(100)
	if name == "many" { // too long for a picture
		take = chromedp.CaptureScreenshot()
	}
	picture, err := chromedp.Run(b.ctx, take)
	if err != nil {
		t.Fatal(err)
	}
	if err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestStatusKeyboard: the tabulator reaches the skip link first, then every link
// and every closed detail, and shows where it is.
func TestStatusKeyboard(t *testing.T) {
	b, server := startBrowser(t), statusServer(t)
	const count = `document.querySelectorAll("a[href], summary").length - document.querySelectorAll("details:not([open]) a").length`
	const active = `(e => (getComputedStyle(e).outlineStyle == "none" ? "unseen " : "") + e.tagName + " " + e.textContent.trim())(document.activeElement)`
	want := evaluate[int](t, b, count, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(server.URL+"/several"))
	var reached []string
	for range want {
		at := evaluate[string](t, b, active, chromedp.KeyEvent(kb.Tab))
		reached = append(reached, at)
	}
	if reached[0] != "A Skip to the ensembles" {
		t.Errorf("the first is %q", reached[0])
	}
	for _, at := range reached {
		if strings.HasPrefix(at, "unseen") || strings.HasPrefix(at, "BODY") {
			t.Errorf("the focus went to %q in %q", at, reached)
		}
	}
	for _, at := range []string{"A prod", "A about process-down", "SUMMARY Not checked: 3, and why", "A only prod"} {
		if !slices.Contains(reached, at) {
			t.Errorf("%q was not reached: %q", at, reached)
		}
	}
}

// TestStatusRefreshes: the page loads itself anew and stays where the reader was,
// also after a link within the page.
func TestStatusRefreshes(t *testing.T) {
	b := startBrowser(t)
	server := pageServer(t, func(string) StatusPage {
		p := scenes()["several"]
		p.Refresh = 2 * time.Second
		return p
	})
	before := evaluate[float64](t, b, `scrollY`, chromedp.EmulateViewport(1280, 800), chromedp.Navigate(server.URL+"/#e-staging"))
	count := 0
	for _, err := range chromedp.Events(b.ctx, cdppage.LoadEventFired) {
		if err != nil {
			t.Fatal(err)
		}
		if count++; count == 2 {
			break
		}
	}
	if after := evaluate[float64](t, b, `scrollY`); before == 0 || after != before {
		t.Errorf("the page was at %v, and is at %v", before, after)
	}
}
