package exporter

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/docs/findings"
	"github.com/zkdoctor/zkdoctor/internal/render"
)

// open asks for a path and follows nothing.
func (s *served) open(t *testing.T, method, path, known string) (withHeader, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if known != "" {
		r.Header.Set("If-None-Match", known)
	}
	response, err := s.client.Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return withHeader{response.StatusCode, response.Header}, string(body)
}

// withHeader is a response but for its body.
type withHeader struct {
	StatusCode int
	Header     http.Header
}

// TestFindings: every page is there, and said to be the same the second time.
func TestFindings(t *testing.T) {
	s := serve(t, Options{Prefix: "/zk"}, "127.0.0.1:1")
	_, index := s.open(t, http.MethodGet, "/findings/", "")
	for _, slug := range findings.Slugs() {
		if !strings.Contains(index, `href="/zk/findings/`+slug+`"`) {
			t.Errorf("the list lacks %s", slug)
		}
		response, body := s.open(t, http.MethodGet, "/findings/"+slug, "")
		h := response.Header
		if response.StatusCode != http.StatusOK || !strings.Contains(body, "<h1 id=\""+slug+"\">"+slug) || h.Get("Content-Type") != "text/html; charset=utf-8" ||
			h.Get("Content-Security-Policy") != render.StatusPolicy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "max-age=300" {
			t.Errorf("%s: %d %v", slug, response.StatusCode, h)
		}
	}
	whole, page := s.open(t, http.MethodGet, "/findings/quorum-lost", "")
	tag := whole.Header.Get("ETag")
	head, none := s.open(t, http.MethodHead, "/findings/quorum-lost", "")
	if none != "" || head.StatusCode != http.StatusOK || head.Header.Get("Content-Length") != strconv.Itoa(len(page)) || head.Header.Get("ETag") != tag {
		t.Errorf("HEAD: %d %q, %v for %d bytes", head.StatusCode, none, head.Header, len(page))
	}
	for _, known := range []string{tag, "W/" + tag, `"x", ` + tag} {
		if response, body := s.open(t, http.MethodGet, "/findings/quorum-lost", known); response.StatusCode != http.StatusNotModified || body != "" || response.Header.Get("ETag") != tag {
			t.Errorf("known %s: %d, %d bytes", known, response.StatusCode, len(body))
		}
	}
	if response, body := s.open(t, http.MethodGet, "/findings/process-down", tag); response.StatusCode != http.StatusOK || body == page || response.Header.Get("ETag") == tag {
		t.Errorf("another page: %d", response.StatusCode)
	}
}

// TestFindingsHostile: what is no page is not found, and comes back as text.
func TestFindingsHostile(t *testing.T) {
	s := serve(t, Options{Prefix: "/zk"}, "127.0.0.1:1")
	for path, want := range map[string]int{
		"/findings/nothing": 404, "/findings/quorum-lost.md": 404, "/findings/Quorum-Lost": 404,
		"/findings/..%2f..%2fetc%2fpasswd": 404, "/findings/%2e%2e": 404, "/findings/quorum-lost%00": 404,
		"/findings/%3Cscript%3Ealert(1)%3C%2Fscript%3E": 404, "/findings/" + strings.Repeat("a", 5000): 404,
		"/findings/quorum-lost/more": 404, "/findings/quorum-lost%0d%0aX-Evil:%201": 404,
		"/findings": 301, "/findings/quorum-lost/": 301, "/findings/%0d%0aX-Evil:%201/": 301, "/findings/%2f%2fevil.example.org/": 301,
	} {
		response, body := s.open(t, http.MethodGet, path, "")
		to := response.Header.Get("Location")
		if response.StatusCode != want || response.Header.Get("X-Evil") != "" || want == 301 && !strings.HasPrefix(to, "/zk/findings/") {
			t.Errorf("%s: %d, %q", path, response.StatusCode, to)
		}
		if want == 404 && (!strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") || strings.ContainsAny(strings.TrimSpace(body), "\x00\r\n") || len(body) > 1000) {
			t.Errorf("%s: %s %q", path, response.Header.Get("Content-Type"), body)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if response, _ := s.open(t, method, "/findings/quorum-lost", ""); response.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, response.StatusCode)
		}
	}
	// What no client would send.
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, "GET /findings/../../etc/passwd HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer, _ := io.ReadAll(conn); strings.Contains(string(answer), "root:") || !strings.HasPrefix(string(answer), "HTTP/1.0 30") && !strings.HasPrefix(string(answer), "HTTP/1.0 404") {
		t.Errorf("%.100q", answer)
	}
}
