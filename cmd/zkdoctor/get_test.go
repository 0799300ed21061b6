package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// getCmd is "get FILE URL": it asks until there is an answer, be it an error,
// for at most 20 s, and writes the status line and the body into FILE.
func getCmd(ts *testscript.TestScript, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		body, err := get(ctx, args[1])
		if err == nil {
			ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(body), 0o644))
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			ts.Fatalf("get %s: %v", args[1], err)
		}
	}
}

func get(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return fmt.Sprintf("%s\n%s", response.Status, body), err
}
