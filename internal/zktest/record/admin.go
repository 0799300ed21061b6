package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

// adminCommands are asked of every AdminServer. One that the version does not know is
// answered with an error. Connections, which without clients has little to say, has a
// scene of its own.
func adminCommands() []string {
	return slices.DeleteFunc(recorded.Commands(), func(command string) bool { return command == "connections" })
}

// recordAdmin notes what one AdminServer says. It opens its port after the client
// port.
func recordAdmin(
	ctx context.Context, ens *zktest.Ensemble, s *zktest.Server, commands []string, said *recorded.Server,
) error {
	if commands == nil {
		commands = adminCommands()
	}
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
		if err := said.SetPage(command, scrub(string(body), s)); err != nil {
			return err
		}
	}
	return nil
}
