package promstack

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Get asks for a path. data is a *string for the text of the answer, else what
// its JSON is decoded into.
func (s *Server) Get(ctx context.Context, path string, data any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		return err
	}
	response, err := s.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, response.StatusCode, body)
	}
	if text, ok := data.(*string); ok {
		*text = string(body)
		return nil
	}
	return json.Unmarshal(body, data)
}

// Series is what a query finds of one set of labels. An instant query has one
// sample, a range query those of its steps that have a value.
type Series struct {
	Labels  map[string]string
	Samples []Sample
}

// Sample is a value at a time.
type Sample struct {
	At    time.Time
	Value float64
}

// Query evaluates a PromQL expression now.
func (s *Server) Query(ctx context.Context, expr string) ([]Series, error) {
	return s.query(ctx, "/api/v1/query?"+url.Values{"query": {expr}}.Encode())
}

// QueryRange evaluates it at each step from start to end.
func (s *Server) QueryRange(
	ctx context.Context, expr string, start, end time.Time, step time.Duration,
) ([]Series, error) {
	return s.query(ctx, "/api/v1/query_range?"+url.Values{
		"query": {expr}, "start": {seconds(start)}, "end": {seconds(end)},
		"step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	}.Encode())
}

func seconds(t time.Time) string { return strconv.FormatFloat(float64(t.UnixMilli())/1000, 'f', 3, 64) }

func (s *Server) query(ctx context.Context, path string) ([]Series, error) {
	var answer struct {
		Data struct {
			ResultType string
			Result     json.RawMessage
		}
	}
	if err := s.Get(ctx, path, &answer); err != nil {
		return nil, err
	}
	if answer.Data.ResultType == "scalar" {
		var one point
		err := json.Unmarshal(answer.Data.Result, &one)
		return []Series{{Samples: []Sample{Sample(one)}}}, err
	}
	var found []struct {
		Metric map[string]string
		Value  *point
		Values []point
	}
	if err := json.Unmarshal(answer.Data.Result, &found); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []Series
	for _, f := range found {
		one := Series{Labels: f.Metric}
		if f.Value != nil {
			f.Values = append(f.Values, *f.Value)
		}
		for _, v := range f.Values {
			one.Samples = append(one.Samples, Sample(v))
		}
		out = append(out, one)
	}
	return out, nil
}

// point is a sample as the API writes it: [seconds, "value"].
type point Sample

func (p *point) UnmarshalJSON(text []byte) error {
	var at float64
	var value string
	if err := json.Unmarshal(text, &[]any{&at, &value}); err != nil {
		return err
	}
	v, err := strconv.ParseFloat(value, 64)
	*p = point{time.UnixMilli(int64(at * 1000)), v}
	return err
}
