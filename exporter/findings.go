package exporter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/zkdoctor/zkdoctor/internal/runbook"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

// site is where the exporter has the pages of findings.
func (e *Exporter) site() runbook.Site {
	index := e.options.Prefix + "/findings/"
	return runbook.Site{
		Page: func(name string) string { return index + name }, Index: index, Status: e.options.Prefix + "/",
	}
}

// serveFindings serves the list of all findings.
func (e *Exporter) serveFindings(w http.ResponseWriter, r *http.Request) *rendered {
	return servePageOf(w, r, e.options.Pages.Index(e.site()))
}

// serveFinding serves the page of one.
func (e *Exporter) serveFinding(w http.ResponseWriter, r *http.Request) *rendered {
	name := r.PathValue("name")
	page, ok := e.options.Pages.Page(name, e.site())
	if !ok {
		sentence := fmt.Sprintf("no finding is called %s: %s lists all", snapshot.Quoted(name), e.site().Index)
		http.Error(w, sentence, http.StatusNotFound)
		return nil
	}
	return servePageOf(w, r, page)
}

// atFindings leads to the address that a page has here.
func (e *Exporter) atFindings(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, e.site().Page(url.PathEscape(r.PathValue("name"))), http.StatusMovedPermanently)
}

// servePageOf answers with a page that is the same until the program is another: whoever has it
// already is told so.
func servePageOf(w http.ResponseWriter, r *http.Request, page []byte) *rendered {
	sum := sha256.Sum256(page)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	out := newRendered()
	h := out.Header()
	setPageHeader(h, "max-age=300")
	h.Set("ETag", tag)
	same := func(known string) bool { return strings.TrimPrefix(strings.TrimSpace(known), "W/") == tag }
	if slices.ContainsFunc(strings.Split(r.Header.Get("If-None-Match"), ","), same) {
		maps.Copy(w.Header(), h)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	_, _ = out.Write(page) // into memory
	return out
}
