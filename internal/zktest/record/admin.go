package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// adminCommands are asked of every AdminServer. None changes anything, and none
// tells a secret. One that the version does not know is answered with an error.
func adminCommands() []string {
	return []string{"configuration", "leader", "monitor", "server_stats", "voting_view", "zabstate"}
}

// recordAdmin writes what one AdminServer says. It opens its port after the client
// port.
func recordAdmin(ctx context.Context, ens *zktest.Ensemble, s *zktest.Server, commands []string, dir string) error {
	addr := net.JoinHostPort(s.Addr, "8080")
	err := ens.Wait(ctx, "the AdminServer", func() bool {
		conn, err := s.Host.Dial(ctx, addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
			return s.Host.Dial(ctx, addr)
		},
	}}
	for _, command := range commands {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/commands/"+command, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return err
		}
		if err := save(filepath.Join(dir, command+".json"), scrub(string(body), s)); err != nil {
			return err
		}
	}
	return nil
}
