// Command record asks real ZooKeeper servers of every version in every state
// for their four letter words, and writes the replies below
// probe/testdata/replies/<version>/<state>/<word>.txt, where the parsers' tests
// read them; and what their AdminServers (3.5+) say below
// probe/testdata/replies/<version>/<state>/admin/<command>.json. It needs root, for
// network namespaces.
//
//	go run ./internal/zktest/record [-scene name] [version ...]
//
// The replies are byte for byte the servers', but for what tells of this
// machine: see scrub.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

func main() {
	out := flag.String("out", "probe/testdata/replies", "folder for the replies")
	only := flag.String("scene", "", "play only this scene")
	flag.Parse()
	versions := flag.Args()
	if len(versions) == 0 {
		versions = zktest.Versions()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, version := range versions {
		for _, scene := range scenes(version) {
			if *only != "" && scene.name != *only {
				continue
			}
			begin := time.Now()
			if err := record(ctx, version, scene, filepath.Join(*out, version)); err != nil {
				fmt.Fprintf(os.Stderr, "record %s %s: %v\n", version, scene.name, err)
				stop()
				os.Exit(1)
			}
			fmt.Printf("%s %s: %s\n", version, scene.name, time.Since(begin).Round(100*time.Millisecond))
		}
	}
}

// words are asked in every state. All are harmless; a word that the version
// does not know (dirs before 3.5) is closed without an answer, and so is
// recorded as an empty file.
func words() []string {
	return []string{"ruok", "srvr", "stat", "mntr", "conf", "envi", "isro", "cons", "wchs", "dirs"}
}

// record plays one scene and writes what its servers answer.
func record(ctx context.Context, version string, scene scene, dir string) error {
	scene.options.Version = version
	scene.options.Hosts = zktest.Namespaces // addresses and names that are the same in every run
	ens, err := zktest.Start(ctx, scene.options)
	if err != nil {
		return err
	}
	defer ens.Close()
	states, err := scene.play(ctx, ens)
	if err != nil {
		return err
	}
	for state, server := range states {
		asked := scene.words
		if scene.options.Admin {
			if asked == nil {
				asked = adminCommands()
			}
			if err := recordAdmin(ctx, ens, server, asked, filepath.Join(dir, state, "admin")); err != nil {
				return err
			}
			continue
		}
		if asked == nil {
			asked = words()
		}
		for _, word := range asked {
			reply, err := server.Word(ctx, word)
			if err != nil {
				return err
			}
			if err := save(filepath.Join(dir, state, word+".txt"), scrub(reply, server)); err != nil {
				return err
			}
		}
	}
	return nil
}

func save(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}
