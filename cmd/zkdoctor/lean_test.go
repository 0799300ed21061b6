//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// leanMain is the leanest exporter there can be, which others are measured by: for every
// scrape it asks each server mntr and ruok, one after the other, and prints what it reads.
// It judges nothing and knows no metric. The arguments are the address to serve at, and the
// servers.
func leanMain() {
	servers := os.Args[2:]
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		for _, server := range servers {
			leanServer(w, server)
		}
	})
	server := &http.Server{Addr: os.Args[1], Handler: mux, ReadHeaderTimeout: time.Minute}
	fmt.Fprintln(os.Stderr, server.ListenAndServe())
	os.Exit(1)
}

func leanServer(w io.Writer, server string) {
	mntr, err := leanAsk(server, "mntr")
	lines := bufio.NewScanner(bytes.NewReader(mntr))
	for lines.Scan() {
		key, value, found := strings.Cut(lines.Text(), "\t")
		if !found || strings.ContainsAny(value, " :") { // words, as that of the version
			continue
		}
		if name, labels, labelled := strings.Cut(key, "{"); labelled {
			fmt.Fprintf(w, "%s{zk_host=%q,%s %s\n", name, server, labels, value)
		} else {
			fmt.Fprintf(w, "%s{zk_host=%q} %s\n", key, server, value)
		}
	}
	ruok, _ := leanAsk(server, "ruok")
	up, ok := oneIf(err == nil), oneIf(string(ruok) == "imok")
	fmt.Fprintf(w, "zk_up{zk_host=%q} %d\nzk_ruok{zk_host=%q} %d\n", server, up, server, ok)
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

func leanAsk(server, word string) ([]byte, error) {
	conn, err := new(net.Dialer).DialContext(context.Background(), "tcp", server)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, word); err != nil {
		return nil, err
	}
	return io.ReadAll(conn)
}
