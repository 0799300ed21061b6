//go:build !unix

package main

import (
	"context"
	"errors"
	"io"
	"os"
)

// runApart cannot end what a command started on this system, and so starts none.
func runApart(context.Context, []string, *os.File, io.Writer, io.Writer) (int, error) {
	return 0, errors.New("--via works on Unix only")
}
