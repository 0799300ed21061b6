package draw

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/zkdoctor/zkdoctor/dashboards"
	"github.com/zkdoctor/zkdoctor/internal/promstack"
)

// fake answers every query with the series of some labels, over time with a gap.
func fake(t *testing.T, labels []map[string]string, value string) *promstack.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var result []map[string]any
		for _, l := range labels {
			one := map[string]any{"metric": l}
			if strings.HasSuffix(r.URL.Path, "query_range") {
				var start float64
				_, _ = fmt.Sscan(r.FormValue("start"), &start) // ours: a number
				one["values"] = [][]any{{start, value}, {start + 60, value}, {start + 600, value}}
			} else {
				one["value"] = []any{1.5, value}
			}
			result = append(result, one)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"resultType": "vector", "result": result}})
	}))
	t.Cleanup(s.Close)
	return promstack.At(s.URL)
}

func serve(t *testing.T, source *promstack.Server, path string) (code int, body string) {
	t.Helper()
	files, err := dashboards.DashboardFiles(dashboards.Options{})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := Handler(files, source)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
	text, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(text)
}

// TestBoards: every panel of every dashboard can be drawn, and what comes from
// Prometheus is text.
func TestBoards(t *testing.T) {
	hostileText := map[string]string{"ensemble": "<script>", "server": "zk1:2181", "code": "quorum-lost", "root": "true", "port": "client", "server_id": "1", "version": "3.9.5"}
	for _, uid := range []string{"zkdoctor-fleet", "zkdoctor-ensemble", "zkdoctor-server"} {
		code, body := serve(t, fake(t, []map[string]string{hostileText}, "1"), "/d/"+uid)
		if code != http.StatusOK || strings.Contains(body, "<script>") || strings.Contains(body, "%!") {
			t.Errorf("%s: %d\n%s", uid, code, body)
		}
		if !strings.Contains(body, "SERVING") && !strings.Contains(body, "DOWN") && !strings.Contains(body, "yes") {
			t.Errorf("%s: no value is shown in words", uid)
		}
	}
	_, body := serve(t, fake(t, []map[string]string{hostileText}, "1"), "/d/zkdoctor-ensemble")
	for _, want := range []string{
		`href="https://github.com/zkdoctor/zkdoctor/blob/main/docs/findings/quorum-lost.md"`, // what the finding links to
		`background:#D55E00;color:#000">DOWN`,                                                // the place of a verdict, in words and colour
		"zk1:2181 client",                                                                    // a legend
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in the ensemble:\n%s", want, body)
		}
	}
}

// TestNoData: panels say why they are empty.
func TestNoData(t *testing.T) {
	_, body := serve(t, fake(t, nil, ""), "/d/zkdoctor-server")
	for _, want := range []string{"No root cause is reported", "No data: no answer, or a release before 3.6", "No data"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestRequests(t *testing.T) {
	source := fake(t, nil, "")
	for path, want := range map[string]int{
		"/": http.StatusFound, "/d/nothing": http.StatusNotFound, "/d/zkdoctor-fleet?span=never": http.StatusBadRequest,
		"/d/zkdoctor-fleet?span=24h": http.StatusOK,
	} {
		if code, body := serve(t, source, path); code != want {
			t.Errorf("%s: %d, want %d\n%s", path, code, want, body)
		}
	}
	if code, body := serve(t, promstack.At("http://127.0.0.1:1"), "/d/zkdoctor-fleet"); code != http.StatusBadGateway || !strings.Contains(body, "refused") {
		t.Errorf("without a Prometheus: %d %s", code, body)
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  string
		want  string
	}{
		{3, "", "3"},
		{0.123456, "", "0.123"},
		{1234.5, "", "1234"},
		{0.002, "s", "2 ms"},
		{0, "s", "0"},
		{1536, "bytes", "1.5 KiB"},
		{0.25, "percentunit", "25 %"},
		{90, "dtdurations", "1m30s"},
		{10, "suffix: ticks", "10 ticks"},
	} {
		if got := formatted(c.value, c.unit); got != c.want {
			t.Errorf("%g %s: %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

// TestPath: a gap in the samples is a gap in the line.
func TestPath(t *testing.T) {
	f := &frame{end: time.Unix(100, 0), span: 100 * time.Second, step: 10 * time.Second}
	at := func(seconds int64, v float64) promstack.Sample {
		return promstack.Sample{At: time.Unix(seconds, 0), Value: v}
	}
	got := f.path([]promstack.Sample{at(0, 0), at(10, 1), at(50, 1)}, 0, 1)
	if want := "M0.0 200.0 L80.0 0.0 M400.0 0.0 "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestClusters: ensembles of one name in two clusters have a row each, with a way to each.
func TestClusters(t *testing.T) {
	files, err := dashboards.DashboardFiles(dashboards.Options{By: []string{"cluster"}})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := Handler(files, fake(t, []map[string]string{{"ensemble": "orders", "cluster": "eu"}, {"ensemble": "orders", "cluster": "us"}}, "1"))
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/d/zkdoctor-fleet", http.NoBody))
	for _, cluster := range []string{"eu", "us"} {
		way := regexp.MustCompile(`<td[^>]*>` + cluster + `</td><td[^>]*><a href="/d/zkdoctor-ensemble[^"]*var-cluster=` + cluster + `[^"]*var-ensemble=orders[^"]*">orders`)
		// In the table of ensembles and in that of root causes.
		if found := way.FindAllString(w.Body.String(), -1); len(found) != 2 {
			t.Errorf("%s has %d rows: %q\n%s", cluster, len(found), found, w.Body)
		}
	}
}
