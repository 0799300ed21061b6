// Command record asks real ZooKeeper servers of every version in every state what
// zkdoctor asks them, four-letter words and commands of the AdminServer (3.5+), and
// writes the replies as archives of internal/recorded, where all tests read them. It
// needs root, for network namespaces.
//
//	go run ./internal/zktest/record [-scene name] [version ...]
//
// The replies are byte for byte the servers', but for what tells of this
// machine: see scrub.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/zkdoctor/zkdoctor/internal/recorded"
	"github.com/zkdoctor/zkdoctor/internal/zktest"
)

func main() {
	out := flag.String("out", "internal/recorded/replies", "folder for the archives")
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

// record plays one scene and writes what its servers answer into the archives of the
// version's folder.
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
		said, err := open(dir, state)
		if err != nil {
			return err
		}
		if scene.options.Admin {
			err = recordAdmin(ctx, ens, server, scene.asked, &said)
		} else {
			err = recordWords(ctx, server, scene.asked, &said)
		}
		if err != nil {
			return err
		}
		if err := save(dir, said); err != nil {
			return err
		}
	}
	return nil
}

// recordWords notes what one server replies.
func recordWords(ctx context.Context, s *zktest.Server, words []string, said *recorded.Server) error {
	if words == nil {
		words = recorded.Words()
	}
	for _, word := range words {
		reply, err := s.Word(ctx, word)
		if err != nil {
			return err
		}
		if err := said.SetReply(word, scrub(reply, s)); err != nil {
			return err
		}
	}
	return nil
}

// open is what other scenes have recorded of the version in that state, if anything: the
// AdminServer is asked in scenes of its own.
func open(dir, state string) (recorded.Server, error) {
	archive, err := os.ReadFile(archiveFile(dir, state))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return recorded.Server{}, err
	}
	return recorded.Parse(filepath.Base(dir), state, archive)
}

func save(dir string, said recorded.Server) error {
	archive, err := said.Archive()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(archiveFile(dir, said.State), archive, 0o644)
}

func archiveFile(dir, state string) string { return filepath.Join(dir, state+".txtar") }
