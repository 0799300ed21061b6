package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/zkdoctor/zkdoctor/diag"
	"github.com/zkdoctor/zkdoctor/probe/snapshot"
)

type collectCmd struct {
	targetArgs
	lookFlags

	Out string `placeholder:"FILE" default:"-" help:"Where to write the snapshot; - is stdout."`
}

// Help is shown under the usage line.
func (*collectCmd) Help() string {
	return `It checks as check does, but judges nothing. Passwords, and what zkdoctor does not
know, stay out of the file; names, addresses and paths are in it.

Examples:
  zkdoctor collect --out zk1.json     on a server of the ensemble
  zkdoctor check --from zk1.json      then, on any machine`
}

// Run looks, and writes down what it saw.
func (c *collectCmd) Run(ctx context.Context, t terminal, log zerolog.Logger) error {
	if c.Out != "-" {
		if err := mayWrite(c.Out); err != nil { // before the looking, which takes its time
			return err
		}
	}
	c.Targets = c.Given
	snap, err := c.look(ctx, t, log, diag.Options{Version: versionNumber()})
	if err != nil {
		return err
	}
	if c.Out == "-" {
		if err := snapshot.WriteSnapshot(t.out, snap); err != nil {
			return fmt.Errorf("writing the snapshot: %w", err)
		}
		return nil
	}
	return writeSnapshot(c.Out, snap)
}

// writeSnapshot writes what was seen into a file.
func writeSnapshot(file string, snap *snapshot.Snapshot) error {
	var text bytes.Buffer
	if err := snapshot.WriteSnapshot(&text, snap); err != nil {
		return err
	}
	// Whoever may read it learns addresses and paths: it is the owner's to share.
	return writeFile(file, text.Bytes(), 0o600)
}
